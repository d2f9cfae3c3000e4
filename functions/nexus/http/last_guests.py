"""How a listening socket is closed without turning away whom the kernel has let in."""

from __future__ import annotations

import array
import contextlib
import socket
import struct
import sys

_SO_ATTACH_FILTER = 26
_NO_NEW_CONNECTIONS = (
    (0x30, 0, 0, 13),  # Load the flags of the TCP header.
    (0x54, 0, 0, 0x12),  # Of them, SYN and ACK.
    (0x15, 0, 1, 0x02),  # SYN alone begins a connection:
    (0x06, 0, 0, 0),  # drop it.
    (0x06, 0, 0, 0xFFFFFFFF),  # All else goes on.
)
"""A classic BPF program: code, jump if true, jump if false, operand."""


def let_nobody_else_in(listener: socket.socket) -> None:
    """Has the kernel ignore new connections, while those that have begun can still be accepted.

    Who is ignored asks again after a second, and is refused if the socket is closed by then.
    Without this, whoever comes between the last `accept` and the close is greeted and then reset.
    It does nothing where the system is not Linux.
    """
    if sys.platform != "linux":
        return
    program = array.array("B", b"".join(struct.pack("HBBI", *step) for step in _NO_NEW_CONNECTIONS))
    address, _ = program.buffer_info()
    with contextlib.suppress(OSError):  # A sandbox that has no filters closes it as it is.
        listener.setsockopt(
            socket.SOL_SOCKET,
            _SO_ATTACH_FILTER,
            struct.pack("HP", len(_NO_NEW_CONNECTIONS), address),
        )

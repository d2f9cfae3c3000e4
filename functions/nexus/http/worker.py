"""gunicorn's worker with threads, with limits on how long a client may take.

gunicorn waits for requests in one loop and hands each to a thread that reads, answers and writes.
What is added here: a deadline for reading, one for writing, the contract's errors for what is no
HTTP request, and a close that blocks neither the loop nor a client that is still sending.
"""

from __future__ import annotations

import contextlib
import functools
import select
import selectors
import socket
import struct
import time
from typing import Any

from gunicorn import http
from gunicorn.http import errors
from gunicorn.workers.gthread import TConn, ThreadWorker

from nexus.bootstrap import Nexus
from nexus.http.handling import raw_error_response
from nexus.wire.error import internal_error, malformed_head

_STATUS = {
    errors.LimitRequestLine: 414,
    errors.ExpectationFailed: 417,
    errors.LimitRequestHeaders: 431,
}
_BUGS = (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName)
"""gunicorn raises these for what an application sends."""

_MAX_DROPPED_BYTES = 32 * 1024 * 1024
"""As much as Cloud Run lets a request have."""

_PIECE_BYTES = 65_536

_POLL_SECONDS = 1.0
"""How often a blocked read checks whether the process is ending."""

_CLOSE_SECONDS = 2.0
"""The least time in which a client that is still sending can read its reply."""

_LAST_CONNECTIONS = 2048
"""As many as the kernel may have let in when the process is told to end (gunicorn's backlog)."""

_LAST_WORDS_SECONDS = 1.0
"""After the grace period, for the last events to be written and read."""

_LAST_WRITES_SECONDS = 2.0
"""After the grace period, for the status object. gunicorn kills its worker a second later."""


class Connection(TConn):  # type: ignore[misc] # gunicorn has no types
    """A client's connection, and the socket that gunicorn's parser reads from.

    Attributes:
        request: gunicorn's request, from the moment that its head has been parsed.
    """

    def __init__(self, cfg: Any, sock: socket.socket, client: Any, server: Any, nexus: Nexus):
        """Takes an accepted connection."""
        super().__init__(cfg, sock, client, server)
        self.initialized = True  # HTTP/1 only: nothing to negotiate.
        self.parser = http.get_parser(cfg, self, client)
        self.request: Any = None
        self._seconds = nexus.settings.request.body_seconds
        self._shutdown = nexus.shutdown
        self._read_by = 0.0
        # A time-out of the kernel's: Python's own would make `ClientConnection` wait when it looks.
        # Half of the time, as `sendall` tries again after it has sent a part.
        timeout = struct.pack("@ll", int(self._seconds / 2), int(self._seconds / 2 % 1 * 1e6))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, timeout)

    def begin(self) -> None:
        """Starts the clock for the next request."""
        self.request = None
        self._read_by = time.monotonic() + self._seconds

    def recv(self, size: int) -> bytes:
        """Reads what the client has sent, at most 64 KiB at once.

        Raises:
            NoMoreData: The client is too late, or the process ends.
        """
        while (left := self._seconds_left()) > 0:
            try:
                # Mostly it is there already, and each system call lets another thread run first.
                data: bytes = self.sock.recv(min(size, _PIECE_BYTES), socket.MSG_DONTWAIT)
            except BlockingIOError:
                poller = select.poll()
                poller.register(self.sock, select.POLLIN)
                poller.poll(min(left, _POLL_SECONDS) * 1000)
            else:
                return data
        if self.request is not None:
            self.request.force_close()
        raise errors.NoMoreData

    def hang_up(self) -> None:
        """Ends our side, then reads and drops the rest of a request.

        A socket that is closed with unread bytes is reset, and a client that is still sending
        would lose its reply.
        """
        self._read_by = max(self._read_by, time.monotonic() + _CLOSE_SECONDS)
        with contextlib.suppress(OSError, errors.ParseException):
            self.sock.shutdown(socket.SHUT_WR)
            if self.request is not None and not self.request.body.failed:
                self.parser.finish_body(max_bytes=_MAX_DROPPED_BYTES)
                return
            left = _MAX_DROPPED_BYTES  # Nobody can say where the request ends.
            while left > 0 and (data := self.recv(_PIECE_BYTES)):
                left -= len(data)

    def close(self, graceful: bool = False) -> None:  # noqa: ARG002 - gunicorn's shape
        """Closes the socket. gunicorn's own waits up to 2 s for the client, in the loop."""
        self.sock.close()
        self.parser = self.request = None

    def _seconds_left(self) -> float:
        left = self._read_by - time.monotonic()
        grace = self._shutdown.seconds_left()
        return left if grace is None else min(left, grace)


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """gunicorn's worker with threads, as described above.

    Attributes:
        nexus: Set before the first worker is made.
    """

    nexus: Nexus

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Takes what gunicorn gives."""
        super().__init__(*args, **kwargs)
        self._busy: set[Connection] = set()

    def accept(self, listener: Any) -> None:
        """Takes a connection, which waits for its first request as kept ones do for their next."""
        try:
            sock, client = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        conn = Connection(self.cfg, sock, client, listener.getsockname(), self.nexus)
        self.nr_conns += 1
        conn.set_timeout()
        self.keepalived_conns.append(conn)
        readable = functools.partial(self.on_client_socket_readable, conn)
        self.poller.register(sock, selectors.EVENT_READ, readable)

    def handle(self, conn: Connection) -> Any:
        """Serves one request, in a thread."""
        self._busy.add(conn)
        try:
            conn.begin()
            keeps = super().handle(conn)
            if not keeps:
                conn.hang_up()
            return keeps
        finally:
            self._busy.discard(conn)

    def handle_request(self, req: Any, conn: Connection) -> Any:
        """Has a request answered whose head has been read."""
        conn.request = req
        length = int(dict(req.headers).get("CONTENT-LENGTH", 0))
        if length > self.nexus.settings.request.max_body_bytes:
            req.force_close()  # Its body will not be read.
        try:
            return super().handle_request(req, conn)
        except BlockingIOError:
            return False  # The client has stopped reading.

    def handle_error(
        self,
        req: Any,  # noqa: ARG002 - gunicorn's shape
        client: socket.socket,
        addr: Any,  # noqa: ARG002
        exc: Exception,
    ) -> None:
        """Replies to what is no HTTP request, or ended in a bug outside of the function."""
        if isinstance(exc, errors.ParseException) and not isinstance(exc, _BUGS):
            error = malformed_head(_STATUS.get(type(exc), 400))
            reply = raw_error_response(self.nexus, error)
        else:
            reply = raw_error_response(self.nexus, internal_error(), bug=exc)
        with contextlib.suppress(OSError):
            client.sendall(reply)

    def run(self) -> None:
        """Serves until the end, then has the status object say what the last requests changed."""
        try:
            super().run()
        finally:
            self._write_what_is_due()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Begins the shutdown, at SIGTERM."""
        self.nexus.shutdown.begin()
        super().handle_exit(sig, frame)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Starts or stops accepting. At the end it takes whom the kernel has let in, and closes."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive and self.nexus.forecast is not None:
            self.nexus.forecast.leave()
        while self.sockets and not enabled and not self.alive:
            listener = self.sockets.pop()
            for _ in range(_LAST_CONNECTIONS):  # Not by time: a busy machine would leave some out.
                if not select.select([listener], [], [], 0)[0]:
                    break
                self.accept(listener)
            listener.close()

    def notify(self) -> None:
        """Runs in each turn of the loop. Drops clients that are still busy after the grace."""
        super().notify()
        left = self.nexus.shutdown.seconds_left()
        if left is not None and left < -_LAST_WORDS_SECONDS:
            for conn in list(self._busy):
                with contextlib.suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RDWR)

    def _write_what_is_due(self) -> None:
        """Runs while pools of threads still take tasks, which end with the main thread."""
        nexus = self.nexus
        if nexus.status is None:
            return
        nexus.shutdown.begin()  # Not every end begins with a SIGTERM.

        def seconds_left() -> float:
            return (nexus.shutdown.seconds_left() or 0) + _LAST_WRITES_SECONDS

        with contextlib.suppress(TimeoutError):  # What is known by then is written.
            if nexus.line is not None:
                nexus.line.flush(seconds_left())
            nexus.windows.flush(seconds_left())
        nexus.status.end(seconds_left())

"""Serves the emulation over HTTP, one thread a connection, and leaves none behind."""

import contextlib
import socket
import sys
import threading
from collections.abc import Callable
from socketserver import TCPServer, ThreadingMixIn
from types import TracebackType
from typing import Any, Self

from tools.emulator.emulation import Emulation
from tools.emulator.handler import Handler

_STOP_CHECK_SECONDS = 0.02  # How long stop() waits for the accept loop to look up.


class Emulator(Emulation):
    """A Gemini API on a port of this machine; a context manager that starts and stops it."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, **settings: Any) -> None:
        """Prepare the server; port 0 is a free one, `settings` are those of `Emulation`."""
        super().__init__(**settings)
        self._address = (host, port)
        self._server: _Server | None = None

    @property
    def url(self) -> str:
        """Base URL, once started."""
        if self._server is None:
            raise RuntimeError("the emulator is not running")
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def start(self) -> None:
        """Listen and serve in a thread of its own."""
        self._server = _Server(self._address, self)

    def stop(self) -> None:
        """End every connection, hanging or not, and every thread."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()


class _Server(ThreadingMixIn, TCPServer):
    """Accepts connections, and knows those that are open so as to end them."""

    allow_reuse_address = True
    request_queue_size = 1024

    def __init__(self, address: tuple[str, int], emulation: Emulation) -> None:
        self._stopping = threading.Event()
        handler: Callable[..., Handler] = type(
            "EmulatorHandler", (Handler,), {"emulation": emulation, "stopping": self._stopping}
        )
        super().__init__(address, handler)
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._serving: list[threading.Thread] = []
        self._accepting = threading.Thread(
            target=self.serve_forever, args=(_STOP_CHECK_SECONDS,), name="emulator", daemon=True
        )
        self._accepting.start()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in its own thread, remembered until it ends."""
        thread = threading.Thread(
            target=self.process_request_thread,
            args=(request, client_address),
            name="emulator-connection",
            daemon=True,
        )
        with self._lock:
            self._open.add(request)
            self._serving = [*filter(threading.Thread.is_alive, self._serving), thread]
            thread.start()

    def shutdown_request(self, request: Any) -> None:
        """Close a connection that has been served."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report an error of the emulator, but not a client that has gone."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """Accept no more, wake every handler and wait for its thread."""
        self._stopping.set()
        self.shutdown()
        self._accepting.join()
        self.server_close()
        with self._lock:
            for connection in self._open:
                # A handler that waits for its client, or for time to pass, wakes up from this.
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            threads = list(self._serving)
        for thread in threads:
            thread.join()

"""gunicorn's worker with threads, made patient: its loop waits for requests, not its threads.

A thread gets a request when it is whole, or when more of it would not help, and finds all of its
bytes in memory. The loop also ends connections without waiting for clients, and hangs up on
readers who are late.
"""

from __future__ import annotations

import contextlib
import resource
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from gunicorn import http
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from fallback.shutdown import Shutdown
from nexus.http.arrival import Arrived
from nexus.http.last_guests import let_nobody_else_in
from nexus.http.waiting_room import Connection, Terms, WaitingRoom

_LAST_WORDS_SECONDS = 1.0
"""For what was written at the end of the grace to be read."""
_STILL_LISTENING_SECONDS = 0.1
"""gunicorn's master has the listening socket too, and must have closed it before we do."""
_HANDSHAKE_SECONDS = 0.1
"""For connections that have begun to be there."""
_LOOK_SECONDS = 0.25
_MAX_TAKEN_BYTES = 64 * 1024 * 1024
"""Of requests that threads have, or will have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What the worker serves.

    Attributes:
        terms: How requests are waited for.
        reply_seconds: From the moment that a thread takes a request to the last byte of its reply.
        malformed: The whole reply, in bytes, to what is no request, with its status.
        bug: The same for one that ended in an exception.
        shutdown: Begins with SIGTERM.
    """

    terms: Terms
    reply_seconds: float
    malformed: Callable[[int], bytes]
    bug: Callable[[Exception], bytes]
    shutdown: Shutdown


class PatientWorker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """A worker that holds a thread only for requests that have arrived.

    Attributes:
        service: Set before the first worker is made.
    """

    service: Service
    alive: bool

    def run(self) -> None:
        """Serves until SIGTERM, and then lets end what has begun."""
        # So many may wait, and so many be served; a thread needs other files beside.
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._max_connections: int = min(self.cfg.worker_connections, files // 4)
        self._room = WaitingRoom(
            self.service.terms,
            self.poller,
            serve=self._serve,
            max_connections=self._max_connections,
        )
        self._serving: dict[Connection, Future[bool]] = {}
        self._taken_bytes = 0
        self._next_look = 0.0
        self.poller.register(
            self.method_queue.fileno(), selectors.EVENT_READ, self.method_queue.run_callbacks
        )
        while self.alive and self.is_parent_alive():
            self.notify()
            self.set_accept_enabled(len(self._serving) < self._max_connections)
            self._turn()
        self.alive = False
        self.service.shutdown.begin()
        self._stop_listening()
        while (self._room or self._serving) and self._grace_left() > -2 * _LAST_WORDS_SECONDS:
            self.notify()
            self._turn()
        self.tpool.shutdown(wait=False)
        self.poller.close()
        self.method_queue.close()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """SIGTERM."""
        self.service.shutdown.begin()
        super().handle_exit(sig, frame)

    def accept(self, listener: Any) -> bool:
        """Takes a new connection; says whether there was one."""
        try:
            sock, client = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return False
        self._room.greet(
            Connection(self.cfg, sock, client, listener.getsockname(), self.service.terms)
        )
        return True

    def _turn(self, seconds: float = 1.0) -> None:
        """Does what there is to do now, or next."""
        is_idle = not self._room and not self._serving
        for key, _ in self.poller.select(seconds if is_idle else min(seconds, _LOOK_SECONDS)):
            key.data(key.fileobj)
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + _LOOK_SECONDS
        self._room.look(now)
        left = self._grace_left()
        for connection, future in list(self._serving.items()):
            if left <= 0:
                future.cancel()  # Only where no thread has begun with it.
            if now >= connection.until or left <= -_LAST_WORDS_SECONDS:
                # Whoever is blocked on it goes on at once, as with a reader that has left.
                with contextlib.suppress(OSError):  # It is closed already.
                    connection.sock.shutdown(socket.SHUT_RDWR)

    def _turn_for(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._turn(left)

    def _grace_left(self) -> float:
        left = self.service.shutdown.seconds_left()
        return float("inf") if left is None else left

    def _stop_listening(self) -> None:
        """Takes whom the kernel has greeted already; from then on it refuses."""
        self._turn_for(_STILL_LISTENING_SECONDS)
        for listener in self.sockets:
            let_nobody_else_in(listener.sock)
        self._turn_for(_HANDSHAKE_SECONDS)
        self.set_accept_enabled(False)
        for listener in self.sockets:
            while self.accept(listener):
                pass
            listener.close()
        self._room.close_soon()

    def _serve(self, connection: Connection) -> None:
        size = len(connection.request or b"")
        if self._serving and self._taken_bytes + size > _MAX_TAKEN_BYTES:
            self._room.see_off(connection, self.service.terms.refusal())
            return
        self._taken_bytes += size
        connection.until = float("inf")  # Before a thread has it, the client is not to blame.
        future = self.tpool.submit(self.handle, connection)
        self._serving[connection] = future
        future.add_done_callback(
            lambda done: self.method_queue.defer(self.finish_request, connection, done)
        )

    def handle(self, conn: Connection) -> bool:
        """Serves one request, in a thread."""
        assert conn.request is not None, "the room hands over requests"  # noqa: S101 - for mypy
        conn.until = time.monotonic() + self.service.reply_seconds
        conn.parser = http.get_parser(self.cfg, _pieces(conn.request), conn.client)
        return bool(super().handle(conn))

    def handle_request(self, req: Any, conn: Connection) -> Any:
        """Has it answered."""
        req._expected_100_continue = False  # The room has seen to it.
        if conn.request is not None and not conn.request.is_whole:
            req.force_close()
        return super().handle_request(req, conn)

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:
        # Of a body that was not read, nothing is left on the socket.
        return keepalive and not conn.parser.mesg.body.failed

    def handle_error(
        self,
        req: Any,  # noqa: ARG002 - gunicorn's shape
        client: socket.socket,
        addr: Any,  # noqa: ARG002
        exc: Exception,
    ) -> None:
        """Replies to what did not become a request, or ended in a bug."""
        match exc:
            case errors.LimitRequestLine():
                reply = self.service.malformed(414)
            case errors.LimitRequestHeaders():
                reply = self.service.malformed(431)
            case errors.ExpectationFailed():
                reply = self.service.malformed(417)
            case errors.ParseException() if not isinstance(exc, errors.InvalidResponseHeader):
                reply = self.service.malformed(400)
            case _:
                reply = self.service.bug(exc)
        with contextlib.suppress(OSError):  # The client has gone.
            client.sendall(reply)

    def finish_request(self, conn: Connection, fs: Future[bool]) -> None:
        """Takes a connection back from its thread."""
        del self._serving[conn]
        self._taken_bytes -= len(conn.request or b"")
        conn.request = conn.parser = None
        if conn.sock.fileno() < 0:
            return  # gunicorn has closed it, in the middle of a reply.
        conn.sock.setblocking(False)
        if fs.cancelled():
            self._room.see_off(conn, self.service.terms.refusal())
        elif fs.exception() is None and fs.result():
            self._room.take_back(conn, self.cfg.keepalive)
        else:
            self._room.see_off(conn)


def _pieces(arrived: Arrived) -> Iterator[bytes]:
    """What gunicorn reads in place of a connection: it ends where that would wait."""
    yield arrived.head
    if arrived.body:
        yield arrived.body
    if arrived.is_too_long:
        raise errors.LimitRequestHeaders("the head has no end")

"""Connections that no thread has: their next request is on its way, or they are about to end.

One loop reads from all of them and never blocks, so that a client that sends slowly costs a
buffer, and no thread. There is room for a number of them and for a number of bytes; beyond it, the
one that has waited longest gives way, which is never a client that sends at once.
"""

from __future__ import annotations

import contextlib
import functools
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gunicorn.workers.gthread import TConn

from nexus.http.arrival import Arrival, Arrived, Head, Stage

HEAD_SECONDS = 10.0
"""From a connection's beginning, or a head's, to the head's end."""
LAST_CALL_SECONDS = 2.0
"""For what is on its way when the process is told to end."""
_READ_BYTES = 65_536
_MAX_HELD_BYTES = 64 * 1024 * 1024
"""Of all requests that are not whole."""
_MAX_DISCARDED_BYTES = 64 * 1024 * 1024
"""Twice what Cloud Run lets in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How requests are waited for.

    Attributes:
        max_body_bytes: More of a body is not waited for.
        body_seconds: For a body to arrive.
        wants_body: Whether a request's body matters for its answer.
        refusal: The whole reply, in bytes, to a request that nobody takes.
    """

    max_body_bytes: int
    body_seconds: float
    wants_body: Callable[[Head], bool]
    refusal: Callable[[], bytes]


class Connection(TConn):  # type: ignore[misc] # gunicorn has no types
    """One client, as gunicorn's worker knows it and we do.

    Attributes:
        arrival: What has come of its next request.
        request: The one that a thread has, or will have.
        until: When budget ends, by the monotonic clock: with what it sends while it is in the
            room, with how it reads while a thread has it.
        is_watched: Whether the poller has it.
        discarded_bytes: How much came after the last reply; None while there may be another.
    """

    def __init__(self, cfg: Any, sock: socket.socket, client: Any, server: Any, terms: Terms):
        """A connection that was accepted."""
        super().__init__(cfg, sock, client, server)
        self.initialized = True  # Or gunicorn would look for protocols other than HTTP/1.
        self.arrival = Arrival(terms.max_body_bytes, terms.wants_body)
        self.request: Arrived | None = None
        self.until = 0.0
        self.is_watched = False
        self.discarded_bytes: int | None = None


class WaitingRoom:
    """The connections of one process that no thread has."""

    def __init__(
        self,
        terms: Terms,
        poller: selectors.BaseSelector,
        *,
        serve: Callable[[Connection], None],
        max_connections: int,
    ) -> None:
        """Empty.

        Args:
            terms: How requests are waited for.
            poller: Calls what is registered with it.
            serve: Takes a connection whose request has arrived, and gives it back later.
            max_connections: For how many there is room.
        """
        self._terms = terms
        self._poller = poller
        self._serve = serve
        self._max_connections = max_connections
        # In the order in which they came, or came back.
        self._connections: dict[Connection, None] = {}
        self._held_bytes = 0
        self._closes_by = float("inf")

    def __len__(self) -> int:
        """How many are in it."""
        return len(self._connections)

    def greet(self, connection: Connection) -> None:
        """Lets a new connection in."""
        self._let_in(connection, HEAD_SECONDS)
        self._read(connection)  # Most have sent their request by now.
        self._watch(connection)

    def take_back(self, connection: Connection, idle_seconds: float) -> None:
        """Lets one in again whose request was answered, for the next."""
        self._let_in(connection, idle_seconds)
        if connection.arrival:
            self._go_on(connection, Stage.NOTHING)
        self._watch(connection)

    def see_off(self, connection: Connection, last_words: bytes = b"") -> None:
        """Ends a connection from our side, and waits for the client to do the same.

        To close it at once would take the reply from a client that is still sending.
        """
        connection.discarded_bytes = 0
        connection.arrival = Arrival(0, self._terms.wants_body)
        try:
            if last_words:
                connection.sock.send(last_words)  # Whoever does not read is not waited for.
            connection.sock.shutdown(socket.SHUT_WR)
        except OSError:
            connection.close()  # The client has gone.
            return
        self._let_in(connection, self._terms.body_seconds)
        self._watch(connection)

    def close_soon(self) -> None:
        """Nobody new will come: what is on its way has a last chance."""
        self._closes_by = time.monotonic() + LAST_CALL_SECONDS
        for connection in self._connections:
            connection.until = min(connection.until, self._closes_by)

    def look(self, now: float) -> None:
        """Ends what has taken too long. A client that is late with its body still gets a reply."""
        for connection in [late for late in self._connections if now >= late.until]:
            if now >= self._closes_by and connection.arrival:
                self._let_out(connection)
                self.see_off(connection, self._terms.refusal())
            elif connection.arrival.stage is Stage.BODY:
                self._hand_over(connection)
            else:
                self._hang_up(connection)

    def _let_in(self, connection: Connection, seconds: float) -> None:
        connection.until = min(time.monotonic() + seconds, self._closes_by)
        if len(self._connections) >= self._max_connections:
            self._turn_away(next(iter(self._connections)))
        self._connections[connection] = None
        self._held_bytes += len(connection.arrival)

    def _watch(self, connection: Connection) -> None:
        if connection in self._connections:
            read = functools.partial(self._read, connection)
            self._poller.register(connection.sock, selectors.EVENT_READ, read)
            connection.is_watched = True

    def _let_out(self, connection: Connection) -> None:
        del self._connections[connection]
        self._held_bytes -= len(connection.arrival)
        if connection.is_watched:
            self._poller.unregister(connection.sock)
            connection.is_watched = False

    def _read(self, connection: Connection, _: Any = None) -> None:
        if connection not in self._connections:
            return  # It has given way since the poller saw it.
        try:
            data = connection.sock.recv(_READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._hang_up(connection)
        elif connection.discarded_bytes is not None:
            connection.discarded_bytes += len(data)
            if connection.discarded_bytes > _MAX_DISCARDED_BYTES:
                self._hang_up(connection)
        else:
            before = connection.arrival.stage
            connection.arrival.add(data)
            self._held_bytes += len(data)
            self._go_on(connection, before)

    def _go_on(self, connection: Connection, before: Stage) -> None:
        """Does what a request asks for that has come further."""
        stage = connection.arrival.stage
        if stage is Stage.ARRIVED:
            self._hand_over(connection)
        elif stage is not before:
            in_body = stage is Stage.BODY
            seconds = self._terms.body_seconds if in_body else HEAD_SECONDS
            connection.until = min(time.monotonic() + seconds, self._closes_by)
            if in_body and connection.arrival.is_asking:
                with contextlib.suppress(OSError):
                    connection.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        while self._held_bytes > _MAX_HELD_BYTES:
            self._turn_away(next(holding for holding in self._connections if holding.arrival))

    def _hand_over(self, connection: Connection) -> None:
        self._let_out(connection)
        connection.request = connection.arrival.take()
        self._serve(connection)

    def _turn_away(self, connection: Connection) -> None:
        """Makes room; whoever has begun to ask is told so."""
        if connection.arrival:
            with contextlib.suppress(OSError):
                connection.sock.send(self._terms.refusal())
        self._hang_up(connection)

    def _hang_up(self, connection: Connection) -> None:
        self._let_out(connection)
        connection.close()

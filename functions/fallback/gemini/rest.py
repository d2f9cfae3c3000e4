"""Gemini over its REST address, without a client library."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from http.client import HTTPException
from typing import Any

from fallback.core.answer import End, Text
from fallback.core.chat import Chat
from fallback.core.classification import classify
from fallback.core.failure import Failure, FailureKind
from fallback.core.hierarchy import Thinking
from fallback.gemini.attempt import pieces_of, unreadable
from fallback.gemini.connections import Connections
from fallback.gemini.deadline import Deadline
from fallback.gemini.endpoint import Endpoint
from fallback.gemini.event_stream import batches
from fallback.gemini.known_models import KnownModels
from fallback.gemini.request_body import request_body
from fallback.gemini.service_tier import SERVED_HEADER, with_served_tier
from fallback.ports import AttemptLimits, Clock
from fallback.proxy import Proxy

_HEADERS = {
    "Content-Type": "application/json",
    "User-Agent": "nexus-fallback",
    # A compressed stream comes in bursts, and costs time at both ends.
    "Accept-Encoding": "identity",
}


class RestProvider:
    """Asks Gemini for streams. One for each process; safe for many threads."""

    def __init__(
        self, endpoint: Endpoint, clock: Clock, known: KnownModels, proxy: Proxy | None = None
    ) -> None:
        """Reads the certificates that are needed; nothing is sent.

        Args:
            endpoint: Where Gemini is, with the credentials.
            clock: Tells the instants that Retry-After dates are compared with.
            known: What is known of the models.
            proxy: Between us and Gemini, if there is one.
        """
        self._endpoint = endpoint
        self._clock = clock
        self._known = known
        self._connections = Connections(proxy)
        self._connections.prepare(endpoint.base_url)

    def close(self) -> None:
        """Closes the connections that are not in use."""
        self._connections.close()

    def attempt(
        self, model: str, chat: Chat, limits: AttemptLimits
    ) -> Generator[Text | End | Failure, None, None]:
        """Calls one model once; see `fallback.ports.Provider`."""
        deadline = Deadline(0, limits.seconds_left, limits.cancellation, limits.on_late)

        def ask(thinking: Thinking | None) -> _RestStream:
            return _RestStream(self._events(model, chat, thinking, deadline), deadline)

        return pieces_of(ask, model, chat, limits, known=self._known, now=self._clock.now)

    def _events(
        self, model: str, chat: Chat, thinking: Thinking | None, deadline: Deadline
    ) -> Generator[list[Any] | Failure, None, None]:
        """The stream's events as they were sent; a Failure if there is no stream."""
        credentials = self._endpoint.headers(deadline)
        if isinstance(credentials, Failure):
            yield credentials
            return
        url = self._endpoint.url_of(model)
        body = json.dumps(request_body(chat, thinking, self._endpoint.fields())).encode()
        reply = self._connections.post(url, {**_HEADERS, **credentials}, body, deadline)
        if reply.status == 401:
            others = self._endpoint.replaced(credentials, deadline)
            if others is not None:
                reply.close()
                reply = self._connections.post(url, {**_HEADERS, **others}, body, deadline)
        try:
            if reply.status == 200:
                events = with_served_tier(batches(reply.parts()), reply.header(SERVED_HEADER))
                yield from _cut_is_incomplete(events)
            else:
                yield classify(reply.status, reply.read(), reply.headers, self._clock.now())
        finally:
            reply.close()


class _RestStream:
    """Events under a deadline; see `fallback.gemini.thinking_stream.EventStream`."""

    def __init__(
        self, events: Generator[list[Any] | Failure, None, None], deadline: Deadline
    ) -> None:
        self._events = events
        self._deadline = deadline

    def next_before(self, instant: float, late_at: float) -> list[Any] | Failure | None:
        self._deadline.instant = instant
        self._deadline.late_at = late_at
        try:
            return next(self._events, None)
        except TimeoutError:
            return Failure(kind=FailureKind.TIMED_OUT)
        except (OSError, HTTPException) as error:
            return Failure(kind=FailureKind.CONNECTION_FAILED, reason=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - see `unreadable`
            return unreadable(error)

    def close(self) -> None:
        self._events.close()


def _cut_is_incomplete(
    events: Iterator[list[Any]],
) -> Generator[list[Any] | Failure, None, None]:
    """A connection that breaks after the reply's head: the request can be the reason."""
    try:
        yield from events
    except TimeoutError:
        raise
    except (OSError, HTTPException) as error:
        yield Failure(kind=FailureKind.INCOMPLETE_ANSWER, reason=type(error).__name__)

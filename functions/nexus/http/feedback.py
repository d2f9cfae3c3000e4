"""Counts ratings of answers, each once, as events in the log that name the model and nobody else.

All that is stored is a digest of the answer's hint, so that a second rating changes nothing.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import flask

from fallback.events import Event
from fallback.ports import StoreUnavailableError
from nexus.bootstrap import Nexus
from nexus.event_log import request_fields
from nexus.fairness.store import Record, VisitorStore
from nexus.http.body import read_body
from nexus.http.hints import Hints
from nexus.wire.chat_head import refuse_post
from nexus.wire.error import ApiError
from nexus.wire.rating import not_counted, parse_rating, unknown_hint

_RATEABLE = timedelta(days=1)
"""How long an answer can be rated."""

_RETRY = timedelta(seconds=2)
_MAX_KNOWN = 10_000


class Feedback:
    """Takes ratings. Safe for many threads."""

    def __init__(self, nexus: Nexus, hints: Hints, store: VisitorStore) -> None:
        """Touches the store only when the first rating comes."""
        self._nexus = nexus
        self._hints = hints
        self._store = store
        self._known: set[str] = set()

    def take(self, request: flask.Request) -> flask.Response | ApiError:
        """Counts a rating, or says what is wrong with it. Who sends it is not read."""
        nexus = self._nexus
        most = nexus.settings.request.max_body_bytes
        body = refuse_post(request.method, request.headers.get, most) or read_body(nexus, request)
        rating = body if isinstance(body, ApiError) else parse_rating(body)
        if isinstance(rating, ApiError):
            return rating
        answered = self._hints.read(rating.hint, nexus.settings.fallback.hierarchy)
        now = nexus.clock.now()
        if answered is None or now - answered.at >= _RATEABLE:
            return unknown_hint()
        model = answered.candidate.model.name
        request_fields.set({})  # A request's id or trace would say whose answer it was.
        try:
            if self._is_first(f"thumb {rating.hint}"):
                nexus.log(Event.FEEDBACK_GIVEN, model=model, rating=rating.thumb)
            if rating.reason is not None and self._is_first(f"reason {rating.hint}"):
                nexus.log(Event.FEEDBACK_EXPLAINED, model=model, reason=rating.reason)
        except StoreUnavailableError as error:
            nexus.log(Event.VISITOR_STORE_UNAVAILABLE, reason=str(error))
            return not_counted(now + _RETRY)
        return flask.Response(status=204)

    def _is_first(self, what: str) -> bool:
        """Whether this has not been counted yet; it is, from now on.

        Raises:
            StoreUnavailableError: Nobody can tell.
        """
        # What is sent again and again need not reach the store each time.
        name = f"rating-{sha256(what.encode()).hexdigest()}"
        if name in self._known:
            return False
        expires_at = self._nexus.clock.now() + 2 * _RATEABLE
        is_first = self._store.write(name, Record({}), expires_at) is not None
        if len(self._known) >= _MAX_KNOWN:
            self._known.clear()
        self._known.add(name)
        return is_first

"""The log events of Nexus: one name for each thing that an operator may want to see.

`docs/operations.md` has a row for each; a test holds the two together. No event carries a
visitor's words or identity, a model's words, a key, or a provider's prose.
"""

from __future__ import annotations

import enum

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class Event(enum.StrEnum):
    """Names as they stand in the log's `event` field."""

    CHAT_ANSWERED = "chat.answered"
    CHAT_REFUSED = "chat.refused"
    CHAT_RESUMED = "chat.resumed"
    CHAT_INTERRUPTED = "chat.interrupted"
    CHAT_ABANDONED = "chat.abandoned"
    ATTEMPT_FAILED = "attempt.failed"
    ATTEMPT_ACCOUNTED = "attempt.accounted"
    ATTEMPT_HEDGED = "attempt.hedged"
    WINDOW_OPENED = "window.opened"
    WINDOW_CLOSED = "window.closed"
    PROBE_UNCONFIRMED = "probe.unconfirmed"
    MODEL_RETIRED = "model.retired"
    MODEL_DUPLICATE = "model.duplicate"
    MODEL_THINKING_REFUSED = "model.thinking_refused"
    MODEL_ISOLATED = "model.isolated"
    MODEL_RESTORED = "model.restored"
    FORECAST_MADE = "forecast.made"
    SERVICE_MISCONFIGURED = "service.misconfigured"
    LIMIT_LEARNED = "limit.learned"
    LINE_MOVED = "line.moved"
    LINE_STORE_UNAVAILABLE = "line_store.unavailable"
    LINE_STORE_RECOVERED = "line_store.recovered"
    LIMIT_STORE_UNAVAILABLE = "limit_store.unavailable"
    LIMIT_STORE_RECOVERED = "limit_store.recovered"
    STORE_UNAVAILABLE = "store.unavailable"
    STORE_RECOVERED = "store.recovered"
    STATUS_UNAVAILABLE = "status.unavailable"
    STATUS_RECOVERED = "status.recovered"
    VISITOR_LIMITED = "visitor.limited"
    VISITOR_STEPPED_DOWN = "visitor.stepped_down"
    VISITOR_STORE_UNAVAILABLE = "visitor_store.unavailable"
    VISITOR_STORE_RECOVERED = "visitor_store.recovered"
    VISITOR_RECORD_CONTENDED = "visitor_record.contended"
    SIGNING_SECRET_DERIVED = "signing_secret.derived"  # noqa: S105 - an event, no secret
    REQUEST_REJECTED = "request.rejected"
    INTERNAL_ERROR = "internal.error"
    LIBRARY_MESSAGE = "library.message"


SEVERITIES: dict[Event, str] = {
    Event.CHAT_ANSWERED: "INFO",
    Event.CHAT_REFUSED: "WARNING",
    Event.CHAT_RESUMED: "WARNING",
    Event.CHAT_INTERRUPTED: "WARNING",
    Event.CHAT_ABANDONED: "INFO",
    Event.ATTEMPT_FAILED: "WARNING",
    Event.ATTEMPT_ACCOUNTED: "INFO",
    Event.ATTEMPT_HEDGED: "INFO",
    Event.WINDOW_OPENED: "WARNING",
    Event.WINDOW_CLOSED: "INFO",
    Event.PROBE_UNCONFIRMED: "INFO",
    Event.MODEL_RETIRED: "ERROR",
    Event.MODEL_DUPLICATE: "WARNING",
    Event.MODEL_THINKING_REFUSED: "WARNING",
    Event.MODEL_ISOLATED: "WARNING",
    Event.MODEL_RESTORED: "WARNING",
    Event.FORECAST_MADE: "INFO",
    Event.SERVICE_MISCONFIGURED: "CRITICAL",
    Event.LIMIT_LEARNED: "INFO",
    Event.LINE_MOVED: "INFO",
    Event.LINE_STORE_UNAVAILABLE: "WARNING",
    Event.LINE_STORE_RECOVERED: "INFO",
    Event.LIMIT_STORE_UNAVAILABLE: "WARNING",
    Event.LIMIT_STORE_RECOVERED: "INFO",
    Event.STORE_UNAVAILABLE: "ERROR",
    Event.STORE_RECOVERED: "INFO",
    Event.STATUS_UNAVAILABLE: "WARNING",
    Event.STATUS_RECOVERED: "INFO",
    Event.VISITOR_LIMITED: "INFO",
    Event.VISITOR_STEPPED_DOWN: "INFO",
    Event.VISITOR_STORE_UNAVAILABLE: "WARNING",
    Event.VISITOR_STORE_RECOVERED: "INFO",
    Event.VISITOR_RECORD_CONTENDED: "INFO",
    Event.SIGNING_SECRET_DERIVED: "INFO",
    Event.REQUEST_REJECTED: "INFO",
    Event.INTERNAL_ERROR: "ERROR",
    Event.LIBRARY_MESSAGE: "WARNING",
}
"""How grave each event is, in the words of Cloud Logging's LogSeverity."""

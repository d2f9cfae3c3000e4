"""The log events of Nexus: one name for each thing that an operator may want to see.

`docs/operations.md` has a row for each; a test holds the two together. No event carries a
visitor's words or identity, a model's words, a key, or a provider's prose.
"""

from __future__ import annotations

import enum
from typing import Self

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class Event(enum.StrEnum):
    """Names as they stand in the log's `event` field.

    Attributes:
        severity: How grave it is, in the words of Cloud Logging's LogSeverity.
    """

    severity: str

    def __new__(cls, name: str, severity: str) -> Self:
        """Makes a member; its value is the name alone."""
        event = str.__new__(cls, name)
        event._value_ = name
        event.severity = severity
        return event

    CHAT_ANSWERED = "chat.answered", "INFO"
    CHAT_REFUSED = "chat.refused", "WARNING"
    CHAT_RESUMED = "chat.resumed", "WARNING"
    CHAT_INTERRUPTED = "chat.interrupted", "WARNING"
    CHAT_ABANDONED = "chat.abandoned", "INFO"
    ATTEMPT_FAILED = "attempt.failed", "WARNING"
    ATTEMPT_ACCOUNTED = "attempt.accounted", "INFO"
    ATTEMPT_HEDGED = "attempt.hedged", "INFO"
    WINDOW_OPENED = "window.opened", "WARNING"
    WINDOW_CLOSED = "window.closed", "INFO"
    PROBE_UNCONFIRMED = "probe.unconfirmed", "INFO"
    MODEL_RETIRED = "model.retired", "ERROR"
    MODEL_DUPLICATE = "model.duplicate", "WARNING"
    MODEL_THINKING_REFUSED = "model.thinking_refused", "WARNING"
    MODEL_ISOLATED = "model.isolated", "WARNING"
    MODEL_RESTORED = "model.restored", "WARNING"
    FORECAST_MADE = "forecast.made", "INFO"
    SERVICE_MISCONFIGURED = "service.misconfigured", "CRITICAL"
    LIMIT_LEARNED = "limit.learned", "INFO"
    LINE_MOVED = "line.moved", "INFO"
    LINE_MODE_CHANGED = "line.mode_changed", "WARNING"
    LINE_STORE_UNAVAILABLE = "line_store.unavailable", "WARNING"
    LINE_STORE_RECOVERED = "line_store.recovered", "INFO"
    LIMIT_STORE_UNAVAILABLE = "limit_store.unavailable", "WARNING"
    LIMIT_STORE_RECOVERED = "limit_store.recovered", "INFO"
    STORE_UNAVAILABLE = "store.unavailable", "ERROR"
    STORE_RECOVERED = "store.recovered", "INFO"
    STATUS_UNAVAILABLE = "status.unavailable", "WARNING"
    STATUS_RECOVERED = "status.recovered", "INFO"
    VISITOR_LIMITED = "visitor.limited", "INFO"
    VISITOR_STEPPED_DOWN = "visitor.stepped_down", "INFO"
    VISITOR_STORE_UNAVAILABLE = "visitor_store.unavailable", "WARNING"
    VISITOR_STORE_RECOVERED = "visitor_store.recovered", "INFO"
    VISITOR_RECORD_CONTENDED = "visitor_record.contended", "INFO"
    FEEDBACK_GIVEN = "feedback.given", "INFO"
    FEEDBACK_EXPLAINED = "feedback.explained", "INFO"
    SIGNING_SECRET_DERIVED = "signing_secret.derived", "INFO"
    REQUEST_REJECTED = "request.rejected", "INFO"
    INTERNAL_ERROR = "internal.error", "ERROR"
    LIBRARY_MESSAGE = "library.message", "WARNING"

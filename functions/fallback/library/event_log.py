"""Hands events to the standard library's logging, under the name `fallback`.

Nothing is shown unless the program configures logging, as is usual for a library.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime

from fallback.events import Event
from fallback.redaction import Redaction
from fallback.rfc3339 import rfc3339

_logger = logging.getLogger("fallback")
_logger.addHandler(logging.NullHandler())


class LoggingEventLog:
    """An event log for Python programs. Safe for many threads."""

    def __init__(self, redaction: Redaction) -> None:
        """Takes what no record may contain."""
        self._redacted = redaction

    def __call__(self, event: Event, **fields: object) -> None:
        """Logs `event name=value …`; the record has `event` and `fields` as attributes."""
        level = logging.getLevelNamesMapping()[event.severity]
        if not _logger.isEnabledFor(level):
            return
        given = {name: self._plain(value) for name, value in fields.items() if value is not None}
        message = " ".join([event, *(f"{name}={value}" for name, value in given.items())])
        _logger.log(level, "%s", message, extra={"event": str(event), "fields": given})

    def _plain(self, value: object) -> object:
        """Numbers as they are, instants in ISO 8601, lists as JSON; texts without secrets."""
        if isinstance(value, int | float):
            return value
        is_one = isinstance(value, str | datetime)
        return self._redacted(_text(value) if is_one else json.dumps(value, default=_text))


def _text(value: object) -> str:
    return rfc3339(value) if isinstance(value, datetime) else str(value)

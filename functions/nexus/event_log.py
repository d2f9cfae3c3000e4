"""Writes events as JSON lines, one each, as Cloud Logging reads them."""

from __future__ import annotations

import contextlib
import contextvars
import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import TextIO

from fallback.events import LOG_LEVELS, SEVERITIES, Event
from fallback.ports import EventLog
from fallback.rfc3339 import rfc3339

# Google API keys, and the parameter that carries one in a URL.
_SECRETS = re.compile(r"AIza[\w-]{10,}|AQ\.[\w-]{20,}|(?<=key=)[^&\s\"']+")

_MIN_SECRET_LENGTH = 8

request_trace: contextvars.ContextVar[str | None] = contextvars.ContextVar("trace", default=None)
"""The trace of the request in hand, as `projects/PROJECT/traces/ID`."""


class JsonEventLog:
    """An event log for stderr. Safe for many threads: a line is one write."""

    def __init__(self, level: str, secrets: tuple[str, ...] = (), stream: TextIO | None = None):
        """Starts a log.

        Args:
            level: The least severity that is written.
            secrets: Values that no line may contain, whatever brings them there.
            stream: Where to; stderr by default.
        """
        self._least = LOG_LEVELS.index(level)
        # A shorter one is no secret, and would tear holes into every line.
        self._secrets = [secret for secret in secrets if len(secret) >= _MIN_SECRET_LENGTH]
        self._stream = stream

    def __call__(self, event: Event, **fields: object) -> None:
        """Writes one event with its fields."""
        severity = SEVERITIES[event]
        if LOG_LEVELS.index(severity) < self._least:
            return
        entry: dict[str, object] = {
            "severity": severity,
            "time": datetime.now(UTC),
            "event": event,
            "message": event,
            **{name: value for name, value in fields.items() if value is not None},
        }
        trace = request_trace.get()
        if trace:
            entry["logging.googleapis.com/trace"] = trace
        line = self._redacted(json.dumps(entry, default=_plain))
        stream = self._stream or sys.stderr
        # Nobody could be told of it, and a chat must not fail because its log is full.
        with contextlib.suppress(OSError):
            stream.write(line + "\n")
            stream.flush()

    def _redacted(self, line: str) -> str:
        for secret in self._secrets:
            line = line.replace(secret, "[redacted]")
        return _SECRETS.sub("[redacted]", line)


def log_libraries(log: EventLog) -> None:
    """Turns warnings and errors of libraries into events, so that the log has one form."""
    handler = _LibraryHandler(log)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


class _LibraryHandler(logging.Handler):
    def __init__(self, log: EventLog) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        # The text stays out: a library's message can quote a reply, and a reply a visitor.
        self._log(
            Event.LIBRARY_MESSAGE,
            logger=record.name,
            level=record.levelname,
            where=f"{record.module}:{record.lineno}",
            error=record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None,
        )


def _plain(value: object) -> str:
    return rfc3339(value) if isinstance(value, datetime) else str(value)

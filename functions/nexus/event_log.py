"""Writes events as JSON lines, one each, as Cloud Logging reads them."""

from __future__ import annotations

import contextlib
import contextvars
import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import BinaryIO

from fallback.events import LOG_LEVELS, Event
from fallback.ports import EventLog
from fallback.redaction import Redaction
from fallback.rfc3339 import rfc3339

request_fields: contextvars.ContextVar[Mapping[str, object]] = contextvars.ContextVar(
    "request_fields", default=MappingProxyType({})
)
"""What each event of the request in hand carries: its id, and its trace if it has one."""


class JsonEventLog:
    """An event log for stderr. Safe for many threads, as each line is one write."""

    def __init__(self, level: str, secrets: tuple[str, ...] = (), stream: BinaryIO | None = None):
        """Starts a log.

        Args:
            level: The least severity that is written.
            secrets: Values that no line may contain.
            stream: Where lines go; stderr by default.
        """
        self._least = LOG_LEVELS.index(level)
        self._redacted = Redaction(*secrets)
        # The file itself: with LOG_EXECUTION_ID, functions-framework replaces `sys.stderr` with a
        # stream that writes each line in two parts, so that lines of two threads mix.
        self._stream = stream or open(2, "wb", closefd=False)  # noqa: SIM115 - it stays open

    def __call__(self, event: Event, **fields: object) -> None:
        """Writes one event with its fields."""
        if LOG_LEVELS.index(event.severity) < self._least:
            return
        entry: dict[str, object] = {
            "severity": event.severity,
            "time": datetime.now(UTC),
            "event": event,
            "message": event,
            **request_fields.get(),
            **{name: value for name, value in fields.items() if value is not None},
        }
        line = self._redacted(_encode(entry)) + "\n"
        # There is nobody left to tell, and a full log must not fail a chat.
        with contextlib.suppress(OSError):
            self._stream.write(line.encode())
            self._stream.flush()


def log_libraries(log: EventLog) -> None:
    """Turns warnings and errors of libraries into events, so that every log line is one."""
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
        # Without the message: it can quote a reply, which can quote a visitor.
        self._log(
            Event.LIBRARY_MESSAGE,
            logger=record.name,
            level=record.levelname,
            where=f"{record.module}:{record.lineno}",
            error=record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None,
        )


def _plain(value: object) -> str:
    return rfc3339(value) if isinstance(value, datetime) else str(value)


_encode = json.JSONEncoder(default=_plain).encode

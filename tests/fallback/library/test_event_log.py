"""Events go to the standard library's logging, without secrets, and are silent by default."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from fallback import generate_with_fallback
from fallback.events import Event
from fallback.library.event_log import LoggingEventLog
from fallback.redaction import Redaction
from tools.emulator.server import Emulator


def logged(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [vars(record) for record in caplog.records if record.name == "fallback"]


def test_events_are_records_with_their_fields(
    gemini: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "fallback")
    gemini.behave("gemini-3.8-flash", "per-minute", retry_delay="30s")

    generate_with_fallback("Tell nobody")

    # On a busy machine the store can be too slow for a moment, which is logged as well.
    events = [each for each in logged(caplog) if not each["event"].startswith("store.")]
    _, failed, opened, answered = events
    assert (failed["event"], failed["levelname"]) == ("attempt.failed", "WARNING")
    assert failed["fields"]["model"] == "gemini-3.8-flash"
    assert opened["event"] == "window.opened"
    assert (answered["event"], answered["fields"]["fallbacks"]) == ("chat.answered", 1)
    assert "Tell nobody" not in caplog.text
    assert "made-up-key" not in caplog.text


def test_a_record_says_what_happened_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    log = LoggingEventLog(Redaction("made-up-key"))

    log(
        Event.STORE_UNAVAILABLE,
        reason="100% of made-up-key",
        until=datetime(2026, 11, 22, tzinfo=UTC),
        attempts=3,
        status=None,
        skipped=[{"model": "m", "until": datetime(2026, 11, 22, tzinfo=UTC)}],
    )

    (record,) = caplog.records
    assert record.getMessage() == (
        "store.unavailable reason=100% of [redacted] until=2026-11-22T00:00:00Z attempts=3 "
        'skipped=[{"model": "m", "until": "2026-11-22T00:00:00Z"}]'
    )


def test_nothing_is_printed_unless_the_program_configures_logging(
    gemini: Emulator, capfd: pytest.CaptureFixture[str]
) -> None:
    handlers = logging.getLogger().handlers
    logging.getLogger().handlers = []
    try:
        gemini.behave("gemini-3.8-flash", "per-minute")
        generate_with_fallback("Hello")
    finally:
        logging.getLogger().handlers = handlers

    assert capfd.readouterr() == ("", "")

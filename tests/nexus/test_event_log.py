"""The log: one JSON line an event, without secrets."""

from __future__ import annotations

import errno
import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from fallback.events import Event
from nexus.event_log import JsonEventLog, log_libraries, request_fields


class Log:
    def __init__(self, level: str = "INFO", *secrets: str) -> None:
        self.stream = io.BytesIO()
        self.write = JsonEventLog(level, secrets, self.stream)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    @property
    def text(self) -> str:
        return self.stream.getvalue().decode()


class FullDisk(io.BytesIO):
    def write(self, data: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_log_that_cannot_be_written_breaks_nothing() -> None:
    log = JsonEventLog("INFO", stream=FullDisk())

    log(Event.STORE_RECOVERED)


def test_an_event_is_one_line_of_json() -> None:
    log = Log()

    log.write(Event.WINDOW_OPENED, model="m", until=datetime(2026, 11, 22, tzinfo=UTC), reason=None)

    (line,) = log.lines()
    assert line.pop("time").endswith("Z")
    assert line == {
        "severity": "WARNING",
        "event": "window.opened",
        "message": "window.opened",
        "model": "m",
        "until": "2026-11-22T00:00:00Z",
    }


def test_less_severe_events_are_left_out() -> None:
    log = Log("ERROR")

    log.write(Event.CHAT_ANSWERED)
    log.write(Event.STORE_UNAVAILABLE)

    assert [line["event"] for line in log.lines()] == ["store.unavailable"]


@pytest.mark.parametrize(
    "text",
    [
        "AIza" + "SyMadeUpForThisTest",
        "https://x.example/v1?key=made-up-key&alt=sse",
        "it said made-up-key",
    ],
)
def test_no_line_carries_a_key(text: str) -> None:
    log = Log("INFO", "made-up-key")

    log.write(Event.INTERNAL_ERROR, error=text)

    line = log.text
    assert "made-up" not in line
    assert "MadeUp" not in line
    assert "[redacted]" in line
    assert log.lines()


def test_a_word_too_short_to_be_a_key_tears_no_holes() -> None:
    log = Log("INFO", "e")

    log.write(Event.CHAT_ANSWERED, model="gemini")

    assert log.lines()[0]["model"] == "gemini"


def test_events_of_one_request_share_its_fields() -> None:
    log = Log()
    token = request_fields.set({"request_id": "r", "logging.googleapis.com/trace": "t"})

    log.write(Event.CHAT_ANSWERED)
    request_fields.reset(token)
    log.write(Event.STORE_RECOVERED)

    of_a_request, other = log.lines()
    assert of_a_request["request_id"] == "r"
    assert of_a_request["logging.googleapis.com/trace"] == "t"
    assert "request_id" not in other


@pytest.fixture
def restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    logging.captureWarnings(capture=False)


@pytest.mark.usefixtures("restored_logging")
def test_what_libraries_say_becomes_an_event_without_its_words() -> None:
    log = Log()
    log_libraries(log.write)

    logging.getLogger("some.library").warning("a reply said: %s", "something private")
    logging.getLogger("some.library").info("chatter")
    try:
        raise ZeroDivisionError("private too")
    except ZeroDivisionError:
        logging.getLogger("some.library").exception("private")
    assert "private" not in log.text
    assert [line["logger"] for line in log.lines()] == ["some.library"] * 2
    assert log.lines()[1]["error"] == "ZeroDivisionError"

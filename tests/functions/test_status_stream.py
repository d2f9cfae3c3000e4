"""The stream of check-availability, over real HTTP."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from fallback.core.windows import Window
from fallback.stores.sqlite import SqliteWindowStore
from tests.functions.conftest import MODELS, Serve
from tools.testkit import plain_http
from tools.testkit.serving import ServedFunction

STREAM = {"Accept": "text/event-stream"}


@contextlib.contextmanager
def stream(
    available: ServedFunction, **headers: str
) -> Iterator[tuple[httpx2.Response, Iterator[dict[str, Any]]]]:
    """A stream that is open, and its events as they come."""
    with plain_http.stream("GET", available.url, headers=STREAM | headers, timeout=60) as response:
        yield response, events_of(response)


def events_of(response: httpx2.Response) -> Iterator[dict[str, Any]]:
    event: dict[str, Any] = {}
    for line in response.iter_lines():
        name, _, value = line.partition(": ")
        if name == "data":
            event["data"] = json.loads(value)
        elif name in ("id", "retry"):
            event[name] = value
        elif not line and "data" in event:
            yield event
            event = {}


@pytest.fixture
def store(tmp_path: Path) -> SqliteWindowStore:
    return SqliteWindowStore(tmp_path / "state" / "nexus.db")


def exhaust(store: SqliteWindowStore, seconds: float, *models: str) -> None:
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    for model in models or MODELS:
        store.extend(model, Window(until, "quota_exhausted"))


def test_a_stream_tells_the_state_each_change_in_the_store_and_the_end_of_a_window(
    start: Serve, store: SqliteWindowStore
) -> None:
    available = start("check_availability")
    with stream(available) as (response, events):
        assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert "no-store" in response.headers["Cache-Control"]
        first = next(events)
        assert first["data"]["status"] == "operational"
        assert first["id"] == first["data"]["version"]
        assert int(first["retry"]) >= 1000

        exhaust(store, 60, MODELS[0])
        told = next(events)["data"]
        assert (told["status"], told["models"][0]["state"]) == ("degraded", "exhausted")

        exhaust(store, 1, MODELS[1])
        states = (event["data"]["models"][1]["state"] for event in events)
        # A busy machine may hear of the window when it has ended.
        assert next(state for state in states if state != "exhausted") == "probing"


def test_whoever_comes_back_is_told_what_is_new_to_them(
    start: Serve, store: SqliteWindowStore
) -> None:
    exhaust(store, 60)
    available = start("check_availability")
    with stream(available) as (_, events):
        # The first may say what a process knows before a slow store has answered.
        seen = next(event for event in events if event["data"]["status"] == "exhausted")

    with stream(available, **{"Last-Event-ID": seen["id"]}) as (_, events):
        exhaust(store, 120)
        news = next(events)

    assert news["id"] != seen["id"]
    assert news["data"]["status"] == seen["data"]["status"] == "exhausted"


def test_one_thread_in_eight_is_kept_for_polls_and_one_stream_too_many_is_turned_away(
    start: Serve,
) -> None:
    available = start("check_availability", THREADS="8")
    with contextlib.ExitStack() as stack:
        for _ in range(7):
            _response, events = stack.enter_context(stream(available))
            assert next(events)["data"]["status"] == "operational"

        refused = plain_http.get(available.url, headers=STREAM, timeout=60)

        assert (refused.status_code, refused.content) == (204, b"")
        assert available.availability()["available"]


def test_an_instance_that_ends_ends_its_streams(start: Serve) -> None:
    available = start("check_availability")
    with stream(available) as (_, events):
        next(events)
        os.kill(available.process.pid, signal.SIGTERM)

        assert list(events) == []


def test_whoever_does_not_prefer_a_stream_gets_none(start: Serve) -> None:
    available = start("check_availability")
    for accept in (
        *("*/*", "application/json", ""),
        *("text/event-stream;q=0", "application/json, text/event-stream;q=0.1"),
    ):
        reply = plain_http.get(available.url, headers={"Accept": accept}, timeout=60)

        assert reply.json()["status"] == "operational"
        assert "Accept" in reply.headers["Vary"]

    with stream(available, Accept="text/event-stream, */*;q=0.1") as (_, events):
        assert next(events)["data"]["status"] == "operational"

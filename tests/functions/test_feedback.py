"""Ratings of answers, over real HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from fallback.system_clock import SystemClock
from nexus.http.hints import Hints
from tests.functions.conftest import MODELS, Serve
from tools.emulator.server import Emulator
from tools.testkit import plain_http
from tools.testkit.serving import API_KEY, ServedFunction

GIVEN, EXPLAINED = "feedback.given", "feedback.explained"
OF_EVERY_EVENT = {"severity", "time", "event", "message"}


class At(SystemClock):
    """A clock that stands still."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


def rate(function: ServedFunction, hint: str, rating: str = "up", **fields: Any) -> httpx2.Response:
    body = {"hint": hint, "rating": rating, **fields}
    return plain_http.post(f"{function.url}/v1/feedback", json=body, timeout=60)


def hint_of(answer: httpx2.Response) -> str:
    hint: str = answer.json()["nexus"]["hint"]
    return hint


@pytest.fixture
def rated(start: Serve) -> ServedFunction:
    return start("chat", NEXUS_FEEDBACK="on")


def test_while_it_is_off_the_address_is_one_like_any_other(chat: ServedFunction) -> None:
    hint = hint_of(chat.chat())

    reply, other = rate(chat, hint), plain_http.post(f"{chat.url}/v1/nothing", json={}, timeout=60)

    assert reply.status_code == other.status_code == 404
    assert reply.json()["error"]["message"] == other.json()["error"]["message"]
    assert chat.events(GIVEN) == []


def test_a_rating_is_counted_once_for_the_model_and_says_nothing_of_anybody(
    gemini: Emulator, rated: ServedFunction, start: Serve
) -> None:
    gemini.behave(MODELS[0], "per-day")
    hint = hint_of(rated.chat("What is my secret?"))
    calls = len(gemini.calls())
    another = start("chat", NEXUS_FEEDBACK="on")

    def twice(function: ServedFunction) -> set[int]:
        return {rate(function, hint, "down").status_code for _ in range(2)}

    with ThreadPoolExecutor() as threads:
        assert set().union(*threads.map(twice, [rated, another] * 4)) == {204}
    reply = rate(another, hint, "down", reason="too_long", comment="secret")
    assert rate(rated, hint, "down", reason="other").status_code == 204
    assert rate(rated, hint, "up").status_code == 204

    assert (reply.status_code, reply.content) == (204, b"")
    assert "X-Nexus-Visitor" not in reply.headers
    given, explained = ([*rated.events(name), *another.events(name)] for name in (GIVEN, EXPLAINED))
    assert [(each["model"], each["rating"]) for each in given] == [(MODELS[1], "down")]
    assert [(each["model"], each["reason"]) for each in explained] == [(MODELS[1], "too_long")]
    assert set(given[0]) == {*OF_EVERY_EVENT, "model", "rating"}
    assert set(explained[0]) == {*OF_EVERY_EVENT, "model", "reason"}
    assert not any("secret" in each.log.read_text() for each in (rated, another))
    assert len(gemini.calls()) == calls


def test_each_answer_has_a_rating_of_its_own(rated: ServedFunction) -> None:
    hints = [hint_of(rated.chat()) for _ in range(3)]

    assert [rate(rated, hint).status_code for hint in hints] == [204] * 3
    assert len(rated.events(GIVEN)) == 3


def test_what_is_no_rating_of_an_answer_of_today_is_refused(rated: ServedFunction) -> None:
    def made(model: str, age: timedelta, secret: str = API_KEY) -> str:
        return Hints([secret.encode()], At(datetime.now(UTC) - age)).of(model)

    recent, model = timedelta(hours=23), MODELS[0]
    good = made(model, recent)
    forged = [
        made(model, recent, secret="another-secret"),
        made("gemini-of-somebody-else", recent),
        made(model, timedelta(hours=25)),
        good.replace("v2", "v1"),
        good[:-1],
        good[:14] + ("A" if good[14] != "A" else "B") + good[15:],
        "",
        "x" * 10_000,
    ]

    for hint in forged:
        error = rate(rated, hint).json()["error"]
        assert (error["code"], error["param"]) == ("invalid_request", "hint"), hint
    url = f"{rated.url}/v1/feedback"
    assert (
        plain_http.post(
            url, content="{", headers={"Content-Type": "text/plain"}, timeout=60
        ).status_code
        == 415
    )
    assert plain_http.get(url, timeout=60).headers["Allow"] == "POST, OPTIONS"
    assert rated.events(GIVEN) == []
    assert rate(rated, good).status_code == 204


def test_without_its_store_nothing_is_counted_and_the_reply_says_so(
    start: Serve, tmp_path: Path
) -> None:
    chat = start("chat", NEXUS_FEEDBACK="on", NEXUS_STATE=f"sqlite:{tmp_path}")
    reply = rate(chat, hint_of(chat.chat()))

    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "unavailable")
    assert int(reply.headers["Retry-After"]) >= 1
    assert chat.events(GIVEN) == []
    assert len(chat.events("visitor_store.unavailable")) == 1

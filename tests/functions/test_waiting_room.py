"""The waiting room over real HTTP: tickets, order, and what is not let in."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import httpx2
import pytest

from tests.functions.conftest import MODELS, Serve
from tools.emulator.server import Emulator
from tools.testkit.serving import ServedFunction

TICKET = "X-Nexus-Ticket"


def ask(
    function: ServedFunction, text: str, ticket: str | None = None, **headers: str
) -> httpx2.Response:
    if ticket is not None:
        headers[TICKET] = ticket
    body = {"messages": [{"role": "user", "content": text}]}
    return httpx2.post(f"{function.url}/v1/chat/completions", json=body, headers=headers, timeout=60)


def exhaust(gemini: Emulator, seconds: str = "6s") -> None:
    for model in MODELS:
        gemini.behave(model, "per-minute", times=1, retry_delay=seconds)


def error_of(reply: httpx2.Response) -> Mapping[str, Any]:
    error: Mapping[str, Any] = reply.json()["error"]
    return error


def wait_until(instant: str) -> None:
    seconds = (datetime.fromisoformat(instant) - datetime.now().astimezone()).total_seconds()
    threading.Event().wait(max(0.0, seconds))


def comes_when_called(function: ServedFunction, text: str, reply: httpx2.Response) -> float:
    """Comes whenever its ticket is called, as a page does; returns the instant of its answer."""
    while reply.status_code != 200:
        error = error_of(reply)
        assert error["code"] == "models_exhausted"
        wait_until(error["retry_at"])
        reply = ask(function, text, error["ticket"])
    return time.monotonic()


def test_whoever_is_refused_is_answered_in_order_without_being_refused_upstream(
    gemini: Emulator, start: Serve
) -> None:
    chat = start("chat")
    exhaust(gemini)
    texts = [f"message {number}" for number in range(6)]
    refusals = [ask(chat, text) for text in texts]
    assert [error_of(reply)["number"] for reply in refusals] == [1, 2, 3, 4, 5, 6]
    assert [error_of(reply)["position"] for reply in refusals] == [1, 2, 3, 4, 5, 6]
    confirmed = [
        ask(chat, text, error_of(reply)["ticket"])
        for text, reply in zip(texts, refusals, strict=True)
    ]
    assert [error_of(reply)["number"] for reply in confirmed] == [1, 2, 3, 4, 5, 6]
    calls = len(gemini.calls())

    with ThreadPoolExecutor(8) as visitors:
        done = [
            visitors.submit(comes_when_called, chat, text, reply)
            for text, reply in zip(texts, confirmed, strict=True)
        ]
        instants = [result.result(60) for result in done]

    print(instants, len(gemini.calls()) - calls)
    for e in chat.events("line.moved"): print(e)
    assert instants == sorted(instants)
    assert len(gemini.calls()) - calls == len(texts)

"""The waiting room over real HTTP: tickets, order, and what is not let in."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from fallback.core.windows import EVERY_MODEL, ISOLATED, Window
from fallback.stores.sqlite import SqliteWindowStore
from tests.functions.conftest import MODELS, Serve, configuration
from tests.tools.serving.polling import eventually
from tools.emulator.server import Emulator
from tools.operate.waiting_room import main as operate
from tools.testkit import plain_http
from tools.testkit.serving import ServedFunction

TICKET = "X-Nexus-Ticket"


def ask(
    function: ServedFunction, text: str, ticket: str | None = None, **headers: str
) -> httpx2.Response:
    if ticket is not None:
        headers[TICKET] = ticket
    body = {"messages": [{"role": "user", "content": text}]}
    return plain_http.post(
        f"{function.url}/v1/chat/completions", json=body, headers=headers, timeout=60
    )


def exhaust(gemini: Emulator) -> None:
    for model in MODELS:
        gemini.behave(model, "per-day", times=1)


def limited(start: Serve, folder: Path, burst: int) -> ServedFunction:
    """A chat whose visitors may send so many messages, and nearly none after that."""
    changes = {"burst = 10\nper_minute = 20\n": f"burst = {burst}\nper_minute = 0.01\n"}
    return start(
        "chat",
        NEXUS_CONFIG=str(configuration(folder / "nexus.toml", changes)),
        NEXUS_VISITOR_LIMITS="on",
        NEXUS_SIGNING_SECRET="made-up-for-tests",
        NEXUS_TRUSTED_PROXIES="1",
    )


def models_return(state: Path) -> None:
    """Ends all windows, as when their time has come."""
    store = SqliteWindowStore(state / "state" / "nexus.db")
    for name, window in store.read().items():
        if name in (*MODELS, EVERY_MODEL):
            assert store.close(name, window)


def error_of(reply: httpx2.Response) -> Mapping[str, Any]:
    error: Mapping[str, Any] = reply.json()["error"]
    return error


def comes_until_called(
    function: ServedFunction, text: str, reply: httpx2.Response, **headers: str
) -> tuple[float, str]:
    """Comes twice a second; returns the instant of the answer, and the ticket that was used."""
    ticket = ""
    while reply.status_code != 200:
        assert error_of(reply)["code"] == "models_exhausted"
        ticket = error_of(reply)["ticket"]
        threading.Event().wait(0.5)
        reply = ask(function, text, ticket, **headers)
    return time.monotonic(), ticket


def test_whoever_is_refused_is_answered_in_order_without_being_refused_upstream(
    gemini: Emulator, start: Serve, tmp_path: Path
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

    models_return(tmp_path)
    with ThreadPoolExecutor(8) as visitors:
        done = [
            visitors.submit(comes_until_called, chat, text, reply)
            for text, reply in zip(texts, confirmed, strict=True)
        ]
        instants = [result.result(60)[0] for result in done]

    order = sorted(range(len(texts)), key=lambda number: instants[number])
    # A busy machine sets the pace each two seconds, in which two numbers are called together.
    assert all(abs(place - number) <= 2 for place, number in enumerate(order)), order
    assert len(gemini.calls()) - calls == len(texts)
    assert {event["issued"] for event in chat.events("line.moved")} <= set(range(1, 7))


def test_whoever_asks_again_and_again_without_a_ticket_takes_few_numbers(
    gemini: Emulator, start: Serve
) -> None:
    chat = start("chat")
    exhaust(gemini)

    asked = [error_of(ask(chat, "the same"))["number"] for _ in range(6)]

    assert asked == [1, 2, 3, 3, 3, 3]
    assert error_of(ask(chat, "another"))["number"] == 4


def test_when_the_last_one_in_line_is_served_the_status_object_says_so(
    gemini: Emulator, start: Serve, tmp_path: Path
) -> None:
    file = tmp_path / "status.json"
    chat = start("chat", NEXUS_STATUS_OBJECT=f"file:{file}")
    exhaust(gemini)
    refusals = {text: ask(chat, text) for text in ("first", "second")}
    waiting = {text: ask(chat, text, error_of(reply)["ticket"]) for text, reply in refusals.items()}
    assert json.loads(file.read_text())["status"] == "exhausted"
    page = file.with_suffix(".html")
    assert eventually(lambda: "New messages have to wait" in page.read_text())
    models_return(tmp_path)

    for text, reply in waiting.items():
        comes_until_called(chat, text, reply)

    def told() -> dict[str, Any]:
        status: dict[str, Any] = json.loads(file.read_text())
        return status

    assert eventually(lambda: told()["serving"] == {} and told()["status"] != "exhausted")
    assert eventually(lambda: "New messages have to wait" not in page.read_text())


def test_while_chats_are_stopped_by_hand_no_quota_is_blamed_and_no_place_is_given(
    gemini: Emulator, start: Serve, tmp_path: Path
) -> None:
    chat = start("chat")
    exhaust(gemini)
    first = error_of(ask(chat, "first"))
    first = error_of(ask(chat, "first", first["ticket"]))
    store = SqliteWindowStore(tmp_path / "state" / "nexus.db")
    store.extend(EVERY_MODEL, Window(datetime.now(UTC) + timedelta(hours=1), ISOLATED))

    def refused(text: str, ticket: str | None = None) -> Mapping[str, Any]:
        assert eventually(lambda: error_of(ask(chat, text, ticket))["code"] == "models_unavailable")
        return error_of(ask(chat, text, ticket))

    waiting, newcomer = refused("first", first["ticket"]), refused("second")
    assert (waiting["number"], waiting["reason"]) == (1, "set_aside")
    assert ("ticket" in newcomer, newcomer["reason"]) == (False, "set_aside")


def test_while_somebody_waits_a_newcomer_gets_in_line_and_availability_says_so(
    gemini: Emulator, start: Serve, tmp_path: Path
) -> None:
    chat, other, check = start("chat"), start("chat"), start("check_availability")
    exhaust(gemini)
    refusals = [ask(chat, f"message {number}") for number in range(12)]
    last = ask(chat, "message 11", error_of(refusals[-1])["ticket"])
    assert last.status_code == 503
    assert ask(other, "somebody else").status_code == 503
    check.availability()  # Whose first look may take longer than a poll waits.
    models_return(tmp_path)

    newcomer = ask(other, "newcomer")
    told = check.availability("exhausted")

    assert not told["available"]
    assert newcomer.status_code == 503
    assert error_of(newcomer)["number"] == 14
    assert len(gemini.calls()) == len(MODELS)


def test_callers_without_tickets_are_let_in_whenever_nobody_waits(
    gemini: Emulator, start: Serve, tmp_path: Path
) -> None:
    chat, other = start("chat"), start("chat")
    exhaust(gemini)
    refused = [ask(chat, f"message {number}") for number in range(5)]
    assert {reply.status_code for reply in refused} == {503}
    models_return(tmp_path)

    assert ask(other, "somebody else").status_code == 200


def test_no_ticket_but_a_good_one_opens_the_door(
    gemini: Emulator, start: Serve, tmp_path: Path
) -> None:
    chat = start("chat", NEXUS_TRUSTED_PROXIES="1")
    exhaust(gemini)
    mine, theirs = {"X-Forwarded-For": "192.0.2.7"}, {"X-Forwarded-For": "192.0.2.8"}
    refusal = error_of(ask(chat, "mine", **mine))
    ticket = refusal["ticket"]
    forged = [ticket[:-1] + ("A" if ticket[-1] != "A" else "B"), "nonsense", "v1." + "9" * 400]
    forged += [ticket.replace(".1.", ".2.", 1), ticket.upper()]
    replies = [ask(chat, "mine", text, **mine) for text in forged]
    replies += [ask(chat, "mine", ticket, **theirs), ask(chat, "another message", ticket, **mine)]

    assert {reply.status_code for reply in replies} == {400}
    assert {error_of(reply)["code"] for reply in replies} == {"invalid_ticket"}
    assert len(gemini.calls()) == len(MODELS)

    models_return(tmp_path)
    _, used = comes_until_called(chat, "mine", ask(chat, "mine", ticket, **mine), **mine)
    again = ask(chat, "mine", used, **mine)

    assert (again.status_code, error_of(again)["code"]) == (400, "invalid_ticket")


def test_a_ticket_that_brought_no_answer_holds_once_more(
    gemini: Emulator, start: Serve, tmp_path: Path
) -> None:
    chat = start("chat")
    exhaust(gemini)
    refused = ask(chat, "mine")
    gemini.behave("*", "key-invalid")
    models_return(tmp_path)
    reply, ticket = refused, ""
    while error_of(reply)["code"] == "models_exhausted":
        ticket = error_of(reply)["ticket"]
        threading.Event().wait(0.5)
        reply = ask(chat, "mine", ticket)
    assert error_of(reply)["code"] == "service_misconfigured"

    gemini.reset()
    models_return(tmp_path)

    def is_answered() -> bool:
        return ask(chat, "mine", ticket).status_code == 200

    assert eventually(is_answered)
    assert error_of(ask(chat, "mine", ticket))["code"] == "invalid_ticket"


def test_one_network_does_not_fill_the_line_with_tickets_that_it_never_sends_back(
    gemini: Emulator, start: Serve, tmp_path: Path
) -> None:
    chat = limited(start, tmp_path, burst=1)
    exhaust(gemini)
    one, other = {"X-Forwarded-For": "192.0.2.7"}, {"X-Forwarded-For": "192.0.2.8"}
    replies = [ask(chat, f"message {number}", **one) for number in range(9)]

    assert {reply.status_code for reply in replies} == {503}
    # The network has four messages for newcomers, of which the first has been counted, as nobody
    # knew yet that no model would answer it.
    assert ["ticket" in error_of(reply) for reply in replies] == [True] * 4 + [False] * 5
    visitor = {**one, "X-Nexus-Visitor": replies[1].headers["X-Nexus-Visitor"]}
    again = [ask(chat, "message 1", error_of(replies[1])["ticket"], **visitor) for _ in range(6)]
    assert [reply.status_code for reply in again] == [503] + [429] * 5  # Counted each time.
    more = [ask(chat, f"message {number}", **one) for number in range(9, 12)]
    assert ["ticket" in error_of(reply) for reply in more] == [False] * 3
    assert error_of(ask(chat, "mine", **other))["number"] == 5


def test_whoever_holds_a_place_keeps_it_over_a_restart(gemini: Emulator, start: Serve) -> None:
    first = start("chat")
    exhaust(gemini)
    tickets = [error_of(ask(first, f"message {number}"))["ticket"] for number in range(3)]
    first.kill()

    second = start("chat")
    error = error_of(ask(second, "message 1", tickets[1]))

    assert (error["number"], error["position"]) == (2, 2)
    assert error_of(ask(second, "newcomer"))["number"] == 4


def test_the_status_object_tells_of_those_who_got_in_line_just_before_an_instance_ended(
    gemini: Emulator, start: Serve, tmp_path: Path
) -> None:
    file = tmp_path / "status.json"
    chat = start("chat", NEXUS_STATUS_OBJECT=f"file:{file}")
    exhaust(gemini)
    refusals = {text: ask(chat, text) for text in ("first", "second", "third")}
    for text, reply in refusals.items():
        ask(chat, text, error_of(reply)["ticket"])

    os.kill(chat.process.pid, signal.SIGTERM)
    assert eventually(lambda: not chat.process.is_running)

    assert json.loads(file.read_text())["serving"]["waiting"] == 3
    assert chat.events("internal.error") == []


def test_a_place_counts_as_a_message_of_its_visitor_once(
    gemini: Emulator, start: Serve, tmp_path: Path
) -> None:
    chat = limited(start, tmp_path, burst=3)
    exhaust(gemini)
    visitor = ask(chat, "who am I").headers["X-Nexus-Visitor"]
    me = {"X-Nexus-Visitor": visitor}
    refusals = [ask(chat, f"message {number}", **me) for number in range(5)]
    assert {reply.status_code for reply in refusals} == {503}  # Places cost nothing until taken.
    # There are no more of them than the visitor could pay for.
    assert ["ticket" in error_of(reply) for reply in refusals] == [True] * 3 + [False] * 2

    taken = [
        ask(chat, f"message {number}", error_of(reply)["ticket"], **me)
        for number, reply in enumerate(refusals[:3])
    ]

    assert [reply.status_code for reply in taken] == [503] * 3
    one_more = error_of(ask(chat, "message 3", **me))
    assert ask(chat, "message 3", one_more["ticket"], **me).status_code == 429
    again = ask(chat, "message 0", error_of(taken[0])["ticket"], **me)
    assert again.status_code == 503


def test_an_operator_drains_starts_and_stops_the_line(
    gemini: Emulator, start: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEXUS_STATE", f"sqlite:{tmp_path / 'state' / 'nexus.db'}")
    chat, check = start("chat"), start("check_availability")

    def is_without_ticket(text: str) -> bool:
        reply = ask(chat, text)
        return reply.status_code == 503 and "ticket" not in error_of(reply)

    exhaust(gemini)
    first, second = ask(chat, "first"), ask(chat, "second")
    second = ask(chat, "second", error_of(second)["ticket"])
    assert operate(["drain"]) == 0
    assert eventually(lambda: is_without_ticket("newcomer"))
    assert len(gemini.calls()) == len(MODELS)
    models_return(tmp_path)
    comes_until_called(chat, "first", first)
    comes_until_called(chat, "second", second)
    assert eventually(lambda: ask(chat, "newcomer").status_code == 200)

    assert operate(["start"]) == 0
    assert eventually(lambda: ask(chat, "in turn").status_code == 503)
    in_turn = ask(chat, "in turn")
    assert error_of(in_turn)["reason"] == "line"
    comes_until_called(chat, "in turn", in_turn)
    check.availability("operational")  # Nobody is before a newcomer.

    assert operate(["stop"]) == 0
    assert eventually(lambda: ask(chat, "at once").status_code == 200)
    exhaust(gemini)
    assert is_without_ticket("refused")


def test_without_a_waiting_room_a_refusal_has_no_ticket(
    gemini: Emulator, start: Serve, tmp_path: Path
) -> None:
    config = configuration(tmp_path / "nexus.toml", {"enabled = true": "enabled = false"})
    chat = start("chat", NEXUS_CONFIG=str(config))
    exhaust(gemini)

    error = error_of(ask(chat, "Hello"))

    assert error["code"] == "models_exhausted"
    assert "ticket" not in error

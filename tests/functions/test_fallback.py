"""What a visitor gets while models refuse, over real HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fallback.core.window_rules import WindowRules, next_quota_day
from fallback.core.windows import Window
from fallback.stores.sqlite import SqliteWindowStore
from tests.functions.conftest import MODELS, Serve, configuration
from tests.tools.serving.polling import eventually
from tools.emulator.server import Emulator
from tools.testkit.serving import ServedFunction, finish_reason_of, text_of

PRIMARY, SECOND = MODELS[:2]


def test_a_model_over_its_minute_is_asked_once(gemini: Emulator, chat: ServedFunction) -> None:
    gemini.behave(PRIMARY, "per-minute", retry_delay="60s")

    replies = [chat.chat().json() for _ in range(20)]

    assert {reply["model"] for reply in replies} == {SECOND}
    assert {reply["nexus"]["fallbacks"] for reply in replies} == {1}
    assert {reply["nexus"]["display_name"] for reply in replies} == {"Gemini 3.6 Flash"}
    assert gemini.count(PRIMARY) == 1


def test_two_processes_share_what_they_learn(gemini: Emulator, start: Serve) -> None:
    gemini.behave(PRIMARY, "per-minute", retry_delay="60s")
    first, second = start("chat"), start("chat")

    for _ in range(10):
        assert first.chat().json()["model"] == SECOND
        assert second.chat().json()["model"] == SECOND

    assert gemini.count(PRIMARY) <= 2


def test_a_long_conversation_stays_where_it_is_cached(
    gemini: Emulator, chat: ServedFunction
) -> None:
    gemini.behave(PRIMARY, "per-minute", times=1, retry_delay="1s")
    question = {"role": "user", "content": "Do you know this? " * 1500}
    first = chat.chat(messages=[question]).json()
    assert first["model"] == SECOND
    while chat.chat().json()["model"] != PRIMARY:
        pass  # Until its window has ended.
    assert eventually(lambda: bool(chat.events("window.closed")))
    turns = [
        question,
        {"role": "assistant", "content": first["choices"][0]["message"]["content"]},
        {"role": "user", "content": "And then?"},
    ]

    second = chat.chat(messages=turns, nexus={"hint": first["nexus"]["hint"]}).json()

    assert second["model"] == SECOND
    *_, account = (e for e in chat.events("chat.answered") if e["model"] == SECOND)
    assert account["cached_tokens"] > 4096
    for nexus in (None, {"hint": "v1.1795395194.BjYzN3bqMGN0cGlkZSBtZQ"}, {"hint": 7}, 7):
        assert chat.chat(messages=turns, nexus=nexus).json()["model"] == PRIMARY


def test_a_day_lasts_until_midnight_in_california(gemini: Emulator, start: Serve) -> None:
    gemini.behave(PRIMARY, "per-day", retry_delay="1s")
    chat, available = start("chat"), start("check_availability")

    expected = next_quota_day(datetime.now(UTC))
    assert chat.chat().json()["model"] == SECOND

    state = available.availability("degraded")
    assert (state["available"], state["retry_at"]) == (True, None)
    assert state["models"][0]["state"] == "exhausted"
    assert datetime.fromisoformat(state["models"][0]["until"]) == expected


def test_all_exhausted_is_said_at_once_and_heals_at_the_instant(
    gemini: Emulator, chat: ServedFunction
) -> None:
    chat.chat()  # The first is slow, and a window that is soon over would be waited for.
    gemini.reset()
    for model in MODELS:
        gemini.behave(model, "per-minute", times=1, retry_delay="4s")

    refused = chat.chat()

    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (503, "models_exhausted")
    assert refused.headers["Retry-After"] == str(error["retry_after_seconds"])
    retry_at = datetime.fromisoformat(error["retry_at"])
    assert retry_at < datetime.now(UTC) + timedelta(seconds=4.5)
    while datetime.now(UTC) < retry_at:
        status, calls = chat.chat().status_code, len(gemini.calls())
        assert (status, calls) == (503, len(MODELS)) or datetime.now(UTC) >= retry_at
    assert chat.chat().status_code == 200


@pytest.mark.parametrize(
    "behaviour", ["key-invalid", "suspended", "payment-required", "region", "spending-cap"]
)
def test_what_is_wrong_with_the_service_is_asked_once(
    gemini: Emulator, start: Serve, behaviour: str
) -> None:
    gemini.behave("*", behaviour)
    chat, available = start("chat"), start("check_availability")

    replies = [chat.chat() for _ in range(5)]

    for reply in replies:
        assert (reply.status_code, reply.json()["error"]["code"]) == (503, "service_misconfigured")
        assert "retry_at" not in reply.json()["error"]
    assert len(gemini.calls()) == 1
    assert not available.availability("misconfigured")["available"]
    assert [event["severity"] for event in chat.events("service.misconfigured")] == ["CRITICAL"]


def test_without_a_key_nothing_is_called_and_others_go_on(gemini: Emulator, start: Serve) -> None:
    chat, other = start("chat", GEMINI_API_KEY="", NEXUS_VISITOR_LIMITS="on"), start("chat")

    replies = [chat.chat() for _ in range(12)]  # More than a visitor's burst: none is counted.

    for reply in replies:
        assert (reply.status_code, reply.json()["error"]["code"]) == (503, "service_misconfigured")
    assert gemini.calls() == []
    assert other.chat().status_code == 200
    assert start("check_availability").availability()["status"] == "operational"
    assert chat.events("service.misconfigured")[0]["reason"] == "MISSING_KEY"


@pytest.mark.parametrize("behaviour", ["hang", "hang-after-headers", "drip"])
@pytest.mark.parametrize("stream", [False, True])
def test_a_model_that_never_speaks_is_left_in_time(
    gemini: Emulator, start: Serve, short_config: Path, behaviour: str, stream: bool
) -> None:
    gemini.behave(PRIMARY, behaviour)
    chat = start("chat", NEXUS_CONFIG=str(short_config))

    reply = chat.chat(stream=stream)

    # A busy machine may be too slow for the second as well.
    assert any(model in reply.text for model in MODELS[1:])
    assert gemini.count(PRIMARY) == 1
    assert chat.events("attempt.failed")[0]["kind"] == "timed_out"


def test_when_no_model_speaks_the_deadline_is_the_answer(
    gemini: Emulator, start: Serve, short_config: Path
) -> None:
    gemini.behave("*", "hang")
    chat = start("chat", NEXUS_CONFIG=str(short_config))

    reply = chat.chat()

    assert reply.status_code in (503, 504)


@pytest.mark.parametrize(
    ("behaviour", "calls"),
    [
        ("overloaded", 2),
        ("internal-error", 2),
        ("html-502", 2),
        ("reset", 2),
        ("stop-without-text", 1),
        ("no-candidates", 1),
        ("empty-200", 1),
        ("malformed-response", 1),
        ("overloaded-retry-after", 1),
        ("deadline-exceeded", 1),
        ("not-found", 1),
        ("limit-zero", 1),
        ("bare", 1),
        ("context-too-long", 1),
        ("invalid-argument", 2),  # Once more without thinking.
    ],
)
def test_each_failure_costs_as_many_calls_as_can_help(
    gemini: Emulator, chat: ServedFunction, behaviour: str, calls: int
) -> None:
    gemini.behave(PRIMARY, behaviour)

    assert chat.chat().json()["model"] == SECOND
    assert gemini.count(PRIMARY) == calls


def test_overload_sets_a_model_aside_after_its_fourth_time(
    gemini: Emulator, start: Serve, tmp_path: Path
) -> None:
    gemini.behave(PRIMARY, "overloaded")
    long = {"transient_first = 5": "transient_first = 600"}
    chat = start("chat", NEXUS_CONFIG=str(configuration(tmp_path / "long-windows.toml", long)))

    for _ in range(5):
        assert chat.chat().json()["model"] == SECOND

    assert gemini.count(PRIMARY) == WindowRules().tripping_failures
    assert chat.events("window.opened")[0]["reason"] == "overloaded"


def test_a_model_that_the_key_may_not_use_is_set_aside_alone(
    gemini: Emulator, start: Serve
) -> None:
    gemini.behave(PRIMARY, "forbidden")
    chat = start("chat")

    reply = chat.chat().json()

    assert (reply["model"], reply["nexus"]["fallbacks"]) == (SECOND, 1)
    (event,) = chat.events("window.opened")
    assert (event["model"], event["reason"]) == (PRIMARY, "forbidden")
    assert start("check_availability").availability("degraded")["available"]


def test_what_a_second_model_forbids_too_stops_the_service(
    gemini: Emulator, chat: ServedFunction
) -> None:
    gemini.behave("*", "forbidden")

    reply = chat.chat()

    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "service_misconfigured")
    assert len(gemini.calls()) == 2


def test_an_error_in_a_gateway_s_message_is_read(gemini: Emulator, start: Serve) -> None:
    gemini.behave(PRIMARY, "nested-error")
    expected = next_quota_day(datetime.now(UTC))

    assert start("chat").chat().json()["model"] == SECOND

    (first, *_) = start("check_availability").availability("degraded")["models"]
    assert first["state"] == "exhausted"
    assert datetime.fromisoformat(first["until"]) == expected


def test_an_account_that_spends_too_fast_is_back_in_minutes(gemini: Emulator, start: Serve) -> None:
    gemini.behave("*", "spend-rate")
    chat, available = start("chat"), start("check_availability")

    replies = [chat.chat() for _ in range(2)]

    for reply in replies:
        error = reply.json()["error"]
        assert (reply.status_code, error["code"]) == (503, "models_exhausted")
        assert 60 < error["retry_after_seconds"] <= 600
    assert len(gemini.calls()) == 1
    assert chat.events("service.misconfigured") == []
    assert not available.availability("exhausted")["available"]


@pytest.fixture
def large(start: Serve, tmp_path: Path) -> ServedFunction:
    """A chat function that takes long messages."""
    larger = {"max_message_characters = 100000": "max_message_characters = 400000"}
    return start("chat", NEXUS_CONFIG=str(configuration(tmp_path / "larger.toml", larger)))


LONG_TEXT = "word" * 75_000  # 75,000 tokens, as they are counted before anybody has counted them.


@pytest.mark.parametrize(
    ("behaviour", "options", "refusal"),
    [
        # More than the whole quota: no model ever takes it.
        ("tokens-per-minute", {"limit": 50_000}, (400, "context_length_exceeded")),
        # More than half of it: the message may fit a minute later.
        ("tokens-per-minute", {"limit": 100_000}, (503, "models_exhausted")),
        ("bare", {}, (503, "models_exhausted")),
    ],
)
def test_an_oversized_message_is_paid_for_by_its_sender_alone(
    gemini: Emulator,
    large: ServedFunction,
    behaviour: str,
    options: dict[str, Any],
    refusal: tuple[int, str],
) -> None:
    gemini.behave("*", behaviour, **options)

    refused = [large.chat(LONG_TEXT) for _ in range(3)]

    for reply in refused:
        assert (reply.status_code, reply.json()["error"]["code"]) == refusal
    assert [gemini.count(model) for model in MODELS] == [1] * 5
    gemini.reset()
    assert large.chat().json()["model"] == PRIMARY


def test_an_oversized_message_says_nothing_in_other_processes(
    gemini: Emulator, start: Serve, large: ServedFunction
) -> None:
    gemini.behave("*", "tokens-per-minute", limit=50_000)
    large.chat(LONG_TEXT)
    gemini.reset()

    assert start("chat").chat().json()["model"] == PRIMARY
    assert start("check_availability").availability()["status"] == "operational"


@pytest.mark.parametrize("behaviour", ["stop-without-text", "no-candidates", "empty-200", "cut"])
def test_replies_of_no_use_cost_three_calls_and_nobody_else_pays(
    gemini: Emulator, chat: ServedFunction, behaviour: str
) -> None:
    gemini.behave("*", behaviour)

    for calls in (3, 6):
        reply = chat.chat()
        error = reply.json()["error"]
        assert (reply.status_code, error["code"]) == (503, "models_unavailable")
        assert "retry_at" not in error
        assert len(gemini.calls()) == calls

    gemini.reset()
    assert chat.chat().json()["model"] == PRIMARY
    assert chat.events("window.opened") == []


@pytest.mark.parametrize(
    ("behaviour", "reason", "words"),
    [
        ("overloaded-retry-after", "overloaded", "All models are overloaded."),
        ("reset", "unreachable", "No model can be reached."),
    ],
)
def test_without_a_quota_among_the_reasons_it_says_what_is_wrong(
    gemini: Emulator, chat: ServedFunction, behaviour: str, reason: str, words: str
) -> None:
    gemini.behave("*", behaviour)

    replies = [chat.chat() for _ in range(3)]

    for reply in replies:
        error = reply.json()["error"]
        assert (reply.status_code, error["code"]) == (503, "models_unavailable")
        assert error["message"].startswith(words)
        assert error["reason"] == reason
        assert error["retry_after_seconds"] >= 1


def test_two_instants_say_when_to_try_and_when_the_provider_returns(
    gemini: Emulator, start: Serve
) -> None:
    gemini.behave("*", "per-day")
    chat, available = start("chat"), start("check_availability")
    midnight = next_quota_day(datetime.now(UTC))

    chat.chat()
    refused = chat.chat()
    state = available.availability("exhausted")

    # In the last half hour of the day nobody probes before its end: both instants are one.
    is_late = midnight - datetime.now(UTC) <= timedelta(seconds=WindowRules().probe_interval)
    for said in (refused.json()["error"], state):
        retry_at = datetime.fromisoformat(said["retry_at"])
        expected_at = said.get("expected_at") or said["retry_at"]
        assert datetime.fromisoformat(expected_at) == midnight
        assert (retry_at == midnight) == is_late
        # The second in line is called a second after the first.
        assert retry_at <= datetime.now(UTC) + timedelta(seconds=1802)
        assert said["retry_after_seconds"] <= 1802
    assert refused.headers["X-Should-Retry"] == "false"
    assert not state["available"]


def test_a_day_s_window_whose_probe_is_due_locks_nobody_out(
    gemini: Emulator, start: Serve, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    day = Window(next_quota_day(now), "quota_exhausted", probe_at=now - timedelta(seconds=3))
    store = SqliteWindowStore(tmp_path / "state" / "nexus.db")
    for model in MODELS:
        store.extend(model, day)

    state = start("check_availability").availability("degraded")
    reply = start("chat").chat()

    assert (state["available"], state["retry_at"]) == (True, None)
    assert {model["state"] for model in state["models"]} == {"probing"}
    assert reply.json()["model"] == PRIMARY
    assert gemini.count(PRIMARY) == 1


def test_a_retired_model_names_its_successor_to_the_operator(
    gemini: Emulator, chat: ServedFunction
) -> None:
    gemini.behave(PRIMARY, "retired")

    assert chat.chat().json()["model"] == SECOND

    (event,) = chat.events("model.retired")
    assert (event["model"], event["successor"]) == (PRIMARY, "gemini-4.0-flash")


@pytest.mark.parametrize(
    ("behaviour", "status", "code"),
    [
        ("context-too-long", 400, "context_length_exceeded"),
        ("invalid-request", 400, "invalid_request"),
    ],
)
def test_what_is_wrong_with_the_request_is_said_so(
    gemini: Emulator, chat: ServedFunction, behaviour: str, status: int, code: str
) -> None:
    gemini.behave("*", behaviour)

    reply = chat.chat()

    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)
    gemini.reset()
    assert chat.chat().json()["model"] == PRIMARY  # No window came of it.


@pytest.mark.parametrize("behaviour", ["blocked-prompt", "recitation"])
def test_a_refusal_by_policy_is_an_answer_and_no_other_model_is_asked(
    gemini: Emulator, chat: ServedFunction, behaviour: str
) -> None:
    gemini.behave(PRIMARY, behaviour)

    reply = chat.chat().json()
    events = chat.stream()

    assert reply["choices"][0]["finish_reason"] == "content_filter"
    assert finish_reason_of(events) == "content_filter"
    assert events[-1] == "[DONE]"
    assert gemini.count(SECOND) == 0


FAULTS = ["cut", "silent-end", "malformed-chunk", "error-event", "error-raw", "error-array"]


@pytest.mark.parametrize("fault", [*FAULTS, "error-without-code", "empty-stream"])
@pytest.mark.parametrize("stream", [False, True])
def test_a_fault_before_any_text_is_never_seen(
    gemini: Emulator, chat: ServedFunction, fault: str, stream: bool
) -> None:
    gemini.behave(PRIMARY, fault)
    gemini.behave(SECOND, "answer", text="All of it.")

    if stream:
        events = chat.stream()
        assert text_of(events) == "All of it."
        assert events[-1] == "[DONE]"
    else:
        assert chat.chat().json()["choices"][0]["message"]["content"] == "All of it."


NUMBERED = " ".join(f"word{number}" for number in range(300))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_after_text_is_made_good_by_the_next_model(
    gemini: Emulator, chat: ServedFunction, fault: str
) -> None:
    gemini.behave(PRIMARY, fault, text=NUMBERED, chunks=40, after_chunks=7)
    gemini.behave(SECOND, "answer", text=NUMBERED, chunks=40)

    events = chat.stream(stream_options={"include_usage": True})

    assert text_of(events) == NUMBERED
    assert finish_reason_of(events) == "stop"
    assert events[-1] == "[DONE]"
    said = [event["nexus"] for event in events if isinstance(event, dict) and "nexus" in event]
    assert [nexus["display_name"] for nexus in said] == ["Gemini 3.8 Flash", "Gemini 3.6 Flash"]
    assert [nexus.get("resumed") for nexus in said] == [None, True]
    *_, usage, _ = events
    assert isinstance(usage, dict)
    assert usage["usage"]["completion_tokens"] >= len(NUMBERED) / 4
    assert (gemini.count(PRIMARY), gemini.count(SECOND)) == (1, 1)
    assert len(chat.events("chat.resumed")) == 1
    assert chat.events("chat.interrupted") == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_no_model_makes_good_ends_in_an_error_and_never_looks_complete(
    gemini: Emulator, chat: ServedFunction, fault: str
) -> None:
    gemini.behave("*", "per-minute", retry_delay="60s")
    gemini.behave(PRIMARY, fault, after_chunks=3, times=1)
    gemini.behave(PRIMARY, "per-minute", retry_delay="60s")

    events = chat.stream()

    last = events[-1]
    assert isinstance(last, dict)
    assert last["error"]["code"] == "answer_interrupted"
    assert text_of(events)
    assert finish_reason_of(events) is None
    assert len(chat.events("chat.interrupted")) == 1


def test_an_answer_is_resumed_twice_at_most(gemini: Emulator, chat: ServedFunction) -> None:
    gemini.behave("*", "cut", text=NUMBERED, chunks=40, after_chunks=3)

    events = chat.stream()

    last = events[-1]
    assert isinstance(last, dict)
    assert last["error"]["code"] == "answer_interrupted"
    assert NUMBERED.startswith(text_of(events))
    assert [gemini.count(model) for model in MODELS] == [1, 1, 1, 0, 0]


@pytest.mark.parametrize("fault", FAULTS)
def test_an_answer_wanted_whole_falls_back_from_a_fault_in_the_middle(
    gemini: Emulator, chat: ServedFunction, fault: str
) -> None:
    gemini.behave(PRIMARY, fault, after_chunks=3)
    gemini.behave(SECOND, "answer", text="All of it.")

    assert chat.chat().json()["choices"][0]["message"]["content"] == "All of it."


def test_white_space_is_no_answer(gemini: Emulator, chat: ServedFunction) -> None:
    gemini.behave(PRIMARY, "answer", text=" \n\t\n")
    gemini.behave(SECOND, "answer", text="\n All of it.")

    assert chat.chat().json()["choices"][0]["message"]["content"] == "\n All of it."
    assert text_of(chat.stream()) == "\n All of it."
    assert gemini.count(PRIMARY) == 2


@pytest.mark.parametrize("behaviour", ["html-404", "gateway-404"])
def test_a_reply_of_something_in_between_sets_no_model_aside_for_long(
    gemini: Emulator, chat: ServedFunction, behaviour: str
) -> None:
    gemini.behave("*", behaviour)

    for _ in range(3):
        reply = chat.chat()

        assert (reply.status_code, reply.json()["error"]["code"]) == (503, "models_unavailable")
        assert reply.json()["error"]["retry_after_seconds"] <= 30
    assert chat.events("model.retired") == []


def test_a_stall_after_text_is_given_up(gemini: Emulator, start: Serve, tmp_path: Path) -> None:
    gemini.behave(PRIMARY, "stall", text=NUMBERED, chunks=40, after_chunks=3)
    gemini.behave("*", "answer", text=NUMBERED)
    short = {"idle_seconds = 20": "idle_seconds = 1"}
    chat = start("chat", NEXUS_CONFIG=str(configuration(tmp_path / "short.toml", short)))

    events = chat.stream()

    assert text_of(events) == NUMBERED
    assert events[-1] == "[DONE]"


def test_a_stream_over_its_deadline_says_so(gemini: Emulator, start: Serve, tmp_path: Path) -> None:
    gemini.behave("*", "answer", text="word " * 400, chunks=200, chunk_seconds=0.1)
    short = {
        "deadline_seconds = 55": "deadline_seconds = 6",
        "last_resort_seconds = 10": "last_resort_seconds = 1",
    }
    chat = start("chat", NEXUS_CONFIG=str(configuration(tmp_path / "short.toml", short)))

    events = chat.stream()

    last = events[-1]
    assert isinstance(last, dict)
    assert last["error"]["code"] == "deadline_exceeded"
    assert len(events) < 200


def test_each_decision_is_in_the_log_and_no_secret_or_word_is(
    gemini: Emulator, chat: ServedFunction
) -> None:
    gemini.behave(PRIMARY, "suspended", times=1)  # Its message echoes the key.
    chat.chat("a very private question")
    gemini.behave("*", "answer", text="a very private answer")
    chat.chat("a very private question")

    log = chat.log.read_text()
    assert "private" not in log
    assert "made-up-key-for-tests" not in log
    (failed,) = chat.events("attempt.failed")
    assert (failed["model"], failed["kind"], failed["scope"]) == (
        PRIMARY,
        "unauthorized",
        "service",
    )
    assert failed["milliseconds"] >= 0

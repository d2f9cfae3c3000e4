"""Where an answer ends: with its stream, not with a finish reason, and within its limits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallback.core.answer import End, FinishReason, Usage
from fallback.core.chat import Chat
from fallback.core.failure import Failure, FailureKind
from fallback.gemini.attempt import pieces_of
from tests.fallback.gemini.wire import (
    CHAT,
    HEAD,
    MODEL,
    Piece,
    Script,
    Send,
    ask,
    ask_rest,
    data,
    event,
    known_models,
    limits,
    rest_provider,
    sending,
    text_of,
    upstream,
)

STOP = End(FinishReason.STOP)


class Played:
    """A stream whose events are all there."""

    def __init__(self, batches: list[list[Any]]) -> None:
        self._batches: Iterator[list[Any]] = iter(batches)

    def next_before(self, instant: float, late_at: float) -> list[Any] | Failure | None:
        return next(self._batches, None)

    def close(self) -> None:
        pass


def played(batches: list[list[Any]], chat: Chat = CHAT) -> list[Piece]:
    return list(
        pieces_of(
            lambda thinking: Played(batches),
            MODEL,
            chat,
            limits(),
            known=known_models(),
            now=lambda: datetime.now(UTC),
        )
    )


def candidate(text: str | None = None, **fields: object) -> dict[str, Any]:
    parts = [] if text is None else [{"text": text}]
    return {"candidates": [{"content": {"parts": parts}, **fields}]}


REASONS = st.sampled_from(["STOP", "stop", "Stop", "FINISH_REASON_UNSPECIFIED", "", None])


@given(
    st.lists(st.tuples(st.sampled_from(["", "One ", "two ", "three."]), REASONS), max_size=12),
    st.integers(1, 4),
)
def test_no_finish_reason_takes_text_away(spoken: list[tuple[str, str | None]], size: int) -> None:
    events = [candidate(text, finishReason=reason) for text, reason in spoken]
    events += [candidate("the end."), candidate(finishReason="STOP")]
    batches = [events[at : at + size] for at in range(0, len(events), size)]

    pieces = played(batches)

    assert text_of(pieces) == "".join(text for text, _ in spoken) + "the end."
    assert pieces[-1] == STOP


@pytest.mark.parametrize(
    ("events", "text", "finish_reason"),
    [
        ([("One", "STOP"), (" two", "STOP")], "One two", FinishReason.STOP),
        ([(None, "STOP"), ("One", None)], "One", FinishReason.STOP),
        ([("One", None), ("", "STOP"), (" two", None)], "One two", FinishReason.STOP),
        ([("One", "FINISH_REASON_UNSPECIFIED"), (" two", "STOP")], "One two", FinishReason.STOP),
        ([("One", "STOP"), (None, "FINISH_REASON_UNSPECIFIED")], "One", FinishReason.STOP),
        ([("One", "stop")], "One", FinishReason.STOP),
        ([("One", "STOP"), (" two", "MAX_TOKENS")], "One two", FinishReason.LENGTH),
        ([("One", "MAX_TOKENS"), (None, "STOP")], "One", FinishReason.STOP),
        ([("One", "STOP"), (None, "SAFETY")], "One", FinishReason.CONTENT_FILTER),
    ],
)
def test_the_last_finish_reason_counts(
    events: list[tuple[str | None, str | None]], text: str, finish_reason: FinishReason
) -> None:
    pieces = played([[candidate(text, finishReason=reason)] for text, reason in events])

    assert (text_of(pieces), pieces[-1]) == (text, End(finish_reason))


@pytest.mark.parametrize("reason", ["FINISH_REASON_UNSPECIFIED", "", None])
def test_a_stream_that_ends_without_a_reason_is_cut(reason: str | None) -> None:
    pieces = played([[candidate("One", finishReason=reason)]])

    assert pieces[-1] == Failure(kind=FailureKind.INCOMPLETE_ANSWER)


# Time.


def pausing(*steps: bytes | float, then_stays: bool = False) -> tuple[Script, threading.Event]:
    """Sends bytes and pauses; with `then_stays` the connection stays until the event is set."""
    over = threading.Event()

    def script(send: Send) -> None:
        for step in (HEAD, *steps):
            if isinstance(step, float):
                over.wait(step)
            else:
                send(step)
        if then_stays:
            over.wait(60)

    return script, over


def asked(script: Script, over: threading.Event, **seconds: float) -> list[Piece]:
    with upstream(script) as gemini:
        provider = rest_provider(gemini.url)
        pieces = ask(provider, limits(**seconds))
        over.set()
        provider.close()
    return pieces


def test_text_may_follow_a_finish_reason_a_little_later() -> None:
    script, over = pausing(event("One", finishReason="STOP"), 1.4, event(" two"))

    pieces = asked(script, over, idle=600)

    assert (text_of(pieces), pieces[-1]) == ("One two", STOP)


def test_after_a_finish_reason_only_the_trailer_is_waited_for() -> None:
    script, over = pausing(event("One", finishReason="STOP"), then_stays=True)

    pieces = asked(script, over, idle=600, total=600)

    assert (text_of(pieces), pieces[-1]) == ("One", STOP)


def test_once_text_has_followed_a_finish_reason_the_model_may_be_slow() -> None:
    steps = [event(word, finishReason="STOP") for word in ("One", " two", " three")]
    script, over = pausing(steps[0], steps[1], 3.5, steps[2])

    pieces = asked(script, over, idle=30)

    assert (text_of(pieces), pieces[-1]) == ("One two three", STOP)


def test_a_connection_that_stays_open_after_such_an_answer_ends_it_properly() -> None:
    steps = [event(word, finishReason="STOP") for word in ("One", " two")]
    script, over = pausing(*steps, then_stays=True)

    pieces = asked(script, over, idle=0.5)

    assert (text_of(pieces), pieces[-1]) == ("One two", STOP)


def test_the_deadline_does_not() -> None:
    steps = [event(word, finishReason="STOP") for word in ("One", " two")]
    script, over = pausing(*steps, then_stays=True)

    assert asked(script, over, idle=30, total=1)[-1] == Failure(kind=FailureKind.TIMED_OUT)


CUT = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 100000\r\n\r\n"


def test_a_break_after_such_text_is_a_break() -> None:
    steps = [event(word, finishReason="STOP") for word in ("One", " two")]

    pieces = ask_rest(lambda send: send(CUT + b"".join(steps)))

    assert text_of(pieces) == "One two"
    assert pieces[-1] == Failure(kind=FailureKind.INCOMPLETE_ANSWER, reason="IncompleteRead")


def test_a_break_after_the_finish_reason_does_no_harm() -> None:
    pieces = ask_rest(lambda send: send(CUT + event("One", finishReason="STOP")))

    assert (text_of(pieces), pieces[-1]) == ("One", STOP)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (b"", FailureKind.CONNECTION_FAILED),
        (b"HTTP/1.1 200", FailureKind.CONNECTION_FAILED),
        (CUT, FailureKind.INCOMPLETE_ANSWER),
        (CUT + event("One"), FailureKind.INCOMPLETE_ANSWER),
        (HEAD, FailureKind.INCOMPLETE_ANSWER),
    ],
)
def test_a_break_after_the_head_is_an_incomplete_answer(reply: bytes, kind: FailureKind) -> None:
    *_, failure = ask_rest(lambda send: send(reply))

    assert isinstance(failure, Failure)
    assert failure.kind is kind


# Length.


def test_an_answer_without_end_ends_as_too_long() -> None:
    pieces = ask_rest(sending(*[event("x" * 1_000_000)] * 8))

    assert (len(text_of(pieces)), pieces[-1]) == (4_194_304, End(FinishReason.LENGTH))


def test_a_limit_of_tokens_bounds_the_text_of_an_upstream_that_does_not_count() -> None:
    chat = replace(CHAT, max_output_tokens=100)

    pieces = played([[candidate("x" * 50)]] * 1_000, chat)

    assert (len(text_of(pieces)), pieces[-1]) == (3_200, End(FinishReason.LENGTH))


def counted(text: str, tokens: int, thoughts: int = 0) -> dict[str, Any]:
    counts = {"candidatesTokenCount": tokens, "thoughtsTokenCount": thoughts}
    return {**candidate(text), "usageMetadata": counts}


@given(
    st.integers(1, 60), st.lists(st.integers(1, 20), min_size=1, max_size=10), st.integers(1, 10)
)
def test_text_stays_within_the_caller_s_tokens(limit: int, sizes: list[int], together: int) -> None:
    """Each letter is a token here; thoughts have room beside them."""
    events = [counted("x" * n, sum(sizes[: i + 1]), 500) for i, n in enumerate(sizes)]
    batches = [events[i : i + together] for i in range(0, len(events), together)]
    chat = replace(CHAT, max_output_tokens=limit, has_callers_limit=True)

    pieces = played([*batches, [candidate(finishReason="STOP")]], chat)

    assert len(text_of(pieces)) == min(limit, sum(sizes))
    assert isinstance(pieces[-1], End)
    cut = sum(sizes) > limit
    assert pieces[-1].finish_reason is (FinishReason.LENGTH if cut else FinishReason.STOP)


@pytest.mark.parametrize(
    ("chat", "finish_reason", "expected"),
    [
        (CHAT, "MAX_TOKENS", FailureKind.EMPTY_ANSWER),
        (CHAT, "STOP", FailureKind.EMPTY_ANSWER),
        (replace(CHAT, max_output_tokens=8192), "MAX_TOKENS", FailureKind.EMPTY_ANSWER),
        (
            replace(CHAT, max_output_tokens=10, has_callers_limit=True),
            "MAX_TOKENS",
            FinishReason.LENGTH,
        ),
        (replace(CHAT, stop=("END",)), "STOP", FinishReason.STOP),
    ],
)
def test_a_limit_of_the_caller_s_own_may_leave_no_text(
    chat: Chat, finish_reason: str, expected: FailureKind | FinishReason
) -> None:
    (last,) = played([[candidate(finishReason=finish_reason)]], chat)

    assert (last.kind if isinstance(last, Failure) else getattr(last, "finish_reason", None)) == (
        expected
    )


# Tokens.


@pytest.mark.parametrize(
    ("counts", "usage"),
    [
        ({"promptTokenCount": "12", "candidatesTokenCount": "3"}, Usage(12, 3)),
        ({"promptTokenCount": 12, "thoughtsTokenCount": "4"}, Usage(12, 4)),
        ({"promptTokenCount": "12.5", "candidatesTokenCount": "-3"}, None),
        ({"promptTokenCount": "9" * 30, "candidatesTokenCount": True}, None),
        ({"promptTokenCount": 10**30, "candidatesTokenCount": 3}, Usage(0, 3)),
        ({"promptTokenCount": "١٢"}, None),
        ({}, None),
        ("12", None),
    ],
)
def test_tokens_may_be_counted_in_texts(counts: object, usage: Usage | None) -> None:
    last = played([[{**candidate("hi", finishReason="STOP"), "usageMetadata": counts}]])[-1]

    assert last == End(FinishReason.STOP, usage)


# Thoughts.


def thought(text: str = "hm") -> bytes:
    return data({"candidates": [{"content": {"parts": [{"text": text, "thought": True}]}}]})


def test_a_model_that_thinks_is_not_silent() -> None:
    script, over = pausing(*((thought(), 0.5) * 4), event("Hello", finishReason="STOP"))

    pieces = asked(script, over, first_text=1, thinking=600)

    assert (text_of(pieces), pieces[-1]) == ("Hello", STOP)


@pytest.mark.parametrize(
    "sign",
    [thought, lambda: event("\n"), lambda: event(""), lambda: data({"usageMetadata": {}})],
    ids=["thoughts", "line breaks", "nothing", "counts"],
)
def test_no_model_thinks_for_ever(sign: Callable[[], bytes]) -> None:
    over = threading.Event()

    def script(send: Send) -> None:
        send(HEAD)
        while not over.wait(0.1):
            send(sign())

    assert asked(script, over, first_text=0.5, thinking=1.5, total=600) == [
        Failure(kind=FailureKind.TIMED_OUT)
    ]


def test_only_thoughts_prolong_the_wait_for_the_first_text() -> None:
    script, over = pausing(event("\n"), 0.7, event("\n"), 0.7, event("Hello"), then_stays=True)

    assert asked(script, over, first_text=1, thinking=600) == [Failure(kind=FailureKind.TIMED_OUT)]


def test_a_model_that_stops_thinking_is_silent() -> None:
    script, over = pausing(thought(), then_stays=True)

    assert asked(script, over, first_text=0.5, thinking=600, total=600) == [
        Failure(kind=FailureKind.TIMED_OUT)
    ]

"""When a conversation stays with the candidate that gave its last answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fallback.core.chat import Chat, Message, Role
from fallback.core.hierarchy import Hierarchy, Model, Target
from fallback.core.scarcity import cheaper_first
from fallback.core.stickiness import staying

NOW = datetime(2026, 11, 27, 12, 0, 0, tzinfo=UTC)
HIERARCHY = Hierarchy(
    "test",
    tuple(Model(name, name.upper()) for name in ("one", "two", "three")),
    targets=(Target(), Target("second", is_default=False)),
)
USUAL = [candidate.key for candidate in HIERARCHY.candidates]
LONG = "word " * 4000


def chat(beginning: str, *, has_answer: bool = True) -> Chat:
    first = Message(Role.USER, beginning)
    if not has_answer:
        return Chat(messages=(first,))
    turns = (first, Message(Role.ASSISTANT, "Yes."), Message(Role.USER, "And then?"))
    return Chat(messages=turns)


def order(asked: Chat, key: str, seconds_ago: float = 60) -> list[str]:
    found = staying(HIERARCHY, asked, key, NOW - timedelta(seconds=seconds_ago), NOW)
    return [candidate.key for candidate in found.candidates]


def test_a_conversation_stays_with_its_target() -> None:
    assert order(chat("Hi"), "one@second") == ["one@second", "one", *USUAL[2:]]
    assert order(chat("Hi"), "two@second")[2:4] == ["two@second", "two"]


def test_a_long_conversation_stays_with_its_model() -> None:
    assert order(chat(LONG), "two") == ["two", "one", "one@second", *USUAL[3:]]


def test_a_short_one_returns_to_the_best_model() -> None:
    assert order(chat("Hi"), "two") == USUAL


@pytest.mark.parametrize("seconds_ago", [300, 3000, -1])
def test_an_old_hint_or_one_of_the_future_changes_nothing(seconds_ago: float) -> None:
    assert order(chat(LONG), "two", seconds_ago) == USUAL


def test_a_first_turn_follows_no_hint() -> None:
    assert order(chat(LONG, has_answer=False), "two") == USUAL


def test_an_unknown_candidate_changes_nothing() -> None:
    assert order(chat(LONG), "four@second") == USUAL


def test_who_steps_down_follows_no_hint() -> None:
    found = staying(HIERARCHY, chat(LONG), "one@second", NOW, NOW)

    assert cheaper_first(found).candidates == cheaper_first(HIERARCHY).candidates


def test_a_model_alone_has_no_order_to_change() -> None:
    alone = replace(HIERARCHY, models=HIERARCHY.models[:1], targets=(Target(),))

    assert staying(alone, chat(LONG), "one", NOW, NOW).candidates == alone.candidates

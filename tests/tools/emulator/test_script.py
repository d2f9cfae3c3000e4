"""Which behaviour a call meets, and what behave refuses."""

from typing import Any

import pytest

from tools.emulator.behaviours import Behaviour
from tools.emulator.emulation import Emulation
from tools.emulator.script import Script


@pytest.fixture
def emulation() -> Emulation:
    return Emulation()


def met(emulation: Emulation, count: int, model: str = "m") -> list[str]:
    return [emulation.next_behaviour(model).name for _ in range(count)]


def test_behaviours_queue_and_the_default_returns(emulation: Emulation) -> None:
    emulation.behave("m", "per-minute", times=2)
    emulation.behave("m", "overloaded", times=1)

    assert met(emulation, 4) == ["per-minute", "per-minute", "overloaded", "answer"]


def test_a_behaviour_without_times_is_the_last(emulation: Emulation) -> None:
    emulation.behave("m", "overloaded")
    emulation.behave("m", "per-minute", times=1)

    assert met(emulation, 3) == ["per-minute", "overloaded", "overloaded"]


def test_all_models_without_their_own_follow_the_star(emulation: Emulation) -> None:
    emulation.behave("*", "overloaded")
    emulation.behave("m", "bare", times=1)
    emulation.behave("good", "answer")

    assert met(emulation, 2) == ["bare", "overloaded"]
    assert met(emulation, 1, "other") == ["overloaded"]
    assert met(emulation, 1, "good") == ["answer"]


def test_reset_forgets_everything(emulation: Emulation) -> None:
    emulation.behave("m", "overloaded")
    emulation.quota("m", per_minute=1)
    emulation.record("m", "generateContent", {}, {})

    emulation.reset()

    assert met(emulation, 2) == ["answer", "answer"]
    assert emulation.calls() == []


@pytest.mark.parametrize(
    ("behaviour", "options", "sentence"),
    [
        ("overlaoded", {}, "unknown behaviour 'overlaoded'; known are answer, hang"),
        ("per-minute", {"chunks": 3}, "unknown option 'chunks'.*known are retry_delay"),
        ("per-minute", {"retry_delay": 7}, 'must be seconds as in "7s", not 7'),
        ("per-minute", {"times": 0}, "times must be a whole number from 1"),
        ("per-minute", {"seconds": 0}, "seconds must be a whole number from 1"),
        ("answer", {"chunks": 0}, "chunks must be a whole number from 1, not 0"),
        ("answer", {"first_text_seconds": -1}, "must be a number of seconds"),
        ("cut", {"after_chunks": True}, "after_chunks must be a whole number"),
        ("error-event", {"reply": "html-502"}, "must be the name of a canned reply"),
    ],
)
def test_what_is_not_known_is_refused(
    behaviour: str, options: dict[str, Any], sentence: str, emulation: Emulation
) -> None:
    with pytest.raises(ValueError, match=sentence):
        emulation.behave("m", behaviour, **options)


def test_a_behaviour_with_seconds_ends_by_itself() -> None:
    now = 100.0
    script = Script(lambda: now)
    script.add("m", Behaviour("overloaded"), None, 60)
    script.add("m", Behaviour("bare"), 1)

    during = script.next("m").name, script.next("m").name
    now += 60

    assert during == ("overloaded", "overloaded")
    assert [script.next("m").name for _ in range(2)] == ["bare", "answer"]

"""Whoever speaks first is heard, and the other is cancelled."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from fallback.cancellation import Cancellation
from fallback.race import Race


def test_the_first_to_speak_cancels_the_other() -> None:
    one, other = Cancellation(), Cancellation()
    race = Race(one, other)

    assert race.claim(other)
    assert not race.claim(one)
    assert race.claim(other)
    assert race.was_won_by(other)
    assert (one.is_cancelled, other.is_cancelled) == (True, False)


def test_nobody_has_won_before_somebody_speaks() -> None:
    one, other = Cancellation(), Cancellation()
    race = Race(one, other)

    assert not race.was_won_by(one)
    assert not race.was_won_by(other)


def test_of_two_that_speak_at_the_same_time_one_is_heard() -> None:
    with ThreadPoolExecutor(2) as pool:
        for _ in range(200):
            attempts = Cancellation(), Cancellation()
            race, start = Race(*attempts), threading.Barrier(2)

            def speak(
                attempt: Cancellation, race: Race = race, start: threading.Barrier = start
            ) -> bool:
                start.wait(60)
                return race.claim(attempt)

            heard = list(pool.map(speak, attempts))

            assert sorted(heard) == [False, True]
            assert [attempt.is_cancelled for attempt in attempts] == [not h for h in heard]

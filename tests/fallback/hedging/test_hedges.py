"""What one process may ask beside late models."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

import pytest

from fallback.core.hedging import MOST_HEDGES
from fallback.core.latency import MIN_SAMPLES, RELATIVE_ERROR
from fallback.events import Event
from fallback.hedging.hedges import Hedges
from tools.testkit.log import RecordingLog


def ended(hedges: Hedges, work: Callable[[], None]) -> None:
    """Runs something, and waits until its thread is gone."""
    threads: queue.Queue[threading.Thread] = queue.Queue()

    def known() -> None:
        threads.put(threading.current_thread())
        work()

    assert hedges.run(known)
    thread = threads.get(timeout=60)
    thread.join(60)
    assert not thread.is_alive()


def test_no_more_than_a_few_run_at_a_time() -> None:
    hedges, over = Hedges(RecordingLog()), threading.Event()

    begun = [hedges.run(lambda: over.wait(60)) for _ in range(MOST_HEDGES + 1)]
    over.set()

    assert begun == [True] * MOST_HEDGES + [False]


def test_what_has_run_leaves_no_thread_and_makes_room() -> None:
    hedges = Hedges(RecordingLog())
    for _ in range(3 * MOST_HEDGES):
        ended(hedges, lambda: None)


def test_what_is_not_due_waits_for_the_budget() -> None:
    hedges = Hedges(RecordingLog())
    assert not hedges.run(lambda: None, is_due=False)
    assert hedges.run(lambda: None, is_due=False, is_free=True)
    for _ in range(101):
        hedges.add_chat()

    assert hedges.run(lambda: None, is_due=False)


def test_a_bug_in_a_hedge_is_logged_and_makes_room() -> None:
    log = RecordingLog()
    hedges = Hedges(log)

    def fail() -> None:
        raise LookupError("a visitor's words")

    for _ in range(2 * MOST_HEDGES):
        ended(hedges, fail)

    logged = log.of(Event.INTERNAL_ERROR)
    assert [fields["error"] for fields in logged] == ["LookupError"] * 2 * MOST_HEDGES
    assert "words" not in str(logged)


def test_who_waits_for_a_first_text_is_overtaken_by_those_who_asked_later_and_have_one() -> None:
    hedges = Hedges(RecordingLog())
    assert not hedges.was_overtaken("model", 0.0, in_answer=False)

    hedges.spoke("model", 10, asked_at=5.0, seconds=1.0)
    hedges.spoke("model", 10, asked_at=3.0, seconds=4.0)

    assert hedges.was_overtaken("model", 4.0, in_answer=False)
    assert not hedges.was_overtaken("model", 5.0, in_answer=False)
    assert not hedges.was_overtaken("other", 4.0, in_answer=False)


def test_who_waits_in_an_answer_is_overtaken_by_those_who_asked_later_and_have_all() -> None:
    hedges = Hedges(RecordingLog())
    hedges.spoke("model", 10, asked_at=5.0, seconds=1.0)
    assert not hedges.was_overtaken("model", 4.0, in_answer=True)

    hedges.answered("model", 5.0, longest_gap_seconds=0.0)

    assert hedges.was_overtaken("model", 4.0, in_answer=True)


def test_both_kinds_of_waits_are_learned() -> None:
    hedges = Hedges(RecordingLog())
    for _ in range(MIN_SAMPLES):
        hedges.learn_first_text("model", 10, 3.0)
        hedges.learn_longest_gap("model", 6.0)

    assert hedges.late_seconds("model", 10) == pytest.approx((3.0, 6.0), rel=RELATIVE_ERROR)

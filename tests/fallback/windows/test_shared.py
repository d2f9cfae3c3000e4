"""One process's view of the shared windows: cached, fail-open, and never in a chat's way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from fallback.core.failure import Failure, FailureKind
from fallback.core.window_rules import WindowRules
from fallback.core.windows import EVERY_MODEL, Phase, Window
from fallback.events import Event
from fallback.wait_budget import WaitBudget
from fallback.windows.leases import Leases, RunningAttempt
from fallback.windows.shared import SharedWindows
from tools.testkit.log import RecordingLog
from tools.testkit.memory_store import MemoryStore
from tools.testkit.time_travel import FakeClock

MODEL = "gemini-3.8-flash"
RULES = WindowRules()
DAY = Failure(kind=FailureKind.QUOTA_EXHAUSTED)
MINUTE = Failure(kind=FailureKind.RATE_LIMITED, retry_delay_seconds=30.0)
BUSY = Failure(kind=FailureKind.OVERLOADED)
SILENT = Failure(kind=FailureKind.TIMED_OUT)


class Scene:
    """A store, a clock that stands still, a log, and one view of the store."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.clock = FakeClock()
        self.log = RecordingLog()
        self.windows = self.another()

    def another(self) -> SharedWindows:
        return SharedWindows(
            self.store, rules=RULES, clock=self.clock, log=self.log, jitter=lambda: 0.0
        )

    def snapshot(self) -> Mapping[str, Window]:
        return self.windows.snapshot(WaitBudget(self.clock, 5))

    def fail(
        self,
        failure: Failure,
        leases: Leases | None = None,
        started_at: datetime | None = None,
    ) -> None:
        self.windows.record(
            running(leases or {}, started_at or self.clock.now()),
            failure,
            WaitBudget(self.clock, 5),
        )

    def claim(self, *names: str, seconds: float = 20) -> Leases | None:
        return self.windows.claim(
            names or (MODEL,),
            self.clock.now() + timedelta(seconds=seconds),
            WaitBudget(self.clock, 5),
        )

    def claimed(self, *names: str, seconds: float = 20) -> Leases:
        leases = self.claim(*names, seconds=seconds)
        assert leases is not None
        return leases

    def settle(self) -> None:
        """Waits until the background thread has done what it was given."""
        self.windows.flush(10)


def running(leases: Leases, started_at: datetime, model: str = MODEL) -> RunningAttempt:
    return RunningAttempt(key=model, started_at=started_at, leases=leases)


@pytest.fixture
def scene() -> Iterator[Scene]:
    scene = Scene()
    yield scene
    scene.store.gate.set()


def test_a_snapshot_is_kept_for_a_second(scene: Scene) -> None:
    for _ in range(50):
        scene.snapshot()
    scene.clock.tick(0.99)
    scene.snapshot()
    assert scene.store.reads == 1

    scene.clock.tick(0.01)
    scene.snapshot()
    assert scene.store.reads == 2


def test_many_chats_wait_for_one_read(scene: Scene) -> None:
    scene.store.gate.clear()
    with ThreadPoolExecutor(20) as pool:
        chats = [pool.submit(scene.snapshot) for _ in range(20)]
        scene.store.gate.set()
        assert [dict(chat.result()) for chat in chats] == [{}] * 20

    assert scene.store.reads == 1


def test_a_window_is_durable_before_the_chat_goes_on(scene: Scene) -> None:
    scene.fail(DAY)

    assert scene.store.windows[MODEL].reason == "quota_exhausted"
    assert scene.snapshot()[MODEL] == scene.store.windows[MODEL]


def at(scene: Scene, model: str, target: str, failure: Failure) -> None:
    """A call to a model by a target fails."""
    attempt = RunningAttempt(
        key=f"{model}@{target}",
        started_at=scene.clock.now(),
        leases={},
        target_key=f"{EVERY_MODEL}@{target}",
    )
    scene.windows.record(attempt, failure, WaitBudget(scene.clock, 5))


def of_project(kind: FailureKind, consumer: str) -> Failure:
    return Failure(kind=kind, retry_delay_seconds=30, consumer=consumer)


def test_targets_of_one_project_share_the_windows_of_its_quotas(scene: Scene) -> None:
    at(scene, "one", "second", of_project(FailureKind.RATE_LIMITED, "projects/7"))
    at(scene, "one", "third", of_project(FailureKind.RATE_LIMITED, "projects/8"))
    at(scene, "one", "fourth", of_project(FailureKind.RATE_LIMITED, "projects/7"))
    assert set(scene.store.windows) == {"one@second", "one@third", "one@fourth"}

    at(scene, "two", "fourth", of_project(FailureKind.RATE_LIMITED, "projects/7"))

    new = {name: w.until for name, w in scene.store.windows.items() if name.startswith("two")}
    assert set(new) == {"two@second", "two@fourth"}
    assert len(set(new.values())) == 1
    assert [e["target"] for e in scene.log.of(Event.WINDOW_OPENED)[-2:]] == ["fourth", "second"]


def test_what_is_no_quota_stays_with_its_target(scene: Scene) -> None:
    for target in ("second", "third"):
        at(scene, "one", target, of_project(FailureKind.RATE_LIMITED, "projects/7"))

    at(scene, "two", "second", of_project(FailureKind.NOT_FOUND, "projects/7"))

    assert "two@second" in scene.store.windows
    assert "two@third" not in scene.store.windows


def test_a_shorter_window_is_not_even_written(scene: Scene) -> None:
    scene.fail(DAY)
    scene.fail(MINUTE)

    assert scene.store.writes == 1
    assert scene.snapshot()[MODEL].reason == "quota_exhausted"


def test_a_failure_of_the_service_has_one_window_for_all(scene: Scene) -> None:
    scene.fail(Failure(kind=FailureKind.UNAUTHORIZED, reason="API_KEY_INVALID"))

    assert list(scene.store.windows) == [EVERY_MODEL]
    (event,) = scene.log.of(Event.SERVICE_MISCONFIGURED)
    assert event == {"kind": "unauthorized", "reason": "API_KEY_INVALID", "target": "main"}


def test_a_success_forgets_the_transient_failures(scene: Scene) -> None:
    for _ in range(RULES.tripping_failures - 1):
        scene.fail(BUSY)
    scene.windows.answered(MODEL)
    for _ in range(RULES.tripping_failures - 1):
        scene.fail(BUSY)
    assert scene.store.windows == {}

    scene.fail(BUSY)
    assert scene.store.windows[MODEL].until == scene.clock.now() + timedelta(seconds=5)


def test_what_was_under_way_when_a_window_opened_does_not_open_the_next(scene: Scene) -> None:
    for _ in range(RULES.tripping_failures + 5):
        scene.fail(BUSY)
    scene.clock.tick(5)
    scene.snapshot()
    scene.windows.probe_succeeded(scene.claimed())
    scene.settle()

    scene.clock.tick(1)
    scene.fail(BUSY)

    assert scene.store.windows == {}


LARGE = 20_000
INPUT = Failure(kind=FailureKind.INPUT_QUOTA, quota_value=10_000, retry_delay_seconds=60)


def fail_for_size(scene: Scene, tokens: int, failure: Failure = INPUT) -> None:
    attempt = replace(running({}, scene.clock.now()), tokens=tokens)
    scene.windows.record(attempt, failure, WaitBudget(scene.clock, 5))


def test_a_request_above_half_an_input_quota_has_a_window_of_its_own_size(scene: Scene) -> None:
    fail_for_size(scene, LARGE)

    (window,) = scene.store.windows.values()
    assert list(scene.store.windows) == [f"{MODEL}#input"]
    minute = timedelta(seconds=60)
    assert (window.min_tokens, window.until) == (LARGE // 2, scene.clock.now() + minute)


def test_a_smaller_request_finds_the_input_quota_used_up(scene: Scene) -> None:
    fail_for_size(scene, 5_000)

    assert list(scene.store.windows) == [MODEL]


def test_of_several_sizes_the_smallest_holds_and_of_several_ends_the_last(scene: Scene) -> None:
    other = scene.another()
    fail_for_size(scene, LARGE)
    scene.clock.tick(1)
    other.snapshot(WaitBudget(scene.clock, 5))
    attempt = replace(running({}, scene.clock.now()), tokens=8_000)
    soon = replace(INPUT, retry_delay_seconds=5)

    other.record(attempt, soon, WaitBudget(scene.clock, 5))

    window = scene.store.windows[f"{MODEL}#input"]
    assert (window.min_tokens, window.reason) == (4_000, FailureKind.INPUT_QUOTA)
    assert window.until >= scene.clock.now() + timedelta(seconds=59)


def test_a_size_window_that_is_over_leaves_no_threshold_behind(scene: Scene) -> None:
    fail_for_size(scene, 6_000)
    scene.clock.tick(120)

    fail_for_size(scene, LARGE)

    assert scene.store.windows[f"{MODEL}#input"].min_tokens == LARGE // 2


def test_what_was_under_way_when_a_window_opened_is_not_written_again(scene: Scene) -> None:
    for _ in range(20):
        scene.fail(BUSY)
        scene.clock.tick(0.1)

    assert scene.store.writes == 1


def test_a_process_reads_what_others_have_written_before_it_writes(scene: Scene) -> None:
    others = [scene.another() for _ in range(8)]
    for other in others:
        other.snapshot(WaitBudget(scene.clock, 5))

    for other in others:
        scene.clock.tick(0.1)
        other.record(running({}, scene.clock.now()), MINUTE, WaitBudget(scene.clock, 5))

    assert (scene.store.reads, scene.store.writes) == (16, 1)
    for other in others:
        assert MODEL in other.snapshot(WaitBudget(scene.clock, 5))


def test_what_was_read_just_now_is_not_read_again(scene: Scene) -> None:
    scene.snapshot()

    scene.fail(MINUTE)

    assert (scene.store.reads, scene.store.writes) == (1, 1)


def test_requests_of_one_process_that_meet_one_failure_write_once(scene: Scene) -> None:
    scene.snapshot()
    for _ in range(10):
        scene.fail(MINUTE)
        scene.clock.tick(0.09)

    assert (scene.store.reads, scene.store.writes) == (1, 1)
    assert len(scene.log.of(Event.WINDOW_OPENED)) == 1


def test_a_window_that_another_process_has_written_meanwhile_is_not_written_late(
    scene: Scene,
) -> None:
    scene.store.is_down = True
    scene.fail(MINUTE)
    scene.store.is_down = False
    other = scene.another()
    other.record(running({}, scene.clock.now()), MINUTE, WaitBudget(scene.clock, 5))
    scene.clock.tick(1)

    scene.snapshot()
    scene.settle()

    assert scene.store.writes == 1
    assert MODEL in scene.snapshot()


def test_nothing_is_read_without_a_request(scene: Scene) -> None:
    scene.snapshot()

    scene.clock.tick(3600)
    scene.settle()

    assert scene.store.reads == 1


def test_a_window_that_ended_long_ago_is_as_good_as_none(scene: Scene) -> None:
    scene.fail(MINUTE)
    scene.clock.tick(30 + 600)
    assert MODEL in scene.snapshot()

    scene.clock.tick(1)

    assert MODEL not in scene.snapshot()


# Probes


def ended(scene: Scene) -> None:
    """A window that has just ended, known to the store and to the process."""
    scene.fail(MINUTE)
    scene.clock.tick(31)
    scene.snapshot()


def test_one_request_of_a_process_gets_the_probe(scene: Scene) -> None:
    ended(scene)

    with ThreadPoolExecutor(10) as pool:
        claims = [claim.result() for claim in [pool.submit(scene.claim) for _ in range(10)]]

    assert len([claim for claim in claims if claim is not None]) == 1
    assert scene.store.leases == 1
    assert scene.snapshot()[MODEL].phase(scene.clock.now()) is Phase.PROBING


def test_each_process_asks_for_a_probe_at_a_moment_of_its_own(scene: Scene) -> None:
    ended(scene)  # A second ago.
    late = SharedWindows(
        scene.store,
        rules=RULES,
        clock=scene.clock,
        log=scene.log,
        jitter=lambda: 0.75,
    )
    late.snapshot(WaitBudget(scene.clock, 5))

    assert scene.windows.seconds_to_turn([MODEL]) <= 0
    assert late.seconds_to_turn([MODEL]) == pytest.approx(0.5, abs=1e-9)
    assert late.seconds_to_turn([]) == 0

    late.pass_over([MODEL], 0.5)
    seen = late.snapshot(WaitBudget(scene.clock, 5))[MODEL]
    assert seen.phase(scene.clock.now()) is Phase.PROBING
    assert seen.phase(scene.clock.now() + timedelta(seconds=0.5)) is Phase.DUE


def test_nobody_waits_for_a_turn_where_no_other_process_knows_the_window(scene: Scene) -> None:
    scene.store.is_down = True
    scene.fail(MINUTE)
    scene.clock.tick(30)

    assert scene.windows.seconds_to_turn([MODEL]) == 0


def test_one_process_of_many_gets_the_probe(scene: Scene) -> None:
    ended(scene)
    others = [scene.another() for _ in range(4)]
    for other in others:
        other.snapshot(WaitBudget(scene.clock, 5))

    scene.claimed()

    until = scene.clock.now() + timedelta(seconds=20)
    assert [other.claim((MODEL,), until, WaitBudget(scene.clock, 5)) for other in others] == [
        None
    ] * 4
    for other in others:
        seen = other.snapshot(WaitBudget(scene.clock, 5))
        assert seen[MODEL].phase(scene.clock.now()) is Phase.PROBING


def test_a_process_reads_whether_another_probes_before_it_asks_for_the_lease(
    scene: Scene,
) -> None:
    scene.fail(MINUTE)
    scene.clock.tick(30)
    others = [scene.another() for _ in range(8)]
    for other in others:
        other.snapshot(WaitBudget(scene.clock, 5))
    leases = []
    for other in others:
        scene.clock.tick(0.1)
        until = scene.clock.now() + timedelta(seconds=20)
        leases.append(other.claim((MODEL,), until, WaitBudget(scene.clock, 5)))

    assert [lease is not None for lease in leases] == [True] + [False] * 7
    assert scene.store.refused == 0


def test_a_probe_that_answers_closes_the_window_for_all(scene: Scene) -> None:
    ended(scene)
    other = scene.another()
    other.snapshot(WaitBudget(scene.clock, 5))

    scene.windows.probe_succeeded(scene.claimed())
    assert MODEL not in scene.snapshot()  # At once in this process.
    scene.settle()
    assert scene.store.windows == {}
    (event,) = scene.log.of(Event.WINDOW_CLOSED)
    assert event == {"model": MODEL, "target": "main", "reason": "rate_limited"}

    scene.clock.tick(1)
    assert MODEL not in other.snapshot(WaitBudget(scene.clock, 5))


def test_a_probe_that_fails_reopens_the_window_for_longer(scene: Scene) -> None:
    for _ in range(RULES.tripping_silences):
        scene.fail(SILENT)
    for before, seconds in ((15, 30), (30, 60), (60, 60)):
        scene.clock.tick(before)
        scene.snapshot()
        scene.fail(SILENT, scene.claimed())
        assert scene.snapshot()[MODEL].until == scene.clock.now() + timedelta(seconds=seconds)
    assert scene.store.windows[MODEL].failed_probes == 3


@pytest.mark.parametrize(("failure", "next_seconds"), [(DAY, 1800), (MINUTE, 30)])
def test_a_long_window_whose_probe_fails_is_left_alone_until_the_next_probe(
    scene: Scene, failure: Failure, next_seconds: float
) -> None:
    scene.fail(DAY)
    midnight = scene.store.windows[MODEL].until
    scene.clock.tick(1800)
    scene.snapshot()
    leases = scene.claimed()

    scene.fail(failure, leases)
    scene.windows.release(leases)
    scene.settle()

    for snapshot in (scene.snapshot(), scene.another().snapshot(WaitBudget(scene.clock, 5))):
        now = scene.clock.now()
        assert snapshot[MODEL].until == midnight
        assert snapshot[MODEL].reason == "quota_exhausted"
        assert snapshot[MODEL].phase(now) is Phase.OPEN
        assert snapshot[MODEL].phase(now + timedelta(seconds=next_seconds - 0.1)) is Phase.OPEN
        assert snapshot[MODEL].phase(now + timedelta(seconds=next_seconds)) is Phase.DUE
    assert (scene.store.leases, scene.store.writes) == (1, 2)


def test_a_probe_that_found_nothing_out_makes_way_for_the_next(scene: Scene) -> None:
    ended(scene)
    for failure in (Failure(kind=FailureKind.INVALID_REQUEST), None):
        leases = scene.claimed()
        if failure is not None:
            scene.fail(failure, leases)
        scene.windows.release(leases)
        scene.settle()
        assert scene.snapshot()[MODEL].phase(scene.clock.now()) is Phase.DUE

    other = scene.another()
    other.snapshot(WaitBudget(scene.clock, 5))
    until = scene.clock.now() + timedelta(seconds=20)
    assert other.claim((MODEL,), until, WaitBudget(scene.clock, 5)) is not None


def test_a_useless_reply_shows_that_the_model_answers(scene: Scene) -> None:
    ended(scene)

    scene.fail(Failure(kind=FailureKind.EMPTY_ANSWER), scene.claimed())
    scene.settle()

    assert scene.store.windows == {}


def test_a_lease_runs_out_and_its_holder_s_late_result_changes_nothing(scene: Scene) -> None:
    ended(scene)
    late, second = scene.claimed(), None
    scene.clock.tick(20)
    scene.snapshot()
    second = scene.claimed()

    scene.fail(DAY, late)
    scene.windows.probe_succeeded(late)
    scene.windows.release(late)
    scene.settle()
    assert scene.store.windows[MODEL].phase(scene.clock.now()) is Phase.PROBING

    scene.windows.probe_succeeded(second)
    scene.settle()
    assert scene.store.windows == {}


def test_a_late_result_changes_nothing_in_the_store_either(scene: Scene) -> None:
    ended(scene)
    late = scene.claimed(seconds=20)
    scene.clock.tick(19)
    other = scene.another()
    scene.store.windows[MODEL] = replace(
        scene.store.windows[MODEL], leased_until=scene.clock.now(), version="somebody else's"
    )

    scene.fail(DAY, late)
    scene.settle()

    assert other.snapshot(WaitBudget(scene.clock, 5))[MODEL].reason == "rate_limited"
    assert scene.snapshot()[MODEL].reason == "rate_limited"  # It looks again at once.
    late = scene.claimed()
    scene.store.windows[MODEL] = replace(scene.store.windows[MODEL], version="another's")
    scene.windows.probe_succeeded(late)
    scene.settle()
    assert MODEL in scene.snapshot()


def test_what_failed_before_the_window_was_closed_changes_nothing(scene: Scene) -> None:
    began = scene.clock.now()
    ended(scene)
    scene.fail(DAY, started_at=began)  # The window is over: only a probe may speak.
    scene.windows.probe_succeeded(scene.claimed())
    scene.settle()
    scene.fail(DAY, started_at=began)
    assert scene.store.windows == {}

    scene.clock.tick(0.1)
    scene.fail(DAY)
    assert MODEL in scene.store.windows


def test_that_another_process_has_closed_a_window_counts_as_well(scene: Scene) -> None:
    began = scene.clock.now()
    ended(scene)
    scene.store.windows.clear()
    scene.clock.tick(1)
    scene.snapshot()

    scene.fail(DAY, started_at=began)

    assert scene.store.windows == {}


def test_the_service_s_window_is_probed_together_with_the_model_s(scene: Scene) -> None:
    ended(scene)
    key = Failure(kind=FailureKind.UNAUTHORIZED)
    scene.fail(key)
    scene.clock.tick(61)
    scene.snapshot()

    scene.fail(key, scene.claimed(EVERY_MODEL, MODEL))
    scene.settle()
    now = scene.clock.now()
    assert scene.store.windows[EVERY_MODEL].until == now + timedelta(seconds=60)
    assert scene.store.windows[MODEL].phase(now) is Phase.DUE

    scene.clock.tick(61)
    scene.snapshot()
    scene.fail(DAY, scene.claimed(EVERY_MODEL, MODEL))
    scene.settle()
    assert EVERY_MODEL not in scene.store.windows  # A key that has used up a quota is a good key.
    assert scene.store.windows[MODEL].reason == "quota_exhausted"


def test_a_claim_of_two_windows_gets_both_leases_or_none(scene: Scene) -> None:
    ended(scene)
    scene.fail(Failure(kind=FailureKind.UNAUTHORIZED))
    scene.clock.tick(61)
    scene.snapshot()
    scene.claimed(MODEL)

    assert scene.claim(EVERY_MODEL, MODEL) is None
    scene.settle()

    assert scene.store.windows[EVERY_MODEL].phase(scene.clock.now()) is Phase.DUE


def test_while_the_store_is_down_each_process_probes_for_itself(scene: Scene) -> None:
    ended(scene)
    scene.store.is_down = True
    scene.clock.tick(1)
    scene.snapshot()

    leases = scene.claimed()
    assert scene.claim() is None
    scene.windows.probe_succeeded(leases)
    scene.settle()

    assert MODEL not in scene.snapshot()
    assert scene.log.names().count(Event.STORE_UNAVAILABLE) == 1


def test_a_probe_does_not_wait_for_a_late_lease_and_says_so(scene: Scene) -> None:
    scene.fail(MINUTE)
    scene.clock.tick(30)
    scene.snapshot()
    scene.store.gate.clear()

    until = scene.clock.now() + timedelta(seconds=20)
    assert scene.windows.claim((MODEL,), until, WaitBudget(scene.clock, 0)) is not None
    assert scene.log.of(Event.PROBE_UNCONFIRMED) == [{"model": MODEL, "target": "main"}]


def test_a_window_found_while_the_store_was_down_is_probed_and_closed(scene: Scene) -> None:
    scene.store.is_down = True
    scene.fail(MINUTE)
    scene.clock.tick(31)
    scene.snapshot()
    scene.windows.probe_succeeded(scene.claimed())
    scene.store.is_down = False
    scene.clock.tick(1)

    assert dict(scene.snapshot()) == {}
    scene.settle()
    assert scene.store.windows == {}


def test_a_window_that_is_not_due_is_not_leased(scene: Scene) -> None:
    assert scene.claim() is None
    scene.fail(MINUTE)
    assert scene.claim() is None
    assert scene.claim() is None


def test_another_process_s_window_is_seen_within_a_second(scene: Scene) -> None:
    scene.snapshot()
    other = scene.another()
    other.record(running({}, scene.clock.now()), DAY, WaitBudget(scene.clock, 5))

    assert MODEL not in scene.snapshot()
    scene.clock.tick(1)
    assert MODEL in scene.snapshot()


def test_a_store_that_is_down_costs_nothing_but_one_event(scene: Scene) -> None:
    scene.store.windows = {"gemini-3.6-flash": Window(scene.clock.now(), "x")}
    scene.snapshot()
    scene.store.is_down = True

    for _ in range(10):
        scene.clock.tick(1)
        scene.fail(DAY)
        scene.snapshot()
    scene.settle()

    assert set(scene.snapshot()) == {
        MODEL,
        "gemini-3.6-flash",
    }  # The last known, and what it found itself.
    assert scene.log.names().count(Event.STORE_UNAVAILABLE) == 1


def test_what_could_not_be_written_is_written_when_the_store_is_back(scene: Scene) -> None:
    scene.store.is_down = True
    scene.fail(DAY)
    assert scene.store.windows == {}

    scene.store.is_down = False
    scene.clock.tick(1)
    scene.snapshot()
    scene.settle()

    assert scene.store.windows[MODEL].reason == "quota_exhausted"
    assert Event.STORE_RECOVERED in scene.log.names()
    assert MODEL in scene.snapshot()


def hangs(scene: Scene, seconds: float) -> None:
    """A snapshot whose read takes so long, asked for by a request that waits for a moment."""
    scene.store.gate.clear()
    scene.store.is_asked.clear()
    scene.windows.snapshot(WaitBudget(scene.clock, seconds=0.01))
    assert scene.store.is_asked.wait(10)
    scene.clock.tick(seconds)


def test_a_request_without_time_left_is_no_sign_of_a_slow_store(scene: Scene) -> None:
    for _ in range(5):
        hangs(scene, 0.12)
        scene.windows.snapshot(WaitBudget(scene.clock, seconds=0))
        scene.store.gate.set()
        scene.settle()
        scene.clock.tick(1)

    assert scene.log.names() == []


def test_a_store_is_slow_whose_call_takes_longer_than_a_request_may_wait(scene: Scene) -> None:
    hangs(scene, 0.25)

    scene.windows.snapshot(WaitBudget(scene.clock, seconds=0))

    assert scene.log.of(Event.STORE_UNAVAILABLE) == [{"reason": "slow"}]


def test_a_slow_call_that_nobody_waited_for_is_noticed_at_its_end(scene: Scene) -> None:
    hangs(scene, 0.26)
    scene.store.gate.set()
    scene.settle()

    assert scene.log.of(Event.STORE_UNAVAILABLE) == [{"reason": "slow"}]

    scene.clock.tick(1)
    scene.snapshot()
    scene.settle()
    assert scene.log.names() == [Event.STORE_UNAVAILABLE, Event.STORE_RECOVERED]


def test_what_a_slow_store_was_not_told_in_time_it_is_told_later(scene: Scene) -> None:
    hangs(scene, 0.3)
    for model in ("a", "b", "c"):
        scene.windows.record(running({}, scene.clock.now(), model), DAY, WaitBudget(scene.clock, 0))
    assert set(scene.windows.snapshot(WaitBudget(scene.clock, 0))) == {"a", "b", "c"}

    scene.store.gate.set()
    scene.settle()

    assert set(scene.store.windows) == {"a", "b", "c"}


def test_a_store_that_is_being_opened_is_not_slow(scene: Scene) -> None:
    scene.store.gate.clear()
    scene.windows.prefetch()
    assert scene.store.is_asked.wait(10)
    scene.clock.tick(5)

    assert dict(scene.windows.snapshot(WaitBudget(scene.clock, seconds=0.01))) == {}
    scene.store.gate.set()
    scene.settle()

    assert scene.log.names() == []


def test_the_first_request_reads_again_what_was_read_ahead(scene: Scene) -> None:
    scene.windows.prefetch()
    scene.settle()
    scene.store.windows[MODEL] = Window(until=scene.clock.now() + timedelta(hours=1), reason="x")

    assert MODEL in scene.snapshot()


def test_later_requests_do_not_wait_for_a_slow_store(scene: Scene) -> None:
    class NoWaiting(WaitBudget):
        def wait_for(self, work: object) -> bool:
            raise AssertionError("a request waited for a slow store")

    hangs(scene, 0.25)

    scene.windows.snapshot(NoWaiting(scene.clock))
    scene.windows.record(running({}, scene.clock.now()), DAY, NoWaiting(scene.clock))
    assert MODEL in scene.windows.snapshot(NoWaiting(scene.clock))


def test_a_change_is_waited_for(scene: Scene) -> None:
    version = scene.windows.wait_for_change(-1, seconds=0)
    assert scene.windows.wait_for_change(version, seconds=0) == version

    with ThreadPoolExecutor(1) as pool:
        heard = pool.submit(scene.windows.wait_for_change, version, 10)
        scene.fail(DAY)
        assert heard.result() != version


def test_reading_the_same_again_is_no_change(scene: Scene) -> None:
    scene.fail(DAY)
    version = scene.windows.wait_for_change(-1, seconds=0)

    scene.clock.tick(1)
    scene.snapshot()

    assert scene.windows.wait_for_change(version, seconds=0) == version


def test_a_bug_in_the_store_is_logged_and_not_swallowed(scene: Scene) -> None:
    def broken(since: datetime | None = None) -> Mapping[str, Window]:
        raise ZeroDivisionError("a secret")

    scene.store.read = broken  # type: ignore[method-assign]

    assert dict(scene.snapshot()) == {}
    scene.settle()
    (event,) = scene.log.of(Event.INTERNAL_ERROR)
    assert (event["thread"], event["error"]) == ("window-store", "ZeroDivisionError")
    assert 'File "fallback/store_thread.py"' in event["stack_trace"]
    assert "secret" not in repr(event)

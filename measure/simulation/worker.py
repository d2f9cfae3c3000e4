"""The thread of `fallback/store_thread.py` in simulated time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from fallback.ports import StoreUnavailableError
from fallback.store_health import StoreHealth
from fallback.store_tasks import Task
from measure.simulation.timeline import Job, Process, Timeline


@dataclass(slots=True)
class WaitBudget:
    """How long one request may still wait for the store, as `fallback/wait_budget.py`."""

    left_seconds: float


class Worker:
    """Runs the tasks of one book, one after another."""

    def __init__(
        self,
        timeline: Timeline,
        store: object,
        health: StoreHealth,
        *,
        told: Callable[[], object] = lambda: None,
    ) -> None:
        """Has nothing to do.

        Args:
            timeline: When things happen.
            store: What calls are made to; each is a process.
            health: Whether the store is worth waiting for.
            told: Called whenever a book may have learned something.
        """
        self._timeline = timeline
        self._store = store
        self._health = health
        self._told = told
        self._jobs: deque[tuple[Job, Task]] = deque()
        self._is_working = False

    @property
    def is_available(self) -> bool:
        """Whether the store is worth waiting for."""
        return self._health.look()

    def submit(self, task: Task) -> Job:
        """Has a task done."""
        job = Job()
        self._jobs.append((job, task))
        if not self._is_working:
            self._timeline.start(self._work())
        return job

    def wait(self, job: Job, budget: WaitBudget) -> Process[None]:
        """Waits for a task as long as the budget lasts; not at all if the store is unavailable."""
        if not self._health.look():
            return
        started = self._timeline.seconds
        is_done = yield job, max(0.0, budget.left_seconds)
        budget.left_seconds -= self._timeline.seconds - started
        if not is_done:
            self._health.look()

    def _work(self) -> Process[None]:
        self._is_working = True
        while self._jobs:
            job, task = self._jobs.popleft()
            yield from self._run(task)
            self._timeline.finish(job)
        self._is_working = False

    def _run(self, task: Task) -> Process[None]:
        steps = task(self._timeline.instant())
        reply = None
        try:
            while True:
                call = steps.send(reply)
                self._told()
                with self._health.judging():
                    result = yield from call(self._store)
                reply = (result, self._timeline.instant())
        except StopIteration:
            self._told()
        except StoreUnavailableError:
            steps.close()

"""Simulated time: a heap of what happens next, and processes that wait in it.

A process is a generator. It yields a number of seconds to sleep, or a job and the longest time to
wait for it, and is then told whether the job was done. Nothing here knows the real clock, so a run
depends on its seed alone.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Generator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

FOREVER = math.inf
"""To wait for a job until it is done."""


class Job:
    """Something that others may wait for.

    Attributes:
        is_done: Whether it has ended, whatever came of it.
    """

    __slots__ = ("is_done", "waiters")

    def __init__(self) -> None:
        self.is_done = False
        self.waiters: list[list[Process[Any]]] = []

    @property
    def is_awaited(self) -> bool:
        """Whether anybody still waits for it."""
        return any(self.waiters)


Result = TypeVar("Result")
Process = Generator[float | tuple[Job, float], bool | None, Result]
"""What a process may yield, what it hears, and what it returns."""


class Timeline:
    """What happens when. Things of the same instant happen in the order in which they were said.

    Attributes:
        seconds: The present, since the start.
        events: How many things have happened.
    """

    def __init__(self, start: datetime) -> None:
        """Begins at an instant (UTC), with nothing to happen."""
        self.seconds = 0.0
        self.events = 0
        self._start = start
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._order = 0

    def instant(self, seconds: float | None = None) -> datetime:
        """An instant (UTC) as the core takes it; the present one unless another is named."""
        return self._start + timedelta(seconds=self.seconds if seconds is None else seconds)

    def until(self, instant: datetime) -> float:
        """Seconds from now to an instant; below 0 where it has passed."""
        return (instant - self._start).total_seconds() - self.seconds

    def at(self, seconds: float, action: Callable[[], None]) -> None:
        """Does something at a second from the start on."""
        self._order += 1
        heapq.heappush(self._heap, (seconds, self._order, action))

    def run(self, until: float = FOREVER) -> None:
        """Lets things happen until a second, or until nothing is left."""
        heap = self._heap
        while heap and heap[0][0] <= until:
            self.seconds, _, action = heapq.heappop(heap)
            self.events += 1
            action()
        if until < FOREVER:
            self.seconds = until

    def start(self, process: Process[Any]) -> None:
        """Runs a process until it waits for the first time; it goes on by itself."""
        self._go_on(process)

    def finish(self, job: Job) -> None:
        """Says that a job is done: all who wait for it go on now."""
        job.is_done = True
        for waiter in job.waiters:
            if waiter:
                self._go_on(waiter.pop(), True)

    def _go_on(self, process: Process[Any], news: bool | None = None) -> None:
        while True:
            try:
                wish = process.send(news)
            except StopIteration:
                return
            if not isinstance(wish, tuple):
                self.at(self.seconds + wish, partial(self._go_on, process))
                return
            job, longest = wish
            if job.is_done or longest <= 0:
                news = job.is_done
                continue
            waiter = [process]  # Emptied by what comes first: the end of the job, or of the wait.
            job.waiters.append(waiter)
            if longest < FOREVER:
                self.at(self.seconds + longest, partial(self._give_up, waiter))
            return

    def _give_up(self, waiter: list[Process[Any]]) -> None:
        if waiter:
            self._go_on(waiter.pop(), False)

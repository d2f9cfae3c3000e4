"""Keeps, for each caller and model, the behaviours that were told, in order."""

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tools.emulator.behaviours import Behaviour
from tools.emulator.callers import ANY_CALLER, ANYBODY, Caller

ANY_MODEL = "*"


@dataclass(slots=True)
class _Turn:
    """A behaviour, for how many more calls it is shown, and until when (None is for ever)."""

    behaviour: Behaviour
    left: int | None
    until: float | None

    def take(self, now: float) -> bool:
        """Use the turn for one call, unless it is over."""
        if self.left == 0 or (self.until is not None and now >= self.until):
            return False
        if self.left is not None:
            self.left -= 1
        return True


@dataclass(slots=True)
class _Part:
    """What one model has been told: some turns, then perhaps one behaviour for ever."""

    turns: deque[_Turn] = field(default_factory=deque)
    last: Behaviour | None = None

    def next(self, now: float) -> Behaviour | None:
        """Return the behaviour of the next call, or None for a model that has none."""
        while self.turns:
            if self.turns[0].take(now):
                return self.turns[0].behaviour
            self.turns.popleft()
        return self.last


def _is_positive(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


class Script:
    """Decides which behaviour a call meets: the most specific one, else an answer.

    A caller's own comes before everybody's, and a model's own before every model's.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with answers from every model; `clock` counts seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._parts: dict[tuple[str, str], _Part] = {}

    def add(
        self,
        model: str,
        behaviour: Behaviour,
        times: int | None,
        seconds: int | None = None,
        caller: str = ANY_CALLER,
    ) -> None:
        """Queue `behaviour` for so many calls or seconds; without both it is the last, for ever."""
        if times is not None and (not _is_positive(times)):
            raise ValueError(f"times must be a whole number from 1, or nothing, not {times!r}")
        if seconds is not None and not _is_positive(seconds):
            raise ValueError(f"seconds must be a whole number from 1, or nothing, not {seconds!r}")
        with self._lock:
            part = self._parts.setdefault((caller, model), _Part())
            if times is None and seconds is None:
                part.last = behaviour
            else:
                until = None if seconds is None else self._clock() + seconds
                part.turns.append(_Turn(behaviour, times, until))

    def next(self, model: str, caller: Caller = ANYBODY) -> Behaviour:
        """Return what the next call of `model` meets."""
        with self._lock:
            for pair in itertools.product(caller.names, (model, ANY_MODEL)):
                part = self._parts.get(pair)
                if part is not None and (behaviour := part.next(self._clock())) is not None:
                    return behaviour
            return Behaviour("answer")

    def reset(self) -> None:
        """Forget everything."""
        with self._lock:
            self._parts.clear()

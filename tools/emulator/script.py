"""Keeps, for each model, the behaviours that it has been told to show, in order."""

import threading
from collections import deque
from dataclasses import dataclass, field

from tools.emulator.behaviours import Behaviour

ANY_MODEL = "*"


@dataclass(slots=True)
class _Turn:
    """A behaviour and for how many more calls it is shown."""

    behaviour: Behaviour
    left: int


@dataclass(slots=True)
class _Part:
    """What one model has been told: some turns, then perhaps one behaviour for ever."""

    turns: deque[_Turn] = field(default_factory=deque)
    last: Behaviour | None = None

    def next(self) -> Behaviour | None:
        """Return the behaviour of the next call, or None for a model that has none."""
        if not self.turns:
            return self.last
        turn = self.turns[0]
        turn.left -= 1
        if turn.left == 0:
            self.turns.popleft()
        return turn.behaviour


def _is_positive(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


class Script:
    """Decides which behaviour a call meets: the model's own, else that of "*", else an answer."""

    def __init__(self) -> None:
        """Begin with answers from every model."""
        self._lock = threading.Lock()
        self._parts: dict[str, _Part] = {}

    def add(self, model: str, behaviour: Behaviour, times: int | None) -> None:
        """Queue `behaviour` for so many calls, or with None make it the last one, for ever."""
        if times is not None and (not _is_positive(times)):
            raise ValueError(f"times must be a whole number from 1, or nothing, not {times!r}")
        with self._lock:
            part = self._parts.setdefault(model, _Part())
            if times is None:
                part.last = behaviour
            else:
                part.turns.append(_Turn(behaviour, times))

    def next(self, model: str) -> Behaviour:
        """Return what the next call of `model` meets."""
        with self._lock:
            for name in (model, ANY_MODEL):
                part = self._parts.get(name)
                if part is not None and (behaviour := part.next()) is not None:
                    return behaviour
            return Behaviour("answer")

    def reset(self) -> None:
        """Forget everything."""
        with self._lock:
            self._parts.clear()

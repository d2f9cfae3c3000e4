"""What a book asks of its store, as tasks.

A task yields one call after another, and is sent what each has returned and the instant at which
it did. A thread runs the tasks of a process, the simulation those of a fleet.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import datetime
from typing import Any

Call = Callable[[Any], Any]
"""One call to a store, which is its argument. It writes, unless it is a `Read`."""


class Read:
    """A call that only reads."""

    def __init__(self, *arguments: object) -> None:
        """Takes the arguments of the store's `read`."""
        self._arguments = arguments

    def __call__(self, store: Any) -> Any:
        """Makes the call."""
        return store.read(*self._arguments)


Steps = Generator[Call, Any, None]
"""A task under way. It is sent a tuple for each call: the result, and the present instant. If a
call fails, the task is closed."""

Task = Callable[[datetime], Steps]
"""What the store has to do, given the instant at which that begins."""

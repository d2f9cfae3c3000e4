"""The next model, asked beside a late one."""

from __future__ import annotations

import threading
from collections.abc import Generator

from fallback.pieces import Piece
from fallback.race import Race
from fallback.run import Run


class Hedge:
    """The rest of the hierarchy, whose first piece another thread waits for.

    From that piece on it is read where the late attempt was, so a stream holds no second thread.

    Attributes:
        run: What it does.
        race: Between the late attempt and this one.
        waited_seconds: How long the late attempt had kept its visitor waiting.
    """

    def __init__(
        self, run: Run, pieces: Generator[Piece, None, object], race: Race, waited_seconds: float
    ) -> None:
        """Asks nobody yet."""
        self.run = run
        self.race = race
        self.waited_seconds = waited_seconds
        self._pieces = pieces
        self._first: Piece | None = None
        self._lock = threading.Lock()
        self._is_there = threading.Event()
        self._is_dropped = False

    @property
    def has_won(self) -> bool:
        """Whether it has spoken first."""
        return self.race.was_won_by(self.run.cancellation)

    def wait(self) -> None:
        """Waits for the first piece; for a thread of its own."""
        try:
            self._first = next(self._pieces, None)
        finally:
            with self._lock:
                self._is_there.set()
                is_dropped = self._is_dropped
            if is_dropped:
                self._pieces.close()

    def pieces(self) -> Generator[Piece, None, None]:
        """All that it says; nothing if no model is left. Closing it drops the hedge."""
        try:
            self._is_there.wait()
            if self._first is not None:
                yield self._first
                yield from self._pieces
        finally:
            self.drop()

    def drop(self) -> None:
        """Ends it at once, whatever it does."""
        self.run.cancellation.cancel()
        with self._lock:
            self._is_dropped = True
            is_there = self._is_there.is_set()
        if is_there:
            self._pieces.close()

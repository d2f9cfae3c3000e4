"""Changes the line; every instance follows within a second of its next request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fallback.core.windows import Window
from fallback.events import Event
from fallback.ports import EventLog, WindowStore
from nexus.waiting_room.core.line import KEPT, Line, Mode, Supply, new_line
from nexus.waiting_room.shared import NOTE, WAITING
from nexus.waiting_room.store import LineStore

_TRIES = 20


class LineEditorError(Exception):
    """The line could not be changed; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEditor:
    """An operator's changes to the line.

    Attributes:
        lines: Where the line is.
        windows: The windows that the functions share: a note among them says that there is a line.
        log: Where each change is logged.
        who: Who the operator is, for the log.
    """

    lines: LineStore
    windows: WindowStore
    log: EventLog
    who: str

    def set_mode(self, mode: Mode, now: datetime) -> None:
        """Changes what the line does from now on.

        Raises:
            LineEditorError: Others change the line at every try.
            StoreUnavailableError: It may or may not have been done.
        """
        line = self._written(lambda line: line.with_mode(mode), now)
        self.windows.extend(NOTE, Window(line.noted_until(now), WAITING))
        self.log(Event.LINE_MODE_CHANGED, mode=mode, who=self.who)

    def set_pace(self, supply: Supply, now: datetime) -> None:
        """Calls numbers by what models take now; nothing changes where nobody waits.

        Only a chat would do so otherwise, and none comes while a line says that none is answered.

        Raises:
            LineEditorError: Others change the line at every try.
            StoreUnavailableError: It may or may not have been done.
        """
        line = self.lines.read()
        if line is not None and line.waiting(now):
            self._written(lambda line: line.paced(supply, now), now)

    def _written(self, change: Callable[[Line], Line], now: datetime) -> Line:
        for _ in range(_TRIES):
            line = change(self.lines.read() or new_line(now))
            if self.lines.write(line, now + KEPT) is not None:
                return line
        raise LineEditorError("The line keeps changing. Try again.")

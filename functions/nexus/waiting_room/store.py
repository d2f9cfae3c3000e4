"""How the line is stored: as a text, which is JSON and small, and used tickets as marks.

Instants are UTC epoch milliseconds.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from fallback.core.windows import from_epoch_ms, to_epoch_ms
from fallback.ports import MarkTable, TextStore, TextTable
from nexus.waiting_room.core.line import Line, Mode, new_line
from nexus.waiting_room.core.looks import Look

LINE = TextTable("waiting_room", key="name", text="line")
TICKETS = MarkTable("waiting_tickets", key="ticket")
_ONLY = "line"
_NUMBERS = ("epoch", "issued", "confirmed", "used")
_FRACTIONS = ("called", "share", "seconds")


class LineStore:
    """The line, shared by all instances. Safe for many threads.

    Each call may take seconds when the store is in trouble; it then raises
    `fallback.ports.StoreUnavailableError`.
    """

    def __init__(self, store: TextStore) -> None:
        """Takes the store of the text, which has the tables LINE and TICKETS."""
        self._store = store

    def read(self) -> Line | None:
        """The line with its version; None if there is none yet."""
        text, version = self._store.read(LINE, _ONLY)
        return None if version is None else from_text(text, version)

    def write(self, line: Line, expires_at: datetime) -> object | None:
        """Replaces the line, if it is still as it was read: of many callers, one succeeds.

        Args:
            line: The new one, with the version of the one that it was made from.
            expires_at: The instant (UTC) from which on nobody needs it.

        Returns:
            The version that it has now; None if it was not as it was read, and is as it was.
        """
        return self._store.write(LINE, _ONLY, to_text(line), expires_at, line.version)

    def use(self, ticket: str, expires_at: datetime) -> bool:
        """Takes note of the one use of a ticket: of many callers, one succeeds.

        Args:
            ticket: What names the use.
            expires_at: The instant (UTC) from which on the ticket holds no more.

        Returns:
            Whether nobody had used it.
        """
        return self._store.mark(TICKETS, ticket, expires_at)

    def give_back(self, ticket: str) -> None:
        """Forgets the use of a ticket, by whoever has used it."""
        self._store.unmark(TICKETS, ticket)


def to_text(line: Line) -> str:
    """What is stored."""
    fields = {
        **{name: getattr(line, name) for name in _NUMBERS},
        **{name: round(getattr(line, name), 4) for name in _FRACTIONS},
        "set_at": to_epoch_ms(line.set_at),
        "at": to_epoch_ms(line.at),
        "rate": line.rate,
        "most": line.most,
        "is_known": line.is_known,
        "is_held": line.is_held,
        "looks": [[round(k.seconds, 2), round(k.called, 2), k.used] for k in line.looks],
        "mode": line.mode,
    }
    return json.dumps(fields, separators=(",", ":"))


def from_text(text: object, version: object | None) -> Line:
    """What was stored; an empty line if it is not ours, so that a bad record is replaced."""
    try:
        fields = json.loads(text) if isinstance(text, str) else {}
        return Line(
            epoch=int(fields["epoch"]),
            issued=int(fields["issued"]),
            confirmed=int(fields["confirmed"]),
            used=int(fields["used"]),
            called=float(fields["called"]),
            share=float(fields["share"]),
            seconds=float(fields["seconds"]),
            set_at=from_epoch_ms(int(fields["set_at"])),
            at=from_epoch_ms(int(fields["at"])),
            rate=None if fields["rate"] is None else float(fields["rate"]),
            most=None if fields.get("most") is None else float(fields["most"]),
            is_known=bool(fields["is_known"]),
            is_held=bool(fields["is_held"]),
            looks=tuple(Look(float(s), float(c), int(u)) for s, c, u in fields["looks"]),
            mode=Mode(fields["mode"]),
            version=version,
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return replace(new_line(from_epoch_ms(0)), version=version)

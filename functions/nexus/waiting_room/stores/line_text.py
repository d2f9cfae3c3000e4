"""The line as text: JSON, small, and the same in every store.

Instants are UTC epoch milliseconds.
"""

from __future__ import annotations

import json
from dataclasses import replace

from fallback.core.windows import from_epoch_ms, to_epoch_ms
from nexus.waiting_room.core.line import Line, Mode, new_line
from nexus.waiting_room.core.looks import Look

_NUMBERS = ("epoch", "issued", "confirmed", "used")
_FRACTIONS = ("called", "share", "seconds")


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

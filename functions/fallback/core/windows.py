"""Exhaustion windows: until when a model is set aside, and who may try it again.

A window is an instant in UTC at which it ends, never a duration: instants survive a restart, a
slow store and a clock that reads a second later. Windows are never shortened by a new failure.

The end of a window is a guess, so it does not let everybody in: one request, the probe, tries the
model under a lease, and all others go on past it until the probe's result is known. A window that
lasts long may be probed before its end, for it may rest on a wrong reading.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

EVERY_MODEL = "every-model"
"""The name under which the window of the whole service is kept."""

ISOLATED = "isolated"
"""The reason of a window that a person has opened; it ends when they said, and not before."""

_SAME = timedelta(seconds=1)
"""Windows whose ends are no further apart say the same: instances that meet one failure tell it by
clocks, at instants and with a jitter of their own."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Phase(enum.StrEnum):
    """What a window means for a request that arrives now."""

    OPEN = "open"
    """Skip the model."""
    DUE = "due"
    """One request may probe the model, if it gets the lease."""
    PROBING = "probing"
    """Another request is probing it: skip it, and look again soon."""


@dataclass(frozen=True, slots=True)
class Window:
    """A model set aside.

    Attributes:
        until: The instant (UTC, whole milliseconds) at which the window ends.
        reason: The kind of the failure that opened it.
        probe_at: From here on one request may probe the model; None where that is `until`.
        leased_until: The end of the last probe's lease; None where there has been none.
        failed_probes: How often in a row a probe has found the model still exhausted.
        min_tokens: It keeps out only requests of at least so many input tokens, as
            `fallback.core.size.tokens_of` counts them; None keeps out all.
        version: The state of the store that this was read from, in the store's own terms. What
            is written with a version changes nothing if the store has moved on; None writes
            whatever there is.
    """

    until: datetime
    reason: str
    probe_at: datetime | None = None
    leased_until: datetime | None = None
    failed_probes: int = 0
    min_tokens: int | None = None
    version: object | None = field(default=None, compare=False)

    def is_open(self, now: datetime) -> bool:
        """Whether the model is still set aside at `now`."""
        return now < self.until

    def phase(self, now: datetime) -> Phase:
        """What the window means for a request at `now`."""
        if now < min(self.probe_at or self.until, self.until):
            return Phase.OPEN
        if self.leased_until is not None and now < self.leased_until:
            return Phase.PROBING
        return Phase.DUE


Windows = Mapping[str, Window]
"""A snapshot: windows by model name, ended ones included; a healthy model has none."""


def size_key(model: str) -> str:
    """The name under which the window for a model's long requests is kept."""
    return f"{model}#input"


def longer(one: Window | None, other: Window | None) -> Window | None:
    """The window that ends later."""
    if one is None or other is None:
        return one or other
    return other if other.until > one.until else one


def outlasts(window: Window, standing: Window | None) -> bool:
    """Whether a window says anything new beside one that stands already."""
    return standing is None or window.until - standing.until > _SAME


def after_failed_probe(standing: Window, window: Window) -> Window:
    """What stands once a probe of a window has failed, and asks for another one.

    A window that was probed before its end keeps that end, where the new one would end sooner; the
    next probe is when the new one says.
    """
    if window.until > standing.until:
        return window
    probe_at = window.probe_at or window.until
    return replace(
        window,
        until=standing.until,
        reason=standing.reason,
        probe_at=probe_at if probe_at < standing.until else None,
    )


def merge(one: Windows, other: Windows) -> dict[str, Window]:
    """Both snapshots in one, with the longer window where both have one."""
    merged = dict(one)
    for model, window in other.items():
        merged[model] = longer(merged.get(model), window) or window
    return merged


def from_epoch_ms(epoch_ms: int) -> datetime:
    """The instant that stored milliseconds stand for, in UTC."""
    return _EPOCH + timedelta(milliseconds=epoch_ms)


def to_epoch_ms(instant: datetime) -> int:
    """The whole milliseconds under which an instant is stored; part ones count as whole."""
    return -((_EPOCH - instant) // timedelta(milliseconds=1))

"""Exhaustion windows: until when a model is set aside, and who may try it again.

A window is stored as the instant (UTC) of its end, never as a duration: an instant survives a
restart, a slow store and a clock that is a second off. A new failure never shortens a window.

The end of a window is a guess, so only one request tries the model then: the probe, under a lease.
All others skip the model until the probe's result is known. A long window is probed before its end
too, because it may rest on a wrong reading.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

EVERY_MODEL = "every-model"
"""The name of the window over the default target: no model answers there. One that a person has
set keeps every target out."""

ISOLATED = "isolated"
"""The reason of a window that a person has opened; it is not probed before its end."""

METERED = "metered"
"""The reason of a note that calls need a permit; see `limit_key`."""

FULL = "full"
"""The reason of a window that stands for a full minute: the shared log has no room before it ends.
It is never stored."""

_LIMIT = "#limit"

_SAME = timedelta(seconds=1)
"""Windows that end this close together are the same: instances see one failure at slightly
different instants, with clocks and jitter of their own."""

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
        probe_at: When one request may probe the model; None means at `until`.
        leased_until: The end of the last probe's lease; None if there was none.
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

    @property
    def due_at(self) -> datetime:
        """The first instant at which one request may probe the model."""
        return min(self.probe_at or self.until, self.until)

    def phase(self, now: datetime) -> Phase:
        """What the window means for a request at `now`."""
        if now < self.due_at:
            return Phase.OPEN
        if self.leased_until is not None and now < self.leased_until:
            return Phase.PROBING
        return Phase.DUE


Windows = Mapping[str, Window]
"""A snapshot: windows by key, ended ones included; a healthy model has none."""


def at_target(name: str, target: str) -> str:
    """The key of a model, or of EVERY_MODEL, at a target that is not the default."""
    return f"{name}@{target}"


def split_name(name: str) -> tuple[str, str | None]:
    """A window's name without its target, and the target; None for the default."""
    key, hash_sign, size = name.partition("#")
    model, _, target = key.partition("@")
    return f"{model}{hash_sign}{size}", target or None


def same_at_target(name: str, target_key: str) -> str:
    """The name that a window has at another target.

    Args:
        name: Of a model's window, or of a whole target's.
        target_key: The name of the other target's own window.
    """
    model, _ = split_name(name)
    key, hash_sign, size = model.partition("#")
    return f"{key}{target_key.removeprefix(EVERY_MODEL)}{hash_sign}{size}"


def is_of_target(name: str) -> bool:
    """Whether a window is over a whole target."""
    return split_name(name)[0] == EVERY_MODEL


def size_key(key: str) -> str:
    """The name under which the window for the long requests of a key is kept."""
    return f"{key}#input"


def limit_key(key: str) -> str:
    """The name of the note that a key is metered, which ends with the window's `until`.

    It keeps nobody out. It stands among the windows because every process reads those already, so
    that a service without refusals reads nothing else.
    """
    return f"{key}{_LIMIT}"


def metered_keys(windows: Windows, now: datetime) -> list[str]:
    """The keys whose calls need a permit at `now`."""
    return [
        name.removesuffix(_LIMIT)
        for name, window in windows.items()
        if name.endswith(_LIMIT) and window.is_open(now)
    ]


def longer(one: Window | None, other: Window | None) -> Window | None:
    """The window that ends later."""
    if one is None or other is None:
        return one or other
    return other if other.until > one.until else one


def outlasts(window: Window, standing: Window | None) -> bool:
    """Whether a window adds anything to the one that stands."""
    if standing is None or window.until - standing.until > _SAME:
        return True
    if window.min_tokens is None or standing.min_tokens is None:
        return False
    return window.min_tokens < standing.min_tokens


def after_failed_probe(standing: Window, window: Window) -> Window:
    """The window that stands after a failed probe.

    A window that was probed before its end keeps that end if the new one would end sooner; the new
    one then only says when to probe next.
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
    """Merges two snapshots; where both have a window, the longer one holds."""
    merged = dict(one)
    for model, window in other.items():
        merged[model] = longer(merged.get(model), window) or window
    return merged


def from_epoch_ms(epoch_ms: int) -> datetime:
    """The instant (UTC) of stored milliseconds."""
    return _EPOCH + timedelta(milliseconds=epoch_ms)


def to_epoch_ms(instant: datetime) -> int:
    """The milliseconds that an instant is stored as, rounded up."""
    return -((_EPOCH - instant) // timedelta(milliseconds=1))


def whole_ms(instant: datetime) -> datetime:
    """An instant as it is stored."""
    return from_epoch_ms(to_epoch_ms(instant))

"""Which models come first for chats that step down."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from fallback.core.hierarchy import Hierarchy
from fallback.core.windows import Windows


def is_scarce(hierarchy: Hierarchy, windows: Windows, now: datetime) -> bool:
    """Whether the primary is exhausted, so that everybody needs the other models."""
    of_primary = [c.key for c in hierarchy.candidates if c.model is hierarchy.models[0]]
    found = [windows.get(key) for key in of_primary]
    return all(window is not None and window.is_open(now) for window in found)


def cheaper_first(hierarchy: Hierarchy) -> Hierarchy:
    """The hierarchy for those who step down: its cheaper half, then its better half.

    Nobody is refused who could be answered: the better models come last.
    """
    middle = (len(hierarchy.models) + 1) // 2
    models = hierarchy.models
    return replace(hierarchy, models=(*models[middle:], *models[:middle]))


def best_last(hierarchy: Hierarchy) -> Hierarchy:
    """The hierarchy for chats that step down so that the primary's quota lasts all day."""
    first, *others = hierarchy.models
    return replace(hierarchy, models=(*others, first))

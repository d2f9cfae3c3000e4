"""Sends heavy visitors to cheaper models while the primary is exhausted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from fallback.core.hierarchy import Hierarchy
from fallback.core.windows import Windows


def is_scarce(hierarchy: Hierarchy, windows: Windows, now: datetime) -> bool:
    """Whether the primary is exhausted, so that everybody needs the other models."""
    window = windows.get(hierarchy.models[0].name)
    return window is not None and window.is_open(now)


def cheaper_first(hierarchy: Hierarchy) -> Hierarchy:
    """The hierarchy for those who step down: its cheaper half, then its better half.

    Nobody is refused who could be answered: the better models come last.
    """
    middle = (len(hierarchy.models) + 1) // 2
    models = hierarchy.models
    return replace(hierarchy, models=(*models[middle:], *models[:middle]))

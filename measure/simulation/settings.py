"""What a run may change in Nexus."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from fallback.configuration import load_configuration
from fallback.core.hierarchy import Hierarchy
from fallback.core.window_rules import WindowRules
from fallback.runner import _LEASE_MARGIN
from fallback.wait_budget import MAX_WAIT_SECONDS
from fallback.windows.book import MAX_AGE
from fallback.windows.shared import _PROBE_SPREAD

FUNCTIONS = Path(__file__).parents[2] / "functions"


@cache
def default_hierarchy() -> Hierarchy:
    """The hierarchy of `functions/nexus.toml`, with its limits."""
    return load_configuration(FUNCTIONS / "nexus.toml").hierarchies["default"]


@cache
def default_rules() -> WindowRules:
    """The windows of `functions/nexus.toml`."""
    return load_configuration(FUNCTIONS / "nexus.toml").windows


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Nexus in a run; the defaults are those of the code.

    Attributes:
        rules: Lengths of windows.
        hierarchy: Models and limits.
        max_age_seconds: How old a snapshot may be.
        max_wait_seconds: How long one request waits for the store in all.
        lease_margin_seconds: How much longer than its first text's time a probe's lease lasts.
        probe_spread_seconds: Processes ask for a probe's lease at random moments within so long
            after it is due.
        meters: Whether limits are learned, and kept before the next refusal.
    """

    rules: WindowRules = field(default_factory=default_rules)
    hierarchy: Hierarchy = field(default_factory=default_hierarchy)
    max_age_seconds: float = MAX_AGE.total_seconds()
    max_wait_seconds: float = MAX_WAIT_SECONDS
    lease_margin_seconds: float = _LEASE_MARGIN.total_seconds()
    probe_spread_seconds: float = _PROBE_SPREAD.total_seconds()
    meters: bool = True

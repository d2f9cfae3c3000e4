"""What a run may change in Nexus: its settings, and rules that it might have."""

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
        jitter: How many times the code's jitter a window that names a delay gets; 0 is none.
        strikes: After how many transient failures in a row a window opens; 2 in the code.
        needs_lease: Whether a request that the store keeps waiting skips the model. The code
            probes it without a lease.
        probe_spread_seconds: Each process asks for the lease at a random moment within so long
            after a window's end. In the code, all ask at once.
    """

    rules: WindowRules = field(default_factory=default_rules)
    hierarchy: Hierarchy = field(default_factory=default_hierarchy)
    max_age_seconds: float = MAX_AGE.total_seconds()
    max_wait_seconds: float = MAX_WAIT_SECONDS
    lease_margin_seconds: float = _LEASE_MARGIN.total_seconds()
    jitter: float = 1.0
    strikes: int = 2
    needs_lease: bool = False
    probe_spread_seconds: float = 0.0

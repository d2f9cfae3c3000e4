"""Which service tier has served, wherever Gemini says it.

A request for `priority` can be served as `standard`, and costs what was served.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any

SERVED_HEADER = "x-gemini-service-tier"
"""Of the Gemini Developer API (https://ai.google.dev/gemini-api/docs/priority-inference)."""

_WORD = re.compile(r"[a-z][a-z_]{0,31}")
# Vertex AI, google-genai's types.TrafficType; other types keep their own name.
_STANDARD_TRAFFIC = "on_demand"


def with_served_tier(batches: Iterator[list[Any]], tier: str | None) -> Iterator[list[Any]]:
    """A stream whose first event says, as the API would, what the reply's header says."""
    if tier is not None:
        for events in itertools.islice(batches, 1):
            yield [{"usageMetadata": {"serviceTier": tier}}, *events]
    yield from batches


def served_tier(usage_metadata: Mapping[str, Any]) -> str | None:
    """The tier, such as `standard`, `flex` or `priority`; None where nothing is said."""
    tier = _word(usage_metadata.get("serviceTier")).removeprefix("service_tier_")
    if tier and tier != "unspecified":
        return tier
    traffic = _word(usage_metadata.get("trafficType"))
    if traffic == _STANDARD_TRAFFIC:
        return "standard"
    return traffic.removeprefix(f"{_STANDARD_TRAFFIC}_") or None


def _word(value: object) -> str:
    word = value.lower() if isinstance(value, str) else ""
    return word if _WORD.fullmatch(word) else ""

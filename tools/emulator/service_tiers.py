"""Service tiers as the two APIs write them.

The Gemini Developer API takes `serviceTier` in the body, and names the tier that served in a header
(https://ai.google.dev/gemini-api/docs/priority-inference). Vertex AI takes a header, at its global
address alone, and names the traffic type beside the token counts
(https://docs.cloud.google.com/vertex-ai/generative-ai/docs/priority-paygo).
"""

from collections.abc import Mapping
from typing import Any

STANDARD = "standard"
TIERS = (STANDARD, "flex", "priority")
SERVED_HEADER = "x-gemini-service-tier"

_ASKED_HEADER = "x-vertex-ai-llm-shared-request-type"
_GLOBAL = "global"


def asked_tier(body: Mapping[str, Any]) -> str:
    """Return the tier that a request to the Gemini Developer API asks for, known or not."""
    tier = body.get("serviceTier") or body.get("service_tier") or STANDARD
    name = str(tier).lower().removeprefix("service_tier_")
    return STANDARD if name == "unspecified" else name


def asked_tier_of_vertex(headers: Mapping[str, str], location: str) -> str:
    """Return the tier that a request to Vertex AI gets; regions know only one."""
    tier = headers.get(_ASKED_HEADER, STANDARD).lower()
    return tier if location == _GLOBAL and tier in TIERS else STANDARD


def traffic_type(tier: str) -> str:
    """Return what Vertex AI calls a tier."""
    return "ON_DEMAND" if tier == STANDARD else f"ON_DEMAND_{tier.upper()}"

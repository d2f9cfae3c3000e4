"""The models that the emulator lists, as `models.list` and `models.get` do."""

from collections.abc import Mapping, Sequence
from typing import Any

# Listed before any other model has been called; any name can be called.
WELL_KNOWN = (
    "gemini-3.8-flash",
    "gemini-3.7-flash",
    "gemini-3.6-flash",
    "gemini-3.5-flash-lite",
    "gemini-3.1-flash-lite",
    "gemini-2.5-flash-lite",
)
ALIASES: Mapping[str, str] = {"gemini-3.7-flash": "gemini-3.8-flash"}
"""Names that another model answers (ai.google.dev/gemini-api/docs/changelog, 2026-10-08)."""

RETIRED = frozenset({"gemini-1.5-pro", "gemini-1.5-flash"})
"""Models that are gone: they are not listed, and asking for one names its successor."""

_USUAL_PAGE = 50
_LARGEST_PAGE = 1000


def describe(name: str) -> dict[str, Any]:
    """Return what Gemini says of a model."""
    base = ALIASES.get(name, name)
    return {
        "name": f"models/{name}",
        "baseModelId": base,
        "version": "001",
        "displayName": base.replace("-", " ").title(),
        "description": "A model of the emulator.",
        "inputTokenLimit": 1048576,
        "outputTokenLimit": 65536,
        "supportedGenerationMethods": ["generateContent", "streamGenerateContent"],
        "temperature": 1,
        "topP": 0.95,
        "topK": 64,
        "maxTemperature": 2,
    }


def page_of(names: Sequence[str], size: str, token: str) -> dict[str, Any]:
    """Return one page of the list; anything but a number counts as not given."""
    length = min(int(size) if size.isdecimal() else 0, _LARGEST_PAGE) or _USUAL_PAGE
    start = int(token) if token.isdecimal() else 0
    page: dict[str, Any] = {"models": [describe(name) for name in names[start : start + length]]}
    if start + length < len(names):
        page["nextPageToken"] = str(start + length)
    return page

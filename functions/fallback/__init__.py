"""Answers from a hierarchy of Gemini models, for Python programs: see docs/python.md.

Each name is loaded on first use. The HTTP functions import the modules below and load nothing else.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fallback.library.calls import (
        check_service_availability,
        generate_with_fallback,
        generate_with_fallback_async,
        get_model_display_name,
        stream_with_fallback,
    )
    from fallback.library.error import ModelExhaustionError

    MODEL_HIERARCHY: tuple[str, ...]

__all__ = [
    "MODEL_HIERARCHY",
    "ModelExhaustionError",
    "check_service_availability",
    "generate_with_fallback",
    "generate_with_fallback_async",
    "get_model_display_name",
    "stream_with_fallback",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    calls = importlib.import_module("fallback.library.calls")
    return calls.model_hierarchy() if name == "MODEL_HIERARCHY" else getattr(calls, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

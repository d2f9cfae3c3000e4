"""Answers from a hierarchy of models: what other Python programs use of Nexus.

The names are loaded when they are first asked for: the functions, which import the modules below
this package, then load nothing that they do not use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fallback.library import (
        ModelExhaustionError,
        check_service_availability,
        generate_with_fallback,
        get_model_display_name,
    )

    MODEL_HIERARCHY: tuple[str, ...]

__all__ = [
    "MODEL_HIERARCHY",
    "ModelExhaustionError",
    "check_service_availability",
    "generate_with_fallback",
    "get_model_display_name",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    embedded = importlib.import_module("fallback.library")
    return embedded.model_hierarchy() if name == "MODEL_HIERARCHY" else getattr(embedded, name)

"""Answers from a hierarchy of models: what other Python programs use of Nexus."""

from __future__ import annotations

from fallback.embedded import (
    ModelExhaustionError,
    check_service_availability,
    generate_with_fallback,
    get_model_display_name,
    model_hierarchy,
)

__all__ = [
    "MODEL_HIERARCHY",
    "ModelExhaustionError",
    "check_service_availability",
    "generate_with_fallback",
    "get_model_display_name",
]


def __getattr__(name: str) -> tuple[str, ...]:
    """`MODEL_HIERARCHY` is read from the configuration when it is first asked for."""
    if name == "MODEL_HIERARCHY":
        return model_hierarchy()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

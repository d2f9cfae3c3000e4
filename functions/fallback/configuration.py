"""Reads the fallback's part of nexus.toml: hierarchies, limits and windows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from fallback.core.hierarchy import (
    Hierarchy,
    InvalidConfigurationError,
    Limits,
    Model,
    Thinking,
)
from fallback.core.window_rules import WindowRules
from fallback.toml_tables import Rule, between, checked, is_number, only_known, read_tables, table

SERVICE_SECTIONS = ("request", "visitors")
"""Sections of the same file that only the HTTP service reads."""


GOOGLE_GENAI = "google-genai"
_REST = "rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """How the models are reached.

    Attributes:
        name: What operators call it.
        via: `rest`, Gemini's REST address, or `google-genai`, the SDK's public client.
    """

    name: str = "main"
    via: str = _REST


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The fallback's configuration, validated.

    Attributes:
        instruction: The service's own system instruction.
        hierarchies: By name, each with the limits.
        windows: Lengths of exhaustion windows.
        target: How the models are reached.
    """

    instruction: str
    hierarchies: Mapping[str, Hierarchy]
    windows: WindowRules
    target: Target = Target()


def _is_pauses(value: object) -> bool:
    return isinstance(value, list) and all(is_number(v) and 0 <= v <= 60 for v in value)


# The deadline stays below the longest time-out of a Cloud Run function, 3600 s.
RULES: Mapping[str, Mapping[str, Rule]] = {
    "limits": {
        "attempts_per_model": between(1, 5, whole=True),
        "backoff_seconds": (_is_pauses, "a list of numbers from 0 to 60"),
        "deadline_seconds": between(2, 3500),
        "first_text_seconds": between(0.1, 600),
        "thinking_seconds": between(0.1, 600),
        "idle_seconds": between(0.1, 600),
        "last_resort_seconds": between(0, 600),
    },
    "windows": {
        "tripping_failures": between(1, 100, whole=True),
        "tripping_silences": between(1, 100, whole=True),
        "per_minute": between(1, 3600),
        "per_minute_cap": between(1, 3600),
        "named_cap": between(1, 86400),
        "unnamed_quota": between(1, 86400),
        "spend_rate": between(1, 86400),
        "transient_first": between(1, 3600),
        "transient_cap": between(1, 86400),
        "silence_first": between(1, 3600),
        "silence_cap": between(1, 86400),
        "transient_memory": between(1, 3600),
        "not_found": between(1, 86400),
        "service": between(1, 86400),
        "probe_interval": between(10, 86400),
    },
}
_SECTIONS = ("service", *RULES, *SERVICE_SECTIONS, "hierarchies", "targets")


def load_configuration(path: Path) -> Configuration:
    """Reads and validates a configuration file. What it leaves out has its default.

    Raises:
        InvalidConfigurationError: Names, in one line, the file, the key and the allowed values.
    """
    try:
        return configuration_of(read_tables(path))
    except InvalidConfigurationError as error:
        raise InvalidConfigurationError(f"{path}: {error}") from error


def configuration_of(data: Mapping[str, Any]) -> Configuration:
    """The configuration in the tables of a file.

    Raises:
        InvalidConfigurationError: Names the key and the allowed values.
    """
    only_known(data, _SECTIONS, "")
    service = table(data, "service")
    only_known(service, ("instruction",), "service.")
    instruction = service.get("instruction", "")
    if not isinstance(instruction, str):
        raise InvalidConfigurationError("service.instruction: must be a text")
    numbers = checked(data, "limits", RULES["limits"])
    try:
        limits = Limits(**numbers)
    except InvalidConfigurationError as error:
        raise InvalidConfigurationError(f"limits.{error}") from error
    windows = WindowRules(**checked(data, "windows", RULES["windows"]))
    target = _target(data)
    hierarchies = table(data, "hierarchies")
    if not hierarchies:
        raise InvalidConfigurationError("hierarchies: must have at least one, such as default")
    return Configuration(
        instruction=instruction.strip(),
        hierarchies={name: _hierarchy(name, hierarchies, limits) for name in hierarchies},
        windows=windows,
        target=target,
    )


def _target(data: Mapping[str, Any]) -> Target:
    rows = data.get("targets", [{}])
    if not isinstance(rows, list) or len(rows) != 1 or not isinstance(rows[0], dict):
        raise InvalidConfigurationError("targets: must be one table [[targets]], or left out")
    only_known(rows[0], tuple(field.name for field in fields(Target)), "targets[0].")
    found = asdict(Target()) | rows[0]
    if not isinstance(found["name"], str) or not found["name"].strip():
        raise InvalidConfigurationError("targets[0].name: must be a text")
    if found["via"] not in (_REST, GOOGLE_GENAI):
        raise InvalidConfigurationError(f"targets[0].via: must be {_REST} or {GOOGLE_GENAI}")
    return Target(**found)


def _hierarchy(name: str, hierarchies: Mapping[str, Any], limits: Limits) -> Hierarchy:
    where = f"hierarchies.{name}."
    found = table(hierarchies, name, "hierarchies.")
    only_known(found, ("models",), where)
    rows = found.get("models")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InvalidConfigurationError(f"{where}models: must be a list of models")
    models = tuple(_model(row, f"{where}models[{position}].") for position, row in enumerate(rows))
    try:
        return Hierarchy(name, models, limits)
    except InvalidConfigurationError as error:
        raise InvalidConfigurationError(f"{where}{error}") from error


def _model(row: Mapping[str, Any], where: str) -> Model:
    only_known(row, tuple(field.name for field in fields(Model)), where)
    for key in ("name", "display_name"):
        if not isinstance(row.get(key), str):
            raise InvalidConfigurationError(f"{where}{key}: must be a text")
    level = row.get("thinking")
    if level is not None and level not in list(Thinking):
        raise InvalidConfigurationError(
            f"{where}thinking: must be {', '.join(Thinking)}, or left out, not {level!r}"
        )
    return Model(row["name"], row["display_name"], Thinking(level) if level else None)

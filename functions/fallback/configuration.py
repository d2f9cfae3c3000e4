"""Reads the fallback's part of nexus.toml: hierarchies, limits and windows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fallback.core.hierarchy import (
    Hierarchy,
    InvalidConfigurationError,
    Limits,
    Model,
    Spread,
    Target,
    Thinking,
)
from fallback.core.window_rules import WindowRules
from fallback.toml_tables import (
    Rule,
    between,
    checked,
    checked_values,
    is_number,
    only_known,
    read_tables,
    table,
)

SERVICE_SECTIONS = ("request", "visitors", "waiting_room")
"""Sections of the same file that only the HTTP service reads."""

DEFAULT_KEY = "GEMINI_API_KEY"
GOOGLE_GENAI = "google-genai"
_REST = "rest"
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_LOCATION = re.compile(r"[a-z][a-z0-9-]{1,40}")
_TIERS = ("standard", "priority", "flex")


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetConfiguration:
    """One way to the models: a table `[[targets]]`.

    Attributes:
        name: What operators call it.
        key: The variable that holds its key of the Gemini Developer API.
        via: `rest`, Gemini's REST address, or `google-genai`, the SDK's public client.
        vertex_location: Asks Vertex AI there instead, with the credentials of the environment.
        service_tier: `standard`, `priority` or `flex`; None leaves it to Google.
        reserve: Whether it is used only while the others are short.
    """

    name: str = "main"
    key: str = DEFAULT_KEY
    via: str = _REST
    vertex_location: str | None = None
    service_tier: str | None = None
    reserve: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The fallback's configuration, validated.

    Attributes:
        instruction: The service's own system instruction.
        hierarchies: By name, each with the limits.
        windows: Lengths of exhaustion windows.
        targets: The ways to the models, in order; each hierarchy has all of them.
    """

    instruction: str
    hierarchies: Mapping[str, Hierarchy]
    windows: WindowRules
    targets: tuple[TargetConfiguration, ...] = (TargetConfiguration(),)


def _is_pauses(value: object) -> bool:
    return isinstance(value, list) and all(is_number(v) and 0 <= v <= 60 for v in value)


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _matches(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


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
_TEXT: Rule = (lambda value: isinstance(value, str), "a text")
_TRUTH: Rule = (lambda value: isinstance(value, bool), "true or false")
_HIERARCHY: Mapping[str, Rule] = {
    "models": (_is_rows, "a list of models"),
    "spread": (lambda value: value in list(Spread), " or ".join(Spread)),
    "patience_seconds": between(0, 60),
    "waits_for_first": _TRUTH,
    "pacing": _TRUTH,
}
_MODEL: Mapping[str, Rule] = {
    "name": _TEXT,
    "display_name": _TEXT,
    "thinking": (lambda value: value in list(Thinking), f"{', '.join(Thinking)}, or left out"),
    "requests_per_day": between(1, 1_000_000_000, whole=True),
}
_TARGET: Mapping[str, Rule] = {
    "name": _TEXT,
    "key": (_matches(_VARIABLE), f"the name of a variable, such as {DEFAULT_KEY}_SECOND"),
    "via": (lambda value: value in (_REST, GOOGLE_GENAI), f"{_REST} or {GOOGLE_GENAI}"),
    "vertex_location": (_matches(_LOCATION), "a location such as europe-west4, or global"),
    "service_tier": (lambda value: value in _TIERS, ", ".join(_TIERS)),
    "reserve": _TRUTH,
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
    service = checked(data, "service", {"instruction": _TEXT})
    numbers = checked(data, "limits", RULES["limits"])
    try:
        limits = Limits(**numbers)
    except InvalidConfigurationError as error:
        raise InvalidConfigurationError(f"limits.{error}") from error
    windows = WindowRules(**checked(data, "windows", RULES["windows"]))
    targets = _targets(data)
    hierarchies = table(data, "hierarchies")
    if not hierarchies:
        raise InvalidConfigurationError("hierarchies: must have at least one, such as default")
    return Configuration(
        instruction=service.get("instruction", "").strip(),
        hierarchies={name: _hierarchy(name, hierarchies, limits, targets) for name in hierarchies},
        windows=windows,
        targets=targets,
    )


def _targets(data: Mapping[str, Any]) -> tuple[TargetConfiguration, ...]:
    rows = data.get("targets", [{}])
    if not _is_rows(rows) or not rows:
        raise InvalidConfigurationError("targets: must be tables [[targets]], or left out")
    return tuple(_target(row, f"targets[{position}].") for position, row in enumerate(rows))


def _target(row: Mapping[str, Any], where: str) -> TargetConfiguration:
    # Whoever puts the key itself there must not find it in a log.
    found = checked_values(row, _TARGET, where, hidden="key")
    if "key" in found and "vertex_location" in found:
        raise InvalidConfigurationError(f"{where}key: Vertex AI takes no key; leave it out")
    return TargetConfiguration(**found)


def _hierarchy(
    name: str,
    hierarchies: Mapping[str, Any],
    limits: Limits,
    targets: Sequence[TargetConfiguration],
) -> Hierarchy:
    where = f"hierarchies.{name}."
    found = checked(hierarchies, name, _HIERARCHY, "hierarchies.")
    rows = enumerate(found.pop("models", ()))
    models = tuple(_model(row, f"{where}models[{position}].") for position, row in rows)
    spread = Spread(found.pop("spread", Spread.TARGET))
    reached = tuple(Target(t.name, t.reserve, is_default=t is targets[0]) for t in targets)
    try:
        return Hierarchy(name, models, limits, targets=reached, spread=spread, **found)
    except InvalidConfigurationError as error:
        is_of_targets = str(error).startswith("targets")
        raise InvalidConfigurationError(f"{'' if is_of_targets else where}{error}") from error


def _model(row: Mapping[str, Any], where: str) -> Model:
    found = checked_values(row, _MODEL, where)
    for key in ("name", "display_name"):
        if key not in found:
            raise InvalidConfigurationError(f"{where}{key}: must be a text")
    if "thinking" in found:
        found["thinking"] = Thinking(found["thinking"])
    return Model(**found)

"""Reads nexus.toml, and refuses in one line what could not work."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from fairness.core.allowance import Allowance
from fairness.core.rules import VisitorRules
from fallback.core.hierarchy import Hierarchy, InvalidConfigurationError, Limits, Model
from fallback.core.window_rules import WindowRules


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLimits:
    """What one request may ask for.

    Attributes:
        max_body_bytes: Of the request's body.
        body_seconds: For the body to arrive.
        max_messages: In one conversation.
        max_message_characters: Of one message.
        max_total_characters: Of all messages together.
        max_output_tokens: Of one answer; more is cut down to this.
    """

    max_body_bytes: int = 1_048_576
    body_seconds: float = 20
    max_messages: int = 200
    max_message_characters: int = 100_000
    max_total_characters: int = 400_000
    max_output_tokens: int = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """All of nexus.toml, validated.

    Attributes:
        instruction: The service's own system instruction.
        hierarchies: By name; each carries the limits.
        windows: Lengths of exhaustion windows.
        request: What one request may ask for.
        visitors: How much visitors may send.
    """

    instruction: str
    hierarchies: Mapping[str, Hierarchy]
    windows: WindowRules
    request: RequestLimits
    visitors: VisitorRules


_Check = Callable[[object], bool]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _between(low: float, high: float, *, whole: bool = False) -> tuple[_Check, str]:
    def check(value: object) -> bool:
        return _is_number(value) and low <= value <= high and (not whole or isinstance(value, int))  # type: ignore[operator]  # _is_number has seen to it

    return check, f"a {'whole number' if whole else 'number'} from {low:.10g} to {high:.10g}"


def _is_pauses(value: object) -> bool:
    return isinstance(value, list) and all(_is_number(v) and 0 <= v <= 60 for v in value)


_ALLOWANCE: Mapping[str, tuple[_Check, str]] = {
    "burst": _between(1, 10_000, whole=True),
    "per_minute": _between(0.01, 60_000),
    "per_day": _between(1, 10_000_000, whole=True),
}
_GROUP_NAME = re.compile(r"[a-z0-9-]{1,32}")

# The deadline stays below the longest time-out of a Cloud Run function, 3600 s.
_ALLOWED: Mapping[str, Mapping[str, tuple[_Check, str]]] = {
    "limits": {
        "attempts_per_model": _between(1, 5, whole=True),
        "backoff_seconds": (_is_pauses, "a list of numbers from 0 to 60"),
        "deadline_seconds": _between(2, 3500),
        "first_text_seconds": _between(0.1, 600),
        "idle_seconds": _between(0.1, 600),
        "last_resort_seconds": _between(0, 600),
    },
    "windows": {
        "per_minute": _between(1, 3600),
        "per_minute_cap": _between(1, 3600),
        "named_cap": _between(1, 86400),
        "unnamed_quota": _between(1, 86400),
        "transient_first": _between(1, 3600),
        "transient_cap": _between(1, 86400),
        "transient_memory": _between(1, 3600),
        "not_found": _between(1, 86400),
        "service": _between(1, 86400),
        "probe_interval": _between(10, 86400),
    },
    "request": {
        "max_body_bytes": _between(1024, 33_554_432, whole=True),
        "body_seconds": _between(0.1, 600),
        "max_messages": _between(1, 10_000, whole=True),
        "max_message_characters": _between(1, 10_000_000, whole=True),
        "max_total_characters": _between(1, 10_000_000, whole=True),
        "max_output_tokens": _between(1, 1_000_000, whole=True),
    },
    "visitors": {
        **_ALLOWANCE,
        "address_factor": _between(1, 10_000),
        "heavy_share": _between(0, 1),
    },
}
_SECTIONS = ("service", "limits", "windows", "request", "visitors", "hierarchies")


def load_configuration(path: Path) -> Configuration:
    """Reads and validates a configuration file. Sections and keys left out have their defaults.

    Raises:
        InvalidConfigurationError: In one line: the key and the values that are allowed.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidConfigurationError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidConfigurationError(f"{path}: is not TOML ({error})") from error
    try:
        return _configuration(data)
    except InvalidConfigurationError as error:
        raise InvalidConfigurationError(f"{path}: {error}") from error


def _configuration(data: Mapping[str, Any]) -> Configuration:
    _only_known(data, _SECTIONS, "")
    service = _table(data, "service")
    _only_known(service, ("instruction",), "service.")
    instruction = service.get("instruction", "")
    if not isinstance(instruction, str):
        raise InvalidConfigurationError("service.instruction: must be a text")
    visitors = dict(_table(data, "visitors"))
    groups = _groups(_table(visitors, "groups", "visitors."))
    visitors.pop("groups", None)
    data = {**data, "visitors": visitors}
    numbers = {section: _numbers(data, section, _ALLOWED[section]) for section in _ALLOWED}
    try:
        limits = Limits(**numbers["limits"])
    except InvalidConfigurationError as error:
        raise InvalidConfigurationError(f"limits.{error}") from error
    hierarchies = _table(data, "hierarchies")
    if not hierarchies:
        raise InvalidConfigurationError("hierarchies: must have at least one, such as default")
    return Configuration(
        instruction=instruction.strip(),
        hierarchies={name: _hierarchy(name, hierarchies, limits) for name in hierarchies},
        windows=WindowRules(**numbers["windows"]),
        request=RequestLimits(**numbers["request"]),
        visitors=VisitorRules(**numbers["visitors"], groups=groups),
    )


def _groups(tables: Mapping[str, Any]) -> dict[str, Allowance]:
    groups = {}
    for name in tables:
        if not _GROUP_NAME.fullmatch(name):
            raise InvalidConfigurationError(
                f"visitors.groups.{name}: a group's name has 1 to 32 of a-z, 0-9 and -"
            )
        numbers = _numbers(tables, name, _ALLOWANCE, "visitors.groups.")
        for key in _ALLOWANCE:
            if key not in numbers:
                raise InvalidConfigurationError(f"visitors.groups.{name}.{key}: must be given")
        groups[name] = Allowance(**numbers)
    return groups


def _numbers(
    data: Mapping[str, Any],
    section: str,
    known: Mapping[str, tuple[_Check, str]],
    where: str = "",
) -> dict[str, Any]:
    table = _table(data, section, where)
    _only_known(table, known, f"{where}{section}.")
    for key, value in table.items():
        check, allowed = known[key]
        if not check(value):
            raise InvalidConfigurationError(
                f"{where}{section}.{key}: must be {allowed}, not {value!r}"
            )
    return {key: tuple(v) if isinstance(v, list) else v for key, v in table.items()}


def _hierarchy(name: str, hierarchies: Mapping[str, Any], limits: Limits) -> Hierarchy:
    where = f"hierarchies.{name}."
    table = _table(hierarchies, name, "hierarchies.")
    _only_known(table, ("models",), where)
    rows = table.get("models")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InvalidConfigurationError(f"{where}models: must be a list of models")
    keys = tuple(field.name for field in fields(Model))
    for position, row in enumerate(rows):
        _only_known(row, keys, f"{where}models[{position}].")
        for key in keys:
            if not isinstance(row.get(key), str):
                raise InvalidConfigurationError(f"{where}models[{position}].{key}: must be a text")
    try:
        return Hierarchy(name, tuple(Model(**row) for row in rows), limits)
    except InvalidConfigurationError as error:
        raise InvalidConfigurationError(f"{where}{error}") from error


def _table(data: Mapping[str, Any], key: str, where: str = "") -> Mapping[str, Any]:
    table = data.get(key, {})
    if not isinstance(table, dict):
        raise InvalidConfigurationError(f"{where}{key}: must be a table")
    return table


def _only_known(
    table: Mapping[str, Any], known: Mapping[str, Any] | tuple[str, ...], where: str
) -> None:
    for key in table:
        if key not in known:
            raise InvalidConfigurationError(
                f"{where}{key}: is not a setting; known are {', '.join(known)}"
            )

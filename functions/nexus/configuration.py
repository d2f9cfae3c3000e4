"""Reads what the HTTP service needs of nexus.toml: limits of requests and of visitors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fallback.configuration import Configuration, configuration_of
from fallback.core.hierarchy import InvalidConfigurationError
from fallback.toml_tables import Rule, between, checked, read_tables, table
from nexus.fairness.core.allowance import Allowance
from nexus.fairness.core.rules import VisitorRules


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
class WaitingRoomRules:
    """Who waits in line while models are exhausted.

    Attributes:
        enabled: Whether there is a line.
        places_ahead: How many places earlier those of a group of access codes are called.
    """

    enabled: bool = True
    places_ahead: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceConfiguration:
    """All of nexus.toml, validated.

    Attributes:
        fallback: Hierarchies, limits and windows.
        request: What one request may ask for.
        visitors: How much visitors may send.
        waiting_room: Who waits in line.
    """

    fallback: Configuration
    request: RequestLimits
    visitors: VisitorRules
    waiting_room: WaitingRoomRules


_ALLOWANCE: Mapping[str, Rule] = {
    "burst": between(1, 10_000, whole=True),
    "per_minute": between(0.01, 60_000),
    "per_day": between(1, 10_000_000, whole=True),
}
_AHEAD = "places_ahead"
_GROUP: Mapping[str, Rule] = {**_ALLOWANCE, _AHEAD: between(0, 100_000, whole=True)}
_GROUP_NAME = re.compile(r"[a-z0-9-]{1,32}")
RULES: Mapping[str, Mapping[str, Rule]] = {
    "request": {
        "max_body_bytes": between(1024, 33_554_432, whole=True),
        "body_seconds": between(0.1, 600),
        "max_messages": between(1, 10_000, whole=True),
        "max_message_characters": between(1, 10_000_000, whole=True),
        "max_total_characters": between(1, 10_000_000, whole=True),
        "max_output_tokens": between(1, 1_000_000, whole=True),
    },
    "visitors": {
        **_ALLOWANCE,
        "address_factor": between(1, 10_000),
        "block_factor": between(1, 65_536),
        "heavy_share": between(0, 1),
    },
    "waiting_room": {"enabled": (lambda value: isinstance(value, bool), "true or false")},
}


def load_service_configuration(path: Path) -> ServiceConfiguration:
    """Reads and validates a configuration file. Sections and keys left out have their defaults.

    Raises:
        InvalidConfigurationError: In one line: the file, the key and the values that are allowed.
    """
    try:
        data = read_tables(path)
        visitors = dict(table(data, "visitors"))
        groups, ahead = _groups(table(visitors, "groups", "visitors."))
        visitors.pop("groups", None)
        return ServiceConfiguration(
            fallback=configuration_of(data),
            request=RequestLimits(**checked(data, "request", RULES["request"])),
            visitors=VisitorRules(
                **checked({"visitors": visitors}, "visitors", RULES["visitors"]),
                groups=groups,
            ),
            waiting_room=WaitingRoomRules(
                **checked(data, "waiting_room", RULES["waiting_room"]), places_ahead=ahead
            ),
        )
    except InvalidConfigurationError as error:
        raise InvalidConfigurationError(f"{path}: {error}") from error


def _groups(tables: Mapping[str, Any]) -> tuple[dict[str, Allowance], dict[str, int]]:
    groups, ahead = {}, {}
    for name in tables:
        if not _GROUP_NAME.fullmatch(name):
            raise InvalidConfigurationError(
                f"visitors.groups.{name}: a group's name has 1 to 32 of a-z, 0-9 and -"
            )
        numbers = checked(tables, name, _GROUP, "visitors.groups.")
        if _AHEAD in numbers:
            ahead[name] = numbers.pop(_AHEAD)
        for key in _ALLOWANCE:
            if key not in numbers:
                raise InvalidConfigurationError(f"visitors.groups.{name}.{key}: must be given")
        groups[name] = Allowance(**numbers)
    return groups, ahead

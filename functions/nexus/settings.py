"""The environment of one function, read once into one frozen value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fallback.core.hierarchy import InvalidConfigurationError
from fallback.events import LOG_LEVELS
from fallback.settings import ORIGIN, InvalidSettingError, Settings, read_settings, variables
from nexus.configuration import RequestLimits, WaitingRoomRules, load_service_configuration
from nexus.fairness.core.rules import VisitorRules

_MAX_PROXIES = 10
_THREADS = 256
"""functions-framework would make four for each processor."""
_DEFAULT_DATABASE = Path(".local/nexus.db")


# https://cloud.google.com/storage/docs/buckets#naming, and object names that need no escapes.
_BUCKET_OBJECT = re.compile(r"gs://([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])/([A-Za-z0-9._/-]{1,200})")


@dataclass(frozen=True, slots=True)
class BucketObject:
    """An object of Cloud Storage."""

    bucket: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """What environment and configuration say.

    Attributes:
        fallback: What the fallback needs of them.
        request: What one request may ask for.
        visitors: How much visitors may send.
        waiting_room: Who waits in line while models are exhausted.
        allowed_origins: Pages of other origins that may call the functions.
        signing_secrets: What visitors' ids and access codes are signed with; the first signs, all
            verify. Empty if none are given.
        visitor_limits: Whether limits for each visitor apply.
        feedback: Whether visitors may rate answers.
        trusted_proxies: How many entries of X-Forwarded-For are true, counted from its right.
        log_level: The least severity that is logged.
        threads: How many requests one process serves at once; an open stream holds one.
        status_object: Where the status object lies; None if none is written.
        storage_emulator: The address of an emulator of Cloud Storage, if one is used.
    """

    fallback: Settings
    request: RequestLimits
    visitors: VisitorRules
    waiting_room: WaitingRoomRules
    signing_secrets: tuple[str, ...] = field(repr=False)
    allowed_origins: frozenset[str]
    visitor_limits: bool
    feedback: bool
    trusted_proxies: int
    log_level: str
    threads: int
    status_object: BucketObject | Path | None
    storage_emulator: str | None


def read_service_settings(
    environ: Mapping[str, str], default_config: Path, *, is_chat: bool = False
) -> ServiceSettings:
    """Reads the environment.

    Args:
        environ: Usually `os.environ`. Empty values count as unset.
        default_config: The configuration file, unless `NEXUS_CONFIG` names another.
        is_chat: Whether they are for the chat, which signs ids.

    Raises:
        InvalidSettingError: In one line: the variable and what it may be.
    """
    environ = variables(environ)
    try:
        configuration = load_service_configuration(
            Path(environ.get("NEXUS_CONFIG", default_config))
        )
    except InvalidConfigurationError as error:
        raise InvalidSettingError(f"NEXUS_CONFIG: {error}") from error
    return ServiceSettings(
        fallback=read_settings(environ, configuration.fallback, _DEFAULT_DATABASE),
        request=configuration.request,
        visitors=configuration.visitors,
        waiting_room=configuration.waiting_room,
        signing_secrets=_signing_secrets(environ, is_chat=is_chat),
        allowed_origins=_allowed_origins(environ),
        visitor_limits=_one_of(environ, "NEXUS_VISITOR_LIMITS", ("on", "off")) == "on",
        feedback=_one_of(environ, "NEXUS_FEEDBACK", ("off", "on")) == "on",
        # Google's front end writes one entry; whoever calls a process directly could write any.
        trusted_proxies=_whole_number(
            environ, "NEXUS_TRUSTED_PROXIES", int("K_SERVICE" in environ), 0, _MAX_PROXIES
        ),
        log_level=_one_of(environ, "LOG_LEVEL", LOG_LEVELS, default="INFO"),
        # A bad one would stop functions-framework with a traceback.
        threads=_whole_number(environ, "THREADS", _THREADS, 1),
        status_object=_status_object(environ),
        storage_emulator=_storage_emulator(environ),
    )


def _allowed_origins(environ: Mapping[str, str]) -> frozenset[str]:
    listed = environ.get("NEXUS_ALLOWED_ORIGINS", "").split(",")
    origins = [origin.strip() for origin in listed if origin.strip()]
    for origin in origins:
        if not ORIGIN.fullmatch(origin):
            raise InvalidSettingError(
                f"NEXUS_ALLOWED_ORIGINS: {origin!r} must be an origin such as "
                "https://chat.example.com, without a path"
            )
    return frozenset(origins)


def _signing_secrets(environ: Mapping[str, str], *, is_chat: bool) -> tuple[str, ...]:
    listed = [secret.strip() for secret in environ.get("NEXUS_SIGNING_SECRET", "").split(",")]
    secrets = tuple(secret for secret in listed if secret)
    if not all("!" <= character <= "~" for secret in secrets for character in secret):
        raise InvalidSettingError(
            "NEXUS_SIGNING_SECRET: must be letters, digits and signs of ASCII without spaces; "
            "commas separate several"
        )
    if not secrets and is_chat and "K_SERVICE" in environ:
        raise InvalidSettingError(
            "NEXUS_SIGNING_SECRET: must be set on Google Cloud; infra/signing_secret.tf makes one"
        )
    return secrets


def _status_object(environ: Mapping[str, str]) -> BucketObject | Path | None:
    value = environ.get("NEXUS_STATUS_OBJECT", "").strip()
    if not value:
        return None
    if found := _BUCKET_OBJECT.fullmatch(value):
        return BucketObject(*found.groups())
    kind, _, path = value.partition(":")
    if kind == "file" and path:
        return Path(path)
    raise InvalidSettingError(
        f"NEXUS_STATUS_OBJECT: {value!r} must be gs://BUCKET/NAME or file:PATH"
    )


def _storage_emulator(environ: Mapping[str, str]) -> str | None:
    value = environ.get("STORAGE_EMULATOR_HOST", "").strip()
    if value and not ORIGIN.fullmatch(value):
        raise InvalidSettingError(
            f"STORAGE_EMULATOR_HOST: {value!r} must be an origin such as http://localhost:4443"
        )
    return value or None


def _one_of(
    environ: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str | None = None
) -> str:
    value = environ.get(name, default or allowed[0]).strip()
    for word in allowed:
        if value.lower() == word.lower():
            return word
    raise InvalidSettingError(f"{name}: {value!r} must be one of {', '.join(allowed)}")


def _whole_number(
    environ: Mapping[str, str], name: str, default: int, least: int, most: int | None = None
) -> int:
    value = environ.get(name, str(default)).strip()
    is_whole = value.isascii() and value.isdigit()
    if not is_whole or int(value) < least or (most is not None and int(value) > most):
        allowed = f"of {least} or more" if most is None else f"from {least} to {most}"
        raise InvalidSettingError(f"{name}: {value!r} must be a whole number {allowed}")
    return int(value)

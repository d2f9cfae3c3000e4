"""Ids and codes that only Nexus can make: text, then a signature (HMAC-SHA256).

Each purpose has a key of its own, derived from a secret by a label, so that a text signed for one
purpose cannot serve another. While a secret is rotated there are several: the first signs, all
verify.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

ID_BYTES = 16
"""Random bytes in a visitor's id."""

CODE_ID_BYTES = 9
"""Random bytes in an access code."""

CODE_PREFIX = "nexus-code."
"""The start of every access code; no provider's key starts like this."""

_MAX_ID_AGE = timedelta(days=400)  # As long as browsers keep cookies.
_ID = re.compile(
    r"v1\.(?P<id>[\w-]{22})\.(?P<day>\d{8})(?P<time>\d{6})?\.(?P<signature>[\w-]{43})", re.ASCII
)
_CODE = re.compile(
    r"nexus-code\.(?P<group>[a-z0-9-]{1,32})\.(?P<id>[\w-]{12})\.(?P<until>\d{1,12})"
    r"\.(?P<signature>[\w-]{43})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class VisitorId:
    """What a visitor's id says.

    Attributes:
        random: Its random part.
        issued_at: The instant (UTC) of issue; the day's beginning for ids of older releases.
    """

    random: str
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class AccessCode:
    """What a code says.

    Attributes:
        group: Whose limits apply.
        id: Names the code when it is revoked.
        expires_at: The instant (UTC) at which it expires.
    """

    group: str
    id: str
    expires_at: datetime


def derived_key(secret: bytes, label: str) -> bytes:
    """A key for one purpose; it reveals neither the secret nor another key."""
    return hmac.digest(secret, b"nexus fair use: " + label.encode(), hashlib.sha256)


def new_visitor_id(key: bytes, random: bytes, now: datetime) -> str:
    """A signed id: `v1.RANDOM.INSTANT.SIGNATURE`.

    Args:
        key: Signs the id.
        random: `ID_BYTES` unpredictable bytes.
        now: The instant of issue (UTC).
    """
    return signed(key, f"v1.{_base64(random)}.{now:%Y%m%d%H%M%S}")


def read_visitor_id(keys: Sequence[bytes], text: str, now: datetime) -> VisitorId | None:
    """What an id says that was issued with one of these keys; None for any other text."""
    match = _ID.fullmatch(text)
    if match is None or not is_signed(keys, text):
        return None
    instant = f"{match['day']}{match['time'] or '000000'}"
    issued_at = datetime.strptime(instant, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    is_good = now.date() - issued_at.date() <= _MAX_ID_AGE
    return VisitorId(match["id"], issued_at) if is_good else None


def new_access_code(key: bytes, random: bytes, group: str, expires_at: datetime) -> str:
    """A signed code: `nexus-code.GROUP.ID.EXPIRES.SIGNATURE`.

    Args:
        key: Signs the code.
        random: `CODE_ID_BYTES` unpredictable bytes.
        group: Whose limits apply.
        expires_at: When it expires, in whole seconds.
    """
    until = int(expires_at.timestamp())
    return signed(key, f"{CODE_PREFIX}{group}.{_base64(random)}.{until}")


def read_access_code(keys: Sequence[bytes], text: str) -> AccessCode | None:
    """What a code says, even if it has expired; None for any other text."""
    match = _CODE.fullmatch(text)
    if match is None or not is_signed(keys, text):
        return None
    expires_at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(match["until"]))
    return AccessCode(match["group"], match["id"], expires_at)


def pseudonym(key: bytes, text: str) -> str:
    """A name of 22 characters; without the key, nobody can match it to the text."""
    return _base64(hmac.digest(key, text.encode(), hashlib.sha256)[:16])


def signed(key: bytes, text: str) -> str:
    """A text with its signature: `TEXT.SIGNATURE`."""
    return f"{text}.{_base64(hmac.digest(key, text.encode(), hashlib.sha256))}"


def is_signed(keys: Sequence[bytes], text: str) -> bool:
    """Whether a text was signed with one of these keys."""
    said = text.rpartition(".")[0]
    return any(hmac.compare_digest(signed(key, said).encode(), text.encode()) for key in keys)


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")

"""Who sends a request, as far as limits go: a code's holder, or a visitor of a network.

A network's name in a record is made with a key that depends on the day, and so are its visitors':
from what is stored, nobody can tell an address, or follow anybody from one day to the next.
"""

from __future__ import annotations

import enum
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from nexus.fairness.core.allowance import Allowance
from nexus.fairness.core.ledger import TOTAL
from nexus.fairness.core.network import network_of
from nexus.fairness.core.rules import VisitorRules
from nexus.fairness.core.signing import (
    CODE_ID_BYTES,
    CODE_PREFIX,
    ID_BYTES,
    AccessCode,
    derived_key,
    new_access_code,
    new_visitor_id,
    pseudonym,
    read_access_code,
    read_visitor_id,
)

ANONYMOUS = "-"
"""Under this name a network's visitors without an id of their own are counted, as one."""


class CodeFault(enum.StrEnum):
    """Why an access code opens nothing."""

    INVALID = "invalid"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Whom a message counts for.

    Attributes:
        record: The name of the record that it is counted in.
        name: The visitor's name in that record.
        allowances: What may be sent, by name in that record.
        group: The group of an access code.
        code_id: What that code is revoked by.
        new_id: An id to give to a visitor that has none, or none that is good.
    """

    record: str
    name: str
    allowances: Mapping[str, Allowance]
    group: str | None = None
    code_id: str | None = None
    new_id: str | None = None


class Identities:
    """Issues ids and codes, and knows them again."""

    def __init__(
        self,
        secret: bytes,
        rules: VisitorRules,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        """Derives its keys from a secret that all instances have."""
        self._secret = secret
        self._rules = rules
        self._random = random
        self._id_key = derived_key(secret, "visitor id")
        self._code_key = derived_key(secret, "access code")
        self._record_key = derived_key(secret, "record")

    def of(
        self, *, visitor_id: str | None, bearer: str | None, address: str, now: datetime
    ) -> Visitor | CodeFault:
        """Says whom a request counts for.

        Args:
            visitor_id: The id that it brought.
            bearer: The token that it brought; one that is no access code means nothing.
            address: Where it came from.
            now: The present instant (UTC).
        """
        if bearer is not None and bearer.startswith(CODE_PREFIX):
            return self._holder(read_access_code(self._code_key, bearer), now)
        today = now.date()
        daily_key = derived_key(self._secret, f"network {today}")
        known = read_visitor_id(self._id_key, visitor_id, today) if visitor_id else None
        name = pseudonym(daily_key, f"visitor {known}") if known else ANONYMOUS
        return Visitor(
            record=pseudonym(daily_key, network_of(address)),
            name=name,
            allowances={name: self._rules.visitor, TOTAL: self._rules.network},
            new_id=None if known else new_visitor_id(self._id_key, self._random(ID_BYTES), today),
        )

    def issue(self, group: str, expires_at: datetime) -> str:
        """A new access code of a group."""
        return new_access_code(self._code_key, self._random(CODE_ID_BYTES), group, expires_at)

    def read(self, code: str) -> AccessCode | None:
        """What a code says; None for a text that was not issued here as a code."""
        return read_access_code(self._code_key, code)

    def _holder(self, code: AccessCode | None, now: datetime) -> Visitor | CodeFault:
        if code is None or code.group not in self._rules.groups:
            return CodeFault.INVALID
        if code.expires_at <= now:
            return CodeFault.EXPIRED
        return Visitor(
            record=pseudonym(self._record_key, f"code {code.id}"),
            name=TOTAL,
            allowances={TOTAL: self._rules.groups[code.group]},
            group=code.group,
            code_id=code.id,
        )

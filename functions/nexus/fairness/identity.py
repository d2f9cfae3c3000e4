"""Who sends a request, as far as limits go: a code's holder, or a visitor of a network.

A network's name in a record is made with a key that depends on the day, and so are its visitors':
from what is stored, nobody can tell an address, or follow anybody from one day to the next.
"""

from __future__ import annotations

import enum
import secrets as system_random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nexus.fairness.core.allowance import Allowance
from nexus.fairness.core.ledger import TOTAL
from nexus.fairness.core.network import networks_of
from nexus.fairness.core.rules import NEWCOMERS_SHARE, VisitorRules
from nexus.fairness.core.signing import (
    CODE_ID_BYTES,
    CODE_PREFIX,
    ID_BYTES,
    AccessCode,
    VisitorId,
    derived_key,
    new_access_code,
    new_visitor_id,
    pseudonym,
    read_access_code,
    read_visitor_id,
)

NEWCOMERS = "~"
"""What the name of a network's newcomers together begins with; no other name does."""

NEWCOMER_AGE = timedelta(minutes=1)
"""Whoever has no id, or a younger one, is a newcomer: ids cost nothing, patience does."""


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
        name: Whose limit in that record is the visitor's own; that of all newcomers without an id.
        allowances: What may be sent, by name in that record.
        newcomer_until: Until when (UTC) it counts as a newcomer's; None if it does not.
        has_id: Whether `name` is of this visitor alone.
        group: The group of an access code.
        code_id: What that code is revoked by.
    """

    record: str
    name: str
    allowances: Mapping[str, Allowance]
    newcomer_until: datetime | None = None
    has_id: bool = True
    group: str | None = None
    code_id: str | None = None


class Identities:
    """Issues ids and codes, and knows them again."""

    def __init__(
        self,
        secrets: Sequence[bytes],
        rules: VisitorRules,
        random: Callable[[int], bytes] = system_random.token_bytes,
    ) -> None:
        """Derives its keys.

        Args:
            secrets: What all instances have. The first signs, all verify.
            rules: How much visitors may send.
            random: Gives so many unpredictable bytes.
        """
        self._secret = secrets[0]
        self._rules = rules
        self._random = random
        self._id_keys = [derived_key(secret, "visitor id") for secret in secrets]
        self._code_keys = [derived_key(secret, "access code") for secret in secrets]
        self._record_key = derived_key(self._secret, "record")

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
            return self._holder(self.read(bearer), now)
        return self._visitor(self._known(visitor_id, now), networks_of(address), now)

    def new_id(self, visitor_id: str | None, now: datetime) -> str | None:
        """An id for a caller that brought none, or none that is good; None for any other."""
        if self._known(visitor_id, now) is not None:
            return None
        return new_visitor_id(self._id_keys[0], self._random(ID_BYTES), now)

    def issue(self, group: str, expires_at: datetime) -> str:
        """A new access code of a group."""
        random = self._random(CODE_ID_BYTES)
        return new_access_code(self._code_keys[0], random, group, expires_at)

    def read(self, code: str) -> AccessCode | None:
        """What a code says; None for a text that was not issued here as a code."""
        return read_access_code(self._code_keys, code)

    def _known(self, visitor_id: str | None, now: datetime) -> VisitorId | None:
        return read_visitor_id(self._id_keys, visitor_id, now) if visitor_id else None

    def _visitor(self, known: VisitorId | None, networks: Sequence[str], now: datetime) -> Visitor:
        daily_key = derived_key(self._secret, f"network {now.date()}")
        record = pseudonym(daily_key, networks[-1])
        until = (known.issued_at if known else now) + NEWCOMER_AGE
        is_newcomer = until > now
        own = pseudonym(daily_key, f"visitor {known.random}") if known else None
        allowances = {own: self._rules.visitor} if own else {}
        for network, allowance in zip(networks, self._rules.networks, strict=False):
            # The widest network is the whole record.
            inner = "" if network == networks[-1] else pseudonym(daily_key, network)
            if is_newcomer:
                allowances[NEWCOMERS + inner] = allowance.times(NEWCOMERS_SHARE)
            allowances[inner or TOTAL] = allowance
        return Visitor(
            record=record,
            name=own or next(iter(allowances)),
            allowances=allowances,
            newcomer_until=until if is_newcomer else None,
            has_id=own is not None,
        )

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

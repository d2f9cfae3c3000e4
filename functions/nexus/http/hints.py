"""The hint that says, to Nexus alone, which candidate gave an answer.

A caller sends it back with the next turn, so that the conversation can stay where its beginning is
cached, or with a rating. It names neither the model nor the target, and no two answers share one.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_urlsafe

from fallback.core.chat import Chat
from fallback.core.hierarchy import Candidate, Hierarchy
from fallback.core.stickiness import staying
from fallback.ports import Clock
from nexus.fairness.core.signing import derived_key, pseudonym

_HINT = re.compile(r"(?P<said>v2\.(?P<time>\d{10})\.[\w-]{11})\.[\w-]{22}", re.ASCII)
_RANDOM_BYTES = 8


@dataclass(frozen=True, slots=True)
class Answered:
    """What a hint says.

    Attributes:
        candidate: Who gave the answer.
        at: When (UTC), in whole seconds.
    """

    candidate: Candidate
    at: datetime


class Hints:
    """Makes hints, and follows those that callers send back."""

    def __init__(self, secrets: Sequence[bytes], clock: Clock) -> None:
        """Takes what hints are signed with; the first secret signs, all verify."""
        self._keys = [derived_key(secret, "hint") for secret in secrets]
        self._clock = clock

    def of(self, candidate: str) -> str:
        """A hint for an answer of a candidate, given its key: `v2.TIME.RANDOM.NAME`."""
        time = int(self._clock.now().timestamp())
        return _hint(self._keys[0], f"v2.{time}.{token_urlsafe(_RANDOM_BYTES)}", candidate)

    def read(self, hint: str | None, hierarchy: Hierarchy) -> Answered | None:
        """What a hint says; None for any other text, and for a candidate that is gone.

        Args:
            hint: As a caller sent it.
            hierarchy: Whose candidates it may name.
        """
        match = _HINT.fullmatch(hint or "")
        if match is None:
            return None
        for candidate in hierarchy.candidates:
            expected = (_hint(key, match["said"], candidate.key) for key in self._keys)
            if any(hmac.compare_digest(each, match[0]) for each in expected):
                return Answered(candidate, datetime.fromtimestamp(int(match["time"]), UTC))
        return None

    def follow(self, hint: str | None, chat: Chat, hierarchy: Hierarchy) -> Hierarchy:
        """The hierarchy for a conversation.

        Args:
            hint: As a caller sent it; any other text changes nothing.
            chat: The conversation.
            hierarchy: The usual one.
        """
        last = self.read(hint, hierarchy)
        if last is None:
            return hierarchy
        return staying(hierarchy, chat, last.candidate.key, last.at, self._clock.now())


def _hint(key: bytes, said: str, candidate: str) -> str:
    return f"{said}.{pseudonym(key, f'{said} {candidate}')}"

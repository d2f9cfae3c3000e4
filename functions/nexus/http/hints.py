"""The hint that says, to Nexus alone, which candidate gave an answer.

A caller sends it back with the next turn, so that the conversation can stay where its beginning is
cached. It names neither the model nor the target.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from fallback.core.chat import Chat
from fallback.core.hierarchy import Hierarchy
from fallback.core.stickiness import staying
from fallback.ports import Clock
from nexus.fairness.core.signing import derived_key, pseudonym

_HINT = re.compile(r"v1\.(?P<time>\d{10})\.[\w-]{22}", re.ASCII)


class Hints:
    """Makes hints, and follows those that callers send back."""

    def __init__(self, secrets: Sequence[bytes], clock: Clock) -> None:
        """Takes what hints are signed with; the first secret signs, all verify."""
        self._keys = [derived_key(secret, "hint") for secret in secrets]
        self._clock = clock

    def of(self, candidate: str) -> str:
        """The hint for an answer of a candidate, given its key: `v1.TIME.NAME`."""
        return _hint(self._keys[0], candidate, int(self._clock.now().timestamp()))

    def follow(self, hint: str | None, chat: Chat, hierarchy: Hierarchy) -> Hierarchy:
        """The hierarchy for a conversation.

        Args:
            hint: As a caller sent it; any other text changes nothing.
            chat: The conversation.
            hierarchy: The usual one.
        """
        match = _HINT.fullmatch(hint or "")
        if match is None:
            return hierarchy
        time = int(match["time"])
        for candidate in hierarchy.candidates:
            if any(_hint(key, candidate.key, time) == hint for key in self._keys):
                made_at = datetime.fromtimestamp(time, UTC)
                return staying(hierarchy, chat, candidate.key, made_at, self._clock.now())
        return hierarchy


def _hint(key: bytes, candidate: str, time: int) -> str:
    return f"v1.{time}.{pseudonym(key, f'{time} {candidate}')}"

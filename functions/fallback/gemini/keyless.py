"""Stands in for Gemini where no key is set: nothing is called, and the operator is told."""

from __future__ import annotations

from collections.abc import Generator

from fallback.core.answer import End, Text
from fallback.core.chat import Chat
from fallback.core.failure import Failure, FailureKind
from fallback.ports import AttemptLimits


class KeylessProvider:
    """Fails every attempt as Gemini would fail one with a bad key."""

    def attempt(
        self,
        model: str,  # noqa: ARG002 - the shape of fallback.ports.Provider
        chat: Chat,  # noqa: ARG002
        limits: AttemptLimits,  # noqa: ARG002
    ) -> Generator[Text | End | Failure, None, None]:
        """One failure; see `fallback.ports.Provider`."""
        yield Failure(kind=FailureKind.UNAUTHORIZED, reason="MISSING_KEY")

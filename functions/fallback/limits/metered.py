"""Tells the limits what has become of every call."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Mapping

from fallback.core.answer import End, Text
from fallback.core.chat import Chat
from fallback.core.failure import Failure
from fallback.limits.shared import SharedLimits
from fallback.ports import AttemptLimits, Provider


class MeteredProvider:
    """Settles the permits of another provider's attempts. Safe for many threads."""

    def __init__(self, provider: Provider, limits: SharedLimits) -> None:
        """Asks nothing.

        Args:
            provider: Who runs the models.
            limits: The limits that all instances keep together.
        """
        self._provider = provider
        self._limits = limits

    def attempt(
        self, model: str, chat: Chat, limits: AttemptLimits
    ) -> Generator[Text | End | Failure, None, None]:
        """Calls one model once; see `fallback.ports.Provider`."""
        permit = limits.permit
        try:
            with contextlib.closing(self._provider.attempt(model, chat, limits)) as pieces:
                for piece in pieces:
                    if permit is not None and isinstance(piece, Failure):
                        self._limits.refused(permit, piece)
                    yield piece
        finally:
            told = limits.account.told
            if permit is not None and told is not None and told.prompt_tokens:
                self._limits.settle(permit, told.prompt_tokens)


def metered(providers: Mapping[str, Provider], limits: SharedLimits) -> dict[str, Provider]:
    """Providers by target, each of whose attempts settles its permit."""
    return {target: MeteredProvider(found, limits) for target, found in providers.items()}

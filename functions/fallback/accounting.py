"""Accounts for every attempt at a target, however it ends."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Mapping

from fallback.core.answer import End, Text, Usage
from fallback.core.chat import Chat
from fallback.core.failure import Failure
from fallback.core.size import tokens_of
from fallback.events import Event
from fallback.ports import AttemptLimits, EventLog, Provider


class AccountingProvider:
    """Logs what the attempts of another provider cost. Safe for many threads."""

    def __init__(self, provider: Provider, target: str, log: EventLog) -> None:
        """Asks nothing.

        Args:
            provider: Who runs the models.
            target: What the log calls the way to them.
            log: Where events go.
        """
        self._provider = provider
        self._target = target
        self._log = log

    def attempt(
        self, model: str, chat: Chat, limits: AttemptLimits
    ) -> Generator[Text | End | Failure, None, None]:
        """Calls one model once; see `fallback.ports.Provider`."""
        ending, failure = "abandoned", None
        try:
            with contextlib.closing(self._provider.attempt(model, chat, limits)) as pieces:
                for piece in pieces:
                    if isinstance(piece, End):
                        ending = "answered"
                    elif isinstance(piece, Failure):
                        failure = piece
                        ending = _ending_of_failed(limits)
                    yield piece
        finally:
            told = limits.account.told or Usage()
            estimated = limits.account.estimated(tokens_of(chat), failure)
            if told != Usage() or estimated != Usage():
                self._log(
                    Event.ATTEMPT_ACCOUNTED,
                    model=model,
                    target=self._target,
                    tier=limits.account.tier,
                    ending=ending,
                    prompt_tokens=told.prompt_tokens,
                    cached_tokens=told.cached_tokens,
                    completion_tokens=told.completion_tokens,
                    estimated_prompt_tokens=estimated.prompt_tokens,
                    estimated_completion_tokens=estimated.completion_tokens,
                )


def _ending_of_failed(limits: AttemptLimits) -> str:
    if limits.cancellation.is_cancelled:
        return "cancelled"
    return "abandoned" if limits.seconds_left() == 0 else "failed"


def accounted(providers: Mapping[str, Provider], log: EventLog) -> dict[str, Provider]:
    """Providers by target, with an account of each attempt."""
    return {target: AccountingProvider(found, target, log) for target, found in providers.items()}

"""Counts the calls of a provider for the forecast."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Mapping
from dataclasses import dataclass

from fallback.core.answer import End, Text
from fallback.core.chat import Chat
from fallback.core.failure import QUOTA_KINDS, Failure, FailureKind
from fallback.core.hierarchy import Hierarchy
from fallback.forecasting.shared import SharedForecast
from fallback.ports import AttemptLimits, Provider


@dataclass(frozen=True, slots=True)
class CountingProvider:
    """Another provider, each of whose calls that uses quota is counted.

    Attributes:
        provider: Who runs the models.
        keys: The candidates' keys, by model.
        forecast: What counts.
    """

    provider: Provider
    keys: Mapping[str, str]
    forecast: SharedForecast

    def attempt(
        self, model: str, chat: Chat, limits: AttemptLimits
    ) -> Generator[Text | End | Failure, None, None]:
        """Calls one model once; see `fallback.ports.Provider`."""
        is_counted = False
        with contextlib.closing(self.provider.attempt(model, chat, limits)) as pieces:
            for piece in pieces:
                kind = piece.kind if isinstance(piece, Failure) else None
                if kind is FailureKind.QUOTA_EXHAUSTED:
                    self.forecast.ended(self.keys[model])
                # A refusal for a quota uses none of it.
                if not is_counted and kind not in QUOTA_KINDS:
                    self.forecast.call(self.keys[model])
                is_counted = True
                yield piece


def counting(
    providers: Mapping[str, Provider], hierarchy: Hierarchy, forecast: SharedForecast
) -> dict[str, Provider]:
    """Providers by target, whose calls are counted."""
    return {
        target: CountingProvider(
            provider,
            {c.model.name: c.key for c in hierarchy.candidates if c.target.name == target},
            forecast,
        )
        for target, provider in providers.items()
    }

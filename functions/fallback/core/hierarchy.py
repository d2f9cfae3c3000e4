"""Which models, in which order, within which limits. Data, validated once."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, field, replace

_MODEL_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}[a-z0-9]")
_MAX_MODELS = 10


class InvalidConfigurationError(ValueError):
    """A setting that cannot work. The message names the key and the allowed values."""


class Thinking(enum.StrEnum):
    """How much a model thinks before it answers, as the Gemini API calls it."""

    MINIMAL = "minimal"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Model:
    """One model of the hierarchy.

    Attributes:
        name: As the Gemini API calls it: `gemini-3.8-flash`.
        display_name: As visitors see it: `Gemini 3.8 Flash`.
        thinking: How much it thinks; None leaves it to the model.
    """

    name: str
    display_name: str
    thinking: Thinking | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long and how often one request may try.

    Attributes:
        attempts_per_model: The most attempts at one model for one request.
        backoff_seconds: Pauses before the second attempt at a model, the third, ….
        deadline_seconds: From a request's start to its last word.
        first_text_seconds: From an attempt's start to its first visible text.
        thinking_seconds: From an attempt's start to its first visible text, while thoughts come.
        idle_seconds: From one piece of an answer to the next.
        last_resort_seconds: The time that earlier models leave to the last one that may be tried.
    """

    attempts_per_model: int = 2
    backoff_seconds: tuple[float, ...] = (0.25, 1.0)
    deadline_seconds: float = 55.0
    first_text_seconds: float = 10.0
    thinking_seconds: float = 30.0
    idle_seconds: float = 20.0
    last_resort_seconds: float = 10.0

    def __post_init__(self) -> None:
        """Refuses limits that contradict each other.

        Raises:
            InvalidConfigurationError: Names the key, without its section.
        """
        if len(self.backoff_seconds) < self.attempts_per_model - 1:
            raise InvalidConfigurationError(
                f"backoff_seconds: needs {self.attempts_per_model - 1} pauses or more "
                "(attempts_per_model - 1)"
            )
        if self.last_resort_seconds >= self.deadline_seconds:
            raise InvalidConfigurationError(
                f"last_resort_seconds: must be below deadline_seconds ({self.deadline_seconds:g})"
            )

    def within(self, deadline_seconds: float) -> Limits:
        """The same limits under another deadline.

        The last resort keeps its share of a shorter one, and gets no more of a longer one.
        """
        share = min(1.0, deadline_seconds / self.deadline_seconds)
        return replace(
            self,
            deadline_seconds=deadline_seconds,
            last_resort_seconds=self.last_resort_seconds * share,
        )


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Models in the order in which they are tried, the primary first.

    Attributes:
        name: As the configuration calls it.
        models: From one to ten, each name once.
        limits: What one request may spend on them.
    """

    name: str
    models: tuple[Model, ...]
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Refuses a hierarchy that cannot work.

        Raises:
            InvalidConfigurationError: Names the key below the hierarchy's section.
        """
        if not 1 <= len(self.models) <= _MAX_MODELS:
            raise InvalidConfigurationError(f"models: must list 1 to {_MAX_MODELS} models")
        names = [model.name for model in self.models]
        for position, model in enumerate(self.models):
            if not _MODEL_NAME.fullmatch(model.name):
                raise InvalidConfigurationError(
                    f"models[{position}].name: must be a model's name such as gemini-3.8-flash"
                )
            if not model.display_name.strip():
                raise InvalidConfigurationError(
                    f"models[{position}].display_name: must be a name that visitors can read"
                )
            if model.name in names[:position]:
                raise InvalidConfigurationError(
                    f"models[{position}].name: {model.name} is listed twice; list each model once"
                )

    def display_name(self, model_name: str) -> str:
        """A model's name for people; the plain name if the hierarchy does not have it."""
        for model in self.models:
            if model.name == model_name:
                return model.display_name
        return model_name

"""Which models, reached how, in which order, within which limits. Data, validated once."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from fallback.core.windows import EVERY_MODEL, at_target

_MODEL_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}[a-z0-9]")
_TARGET_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
_MAX_MODELS = 10
_MAX_TARGETS = 10

DEFAULT_TARGET = "main"
"""What the one target is called where none are configured."""


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
        requests_per_day: Its quota at each target, as far as refusals have not told another; None
            if it is not known.
    """

    name: str
    display_name: str
    thinking: Thinking | None = None
    requests_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A way to the models: a key, a project or a region.

    Attributes:
        name: As operators call it; visitors never see it.
        is_reserve: Whether it is used only while the others are short.
        is_default: Whether it is the first that is configured: its windows bear the models' names.
    """

    name: str = DEFAULT_TARGET
    is_reserve: bool = False
    is_default: bool = True


class Spread(enum.StrEnum):
    """The order in which models and targets are tried."""

    TARGET = "target"
    """All targets of a model before the next model."""
    MODEL = "model"
    """All models of a target before the next target."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One model by one target: what is asked, set aside, probed and logged.

    Attributes:
        model: The model.
        target: The way to it.
        key: The name of its windows: the model's at the default target, else `model@target`.
        target_key: The name of the target's own window: EVERY_MODEL, or `every-model@target`.
    """

    model: Model
    target: Target
    key: str
    target_key: str


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
        targets: The ways to each of them, in order.
        spread: Which comes first, another target or another model.
        patience_seconds: How long a request waits for the first candidate to return, in place of
            being refused.
        waits_for_first: Whether it waits so in place of stepping down to a later model, too.
        pacing: Whether chats step down early, so that the first model's quota lasts all day.
        candidates: Each model by each target, in the order in which they are tried.
    """

    name: str
    models: tuple[Model, ...]
    limits: Limits = field(default_factory=Limits)
    targets: tuple[Target, ...] = (Target(),)
    spread: Spread = Spread.TARGET
    patience_seconds: float = 2.0
    waits_for_first: bool = False
    pacing: bool = False
    candidates: tuple[Candidate, ...] = field(init=False, compare=False, repr=False)

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
        _check_targets(self.targets)
        object.__setattr__(self, "candidates", tuple(self._candidates()))

    def display_name(self, model_name: str) -> str:
        """A model's name for people; the plain name if the hierarchy does not have it."""
        for model in self.models:
            if model.name == model_name:
                return model.display_name
        return model_name

    def preferring(self, key: str, *, to_better_models: bool) -> Hierarchy:
        """The same with one candidate tried earlier.

        Args:
            key: The candidate's; unknown keys change nothing.
            to_better_models: Whether it comes before all others, not only before those of its
                model.
        """
        chosen = next((c for c in self.candidates if c.key == key), None)
        if chosen is None:
            return self
        others = [c for c in self.candidates if c is not chosen]
        before = others if to_better_models else [c for c in others if c.model is chosen.model]
        if not before:
            return self
        place = others.index(before[0])
        changed = replace(self)
        object.__setattr__(changed, "candidates", (*others[:place], chosen, *others[place:]))
        return changed

    def _candidates(self) -> list[Candidate]:
        pairs = (
            [(model, target) for target in self.targets for model in self.models]
            if self.spread is Spread.MODEL
            else [(model, target) for model in self.models for target in self.targets]
        )

        def key(name: str, target: Target) -> str:
            return name if target.is_default else at_target(name, target.name)

        return [Candidate(m, t, key(m.name, t), key(EVERY_MODEL, t)) for m, t in pairs]


def _check_targets(targets: Sequence[Target]) -> None:
    if not 1 <= len(targets) <= _MAX_TARGETS:
        raise InvalidConfigurationError(f"targets: must list 1 to {_MAX_TARGETS} targets")
    names = [target.name for target in targets]
    for position, name in enumerate(names):
        if not _TARGET_NAME.fullmatch(name) or name == EVERY_MODEL:
            raise InvalidConfigurationError(
                f"targets[{position}].name: must be a short name such as second, not {name!r}"
            )
        if name in names[:position]:
            raise InvalidConfigurationError(
                f"targets[{position}].name: {name} is listed twice; give each target its own name"
            )
    if sum(target.is_default for target in targets) > 1:
        raise InvalidConfigurationError("targets: only one can be the default")
    if all(target.is_reserve for target in targets):
        raise InvalidConfigurationError("targets: one must not be a reserve")

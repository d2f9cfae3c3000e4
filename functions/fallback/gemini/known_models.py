"""What a process has learnt about the models it asks."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from fallback.core.hierarchy import Model, Thinking
from fallback.events import Event
from fallback.ports import EventLog


class KnownModels:
    """How much each model is told to think, and which model answers. Safe for many threads."""

    def __init__(self, models: Iterable[Model], log: EventLog) -> None:
        """Starts from the configuration.

        Args:
            models: The hierarchy. A model outside it is asked without a thinking level.
            log: Told once of each model that refuses its level, or is another one's second name.
        """
        models = tuple(models)
        self._thinking = {model.name: model.thinking for model in models}
        # Until a model has answered, its name is the best guess at its version.
        self._versions = {model.name: model.name for model in models}
        self._duplicates: set[str] = set()
        self._log = log
        self._lock = threading.Lock()

    def thinking(self, model: str) -> Thinking | None:
        """How much a model is told to think; None where it is told nothing."""
        return self._thinking.get(model)

    def refuses_thinking(self, model: str) -> None:
        """A model does not take its level, and answers without one: it is told nothing more."""
        with self._lock:
            level, self._thinking[model] = self._thinking.get(model), None
        if level is not None:
            self._log(Event.MODEL_THINKING_REFUSED, model=model, thinking=level)

    def answers_as(self, model: str, version: str) -> None:
        """A model has named its version. Two names with one version are one model."""
        if self._versions.get(model, version) == version:
            return
        with self._lock:
            self._versions[model] = version
            same = [n for n, v in self._versions.items() if n != model and version in (n, v)]
            if not same or model in self._duplicates:
                return
            self._duplicates.add(model)
        self._log(Event.MODEL_DUPLICATE, model=model, same_as=same[0], version=version)

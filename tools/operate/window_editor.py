"""Sets models aside by hand, and takes them back; every instance follows within a second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fallback.core.hierarchy import Hierarchy
from fallback.core.windows import EVERY_MODEL, ISOLATED, Window
from fallback.events import Event
from fallback.ports import EventLog, WindowStore

_TRIES = 5


class WindowEditorError(Exception):
    """What was asked for cannot be done; the message says why and what can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowEditor:
    """An operator at work.

    Attributes:
        store: The windows that the functions share.
        hierarchy: The models in use.
        log: Is told of each change.
        who: Who the operator is, for the log.
    """

    store: WindowStore
    hierarchy: Hierarchy
    log: EventLog
    who: str

    def windows(self) -> Mapping[str, Window]:
        """What is stored, by model."""
        return self.store.read()

    def isolate(self, model: str, until: datetime) -> None:
        """Sets a model aside until an instant, whatever stood before; nothing probes it earlier.

        Raises:
            WindowEditorError: The model is not one of the hierarchy.
            StoreUnavailableError: Nothing is known of whether it was done.
        """
        self._known(model)
        for _ in range(_TRIES):
            standing = self.store.read().get(model)
            version = standing.version if standing is not None else None
            if self.store.extend(model, Window(until, ISOLATED, version=version)) is not None:
                self.log(Event.MODEL_ISOLATED, model=model, until=until, who=self.who)
                return
        raise WindowEditorError(f"{model}: its window keeps changing. Try again.")

    def restore(self, name: str) -> bool:
        """Forgets what stands against a model, or against the service; says whether anything did.

        Raises:
            WindowEditorError: There is neither such a model nor such a window.
            StoreUnavailableError: Nothing is known of whether it was done.
        """
        for _ in range(_TRIES):
            standing = self.store.read().get(name)
            if standing is None:
                if name != EVERY_MODEL:
                    self._known(name)
                return False
            if self.store.close(name, standing):
                self.log(Event.MODEL_RESTORED, model=name, reason=standing.reason, who=self.who)
                return True
        raise WindowEditorError(f"{name}: its window keeps changing. Try again.")

    def pin(self, model: str, until: datetime) -> None:
        """Leaves one model: it is restored, and all others are set aside until an instant.

        Raises:
            WindowEditorError: The model is not one of the hierarchy.
            StoreUnavailableError: Nothing is known of whether all of it was done.
        """
        self._known(model)
        self.restore(model)  # First, so that there is no moment without a model.
        for other in self.hierarchy.models:
            if other.name != model:
                self.isolate(other.name, until)

    def by_hand(self) -> list[str]:
        """The models that a person has set aside."""
        return [name for name, window in self.windows().items() if window.reason == ISOLATED]

    def _known(self, model: str) -> None:
        names = [known.name for known in self.hierarchy.models]
        if model not in names:
            raise WindowEditorError(f"{model!r} is no model of the hierarchy: {', '.join(names)}.")

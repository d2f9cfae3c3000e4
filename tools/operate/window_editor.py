"""Isolates and restores models; every instance follows within a second of its next request."""

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
    """The request is impossible; the message says why, and what is possible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowEditor:
    """An operator's changes to the stored windows.

    Attributes:
        store: The windows that the functions share.
        hierarchy: The models in use.
        log: Where each change is logged.
        who: Who the operator is, for the log.
    """

    store: WindowStore
    hierarchy: Hierarchy
    log: EventLog
    who: str

    def windows(self) -> Mapping[str, Window]:
        """The stored windows, by model."""
        return self.store.read()

    def isolate(self, model: str, until: datetime) -> None:
        """Sets a model aside until an instant, replacing any window; nothing probes it earlier.

        Args:
            model: One of the hierarchy, or EVERY_MODEL to stop all chats.
            until: The instant (UTC).

        Raises:
            WindowEditorError: The model is not one of the hierarchy.
            StoreUnavailableError: It may or may not have been done.
        """
        if model != EVERY_MODEL:
            self._known(model)
        for _ in range(_TRIES):
            standing = self.store.read().get(model)
            version = standing.version if standing is not None else None
            if self.store.extend(model, Window(until, ISOLATED, version=version)) is not None:
                self.log(Event.MODEL_ISOLATED, model=model, until=until, who=self.who)
                return
        raise WindowEditorError(f"{model}: its window keeps changing. Try again.")

    def restore(self, name: str) -> bool:
        """Deletes the window of a model or of the service; returns whether there was one.

        Raises:
            WindowEditorError: There is no such model or window.
            StoreUnavailableError: It may or may not have been done.
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
        """Restores one model, and sets all others aside until an instant.

        Raises:
            WindowEditorError: The model is not one of the hierarchy.
            StoreUnavailableError: Only a part may have been done.
        """
        self._known(model)
        self.restore(model)  # First, so that a model is always available.
        for other in self.hierarchy.models:
            if other.name != model:
                self.isolate(other.name, until)

    def by_hand(self) -> list[str]:
        """The isolated models."""
        return [name for name, window in self.windows().items() if window.reason == ISOLATED]

    def _known(self, model: str) -> None:
        names = [known.name for known in self.hierarchy.models]
        if model not in names:
            raise WindowEditorError(f"{model!r} is no model of the hierarchy: {', '.join(names)}.")

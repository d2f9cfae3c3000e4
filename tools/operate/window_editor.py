"""Isolates and restores models; every instance follows within a second of its next request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from fallback.core.hierarchy import Hierarchy
from fallback.core.windows import EVERY_MODEL, ISOLATED, METERED, Window, limit_key
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
        hierarchy: The models in use, with all their targets.
        log: Where each change is logged.
        who: Who the operator is, for the log.
    """

    store: WindowStore
    hierarchy: Hierarchy
    log: EventLog
    who: str

    def windows(self) -> Mapping[str, Window]:
        """The stored windows, by name."""
        return self.store.read()

    def isolate(self, name: str, until: datetime) -> None:
        """Sets models aside until an instant, replacing any window; nothing probes them earlier.

        Args:
            name: A model at all its targets, a model at one (`MODEL@TARGET`), a whole target, or
                EVERY_MODEL to stop all chats.
            until: The instant (UTC).

        Raises:
            WindowEditorError: There is no such model or target.
            StoreUnavailableError: It may or may not have been done.
        """
        for key in self._keys(name) or self._unknown(name):
            self._isolate(key, until)

    def restore(self, name: str) -> None:
        """Deletes the windows of what a name stands for, see `isolate`, or one stored window.

        Calls are not metered any more until a refusal, so a minute that looked full is over too.

        Raises:
            WindowEditorError: There is no such model, target or window.
            StoreUnavailableError: It may or may not have been done.
        """
        stored = [name] if name in self.store.read() else []  # Such as that of a former model.
        for key in self._keys(name, is_restoring=True) or stored or self._unknown(name):
            self._restore(key)
            self._restore(limit_key(key))

    def pin(self, model: str, until: datetime) -> None:
        """Restores one model, and sets all others aside until an instant.

        Raises:
            WindowEditorError: The model is not one of the hierarchy.
            StoreUnavailableError: Only a part may have been done.
        """
        names = [known.name for known in self.hierarchy.models]
        if model not in names:
            self._unknown(model)
        self.restore(model)  # First, so that a model is always available.
        for other in names:
            if other != model:
                self.isolate(other, until)

    def by_hand(self) -> list[str]:
        """The names of windows that somebody has opened."""
        return [name for name, window in self.windows().items() if window.reason == ISOLATED]

    def _isolate(self, key: str, until: datetime) -> None:
        for _ in range(_TRIES):
            standing = self.store.read().get(key)
            version = standing.version if standing is not None else None
            if self.store.extend(key, Window(until, ISOLATED, version=version)) is not None:
                self.log(Event.MODEL_ISOLATED, model=key, until=until, who=self.who)
                return
        raise WindowEditorError(f"{key}: its window keeps changing. Try again.")

    def _restore(self, key: str) -> None:
        for _ in range(_TRIES):
            standing = self.store.read().get(key)
            if standing is None:
                return
            if self.store.close(key, standing):
                if standing.reason == METERED:
                    return
                self.log(Event.MODEL_RESTORED, model=key, reason=standing.reason, who=self.who)
                return
        raise WindowEditorError(f"{key}: its window keeps changing. Try again.")

    def _keys(self, name: str, *, is_restoring: bool = False) -> Sequence[str]:
        """The windows that a name stands for."""
        if name == EVERY_MODEL:
            return [name]
        candidates = self.hierarchy.candidates
        of_target = [c for c in candidates if c.target.name == name]
        if of_target:
            keys = [c.key for c in of_target]
            target_key = of_target[0].target_key
            if is_restoring:
                return [target_key, *keys]
            # The window over the default target would stop all chats, opened by hand.
            return keys if target_key == EVERY_MODEL else [target_key]
        model, _, target = name.partition("@")
        return [
            c.key for c in candidates if c.model.name == model and target in ("", c.target.name)
        ]

    def _unknown(self, name: str) -> NoReturn:
        models = ", ".join(model.name for model in self.hierarchy.models)
        targets = ", ".join(target.name for target in self.hierarchy.targets)
        raise WindowEditorError(
            f"{name!r} is no model of the hierarchy: {models}; nor one of the targets: {targets}."
        )

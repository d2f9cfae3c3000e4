"""What the runner needs of the outside, in its own words. Adapters fill these in."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from fallback.cancellation import Cancellation
from fallback.core.account import Account
from fallback.core.answer import End, Text
from fallback.core.chat import Chat
from fallback.core.failure import Failure
from fallback.core.windows import Window
from fallback.events import Event

if TYPE_CHECKING:
    from fallback.core.demand import Counts
    from fallback.core.outlook import Ends, Outlook


class StoreUnavailableError(Exception):
    """The window store did not do what it was asked; nothing is known of whether it will."""


class Clock(Protocol):
    """Time, as the machine has it."""

    def now(self) -> datetime:
        """The present instant in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some instant, never going back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Waits."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptLimits:
    """How long one call to a model may take.

    Attributes:
        first_text_seconds: The longest wait for the first visible text.
        thinking_seconds: The longest wait for it while thoughts come, each of which starts
            `first_text_seconds` anew.
        idle_seconds: The longest wait for each piece after it.
        total_seconds: The longest time from the request to the last piece.
        seconds_left: What the call may still take, for limits that come up while it waits; asked
            at least twice a second. None means no such limit.
        late_first_text_seconds: How long the call waits for the first visible text before it calls
            `on_late`.
        late_text_seconds: The same for each text after it.
        on_late: Called by the call's own thread while it waits, and again after as many seconds as
            it returns, which are above 0. The wait goes on.
        cancellation: Ends the call from another thread; its last piece is then a Failure with
            the reason `CANCELLED`.
        account: Where the call's tokens are entered as they are told.
    """

    first_text_seconds: float
    thinking_seconds: float
    idle_seconds: float
    total_seconds: float
    seconds_left: Callable[[], float | None] = field(default=lambda: None)
    late_first_text_seconds: float = math.inf
    late_text_seconds: float = math.inf
    on_late: Callable[[], float] = field(default=lambda: math.inf, compare=False)
    cancellation: Cancellation = field(default_factory=Cancellation, compare=False)
    account: Account = field(default_factory=Account, compare=False)


class Provider(Protocol):
    """Who runs the models."""

    def attempt(
        self,
        model: str,
        chat: Chat,
        limits: AttemptLimits,
    ) -> Generator[Text | End | Failure, None, None]:
        """Calls one model once.

        Nothing is sent before the first piece is asked for. All pieces but the last are Text; the
        last is the End or the Failure. Closing the generator ends the call.

        Args:
            model: The model's name.
            chat: The conversation.
            limits: How long it may take.
        """
        ...


class WindowStore(Protocol):
    """Exhaustion windows, shared by all instances.

    Each call may take seconds when the store is in trouble; it then raises StoreUnavailableError.
    A version stands for one state of one window: any write gives it another.
    """

    def read(self, since: datetime | None = None) -> Mapping[str, Window]:
        """Windows by model, those that have ended included, each with its version.

        Args:
            since: Without those that have ended before this instant (UTC); None reads all.
        """
        ...

    def extend(self, model: str, window: Window) -> object | None:
        """Opens a window or makes it longer; a shorter one changes neither its end nor its reason.

        Of two `min_tokens`, the smaller holds.

        A lease ends with it. When it returns, the window is durable: a process killed now does
        not lose it.

        Args:
            model: The model.
            window: With a version, it is written only where that is still the store's.

        Returns:
            The version that it has now; None where the store had moved on, and nothing was written.
        """
        ...

    def lease(self, model: str, seen: Window, until: datetime) -> Window | None:
        """Gives the window's probe to the caller until an instant.

        Returns:
            The window with its lease and new version; None where it is not as it was seen any
            more, so that of many callers one at most gets it.
        """
        ...

    def close(self, model: str, seen: Window) -> bool:
        """Forgets a window as it was seen; says whether it was still so."""
        ...


class DemandStore(Protocol):
    """Chats and calls by the hour, which all instances count together, and the outlook.

    Each call may take seconds when the store is in trouble; it then raises StoreUnavailableError.
    """

    def read(self) -> Outlook:
        """What is known, with its version."""
        ...

    def add(self, counts: Counts, ends: Ends, expires_at: datetime) -> None:
        """Adds to the counts, whatever others add meanwhile; of two ends, the earlier one holds.

        Args:
            counts: What this process has counted since it added last.
            ends: What this process has seen of the ends of quotas.
            expires_at: The instant (UTC) from which on nobody needs any of it.
        """
        ...

    def turn(self, seen: Outlook, outlook: Outlook, expires_at: datetime) -> bool:
        """Replaces the outlook as it was seen: of many callers, one succeeds.

        Counts and ends that the new one lacks are dropped; what is added meanwhile stays.

        Returns:
            Whether it was still as it was seen; otherwise nothing has changed.
        """
        ...


class TextTable(NamedTuple):
    """A table of texts: its name, and those of the columns that hold the key and the text.

    In Firestore they are a collection's, a document's id (without a name), and a field's. They are
    constants, for SQL cannot take names as parameters.
    """

    name: str
    key: str
    text: str


class MarkTable(NamedTuple):
    """The same with keys alone: each is marked or not."""

    name: str
    key: str


Table = TextTable | MarkTable


class TextStore(Protocol):
    """Texts and marks by key, shared by all instances; what they say is up to others.

    Each call may take seconds when the store is in trouble; it then raises StoreUnavailableError.
    Whatever is written with an `expires_at` may be dropped from that instant (UTC) on.
    """

    def read(self, table: TextTable, key: str) -> tuple[object, object | None]:
        """One text with its version; twice None where there is none."""
        ...

    def read_all(self, table: TextTable) -> Mapping[str, tuple[object, object]]:
        """All texts by key, each with its version."""
        ...

    def write(
        self, table: TextTable, key: str, text: str, expires_at: datetime, version: object | None
    ) -> object | None:
        """Replaces a text of a version, or makes one: of many callers, one succeeds.

        Returns:
            The version that it has now; None where it had another one, and is as it was.
        """
        ...

    def mark(self, table: MarkTable, key: str, expires_at: datetime) -> bool:
        """Marks a key; says whether nobody had."""
        ...

    def unmark(self, table: MarkTable, key: str) -> None:
        """Forgets a mark, if there is one."""
        ...

    def marked(self, table: MarkTable) -> Set[str]:
        """All marked keys."""
        ...


class EventLog(Protocol):
    """Where events go."""

    def __call__(self, event: Event, **fields: object) -> None:
        """Writes one event."""
        ...

"""What the emulator knows: the script, the quotas and the calls so far."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tools.emulator.behaviours import Behaviour, checked
from tools.emulator.models import RETIRED, WELL_KNOWN
from tools.emulator.quotas import Quota, Quotas
from tools.emulator.script import Script


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call that has reached the emulator.

    Attributes:
        model: Model asked, without "models/".
        method: generateContent or streamGenerateContent.
        at: Seconds of `time.monotonic`, when the request had been read.
        body: Request body, empty if it was not a JSON object.
        headers: Request headers, names in small letters.
    """

    model: str
    method: str
    at: float
    body: dict[str, Any]
    headers: dict[str, str]


class Emulation:
    """The emulator without its server: what to do with each call, and what came so far."""

    def __init__(
        self,
        *,
        chunk_seconds: float = 0.0,
        per_minute: int | None = None,
        per_day: int | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Begin with answers from every model.

        Args:
            chunk_seconds: Pause between two chunks of a streamed answer.
            per_minute: Requests a minute of each model without its own quota.
            per_day: Requests a day of each model without its own quota.
            clock: Unix seconds, for the quotas.
        """
        self.chunk_seconds = chunk_seconds
        self._script = Script()
        self._quotas = Quotas(Quota(per_minute=per_minute, per_day=per_day), clock)
        self._lock = threading.Lock()
        self._calls: list[Call] = []

    def behave(
        self,
        model: str,
        behaviour: str,
        *,
        times: int | None = None,
        seconds: int | None = None,
        **options: Any,
    ) -> None:
        """Tell `model`, or "*", what to do in its next calls.

        Args:
            model: Model name, or "*" for every model that has nothing of its own.
            behaviour: Name of a behaviour or a canned reply.
            times: For how many calls.
            seconds: For how long from now. Behaviours with `times` or `seconds` queue; one without
                both is for ever, after those that queue.
            options: Options of the behaviour.

        Raises:
            ValueError: The behaviour, an option or a value is not known.
        """
        self._script.add(model, checked(behaviour, options), times, seconds)

    def quota(
        self, model: str, *, per_minute: int | None = None, per_day: int | None = None
    ) -> None:
        """Give `model`, or "*", a quota that counts; None means any number."""
        self._quotas.set(model, Quota(per_minute=per_minute, per_day=per_day))

    def calls(self) -> list[Call]:
        """Return the calls so far, in order."""
        with self._lock:
            return list(self._calls)

    def count(self, model: str) -> int:
        """Return how many calls `model` has had."""
        return sum(call.model == model for call in self.calls())

    def reset(self) -> None:
        """Forget behaviours, quotas and calls."""
        self._script.reset()
        self._quotas.reset()
        with self._lock:
            self._calls.clear()

    def models(self) -> list[str]:
        """Return the models to list: the well known, and those that have been called."""
        called = (call.model for call in self.calls() if call.model not in RETIRED)
        return list(dict.fromkeys([*WELL_KNOWN, *called]))

    def record(
        self, model: str, method: str, body: dict[str, Any], headers: Mapping[str, str]
    ) -> None:
        """Remember a call."""
        call = Call(
            model=model,
            method=method,
            at=time.monotonic(),
            body=body,
            headers={name.lower(): value for name, value in headers.items()},
        )
        with self._lock:
            self._calls.append(call)

    def next_behaviour(self, model: str) -> Behaviour:
        """Return what the next call of `model` meets; its quota comes first, then its script."""
        if excess := self._quotas.take(model):
            options = {"limit": excess.limit, "retry_delay": excess.retry_delay}
            return Behaviour(excess.reply, options)
        return self._script.next(model)

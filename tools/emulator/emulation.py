"""What the emulator knows: the callers, the script, the quotas, and the calls with their costs."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tools.emulator.behaviours import Behaviour, checked
from tools.emulator.callers import ANY_CALLER, ANYBODY, Caller, Callers
from tools.emulator.invoice import BilledCall, Invoice
from tools.emulator.models import RETIRED, WELL_KNOWN
from tools.emulator.prefix_cache import PrefixCache
from tools.emulator.quotas import Minute, Quota, Quotas
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
        caller: Name of who called; see `tools.emulator.callers`.
    """

    model: str
    method: str
    at: float
    body: dict[str, Any]
    headers: dict[str, str]
    caller: str = ANY_CALLER


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
            clock: Unix seconds, for the quotas and the cache.
        """
        self.chunk_seconds = chunk_seconds
        self.callers = Callers()
        self._script = Script()
        self._quotas = Quotas(Quota(per_minute=per_minute, per_day=per_day), clock)
        self._prefixes = PrefixCache(clock)
        self._invoice = Invoice()
        self._lock = threading.Lock()
        self._calls: list[Call] = []

    def key(
        self,
        key: str,
        *,
        name: str | None = None,
        project: str | None = None,
        revoked: bool | None = None,
    ) -> Caller:
        """Say something of a key, or of a token of Vertex AI.

        Args:
            key: The key or the token.
            name: What rules and the invoice call it.
            project: Whose quota it uses, and what errors call its `consumer`.
            revoked: Whether it is refused from now on.
        """
        return self.callers.tell(key, name=name, project=project, revoked=revoked)

    def behave(
        self,
        model: str,
        behaviour: str,
        *,
        caller: str = ANY_CALLER,
        times: int | None = None,
        seconds: int | None = None,
        **options: Any,
    ) -> None:
        """Tell `model`, or "*", what to do in its next calls.

        Args:
            model: Model name, or "*" for every model that has nothing of its own.
            behaviour: Name of a behaviour or a canned reply.
            caller: For whom: the name of a key, `project/location` or a location of Vertex AI.
            times: For how many calls.
            seconds: For how long from now. Behaviours with `times` or `seconds` queue; one without
                both is for ever, after those that queue.
            options: Options of the behaviour.

        Raises:
            ValueError: The behaviour, an option or a value is not known.
        """
        self._script.add(model, checked(behaviour, options), times, seconds, caller)

    def quota(
        self,
        model: str,
        *,
        caller: str = ANY_CALLER,
        per_minute: int | None = None,
        per_day: int | None = None,
        input_tokens_per_minute: int | None = None,
        minute: Minute = "sliding",
    ) -> None:
        """Give `model`, or "*", a quota that counts; None means any number.

        Args:
            model: Model name, or "*" for every model that has nothing of its own.
            caller: For whom; see `behave`. Each has counts of its own.
            per_minute: Requests a minute.
            per_day: Requests a day.
            input_tokens_per_minute: Tokens of prompts a minute.
            minute: `sliding`, or `fixed` from one full minute of the clock to the next.
        """
        quota = Quota(
            per_minute=per_minute,
            per_day=per_day,
            input_tokens_per_minute=input_tokens_per_minute,
            minute=minute,
        )
        self._quotas.set(model, quota, caller)

    def calls(self) -> list[Call]:
        """Return the calls so far, in order."""
        with self._lock:
            return list(self._calls)

    def count(self, model: str, caller: str | None = None) -> int:
        """Return how many calls `model` has had, of everybody or of one caller."""
        return sum(call.model == model and caller in (None, call.caller) for call in self.calls())

    def invoice(self) -> list[dict[str, Any]]:
        """Return what the calls have cost; see `tools.emulator.invoice`."""
        return self._invoice.rows()

    def reset(self) -> None:
        """Forget everything: callers, behaviours, quotas, cached prompts and calls."""
        self.callers.reset()
        self._script.reset()
        self._quotas.reset()
        self._prefixes.reset()
        self._invoice.reset()
        with self._lock:
            self._calls.clear()

    def models(self) -> list[str]:
        """Return the models to list: the well known, and those that have been called."""
        called = (call.model for call in self.calls() if call.model not in RETIRED)
        return list(dict.fromkeys([*WELL_KNOWN, *called]))

    def record(
        self,
        model: str,
        method: str,
        body: dict[str, Any],
        headers: Mapping[str, str],
        caller: Caller = ANYBODY,
    ) -> None:
        """Remember a call."""
        call = Call(
            model=model,
            method=method,
            at=time.monotonic(),
            body=body,
            headers={name.lower(): value for name, value in headers.items()},
            caller=caller.name,
        )
        with self._lock:
            self._calls.append(call)

    def next_behaviour(
        self, model: str, caller: Caller = ANYBODY, input_tokens: int = 0
    ) -> Behaviour:
        """Return what the next call of `model` meets; its quota comes first, then its script."""
        if excess := self._quotas.take(model, caller, input_tokens):
            options = {"limit": excess.limit, "retry_delay": excess.retry_delay}
            return Behaviour(excess.reply, options)
        return self._script.next(model, caller)

    def cached_tokens(self, model: str, caller: Caller, text: str) -> int:
        """Return how many tokens of a prompt are cached, and cache the prompt."""
        return self._prefixes.take(caller.quota_holder, model, text)

    def bill(self, call: BilledCall) -> None:
        """Put a call on the invoice."""
        self._invoice.add(call)

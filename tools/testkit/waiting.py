"""A visitor who waits in line, as a page or the documented loop does."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import httpx2

from tools.testkit import plain_http
from tools.testkit.serving import ServedFunction

TICKET = "X-Nexus-Ticket"


@dataclass(slots=True)
class Visitor:
    """One who asks once, and comes again when told.

    Attributes:
        name: Its message.
        numbers: Each number that it has had, in order.
        answered_at: The monotonic instant at which its answer was asked for; None before it came.
        answers: How many it got.
        refused: The codes of all refusals.
    """

    name: str
    numbers: list[int] = field(default_factory=list)
    answered_at: float | None = None
    answers: int = 0
    refused: list[str] = field(default_factory=list)

    def wait(self, functions: Callable[[], Sequence[ServedFunction]], give_up_at: float) -> None:
        """Asks any of the functions until it is answered, and again if one of them dies."""
        ticket: str | None = None
        while time.monotonic() < give_up_at:
            asked_at = time.monotonic()
            reply = self._ask(random.choice(functions()).url, ticket)
            if reply is None:
                threading.Event().wait(0.1)
                continue
            if reply.status_code == 200:
                self.answered_at, self.answers = asked_at, self.answers + 1
                return
            error = reply.json()["error"]
            self.refused.append(error["code"])
            had, ticket = ticket, error.get("ticket")
            if ticket is None:
                threading.Event().wait(0.5)
                continue
            if error["number"] not in self.numbers:
                self.numbers.append(error["number"])
            if had is not None:  # A place counts from the first time its ticket is sent back.
                at = datetime.fromisoformat(error["retry_at"]).timestamp()
                threading.Event().wait(min(max(at - time.time(), 0.05), 2.0))

    def _ask(self, url: str, ticket: str | None) -> httpx2.Response | None:
        headers = {TICKET: ticket} if ticket else {}
        body = {"messages": [{"role": "user", "content": self.name}]}
        with contextlib.suppress(httpx2.TransportError):
            return plain_http.post(
                f"{url}/v1/chat/completions", json=body, headers=headers, timeout=30
            )
        return None


def overtaken(visitors: Sequence[Visitor]) -> int:
    """By how many of a later number one was overtaken, at most."""
    answered = sorted(
        (v for v in visitors if v.answered_at is not None and v.numbers),
        key=lambda v: v.answered_at or 0.0,
    )
    numbers = [visitor.numbers[0] for visitor in answered]
    return max(
        (sum(n > number for n in numbers[:index]) for index, number in enumerate(numbers)),
        default=0,
    )

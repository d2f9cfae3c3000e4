"""Has a Python client ask what standard input says, and tells what its caller gets."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

QUESTION = "Hello"


def answer_orders(ask: Callable[[str, bool], str]) -> None:
    """Asks once for each line of standard input, and writes a line about it.

    Args:
        ask: Asks the question at a base URL, streamed or not, with a client's defaults; returns
            the text, and lets the client's exceptions through.
    """
    for line in sys.stdin:
        order = json.loads(line)
        began = time.monotonic()
        outcome: dict[str, object]
        try:
            outcome = {"text": ask(order["base_url"], order["stream"])}
        except Exception as error:  # noqa: BLE001 - which ones a client raises is the question
            outcome = {"error": f"{type(error).__name__}: {error}"}
        outcome["seconds"] = time.monotonic() - began
        sys.stdout.write(f"{json.dumps(outcome)}\n")
        sys.stdout.flush()

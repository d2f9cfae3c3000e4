"""Waiting for what happens in another process."""

import time
from collections.abc import Callable


def eventually(
    condition: Callable[[], bool], seconds: float = 60.0, pause_seconds: float = 0.02
) -> bool:
    """Whether a condition comes true; only one that never will takes all of the seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause_seconds)
    return True

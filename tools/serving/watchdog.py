"""Ends process groups as soon as the process that started them has ended, however it ended.

It reads process group ids from its standard input, one a line. The input ends when the writer
closes it or is killed; then the watchdog ends all groups.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress

# Signals, and how long to wait after each. gunicorn alone would wait half a minute for a stream;
# even SIGKILL takes a moment on a busy machine.
STEPS = ((signal.SIGTERM, 3.0), (signal.SIGKILL, 2.0))
POLL_SECONDS = 0.02


def end_groups(groups: Iterable[int]) -> None:
    """End process groups, by force if they ignore SIGTERM, and wait until they are gone."""
    left = list(groups)
    for number, seconds in STEPS:
        left = [group for group in left if _send(group, number)]
        deadline = time.monotonic() + seconds
        while left and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
            left = [group for group in left if _send(group, 0)]


def _send(group: int, number: int) -> bool:
    # macOS answers PermissionError where nothing but zombies is left.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False


def main() -> None:
    """Read groups until the input ends, then end them."""
    end_groups([int(line) for line in sys.stdin])


if __name__ == "__main__":
    main()

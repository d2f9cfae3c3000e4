"""Ends process groups: on request, or as soon as whoever started them has died.

It reads one process group id a line from its standard input. At the end of the input, which comes
when the writer closes it or is killed, it ends them all.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress

# How it is asked, and the time it has then. An open stream would hold gunicorn for half a minute;
# even SIGKILL takes a moment on a busy machine.
STEPS = ((signal.SIGTERM, 3.0), (signal.SIGKILL, 2.0))
POLL_SECONDS = 0.02


def end_groups(groups: Iterable[int]) -> None:
    """End process groups, by force where asking does not do it, and wait until they have gone."""
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

"""Measures the streams of one check-availability process: delay of each change, and memory.

python -m measure.bench.status_streams --streams 200 --changes 10
"""

from __future__ import annotations

import argparse
import http.client
import os
import selectors
import socket
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fallback.core.windows import Window
from fallback.stores.sqlite import SqliteWindowStore
from tools.testkit.serving import API_KEY, ServedFunction, serve

_REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
_MODEL = "gemini-3.8-flash"
_THREADS = 256
_IDLE_SECONDS = 5.0
_POLLS = 20
_MARK = b"\ndata: "
_GIVE_UP_SECONDS = 30.0


def main() -> None:
    """Opens the streams, changes a window several times, and prints what was seen."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--changes", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "nexus.db"
        environ = {
            "GEMINI_API_KEY": API_KEY,
            "NEXUS_STATE": f"sqlite:{state}",
            "THREADS": str(_THREADS),
        }
        with serve("check_availability", environ, Path(folder) / "log") as function:
            function.availability()
            before = _resident_kib(function)
            streams = Streams(function.port, options.streams)
            streams.wait_for_events(1)
            after = _resident_kib(function)
            idle = _cpu_seconds(function)
            time.sleep(_IDLE_SECONDS)
            idle = (_cpu_seconds(function) - idle) / _IDLE_SECONDS
            store = SqliteWindowStore(state)
            delays = []
            for change in range(options.changes):
                until = datetime.now(UTC) + timedelta(hours=1, minutes=change)
                store.extend(_MODEL, Window(until, "quota_exhausted"))
                changed_at = time.monotonic()
                delays += [at - changed_at for at in streams.wait_for_events(1)]
            poll = statistics.median(_poll_seconds(function) for _ in range(_POLLS))
    middle = statistics.median(delays)
    print(
        f"{options.streams} streams, {len(delays)} events: median {middle:.2f} s,"
        f" last {max(delays):.2f} s; {(after - before) / options.streams:.0f} KiB a stream;"
        f" {idle:.1%} of a CPU while nothing changes; a plain poll beside them {poll * 1000:.1f} ms"
    )


class Streams:
    """Open streams, read by one thread."""

    def __init__(self, port: int, count: int) -> None:
        """Opens them."""
        self._selector = selectors.DefaultSelector()
        self._rests: dict[socket.socket, bytes] = {}
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.sendall(_REQUEST)
            self._selector.register(connection, selectors.EVENT_READ)
            self._rests[connection] = b""

    def wait_for_events(self, count: int) -> list[float]:
        """Waits until each stream has had so many more; returns the instants of the last ones."""
        instants: dict[socket.socket, float] = {}
        seen = dict.fromkeys(self._rests, 0)
        give_up_at = time.monotonic() + _GIVE_UP_SECONDS
        while len(instants) < len(seen):
            assert time.monotonic() < give_up_at, f"{len(seen) - len(instants)} streams are silent"
            for key, _ in self._selector.select(1.0):
                connection = key.fileobj
                assert isinstance(connection, socket.socket)
                data = self._rests[connection] + connection.recv(65_536)
                seen[connection] += data.count(_MARK)
                self._rests[connection] = data[-6:]  # Perhaps the mark's beginning.
                if seen[connection] >= count:
                    instants.setdefault(connection, time.monotonic())
        return list(instants.values())


def _poll_seconds(function: ServedFunction) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", function.port)
    started = time.monotonic()
    connection.request("GET", "/")
    connection.getresponse().read()
    seconds = time.monotonic() - started
    connection.close()
    return seconds


def _processes(function: ServedFunction) -> list[Path]:
    first = function.process.pid
    children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
    return [Path("/proc") / pid for pid in (str(first), *children)]


def _resident_kib(function: ServedFunction) -> int:
    """What the function's processes hold in memory."""
    return sum(
        int(line.split()[1])
        for process in _processes(function)
        for line in (process / "status").read_text().splitlines()
        if line.startswith("VmRSS:")
    )


def _cpu_seconds(function: ServedFunction) -> float:
    """What they have used of a CPU so far."""
    ticks = sum(
        sum(map(int, (process / "stat").read_text().rpartition(")")[2].split()[11:13]))
        for process in _processes(function)
    )
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()

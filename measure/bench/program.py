"""Runs measured programs, each in its own session, and reads what they cost.

Linux only: what a process costs is read from /proc and from its own CPU clock.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from measure.bench.load import Target
from tools.serving.programs import INNER_PORTS

START_SECONDS = 120
_POLL_SECONDS = 0.001
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program to run.

    Attributes:
        argv: The command.
        env: Its whole environment.
        port: Where it will listen.
        folder: Where it runs.
        log: Where its output goes.
    """

    argv: tuple[str, ...]
    env: dict[str, str]
    port: int
    folder: Path
    log: Path


class Running:
    """A running program; it ends with this process at the latest."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.url = f"http://127.0.0.1:{program.port}"
        self.started_at = time.monotonic()
        with program.log.open("wb") as log:
            self._process = subprocess.Popen(
                program.argv,
                cwd=program.folder,
                env=program.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - it only calls prctl
            )
        self.pid = self._process.pid

    def wait_for_200(self, target: Target) -> float:
        """Asks until the answer is 200; returns the seconds since the start.

        Raises:
            RuntimeError: It has ended, or takes too long.
        """
        give_up_at = self.started_at + START_SECONDS
        while time.monotonic() < give_up_at:
            if self._process.poll() is not None:
                break
            with contextlib.suppress(OSError):
                if _status(target) == 200:
                    return time.monotonic() - self.started_at
            time.sleep(_POLL_SECONDS)
        log = self.program.log.read_text(errors="replace")[-2000:]
        raise RuntimeError(f"no answer from {self.program.argv}:\n{log}")

    def cpu_seconds(self) -> float:
        """User and system time of all its processes so far."""
        return sum(_cpu_seconds(pid) for pid in self._pids())

    def memory_bytes(self) -> int:
        """The memory of all its processes, shared pages counted once (PSS)."""
        return sum(_proportional_set_bytes(pid) for pid in self._pids())

    def end(self) -> None:
        """Kills all its processes: a graceful end would wait for idle connections."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def _pids(self) -> list[int]:
        found = [self.pid]
        for pid in found:  # It grows during the walk.
            with contextlib.suppress(FileNotFoundError):
                for thread in Path(f"/proc/{pid}/task").iterdir():
                    found += map(int, (thread / "children").read_text().split())
        return found


@contextlib.contextmanager
def run(program: Program) -> Iterator[Running]:
    """Runs a program until the block ends."""
    running = Running(program)
    try:
        yield running
    finally:
        running.end()


def free_port() -> int:
    """A free port of 127.0.0.1 that no outgoing connection will take."""
    while True:
        port = random.choice(INNER_PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port


def _end_with_parent() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _status(target: Target) -> int:
    with socket.create_connection((target.host, target.port), timeout=START_SECONDS) as connection:
        connection.sendall(target.request)
        with connection.makefile("rb") as reply:
            line = reply.readline()
    return int(line.split()[1]) if line else 0


def _cpu_seconds(pid: int) -> float:
    """From the process's own clock: nanoseconds, where /proc/PID/stat counts in 10 ms."""
    clock = ctypes.c_int()
    if _libc.clock_getcpuclockid(pid, ctypes.byref(clock)) != 0:
        return 0.0
    try:
        return time.clock_gettime(clock.value)
    except OSError:
        return 0.0  # It has just ended.


def _proportional_set_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return 1024 * int(line.split()[1])
    return 0

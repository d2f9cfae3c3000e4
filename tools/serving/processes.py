"""Starts programs that must end with this one, and waits until they answer."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from tools.serving.watchdog import POLL_SECONDS, end_groups

# Long enough for a Java program on a busy machine.
START_SECONDS = 90.0


class StartError(Exception):
    """Nexus cannot start, or cannot go on; the message says why in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program to run.

    Attributes:
        name: what people call it.
        argv: the command.
        env: its whole environment.
        port: where it answers HTTP once it has started.
        fd: a file descriptor that it inherits.
        log: where its output goes; to the terminal if None.
    """

    name: str
    argv: tuple[str, ...]
    env: dict[str, str] = field(repr=False)
    port: int
    fd: int | None = None
    log: Path | None = None


class Processes:
    """Running programs, each in a session of its own. Leaving the context ends them.

    A watchdog learns of each program before it runs, and ends them if this process is killed.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._running: list[tuple[Program, subprocess.Popen[bytes]]] = []

    def __enter__(self) -> Self:
        its_end, self._watchdog_fd = os.pipe()
        self._watchdog = subprocess.Popen(
            [sys.executable, "-m", "tools.serving.watchdog"],
            cwd=self._root,
            stdin=its_end,
            start_new_session=True,
        )
        os.close(its_end)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._watchdog_fd)
        while self._watchdog.poll() is None:
            self._exited()  # Collects zombies, which would count as alive.
            time.sleep(POLL_SECONDS)
        if self._watchdog.returncode != 0:
            end_groups([process.pid for _, process in self._running])
        for _, process in self._running:
            process.wait()

    def start(self, program: Program) -> None:
        """Start a program."""

        def tell_watchdog() -> None:
            os.write(self._watchdog_fd, f"{os.getpid()}\n".encode())

        with program.log.open("wb") if program.log else nullcontext() as log:
            process = subprocess.Popen(
                program.argv,
                cwd=self._root,
                env=program.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                # Runs between fork and exec, so that no program escapes the watchdog.
                preexec_fn=tell_watchdog,  # noqa: PLW1509 - there are no threads
                pass_fds=[program.fd] if program.fd is not None else [],
            )
        self._running.append((program, process))

    def wait_until_ready(self, stopped: Callable[[], bool]) -> None:
        """Wait until every program answers, or until `stopped` is true.

        Raises:
            StartError: a program has died, or takes too long.
        """
        deadline = time.monotonic() + START_SECONDS
        waiting = [program for program, _ in self._running]
        while waiting and not stopped():
            self.check()
            waiting = [program for program in waiting if not _answers(program.port)]
            if waiting and time.monotonic() > deadline:
                raise StartError(f"{waiting[0].name} does not answer.{_see(waiting[0])}")
            time.sleep(POLL_SECONDS)

    def check(self) -> None:
        """Raise StartError if a program has died."""
        if self._watchdog.poll() is not None:
            raise StartError("the watchdog, which ends the other processes, has died.")
        for program, code in self._exited():
            raise StartError(f"{program.name} has stopped (exit code {code}).{_see(program)}")

    def _exited(self) -> list[tuple[Program, int]]:
        codes = [(program, process.poll()) for program, process in self._running]
        return [(program, code) for program, code in codes if code is not None]


def _see(program: Program) -> str:
    return f" See {program.log}." if program.log else ""


def _answers(port: int) -> bool:
    # The functions answer this without a line in their log.
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", method="OPTIONS")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(request, timeout=1).close()
    except urllib.error.HTTPError as error:
        error.close()
    except OSError:
        return False
    return True

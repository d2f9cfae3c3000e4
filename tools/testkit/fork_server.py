"""Starts functions quickly: forks them from a process that has already imported what they need.

Each test starts functions of its own, and nearly all of the second that a start takes is imports.
Only `main.py` is imported anew, which reads the variables.
The fork runs functions-framework's own command, with gunicorn, in a process group of its own; only
the interpreter is not new.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

END_SECONDS = 60


class ForkedProcess:
    """A process that is not our child."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._has_ended = False

    @property
    def is_running(self) -> bool:
        if not self._has_ended:  # Once it has, its id may be another's.
            try:
                os.kill(self.pid, 0)
            except ProcessLookupError:
                self._has_ended = True
        return not self._has_ended

    def kill(self) -> None:
        """Sends SIGKILL to its whole group, and waits until it is gone."""
        give_up_at = time.monotonic() + END_SECONDS
        while self.is_running:
            assert time.monotonic() < give_up_at, "it does not end"
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            threading.Event().wait(0.005)


class ForkServer:
    """The process that forks. It ends when its input does: with pytest, at the latest."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tools.testkit.fork_server"],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lock = threading.Lock()

    def start(self, arguments: list[str], environ: dict[str, str], log: Path) -> ForkedProcess:
        """Runs functions-framework with these arguments, its output in `log`."""
        order = {"arguments": arguments, "environ": environ, "log": str(log)}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            return ForkedProcess(int(self._process.stdout.readline()))

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def main() -> None:
    """Forks one process for each line of standard input, and answers with its id."""
    import google.cloud.firestore  # noqa: F401, PLC0415 - these take the time
    import gunicorn.app.base  # noqa: F401, PLC0415

    sys.path.insert(0, str(Path(__file__).parents[2] / "functions"))
    for package in ("fallback", "nexus"):
        for module in pkgutil.walk_packages([f"{sys.path[0]}/{package}"], f"{package}."):
            importlib.import_module(module.name)

    (command,) = entry_points(group="console_scripts", name="functions-framework")
    functions_framework = command.load()

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # The kernel collects the children that exit.
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _become_function(functions_framework, json.loads(line))
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _become_function(functions_framework: Callable[..., None], order: dict[str, Any]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.environ.clear()
    os.environ.update(order["environ"])
    os.chdir(Path(order["log"]).parent)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - the old one holds orders
    functions_framework(args=order["arguments"])
    sys.exit(0)


if __name__ == "__main__":
    main()

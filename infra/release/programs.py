"""Runs other programs: shown or in silence, and never left behind by Ctrl-C."""

import contextlib
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass


class StopError(Exception):
    """Ends a command; the message is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class Done:
    """A program that has ended.

    Attributes:
        status: its exit status.
        said: its standard output; with `shown`, its standard error too.
        complaint: its standard error; empty with `shown`.
    """

    status: int
    said: str
    complaint: str = ""

    @property
    def reason(self) -> str:
        """Why it failed: the last line of what it said."""
        lines = (self.complaint or self.said).strip().splitlines()
        return lines[-1].strip() if lines else f"it ended with status {self.status}"


def run(
    *command: str,
    shown: bool = False,
    entered: str = "",
    environ: Mapping[str, str] | None = None,
) -> Done:
    """Runs a program to its end.

    An interrupt is handed on once, and the program is waited for: Terraform then saves its state
    and releases its lock. In the terminal's process group it would get a second one, and give up.

    Args:
        command: the program and its arguments.
        shown: whether its output appears while it runs.
        entered: what it reads from standard input.
        environ: its whole environment; None for this process's.

    Raises:
        KeyboardInterrupt: after the program has ended.
    """
    was_interrupted = False
    with (
        tempfile.TemporaryFile("w+") as aside,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if shown else aside,
            text=True,
            env=environ,
            process_group=0,
        ) as process,
    ):
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        with contextlib.suppress(BrokenPipeError), process.stdin:  # It may not read at all.
            process.stdin.write(entered)
        lines: list[str] = []
        status: int | None = None
        while status is None:
            try:
                for line in process.stdout:
                    lines.append(line)
                    if shown:
                        print(line, end="", flush=True)
                status = process.wait()
            except KeyboardInterrupt:
                was_interrupted = True
                process.send_signal(signal.SIGINT)
        aside.seek(0)
        done = Done(status, "".join(lines), aside.read())
    if was_interrupted:
        raise KeyboardInterrupt
    return done

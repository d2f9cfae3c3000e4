"""The real Firestore emulator, as a process that a test may stop, pause and end."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tools.testkit import plain_http
from tools.testkit.serving import held_port

START_SECONDS = 300  # Only one that never starts takes as long.
# Java compiles quickly, and collects garbage in one thread: for a short life, half the CPU.
SHORT_LIFE = {"JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}


class FirestoreEmulator:
    """A running emulator. Each test takes a project of its own, and so an empty database."""

    def __init__(self, process: subprocess.Popen[bytes], host: str) -> None:
        self.host = host
        self._process = process

    def environ(self) -> dict[str, str]:
        """Variables for a function on an empty database."""
        return {
            "NEXUS_STATE": "firestore",
            "FIRESTORE_EMULATOR_HOST": self.host,
            "GOOGLE_CLOUD_PROJECT": f"test-{uuid.uuid4().hex[:12]}",
        }

    def pause(self) -> None:
        """Stops the emulator; on return, no thread of it runs any more."""
        os.killpg(self._process.pid, signal.SIGSTOP)
        while not all(state in "TZX" for state in _states(self._process.pid)):
            time.sleep(0.01)

    def go_on(self) -> None:
        os.killpg(self._process.pid, signal.SIGCONT)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def _states(group: int) -> Iterator[str]:
    """The state of each thread of a process group, as in proc(5)."""
    for file in Path("/proc").glob("[0-9]*/task/[0-9]*/stat"):
        with contextlib.suppress(OSError):  # It has ended.
            state, _, of_group = file.read_text().rpartition(")")[2].split()[:3]
            if int(of_group) == group:
                yield state


@contextlib.contextmanager
def firestore_emulator(log: Path) -> Iterator[FirestoreEmulator]:
    """Runs an emulator until the block ends; skips the test where the tools are missing."""
    for tool in ("gcloud", "java"):
        if shutil.which(tool) is None:
            pytest.skip(f"missing tool: {tool}, for the Firestore emulator")
    with held_port() as port, log.open("wb") as output:
        host = f"127.0.0.1:{port}"
        process = subprocess.Popen(
            ["gcloud", "emulators", "firestore", "start", f"--host-port={host}"],
            env={**os.environ, **SHORT_LIFE},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        emulator = FirestoreEmulator(process, host)
        try:
            give_up_at = time.monotonic() + START_SECONDS
            while time.monotonic() < give_up_at:
                assert process.poll() is None, log.read_text()
                if _has_written(host):
                    break
                threading.Event().wait(0.1)
            else:
                raise AssertionError(f"not ready after {START_SECONDS} s: {log.read_text()}")
            yield emulator
        finally:
            emulator.kill()


def _has_written(host: str) -> bool:
    """Whether it has served one write: it listens seconds before its first answer is quick."""
    url = f"http://{host}/v1/projects/warm-up/databases/(default)/documents/warm"
    try:
        return plain_http.post(url, json={"fields": {}}, timeout=20).status_code == 200
    except httpx2.HTTPError:
        return False

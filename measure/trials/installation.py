"""Nexus on this machine, with a chat function that can be killed and started again."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from measure.trials.relay import Relay
from tools.serving.processes import START_SECONDS, Processes, Program
from tools.serving.programs import HOST, backends, gateway, held_ports, listen, status_file
from tools.testkit.serving import API_KEY

ROOT = Path(__file__).parents[2]


class Instance:
    """The one instance of the chat function."""

    def __init__(self, program: Program, log: Path) -> None:
        """Starts it, without waiting until it serves."""
        self._program = program
        self._log = log
        self._process = self._started()

    def start(self) -> None:
        """Starts it again."""
        self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                self._program.argv,
                cwd=ROOT,
                env=self._program.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        """Waits until it serves.

        Raises:
            TimeoutError: It does not.
        """
        give_up_at = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up_at:
            with contextlib.suppress(OSError), socket.create_connection((HOST, self._program.port)):
                return
            time.sleep(0.05)
        raise TimeoutError(f"the chat function does not serve: {self._log.read_text()}")

    def kill(self, number: signal.Signals) -> None:
        """Signals all its processes, and waits for the end of the first."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def kill_worker(self) -> None:
        """Kills the process that answers; gunicorn's master starts another."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        for child in children.read_text().split():
            os.kill(int(child), signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Installation:
    """What can break of a running Nexus: the network to it, and its instance."""

    network: Relay
    instance: Instance

    @property
    def url(self) -> str:
        """The page's address."""
        return f"http://{HOST}:{self.network.port}/"


@contextlib.contextmanager
def installation(gemini_url: str) -> Iterator[Installation]:
    """Runs Nexus before this Gemini."""
    listener = listen(0)
    with (
        held_ports(listener.getsockname()[1]) as ports,
        tempfile.TemporaryDirectory() as folder,
        Processes(ROOT) as processes,
    ):
        relay = Relay(ports.gateway)
        environ = {
            **os.environ,
            "GEMINI_API_KEY": API_KEY,
            "GOOGLE_GEMINI_BASE_URL": gemini_url,
            "NEXUS_STATE": f"sqlite:{folder}/nexus.db",
            "NEXUS_VISITOR_LIMITS": "off",
            "NEXUS_ALLOWED_ORIGINS": f"http://{HOST}:{relay.port}",
            "LOG_LEVEL": "ERROR",
        }
        source = ROOT / "functions/main.py"
        chat, availability = backends(
            environ, ports, root=Path(folder), source=source, firestore=False
        )
        instance = Instance(chat, Path(folder) / "chat.log")
        processes.start(availability)
        processes.start(
            gateway(
                environ,
                ports,
                fd=listener.fileno(),
                web=ROOT / "web/dist",
                status=status_file(Path(folder), ports),
            )
        )
        listener.close()
        processes.wait_until_ready(lambda: False)
        try:
            yield Installation(relay, instance)
        finally:
            instance.kill(signal.SIGKILL)
            relay.close()

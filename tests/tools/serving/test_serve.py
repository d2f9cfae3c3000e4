"""The program of `make run`, as a process: what it serves, and that nothing of it is left."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.tools.serving.polling import eventually

ROOT = Path(__file__).resolve().parents[3]
STUBS = Path(__file__).with_name("stub_functions.py")
START_SECONDS = 120.0


class Nexus:
    """A running `tools.serving.serve`; all its processes carry a mark in their environment."""

    def __init__(self, folder: Path, arguments: list[str], env: dict[str, str]) -> None:
        self._mark = f"NEXUS_TEST={uuid.uuid4()}"
        name, value = self._mark.split("=")
        self._output = folder / "output"
        (folder / "index.html").write_text("<title>Nexus</title>")
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tools.serving.serve", "--web", str(folder), *arguments],
                cwd=ROOT,
                env={
                    **inherited,
                    "PORT": "0",
                    "NEXUS_STATE": f"sqlite:{folder / 'nexus.db'}",
                    name: value,
                    **env,
                },
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def output(self) -> str:
        return self._output.read_text()

    def wait_until_ready(self) -> str:
        """Return its address."""
        assert eventually(
            lambda: "Nexus is at" in self.output or self.process.poll() is not None, START_SECONDS
        )
        address = re.search(r"Nexus is at (http://127\.0\.0\.1:\d+) ", self.output)
        assert address, self.output
        return address[1]

    def processes(self) -> dict[int, str]:
        """Return each living process and its command."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            # A process may end while it is looked at; of a zombie the environment is empty.
            with suppress(OSError):
                if self._mark.encode() in (folder / "environ").read_bytes().split(b"\0"):
                    command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found[int(folder.name)] = command
        return found

    def process_of(self, text: str) -> int:
        """Return the oldest process whose command has this text."""
        return min(pid for pid, command in self.processes().items() if text in command)

    def everything_has_ended(self) -> bool:
        return eventually(lambda: not self.processes())


Start = Callable[..., Nexus]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    if not Path("/proc/self/environ").exists():
        pytest.skip("processes are found through Linux's /proc")
    started: list[Nexus] = []

    def start(*arguments: str, **env: str) -> Nexus:
        started.append(Nexus(tmp_path, list(arguments), env))
        return started[-1]

    yield start
    for nexus in started:
        for pid in nexus.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        nexus.process.wait(60)


@pytest.fixture
def stubs(start: Start) -> Nexus:
    return start("--source", str(STUBS), GEMINI_API_KEY="unused")


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=60) as response:
        return json.load(response)


def test_everything_is_served_at_one_address_with_the_emulator_as_gemini(start: Start) -> None:
    nexus = start()

    address = nexus.wait_until_ready()

    emulator = re.search(r"answers come from the Gemini emulator at (http://\S+)\.", nexus.output)
    assert emulator
    assert "behaviours" in get(f"{emulator[1]}/control")
    # Finding out whether the functions answer logs nothing; the chat says how ids are signed.
    events = re.findall(r'"event": "([^"]+)"', nexus.output)
    of_a_busy_machine = {"store.unavailable", "store.recovered"}
    assert [event for event in events if event not in of_a_busy_machine] == [
        "signing_secret.derived"
    ]
    with urllib.request.urlopen(address, timeout=60) as page:
        assert b"<title>Nexus</title>" in page.read()
    assert [model["id"] for model in get(f"{address}/api/chat/v1/models")["data"]] == ["nexus"]
    assert get(f"{address}/api/check-availability")["available"] is True
    question = json.dumps({"messages": [{"role": "user", "content": "Hello"}]}).encode()
    request = urllib.request.Request(
        f"{address}/api/chat/v1/chat/completions", question, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        assert json.load(response)["choices"][0]["message"]["content"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_process(stubs: Nexus, number: signal.Signals) -> None:
    stubs.wait_until_ready()
    assert len(stubs.processes()) >= 5

    stubs.process.send_signal(number)

    assert stubs.process.wait(60) == 0
    assert stubs.processes() == {}


def test_a_signal_while_it_starts_ends_every_process(stubs: Nexus) -> None:
    assert eventually(lambda: "functions_framework" in str(stubs.processes()))

    stubs.process.send_signal(signal.SIGINT)

    assert stubs.process.wait(60) == 0
    assert stubs.processes() == {}


def test_its_sudden_death_ends_every_process(stubs: Nexus) -> None:
    stubs.wait_until_ready()

    stubs.process.kill()

    assert stubs.everything_has_ended(), stubs.processes()


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("--target check_availability", "the function check_availability"),
        ("tools.serving.gateway", "the gateway"),
    ],
)
def test_a_part_that_dies_is_named_and_ends_the_rest(stubs: Nexus, command: str, name: str) -> None:
    stubs.wait_until_ready()

    os.kill(stubs.process_of(command), signal.SIGKILL)

    assert stubs.process.wait(60) == 1
    assert f"Nexus: {name} has stopped (exit code -9)." in stubs.output
    assert stubs.processes() == {}


def test_a_port_that_is_taken_is_said_in_one_line(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        nexus = start(PORT=str(port), GEMINI_API_KEY="unused")

        assert nexus.process.wait(60) == 1
        assert nexus.output == (
            f"Nexus: port {port} cannot be used (Address already in use);"
            f" choose another: make run PORT={port + 1}\n"
        )


def test_the_port_alone_can_be_looked_at(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        taken = start("--check-port", PORT=str(port))
        assert taken.process.wait(60) == 1
        assert f"port {port} cannot be used" in taken.output

    free = start("--check-port", PORT="0")
    assert (free.process.wait(60), free.output) == (0, "")


@pytest.mark.parametrize("port", ["eighty", "-1", "65536"])
def test_a_port_that_is_none_is_said_in_one_line(start: Start, port: str) -> None:
    nexus = start(PORT=port)

    assert nexus.process.wait(60) == 1
    assert nexus.output == f"Nexus: PORT is no port number: {port!r}\n"


def test_the_firestore_emulator_is_where_it_is_said_to_be(start: Start) -> None:
    for tool in ("gcloud", "java"):
        if shutil.which(tool) is None:
            pytest.skip(f"missing tool: {tool}, for the Firestore emulator")
    nexus = start("--firestore", "--source", str(STUBS), GEMINI_API_KEY="unused")
    nexus.wait_until_ready()

    host = re.search(r"FIRESTORE_EMULATOR_HOST=(\S+)", nexus.output)

    assert host
    with urllib.request.urlopen(f"http://{host[1]}/", timeout=60) as reply:
        assert reply.status == 200


def test_a_missing_firestore_emulator_is_said_in_one_line(start: Start, tmp_path: Path) -> None:
    nexus = start("--firestore", PATH=str(tmp_path), GEMINI_API_KEY="unused")

    assert nexus.process.wait(60) == 1
    assert nexus.output == (
        "Nexus: the Firestore emulator needs the Google Cloud CLI (gcloud is not on PATH).\n"
    )

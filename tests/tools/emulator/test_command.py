"""The command that runs the emulator."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.emulator.sdk import MODEL
from tools.emulator.server import Emulator
from tools.testkit import plain_http

ROOT = Path(__file__).parents[3]
HEADERS = {"x-goog-api-key": "k"}
CONTENTS = {"contents": [{"parts": [{"text": "Hi"}]}]}
PATH = f"/v1beta/models/{MODEL}"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_prints_its_url_and_ends_on_a_signal(number: signal.Signals) -> None:
    command = [sys.executable, "-m", "tools.emulator", "--port", "0", "--per-minute", "1"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        url = process.stdout.readline().strip().removeprefix("Gemini emulator at ")
        statuses = [
            plain_http.post(
                f"{url}{PATH}:generateContent", json=CONTENTS, headers=HEADERS
            ).status_code
            for _ in range(2)
        ]
        process.send_signal(number)

        assert process.wait(timeout=60) == 0
        assert statuses == [200, 429]
        assert process.stderr.read() == ""


def test_a_port_in_use_is_told_in_a_sentence(gemini: Emulator) -> None:
    port = gemini.url.rpartition(":")[2]
    command = [sys.executable, "-m", "tools.emulator", "--port", port]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith("The emulator cannot start: ")

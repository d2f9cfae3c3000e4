"""What the operator does by hand, every instance follows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.functions.conftest import MODELS, Serve
from tests.tools.serving.polling import eventually
from tools.emulator.server import Emulator
from tools.testkit.serving import REPOSITORY

PRIMARY, SECOND, THIRD = MODELS[:3]


def operate(tmp_path: Path, *arguments: str) -> None:
    """The command itself, as a person types it."""
    subprocess.run(
        [sys.executable, "-m", "tools.operate.windows", *arguments],
        cwd=REPOSITORY,
        env=os.environ
        | {
            "NEXUS_STATE": f"sqlite:{tmp_path / 'state' / 'nexus.db'}",
            "NEXUS_STATUS_OBJECT": f"file:{tmp_path / 'status.json'}",
        },
        capture_output=True,
        check=True,
        timeout=60,
    )


def test_all_chats_stop_and_start_again(gemini: Emulator, start: Serve, tmp_path: Path) -> None:
    chat, available = start("chat"), start("check_availability")
    assert chat.chat().status_code == 200

    operate(tmp_path, "stop", "--for", "1h")
    available.availability("unavailable")
    assert eventually(lambda: chat.chat().status_code == 503)
    asked = len(gemini.calls())
    refused = chat.chat().json()["error"]
    assert refused["code"] == "models_unavailable"
    assert refused["message"].startswith("All models have been set aside for a while.")
    assert refused["retry_at"] == available.availability()["retry_at"]
    assert len(gemini.calls()) == asked

    operate(tmp_path, "start")
    assert eventually(lambda: chat.chat().status_code == 200)
    available.availability("operational")


def test_pages_that_read_the_status_object_hear_of_the_operator(tmp_path: Path) -> None:
    def told() -> str:
        status: str = json.loads((tmp_path / "status.json").read_text())["status"]
        return status

    operate(tmp_path, "stop", "--for", "1h")
    assert told() == "unavailable"
    operate(tmp_path, "start")
    assert told() == "operational"


def test_running_functions_follow_the_operator(
    gemini: Emulator, start: Serve, tmp_path: Path
) -> None:
    chat, available = start("chat"), start("check_availability")
    assert chat.chat().json()["model"] == PRIMARY

    operate(tmp_path, "isolate", PRIMARY, "--for", "1h")
    available.availability("degraded")
    assert eventually(lambda: chat.chat().json()["model"] == SECOND)
    asked = gemini.count(PRIMARY)
    assert chat.chat().json()["model"] == SECOND
    assert gemini.count(PRIMARY) == asked

    operate(tmp_path, "pin", THIRD, "--for", "1h")
    assert eventually(lambda: chat.chat().json()["model"] == THIRD)

    operate(tmp_path, "restore", "--by-hand")
    assert eventually(lambda: chat.chat().json()["model"] == PRIMARY)
    available.availability("operational")

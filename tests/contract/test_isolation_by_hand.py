"""The commands of docs/operations.md that set a model aside in Firestore do so."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fallback.adapters.firestore import FirestoreWindowStore
from fallback.core.decision import Refusal, decide
from fallback.core.hierarchy import Hierarchy, Model
from fallback.core.windows import EVERY_MODEL
from tests.support.firestore import FirestoreEmulator
from tests.test_docs import fences, page, section

MODEL = "gemini-3.8-flash"


@pytest.fixture
def shell(firestore: FirestoreEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a gcloud that is logged in to the emulator, and nothing else."""
    for name, value in firestore.environ().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PROJECT_ID", os.environ["GOOGLE_CLOUD_PROJECT"])
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    if shutil.which("curl") is None:
        pytest.skip("missing tool: curl")
    gcloud = tmp_path / "gcloud"
    gcloud.write_text('#!/bin/sh\n[ "$*" = "auth print-access-token" ] && echo owner\n')
    gcloud.chmod(0o755)
    return tmp_path


def run(folder: Path, script: str) -> None:
    emulator = f"http://{os.environ['FIRESTORE_EMULATOR_HOST']}"
    there = script.replace("https://firestore.googleapis.com", emulator)
    assert there != script
    subprocess.run(["sh", "-eu", "-c", there], cwd=folder, capture_output=True, check=True)


def test_a_model_is_isolated_and_comes_back(shell: Path) -> None:
    scripts = fences(section(page("docs/operations.md"), "### One model answers badly"), "sh")
    isolate, end = (script for script in scripts if "FIRESTORE" in script)
    store = FirestoreWindowStore()

    run(shell, isolate)

    window = store.read()[MODEL]
    assert window.reason == "isolated"
    assert abs(window.until - datetime.now(UTC) - timedelta(hours=1)) < timedelta(minutes=1)

    address = next(line for line in isolate.splitlines() if line.startswith("FIRESTORE="))
    run(shell, f"MODEL={MODEL}\n{address}\n{end}")

    assert dict(store.read()) == {}


def test_every_model_is_the_whole_service(shell: Path) -> None:
    scripts = fences(section(page("docs/operations.md"), "### One model answers badly"), "sh")
    isolate = next(script for script in scripts if "PATCH" in script)

    run(shell, isolate.replace(MODEL, EVERY_MODEL))

    now = datetime.now(UTC)
    hierarchy = Hierarchy("default", (Model(MODEL, "Gemini"),))
    step = decide(hierarchy, FirestoreWindowStore().read(), (), now, now + timedelta(minutes=1))
    assert isinstance(step, Refusal)
    assert f"MODEL={EVERY_MODEL}" in section(page("docs/operations.md"), "### Stop all chats")

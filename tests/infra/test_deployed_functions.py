"""What is deployed starts by itself, and is the same wherever it was built."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.infra.bundle import Bundle, bundle_of
from tests.infra.terraform import ROOT
from tests.tools.serving.polling import eventually
from tools.emulator.server import Emulator
from tools.testkit import plain_http
from tools.testkit.serving import API_KEY, held_port

START_SECONDS = 60

RUNTIME = re.search(r'runtime += "python3(\d+)"', (ROOT / "infra" / "chat.tf").read_text())
GOOGLES = f"python3.{RUNTIME[1] if RUNTIME else ''}"
"""The Python that Google runs the functions with."""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return bundle_of(ROOT, tmp_path_factory.mktemp("bundle"))


def copy_of_sources(folder: Path, bundle: Bundle) -> Path:
    """A repository with the same sources, as another machine would have it."""
    for source in bundle.files.values():
        (folder / source).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / source, folder / source)
        os.utime(folder / source, (0, 0))
        (folder / source).chmod(0o600)
    return folder


def googles_python() -> str:
    """The version that Google runs, or ours without it; pyenv's stand-in may know of none."""
    found = shutil.which(GOOGLES)
    if found and not subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode:
        return found
    installed = Path.home().glob(f".pyenv/versions/{GOOGLES[6:]}.*/bin/python")
    return str(next(installed, sys.executable))


def test_the_zip_is_the_same_on_two_machines(bundle: Bundle, tmp_path: Path) -> None:
    there = copy_of_sources(tmp_path / "there", bundle)
    for litter in (
        "tests/test_main.py",
        "__pycache__/main.cpython-313.pyc",
        ".local/nexus.db",
    ):
        (there / "functions" / litter).parent.mkdir(parents=True, exist_ok=True)
        (there / "functions" / litter).write_text("litter")

    again = bundle_of(there, tmp_path / "terraform")

    assert again.zipped() == bundle.zipped()


@pytest.fixture(scope="module")
def deployed(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The folder into which the bundle was unpacked, and that of its own interpreter."""
    folder = tmp_path_factory.mktemp("deployed")
    zipfile.ZipFile(io.BytesIO(bundle.zipped())).extractall(folder / "source")
    subprocess.run([googles_python(), "-m", "venv", "--without-pip", folder / "venv"], check=True)
    # Our own pip installs into it, which is quicker than to make it one first.
    installed = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", folder / "venv/bin/python"),
            *("install", "--quiet", "--no-compile", "--disable-pip-version-check"),
            *("-r", "requirements.txt"),
        ],
        cwd=folder / "source",
        capture_output=True,
        text=True,
        check=False,
    )
    if "NewConnectionError" in installed.stderr or "ConnectTimeoutError" in installed.stderr:
        pytest.skip("PyPI cannot be reached, so the bundle's requirements cannot be installed")
    assert installed.returncode == 0, installed.stderr
    return folder / "source", folder / "venv/bin"


@contextmanager
def started(deployed: tuple[Path, Path], target: str, gemini: Emulator, log: Path) -> Iterator[str]:
    """A function as Google's buildpack starts it: this command, this folder, these variables."""
    source, programs = deployed
    with held_port() as port:
        environ = {
            "PATH": f"{programs}:/usr/bin:/bin",
            "FUNCTION_TARGET": target,
            "FUNCTION_SIGNATURE_TYPE": "http",
            "PORT": str(port),
            "THREADS": "40",
            "LOG_EXECUTION_ID": "true",
            "GEMINI_API_KEY": API_KEY,
            "GOOGLE_GEMINI_BASE_URL": gemini.url,
            "NEXUS_STATE": f"sqlite:{log.parent / 'nexus.db'}",
        }
        with log.open("wb") as output:
            process = subprocess.Popen(
                [programs / "functions-framework"],
                cwd=source,
                env=environ,
                stdout=output,
                stderr=output,
            )
        url = f"http://127.0.0.1:{port}"
        try:
            assert eventually(lambda: process.poll() is not None or answers(url), START_SECONDS)
            assert process.poll() is None, log.read_text()
            yield url
        finally:
            process.terminate()
            process.wait()


def answers(url: str) -> bool:
    try:
        plain_http.get(f"{url}/robots.txt")
    except httpx2.TransportError:
        return False
    return True


@pytest.mark.slow
def test_both_functions_start_from_the_bundle_alone(
    deployed: tuple[Path, Path], tmp_path: Path
) -> None:
    with (
        Emulator() as gemini,
        started(deployed, "chat", gemini, tmp_path / "chat.log") as chat,
        started(deployed, "check_availability", gemini, tmp_path / "state.log") as state,
    ):
        question = {"messages": [{"role": "user", "content": "Hello"}]}
        answer = plain_http.post(f"{chat}/v1/chat/completions", json=question, timeout=60)
        available = plain_http.get(state, timeout=60)

    assert answer.status_code == 200, answer.text
    assert answer.json()["choices"][0]["finish_reason"] == "stop"
    assert available.json()["status"] == "operational"

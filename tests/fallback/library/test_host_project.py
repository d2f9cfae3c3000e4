"""A program with modules of its own uses the package: from a checkout, and installed."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tools.emulator.server import Emulator

ROOT = Path(__file__).parents[3]
FUNCTIONS = ROOT / "functions"

# What a host may well call its own files, and what ours are called.
NAMES = {
    *("app", "bootstrap", "configuration", "core", "event_log", "events", "gemini", "library"),
    *("main", "nexus", "ports", "runner", "server", "settings", "stores", "tools", "windows"),
    *("wire", *(path.stem for path in FUNCTIONS.rglob("*.py"))),
} - {"__init__", "fallback"}

STORY = """
import asyncio, pickle
from fallback import (
    MODEL_HIERARCHY,
    ModelExhaustionError,
    check_service_availability,
    generate_with_fallback,
    generate_with_fallback_async,
    get_model_display_name,
    stream_with_fallback,
)
assert generate_with_fallback("Hello", timeout=30) == ("Hi.", MODEL_HIERARCHY[0])
assert "".join(stream_with_fallback("Hello")) == "Hi."
assert asyncio.run(generate_with_fallback_async("Hello"))[0] == "Hi."
assert check_service_availability()["status"] == "operational"
assert get_model_display_name(MODEL_HIERARCHY[0]) == "Gemini 3.8 Flash"
try:
    generate_with_fallback("Refuse", timeout=30)
except ModelExhaustionError as error:
    twin = pickle.loads(pickle.dumps(error))
    assert (type(twin), str(twin), twin.retry_at) == (type(error), str(error), error.retry_at)
    print(twin.reason)
"""

FORK = """
import os
from fallback import generate_with_fallback
generate_with_fallback("Hello")
if child := os.fork():
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
else:
    text, _ = generate_with_fallback("Hello")
    os._exit(0 if text == "Hi." else 1)
"""


WANTS_A_PACKAGE = """
from fallback import MODEL_HIERARCHY, ModelExhaustionError, generate_with_fallback
assert MODEL_HIERARCHY
try:
    generate_with_fallback("Hello")
except ModelExhaustionError as error:
    print(error.reason, error)
"""


def run(
    python: Path | str, script: Path, gemini: Emulator, **environment: str
) -> subprocess.CompletedProcess[str]:
    state = {"HOME": str(script.parent), "GEMINI_API_KEY": "made-up-key"}
    return subprocess.run(
        [python, script],
        env={"GOOGLE_GEMINI_BASE_URL": gemini.url, **state, **environment},
        cwd=script.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def host(folder: Path, story: str, names: set[str]) -> Path:
    """A program whose own modules have the names of ours."""
    for name in names:
        (folder / f"{name}.py").write_text("OURS = True\n")
    own = "".join(f"import {name}; assert {name}.OURS\n" for name in sorted(names))
    script = folder / "host_program.py"
    script.write_text(own + story + own)
    return script


def answers_then_refuses(gemini: Emulator) -> None:
    gemini.behave("*", "answer", text="Hi.", times=3)
    gemini.behave("*", "per-minute")


def test_a_host_s_own_modules_and_the_package_do_not_meet(gemini: Emulator, tmp_path: Path) -> None:
    answers_then_refuses(gemini)

    ran = run(sys.executable, host(tmp_path, STORY, NAMES), gemini, PYTHONPATH=str(FUNCTIONS))

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "models_exhausted\n", "")
    assert (tmp_path / ".local" / "state" / "nexus").is_dir()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_process_answers_too(gemini: Emulator, tmp_path: Path) -> None:
    gemini.behave("*", "answer", text="Hi.")

    ran = run(
        sys.executable,
        host(tmp_path, FORK, set()),
        gemini,
        PYTHONPATH=str(FUNCTIONS),
        PYTHONWARNINGS="ignore",
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "0\n", "")


def pip(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments],
        check=True,
        timeout=300,
        env=environment,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling", reason="missing tool: hatchling builds the package")
    folder = tmp_path_factory.mktemp("wheel")
    pip(*("wheel", "--no-deps", "--no-index", "--no-build-isolation"), "--wheel-dir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_the_package_alone_and_its_configuration(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    modules = {str(path.relative_to(FUNCTIONS)) for path in FUNCTIONS.glob("fallback/**/*.py")}
    assert names == modules | {"fallback/nexus.toml", "fallback/py.typed"}


def test_installed_alone_in_a_fresh_environment_it_answers(
    wheel: Path, gemini: Emulator, tmp_path: Path
) -> None:
    venv, folder = tmp_path / "venv", tmp_path / "host"
    folder.mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True, timeout=120)
    python = venv / "bin" / "python"
    pip("--python", python, "install", "--no-deps", "--no-index", wheel)
    answers_then_refuses(gemini)

    ran = run(python, host(folder, STORY, NAMES), gemini)

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "models_exhausted\n", "")

    script, usual = host(folder, WANTS_A_PACKAGE, NAMES), (FUNCTIONS / "nexus.toml").read_text()
    client, vertex = folder / "client.toml", folder / "vertex.toml"
    client.write_text(f'{usual}[[targets]]\nname = "a"\nvia = "google-genai"')
    vertex.write_text(f'{usual}[[targets]]\nname = "b"\nvertex_location = "global"')
    for environment, line in (
        (
            {"NEXUS_STATE": "firestore"},
            "NEXUS_STATE: firestore needs a package: pip install google-cloud-firestore",
        ),
        (
            {"NEXUS_CONFIG": str(client)},
            "NEXUS_CONFIG: the target a needs a package: pip install google-genai",
        ),
        (
            {"NEXUS_CONFIG": str(vertex), "GOOGLE_CLOUD_PROJECT": "made-up"},
            "NEXUS_CONFIG: the target b needs a package: pip install google-auth requests",
        ),
    ):
        told = run(python, script, gemini, **environment)
        assert (told.stdout, told.stderr) == (f"service_misconfigured {line}\n", "")

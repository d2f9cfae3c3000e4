"""Arrows point inward: entry points → runner → core; adapters know the core; the core nobody."""

import ast
import sys
from pathlib import Path

import pytest

FUNCTIONS = Path(__file__).parents[1] / "functions"
CORES = ("fallback.core", "nexus.fairness.core", "nexus.status.core", "nexus.waiting_room.core")
CLOCKS = {"now", "utcnow", "today", "monotonic", "time", "perf_counter", "sleep"}

# What is beside the core and imports no adapter: values, ports, and time budgets.
OUTLINE = (
    "fallback.cancellation",
    "fallback.core",
    "fallback.crash_report",
    "fallback.events",
    "fallback.pieces",
    "fallback.ports",
    "fallback.rfc3339",
    "fallback.shutdown",
    "fallback.store_health",
    "fallback.store_tasks",
    "fallback.wait_budget",
)

# Who may import what of ours, from the inside out. A file is known by the longest of these names
# that it begins with, and each file has one.
ALLOWED: dict[str, tuple[str, ...]] = {
    "fallback.core": ("fallback.core",),
    "fallback.cancellation": (),
    "fallback.crash_report": (),
    "fallback.events": (),
    "fallback.proxy": (),
    "fallback.redaction": (),
    "fallback.rfc3339": (),
    "fallback.pieces": ("fallback.core",),
    "fallback.ports": ("fallback.cancellation", "fallback.core", "fallback.events"),
    "fallback.wait_budget": ("fallback.ports",),
    "fallback.store_health": ("fallback.ports", "fallback.wait_budget"),
    "fallback.store_tasks": (),
    "fallback.store_thread": OUTLINE,
    "fallback.shutdown": ("fallback.ports",),
    "fallback.request_log": ("fallback.core", "fallback.events", "fallback.ports"),
    "fallback.availability_report": ("fallback.core", "fallback.rfc3339"),
    "fallback.toml_tables": ("fallback.core",),
    "fallback.configuration": ("fallback.core", "fallback.toml_tables"),
    "fallback.settings": ("fallback.configuration", "fallback.core", "fallback.proxy"),
    "fallback.windows": ("fallback.windows", "fallback.store_thread", *OUTLINE),
    "fallback.limits": ("fallback.limits", "fallback.store_thread", "fallback.windows", *OUTLINE),
    "fallback.forecasting": ("fallback.forecasting", *OUTLINE),
    "fallback.race": ("fallback.cancellation",),
    "fallback.run": ("fallback.race", "fallback.request_log", *OUTLINE),
    "fallback.following": ("fallback.run", "fallback.windows", *OUTLINE),
    "fallback.hedging": (
        "fallback.hedging",
        "fallback.race",
        "fallback.run",
        "fallback.windows",
        *OUTLINE,
    ),
    "fallback.runner": (
        "fallback.following",
        "fallback.hedging",
        "fallback.limits",
        "fallback.request_log",
        "fallback.run",
        "fallback.windows",
        *OUTLINE,
    ),
    "fallback.system_clock": (),
    "fallback.gemini": (
        "fallback.gemini",
        "fallback.cancellation",
        "fallback.core",
        "fallback.events",
        "fallback.ports",
        "fallback.proxy",
    ),
    "fallback.stores": ("fallback.stores", "fallback.core", "fallback.ports"),
    # The package's own way in: it picks adapters and runs them.
    "fallback.bootstrap": ("fallback",),
    "fallback.library.error": ("fallback.core", "fallback.pieces", "fallback.rfc3339"),
    "fallback.library.event_log": ("fallback.events", "fallback.redaction", "fallback.rfc3339"),
    "fallback.library.question": ("fallback.core",),
    "fallback.library.state_file": (),
    "fallback.library": ("fallback",),
    "fallback": ("fallback",),
    "nexus.fairness.core": ("nexus.fairness.core",),
    "nexus.fairness": ("nexus.fairness", *OUTLINE),
    "nexus.status.core": ("nexus.status.core", "nexus.waiting_room.core", "fallback.core"),
    "nexus.status.bootstrap": (
        "nexus.status",
        "nexus.settings",
        "nexus.waiting_room.core",
        "nexus.wire",
        "fallback",
    ),
    "nexus.status": ("nexus.status", "nexus.waiting_room.core", *OUTLINE),
    "nexus.waiting_room.core": (
        "nexus.waiting_room.core",
        "nexus.fairness.core",
        "fallback.core",
    ),
    "nexus.waiting_room.bootstrap": ("nexus.waiting_room", "nexus.settings", "fallback"),
    "nexus.waiting_room": (
        "nexus.waiting_room",
        "fallback.store_thread",
        "fallback.windows",
        *OUTLINE,
    ),
    "nexus.configuration": (
        "nexus.fairness.core",
        "fallback.configuration",
        "fallback.core",
        "fallback.toml_tables",
    ),
    "nexus.settings": (
        "nexus.configuration",
        "nexus.fairness.core",
        "fallback.core",
        "fallback.events",
        "fallback.settings",
    ),
    "nexus.event_log": (
        "fallback.events",
        "fallback.ports",
        "fallback.redaction",
        "fallback.rfc3339",
    ),
    "nexus.wire": (
        "nexus.wire",
        "nexus.configuration",
        "nexus.fairness.core",
        "nexus.fairness.identity",
        "nexus.status.core",
        "nexus.waiting_room.core",
        "fallback.availability_report",
        *OUTLINE,
    ),
    "nexus.bootstrap": ("nexus", "fallback"),
    "nexus.http": ("nexus", "fallback"),
    "nexus.gunicorn_setup": ("nexus", "fallback"),
    "nexus": (),
    "main": ("nexus", "fallback"),
}
# The service's way in, in the order in which its parts may import each other.
OUTERMOST = ("nexus.bootstrap", "nexus.http", "nexus.gunicorn_setup", "main")


def modules(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(FUNCTIONS).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports_of(source: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def impurities(source: str) -> set[str]:
    """Imports that the core may not have, and calls that read a clock or print."""
    allowed = sys.stdlib_module_names
    found = {
        name
        for name in imports_of(source)
        if name.split(".")[0] not in allowed and not name.startswith(CORES)
    }
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Attribute) and called.attr in CLOCKS:
                found.add(called.attr)
            if isinstance(called, ast.Name) and called.id in {"open", "print", "input"}:
                found.add(called.id)
    return found


def layer_of(name: str) -> str:
    return max((key for key in ALLOWED if f"{name}.".startswith(f"{key}.")), key=len)


FILES = modules(FUNCTIONS)


@pytest.mark.parametrize(
    "path", [path for path in FILES if layer_of(name_of(path)) in CORES], ids=name_of
)
def test_the_core_is_pure(path: Path) -> None:
    assert impurities(path.read_text()) == set()


@pytest.mark.parametrize(
    "line",
    [
        "import requests",
        "from google import genai",
        "datetime.now(UTC)",
        "open('x')",
        "import main",
    ],
)
def test_the_purity_test_can_fail(line: str) -> None:
    assert impurities(line)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_point_inward(path: Path) -> None:
    layer = layer_of(name_of(path))

    assert outward(layer, path.read_text()) == set()


def outward(layer: str, source: str) -> set[str]:
    """Imports of ours that a layer may not have."""
    found = set()
    for imported in imports_of(source):
        if imported.split(".")[0] not in {"fallback", "nexus", "main"}:
            continue
        outer = layer_of(imported)
        is_allowed = any(f"{imported}.".startswith(f"{name}.") for name in ALLOWED[layer])
        is_further_out = outer in OUTERMOST and (
            layer not in OUTERMOST or OUTERMOST.index(outer) > OUTERMOST.index(layer)
        )
        if not is_allowed or is_further_out:
            found.add(imported)
    return found


@pytest.mark.parametrize(
    ("layer", "line"),
    [
        ("fallback.core", "from fallback.ports import Clock"),
        ("fallback.runner", "from fallback.gemini.rest import RestProvider"),
        ("fallback.library", "from nexus.settings import ServiceSettings"),
        ("nexus.http", "import main"),
        ("nexus.bootstrap", "from nexus.http.body import read_body"),
    ],
)
def test_the_arrow_test_can_fail(layer: str, line: str) -> None:
    assert outward(layer, line)


def test_the_bundle_has_few_names() -> None:
    names = {path.name for path in FUNCTIONS.iterdir() if path.name != "__pycache__"}

    assert names == {"main.py", "nexus.toml", "fallback", "nexus"}


def test_no_file_hides_a_standard_or_installed_module() -> None:
    names = {path.stem for path in FUNCTIONS.glob("*.py")} | {
        path.name for path in FUNCTIONS.iterdir() if path.is_dir()
    }

    assert names.isdisjoint(sys.stdlib_module_names)


def test_modules_stay_readable() -> None:
    long = {
        name_of(path): length
        for path in modules(FUNCTIONS)
        if (length := len(path.read_text().splitlines())) > 300
    }

    assert long == {}

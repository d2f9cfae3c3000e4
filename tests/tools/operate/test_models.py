"""`make models`, against the emulator and against servers that misbehave."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fallback.gemini.endpoint import DeveloperApi
from tests.fallback.gemini.wire import refusing, upstream
from tools.emulator.models import WELL_KNOWN
from tools.emulator.server import Emulator
from tools.operate.model_list import ListedModel, ModelList
from tools.operate.models import main

KEY = "made-up-key-for-tests"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def gemini() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def run(
    gemini: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Runs the command; returns its status, output and errors."""

    def one(*arguments: str, url: str = gemini.url) -> tuple[int, str, str]:
        monkeypatch.setenv("GEMINI_API_KEY", KEY)
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", url)
        status = main(arguments)
        captured = capsys.readouterr()
        assert KEY not in captured.out + captured.err
        return status, captured.out, captured.err

    return one


def hierarchy(path: Path, *names: str) -> str:
    tables = (
        f'[[hierarchies.default.models]]\nname = "{name}"\ndisplay_name = "{name}"\n'
        for name in names
    )
    path.write_text("".join(tables))
    return str(path)


def test_the_hierarchy_as_delivered_is_served(run: Run) -> None:
    status, shown, _ = run("--json")

    rows = json.loads(shown)["hierarchy"]
    assert status == 0
    assert [row["state"] for row in rows] == ["served"] * 5
    assert [row["thinking"] for row in rows] == ["low", "low", "minimal", "minimal", "its own"]
    assert {row["output_tokens"] for row in rows} == {65536}


def test_second_names_and_retired_models_are_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("gemini-3.8-flash", "gemini-3.7-flash", "gemini-1.5-pro")
    monkeypatch.setenv("NEXUS_CONFIG", hierarchy(tmp_path / "nexus.toml", *names))

    status, shown, _ = run()

    lines = shown.splitlines()
    assert status == 1
    assert any(line.startswith("gemini-3.8-flash") and "served" in line for line in lines)
    assert any(
        "gemini-3.7-flash" in line and "the same as gemini-3.8-flash" in line for line in lines
    )
    assert "not served; successor: gemini-4.0-flash" in shown


def test_other_models_are_listed_with_what_they_are(run: Run) -> None:
    _, shown, _ = run("--json")

    (other,) = json.loads(shown)["others"]
    assert (other["model"], other["same_as"]) == ("gemini-3.7-flash", "gemini-3.8-flash")


def test_all_pages_are_read(gemini: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.operate.model_list._PAGE_SIZE", 2)

    assert list(ModelList(endpoint(gemini.url)).all()) == list(WELL_KNOWN)


def endpoint(url: str) -> DeveloperApi:
    return DeveloperApi(base_url=url, api_key=KEY)


def test_a_key_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GEMINI_API_KEY", raising=False)

    assert main([]) == 1
    assert capsys.readouterr().err.startswith("GEMINI_API_KEY: is not set")


BAD_KEY = {
    "error": {
        "code": 400,
        "status": "INVALID_ARGUMENT",
        "message": f"API key not valid. {KEY}",
        "details": [
            {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
        ],
    }
}


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (400, BAD_KEY, "Gemini refuses: unauthorized (status 400, API_KEY_INVALID); check GEMINI"),
        (503, {}, "Gemini refuses: overloaded (status 503)"),
        (302, {}, "status 302"),
        (200, [1], "the reply is not a list of models"),
        (200, {"models": [7]}, "the reply is not a list of models"),
    ],
)
def test_errors_say_what_happened(run: Run, status: int, body: object, said: str) -> None:
    with upstream(refusing(status, body, "Location: http://127.0.0.1:9/")) as server:
        code, _, error = run(url=server.url)

    assert (code, len(error.splitlines())) == (1, 1)
    assert said in error


def test_nobody_there_is_said(run: Run) -> None:
    with upstream(lambda send: None) as server:
        pass

    code, _, error = run(url=server.url)

    assert code == 1
    assert "cannot be reached (ConnectionRefusedError)" in error


def test_a_mere_number_is_no_version_to_share() -> None:
    with upstream(
        refusing(
            200,
            {
                "models": [
                    {"name": "models/a", "version": "001", "displayName": "A"},
                    {"name": "models/b", "version": "2.0", "displayName": "B"},
                    {"name": "models/c", "version": "a-09-2026"},
                ]
            },
        )
    ) as server:
        found = ModelList(endpoint(server.url)).all()

    def listed(name: str, *identities: str) -> ListedModel:
        return ListedModel(
            name=name,
            identities=frozenset(identities),
            input_tokens=None,
            output_tokens=None,
            writes_text=False,
        )

    assert list(found.values()) == [listed("a", "A"), listed("b", "B"), listed("c", "a-09-2026")]

"""The smoke test passes what is well, and finds each thing that can be wrong."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.release.exchange import exchange
from infra.release.smoke import CHECKS, smoke
from tests.browser.nexus_process import ROOT, running_nexus
from tests.infra.release.stub_site import EXHAUSTED, StubSite, stub_site
from tools.emulator.server import Emulator

Change = Callable[[StubSite], None]


@pytest.fixture(scope="module")
def running_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StubSite]:
    with stub_site(tmp_path_factory.mktemp("build")) as site:
        yield site


@pytest.fixture
def site(running_site: StubSite) -> StubSite:
    running_site.heal()
    running_site.asked.clear()
    return running_site


def body(name: str, value: object) -> Change:
    return lambda site: setattr(site.replies[name], "body", value)


def status(name: str, value: int) -> Change:
    return lambda site: setattr(site.replies[name], "status", value)


def header(name: str, key: str, value: str) -> Change:
    return lambda site: site.replies[name].headers.update({key: value})


def field(name: str, key: str, value: object) -> Change:
    return lambda site: site.replies[name].body.update({key: value})


def refused(code: str, http: int, **fields: str) -> Change:
    return lambda site: site.refuse({"error": {"code": code, **fields}}, http)


def test_a_site_that_is_well_passes(site: StubSite, capsys: pytest.CaptureFixture[str]) -> None:
    assert smoke(site.page + "/", site.build)

    assert [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()] == [
        ["ok", name] for name in ("configuration", *CHECKS)
    ]


def test_exhausted_models_are_no_fault_of_the_deployment(site: StubSite) -> None:
    site.refuse(EXHAUSTED, 503)
    site.replies["availability"].body.update(
        available=False, status="exhausted", retry_at="2026-11-23T08:00:00Z"
    )

    assert smoke(site.page + "/", site.build)


FAULTS = {
    "no page": (status("page", 404), "gives 404"),
    "page is kept": (header("page", "Cache-Control", "max-age=3600"), "the page may be cached"),
    "page is text": (header("page", "Content-Type", "text/plain"), "is sent as text/plain"),
    "no policy": (body("page", "<html>"), "no Content-Security-Policy"),
    "policy of another": (
        body(
            "page",
            '<meta http-equiv="Content-Security-Policy" content="connect-src https://a.example">',
        ),
        "does not let it connect to",
    ),
    "policy in a header": (
        header("page", "Content-Security-Policy", "connect-src 'self'"),
        "does not let it connect to",
    ),
    "no configuration": (status("config", 403), "config.json must be JSON"),
    "configuration is HTML": (body("config", "<html>"), "config.json must be JSON"),
    "configuration is kept": (header("config", "Cache-Control", "public"), "config.json may be"),
    "no chatUrl": (field("config", "chatUrl", ""), "has no chatUrl"),
    "old script": (body("script", "old()"), "not the file of this build"),
    "no script": (status("script", 404), "app.js gives 404"),
    "script is text": (header("script", "Content-Type", "text/plain"), "Content-Type is"),
    "script is not kept": (header("script", "Cache-Control", "private"), "Cache-Control is"),
    "function is private": (status("preflight", 403), "is the function public?"),
    "origin not allowed": (
        header("preflight", "Access-Control-Allow-Origin", "https://a.example"),
        "does not allow the page's origin",
    ),
    "no POST": (header("preflight", "Access-Control-Allow-Methods", "GET"), "not allow POST"),
    "no headers": (
        header("preflight", "Access-Control-Allow-Headers", "x-other"),
        "not allow the header",
    ),
    "availability is down": (status("availability", 500), "check-availability gives 500"),
    "misconfigured": (field("availability", "status", "misconfigured"), "says misconfigured"),
    "unknown status": (field("availability", "status", "fine"), "has the status 'fine'"),
    "no models": (field("availability", "models", []), "lacks"),
    "exhausted until when": (field("availability", "status", "exhausted"), "names no retry_at"),
    "availability is kept": (header("availability", "Cache-Control", "max-age=60"), "too long"),
    "availability is hidden": (
        header("availability", "Access-Control-Allow-Origin", "*"),
        "does not let the page read",
    ),
    "no answer": (field("plain", "choices", []), "the plain chat does not end"),
    "answer is kept": (header("plain", "Cache-Control", "max-age=60"), "answers may be cached"),
    "answer is hidden": (
        header("plain", "Access-Control-Allow-Origin", "null"),
        "does not let the page read",
    ),
    "cut stream": (body("stream", 'data: {"choices": []}\n\n'), "the streamed chat does not end"),
    "error in the stream": (
        body("stream", 'data: {"error": {"code": "answer_interrupted"}}\n\n'),
        "the streamed chat does not end",
    ),
    "no stream": (header("stream", "Content-Type", "application/json"), "is sent as application"),
    "wrong key": (refused("service_misconfigured", 503), "the chat is refused: 503"),
    "bug": (refused("internal_error", 500), "the chat is refused: 500"),
    "exhausted for ever": (refused("models_exhausted", 503), "names no retry_at"),
    "exhausted for a while": (
        refused("models_exhausted", 503, retry_at="2026-11-23"),
        "names no retry_at",
    ),
    "not JSON": (lambda site: site.refuse("<html>", 502), "the chat gives 502"),
    "open to strangers": (header("stranger", "Access-Control-Allow-Origin", "*"), "lets https://s"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found(site: StubSite, capsys: pytest.CaptureFixture[str], name: str) -> None:
    change, complaint = FAULTS[name]
    change(site)

    assert not smoke(site.page + "/", site.build)

    found = capsys.readouterr().out
    assert complaint in found
    assert "FAIL" in found


def test_what_fails_is_tried_again_and_what_passed_is_not(
    site: StubSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.replies["preflight"].status = 403

    def heal_while_it_waits(_seconds: float) -> None:
        site.heal()

    monkeypatch.setattr(time, "sleep", heal_while_it_waits)
    assert smoke(site.page + "/", site.build, within_seconds=60)

    assert site.asked.count("preflight") == 2
    assert site.asked.count("plain") == 1


def test_a_site_that_does_not_exist_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert not smoke("http://127.0.0.1:9/")

    assert "no reply" in capsys.readouterr().out


def test_a_reply_that_never_ends_is_given_up(site: StubSite) -> None:
    reply = exchange(site.page + "/", seconds=0)

    assert reply.status == 0


def run_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "infra.release.smoke", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_service_of_make_run_passes_and_a_refused_key_does_not(tmp_path: Path) -> None:
    if not (ROOT / "web/dist/index.html").is_file():
        pytest.skip("missing tool: the web build; run: make web-build")
    with Emulator() as gemini, running_nexus(gemini.url, tmp_path) as address:
        well = run_command(address, "--build", "web/dist")
        gemini.behave("*", "key-invalid")
        refused = run_command(address)

    assert well.returncode == 0, well.stdout + well.stderr
    assert refused.returncode == 1
    assert "service_misconfigured" in refused.stdout


def test_an_address_without_a_scheme_is_refused() -> None:
    result = run_command("chat.example.com")

    assert result.returncode == 2
    assert "must begin with https://" in result.stderr

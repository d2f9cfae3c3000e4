"""A project on a made-up cloud, and the repository that is deployed to it."""

from __future__ import annotations

import json
import marshal
import py_compile
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from tests.infra.release.stub_site import StubSite, stub_site
from tests.infra.terraform import ROOT
from tools.testkit.web_server import WebServer

PROGRAMS = Path(__file__).with_name("fake_programs.py")
KEY = "made-up-key-of-the-operator"
EMAIL = "operator@example.org"
STATE = "gs://acme-chat-nexus-state"
NEW_PROJECT: dict[str, Any] = {
    "signed_in": True,
    "projects": ["acme-chat"],
    "billing": True,
    "services": [],
    "buckets": {},
    "secrets": {},
    "outputs": {},
    "imported": [],
    "faults": [],
    "plan": "Plan: 71 to add, 0 to change, 0 to destroy.",
    "terraform_version": "1.11.4",
}


class FakeCloud:
    """A project, an operator's machine, and the programs on it."""

    def __init__(self, folder: Path, site: StubSite, gemini: str) -> None:
        self.folder, self.site, self.tree = folder, site, folder / "tree"
        self.bin = folder / "bin"
        self.bin.mkdir()
        compiled = py_compile.compile(str(PROGRAMS), str(folder / "programs.pyc"), doraise=True)
        for program in ("gcloud", "terraform", "node", "npm"):
            script = f'#!/bin/sh\nexec {sys.executable} -I -S {compiled} {program} "$@"\n'
            (self.bin / program).write_text(script)
            (self.bin / program).chmod(0o755)
        for program in ("make", "sh", "touch"):
            found = shutil.which(program)
            assert found, program
            (self.bin / program).symlink_to(found)
        outputs = {
            "web_url": f"{site.page}/",
            "openai_base_url": f"{site.functions}/v1",
            "dashboard_url": "https://console.cloud.google.com/monitoring/dashboards/builder/1",
        }
        self.write(NEW_PROJECT | {"to_output": outputs})
        shutil.copytree(
            ROOT / "infra",
            self.tree / "infra",
            ignore=shutil.ignore_patterns(".terraform*", "release", "tests", "__pycache__"),
        )
        (self.tree / "functions").mkdir()
        shutil.copy(ROOT / "functions/nexus.toml", self.tree / "functions")
        shutil.copy(ROOT / "cloudbuild.yaml", self.tree)
        (self.tree / "Makefile").write_text("web-build:\n\t@touch web/dist/built\n")
        self.environ = {
            "FAKE_CLOUD": str(folder),
            "GOOGLE_GEMINI_BASE_URL": gemini,
            "HOME": str(folder),
            "HTTPS_PROXY": "http://127.0.0.1:1",  # What Google's own servers would say is refused.
            "PATH": str(self.bin),
            "PYTHONPATH": str(ROOT),
        }

    @property
    def cloud(self) -> dict[str, Any]:
        found: dict[str, Any] = marshal.loads((self.folder / "cloud").read_bytes())
        return found

    def write(self, cloud: dict[str, Any]) -> None:
        (self.folder / "cloud").write_bytes(marshal.dumps(cloud))

    def change(self, **values: Any) -> None:
        self.write(self.cloud | values)

    def calls(self) -> list[dict[str, Any]]:
        path, found = self.folder / "calls", []
        if path.exists():
            with path.open("rb") as calls:
                while calls.peek(1):
                    found.append(marshal.load(calls))
        return found

    def command(self, program: str, *arguments: str) -> list[str]:
        named = ["--project=acme-chat", "--environment=production", "--pause=0"]
        within = ["--within=0"] if program == "deploy" else []
        return [sys.executable, "-m", f"infra.release.{program}", *named, *within, *arguments]

    def deploy(
        self, *arguments: str, entered: str = KEY, email: str = EMAIL
    ) -> subprocess.CompletedProcess[str]:
        given = [f"--alert-email={email}"] if email else []
        return self.run(self.command("deploy", *given, *arguments), entered)

    def destroy(self, entered: str) -> subprocess.CompletedProcess[str]:
        return self.run(self.command("destroy"), entered)

    def run(self, command: Sequence[str], entered: str) -> subprocess.CompletedProcess[str]:
        """Without a terminal, so that keys are read from standard input."""
        return subprocess.run(
            command,
            cwd=self.tree,
            env=self.environ,
            input=f"{entered}\n" if entered else "",
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    """The last line for a person: errors come after all else."""
    return (done.stderr.strip() or done.stdout.strip()).splitlines()[-1]


@contextmanager
def fake_cloud(folder: Path) -> Iterator[FakeCloud]:
    (folder / "tree/web/dist").mkdir(parents=True)
    with fake_gemini() as gemini, stub_site(folder / "tree/web/dist") as site:
        yield FakeCloud(folder, site, gemini)


@contextmanager
def fake_gemini() -> Iterator[str]:
    """Lists the five models for one key, and refuses all others as Gemini does."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            good = self.headers.get("x-goog-api-key") == KEY and "key=" not in self.path
            body = json.dumps(MODELS if good else REFUSAL).encode()
            self.send_response(200 if good else 400)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = WebServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def model(name: str) -> dict[str, Any]:
    return {"name": f"models/{name}", "supportedGenerationMethods": ["generateContent"]}


MODELS = {
    "models": [
        model("gemini-3.8-flash"),
        model("gemini-3.6-flash"),
        model("gemini-3.5-flash-lite"),
        model("gemini-3.1-flash-lite"),
    ]
}
REFUSAL = {
    "error": {
        "code": 400,
        "message": "API key not valid. Please pass a valid API key.",
        "status": "INVALID_ARGUMENT",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "API_KEY_INVALID",
                "domain": "googleapis.com",
            }
        ],
    }
}

"""No package that Nexus is made of has a known vulnerability.

Advisories come from the network: OSV for Python, the npm registry for the page. Where they cannot
be asked, the test says that it was skipped; that is no missing tool, and no verdict either.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
OSV = "https://api.osv.dev/v1/query"
SECONDS = 300


class UnreachableError(Exception):
    """The advisories could not be asked."""


def pinned(name: str = "requirements.txt") -> list[Requirement]:
    """The packages that a list names."""
    lines = (ROOT / name).read_text().replace("\\\n", "").splitlines()
    pins = [line.partition("--hash")[0].partition("#")[0].strip() for line in lines]
    return [Requirement(pin) for pin in pins if pin]


def deployed() -> dict[str, str]:
    """Every Python package that is deployed, with its version."""
    return {
        requirement.name: next(iter(requirement.specifier)).version
        for requirement in pinned()
        if requirement.marker is None or requirement.marker.evaluate()
    }


def needed() -> dict[str, str]:
    """What the packages of requirements.in need in turn, as it is installed here."""
    wanted = pinned("requirements.in")
    found: dict[str, str] = {}
    while wanted:
        requirement = wanted.pop()
        name = canonicalize_name(requirement.name)
        if name in found or not (requirement.marker is None or requirement.marker.evaluate()):
            continue
        with contextlib.suppress(metadata.PackageNotFoundError):  # For another system.
            found[name] = metadata.version(name)
            wanted += [
                need
                for line in metadata.requires(name) or []
                if not (need := Requirement(line)).marker
                or need.marker.evaluate({"extra": ""})
                or any(need.marker.evaluate({"extra": extra}) for extra in requirement.extras)
            ]
    return found


def python_findings(packages: dict[str, str], folder: Path, url: str = OSV) -> list[str]:
    """Each package with a known vulnerability, and its id."""
    listed = folder / "deployed.txt"
    listed.write_text("".join(f"{name}=={version}\n" for name, version in packages.items()))
    audit = subprocess.run(
        [
            *(sys.executable, "-m", "pip_audit", "--requirement", listed, "--no-deps"),
            *("--disable-pip", "--vulnerability-service", "osv", "--osv-url", url),
            *("--cache-dir", folder / "cache", "--timeout", "5", "--format", "json"),
            *("--progress-spinner", "off"),
        ],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    try:
        audited = json.loads(audit.stdout)["dependencies"]
    except ValueError as error:
        raise UnreachableError(f"{url} cannot be asked") from error
    assert {package["name"] for package in audited} == set(packages)
    assert not any("skip_reason" in package for package in audited), audit.stdout
    return [f"{p['name']} {vuln['id']}" for p in audited for vuln in p["vulns"]]


def npm_findings(*options: str) -> list[str]:
    """Each package of the page, build tools included, with a grave known vulnerability."""
    audit = subprocess.run(
        ["npm", "audit", "--json", "--fetch-retries=0", "--fetch-timeout=20000", *options],
        cwd=ROOT / "web",
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    found = json.loads(audit.stdout)
    if "vulnerabilities" not in found:
        raise UnreachableError("the npm registry's advisories cannot be asked")
    grave = {"high", "critical"}
    return [name for name, it in found["vulnerabilities"].items() if it["severity"] in grave]


def test_everything_that_is_deployed_is_pinned_with_hashes() -> None:
    for entry in (ROOT / "requirements.txt").read_text().replace("\\\n", "").splitlines():
        if not entry.startswith("#"):
            assert "==" in entry
            assert " --hash=sha256:" in entry
    assert needed().keys() <= deployed().keys()
    for requirement in pinned("requirements.in"):
        assert deployed()[requirement.name] in requirement.specifier


def test_no_deployed_python_package_is_vulnerable(tmp_path: Path) -> None:
    packages = deployed()
    assert {"flask", "gunicorn", "google-genai", "grpcio"} <= set(packages)
    assert "pytest" not in packages

    try:
        findings = python_findings(packages, tmp_path)
    except UnreachableError as error:
        pytest.skip(f"Python packages were not audited: {error}")

    assert findings == []


def test_no_package_of_the_page_is_vulnerable() -> None:
    try:
        findings = npm_findings()
    except UnreachableError as error:
        pytest.skip(f"packages of the page were not audited: {error}")

    assert findings == []


@contextlib.contextmanager
def advisories(reply: dict[str, Any]) -> Iterator[str]:
    """A service that says the same of every package."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps(reply).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, *arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_vulnerable_python_package_is_found(tmp_path: Path) -> None:
    entry = {
        "id": "PYSEC-2026-1",
        "affected": [{"package": {"name": "flask", "ecosystem": "PyPI"}, "versions": ["3.1.3"]}],
    }
    with advisories({"vulns": [entry]}) as url:
        assert python_findings({"flask": "3.1.3"}, tmp_path, url) == ["flask PYSEC-2026-1"]


def test_a_vulnerable_package_of_the_page_is_found() -> None:
    packages = json.loads((ROOT / "web" / "package.json").read_text())
    name = next(iter({**packages.get("dependencies", {}), **packages["devDependencies"]}))
    entry = {
        "id": 1,
        "url": "https://example.com",
        "title": "bad",
        "severity": "high",
        "vulnerable_versions": "*",
    }
    with advisories({name: [entry]}) as url:
        assert name in npm_findings("--registry", url)


def test_an_audit_that_was_none_does_not_pass_for_one(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError):
        python_findings({"flask": "3.1.3"}, tmp_path, "http://127.0.0.1:9/")
    with pytest.raises(UnreachableError):
        npm_findings("--registry", "http://127.0.0.1:9/")

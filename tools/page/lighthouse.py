"""Measures the page with Lighthouse, before the functions and the emulator: `make lighthouse`."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# The last one for Node 20; not among the page's packages, which it would make 185 MB larger.
LIGHTHOUSE = "lighthouse@12.8.2"
CHROME_FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)
FORMS: dict[str, list[str]] = {"mobile": [], "desktop": ["--preset=desktop"]}
LEAST_SCORES = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
METRICS = {
    "first-contentful-paint": "FCP",
    "largest-contentful-paint": "LCP",
    "total-blocking-time": "TBT",
    "cumulative-layout-shift": "CLS",
    "total-byte-weight": "",
}
START_SECONDS = 60.0


@contextmanager
def running_nexus(folder: Path) -> Iterator[str]:
    """Serve everything on a free port, with state in a folder; give its address."""
    log = folder / "nexus.log"
    env = {**os.environ, "PORT": "0", "NEXUS_STATE": f"sqlite:{folder / 'nexus.db'}"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.serving.serve"],
            cwd=ROOT,
            env=env,
            stdout=output,
            stderr=output,
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not (found := re.search(r"Nexus is at (http://\S+)", log.read_text())):
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"Nexus has not started:\n{log.read_text()}")
            time.sleep(0.1)
        yield f"{found[1]}/"
    finally:
        process.terminate()
        process.wait()


def measure(url: str, options: list[str], folder: Path) -> dict[str, Any]:
    """Run Lighthouse once and give its report."""
    report = folder / "report.json"
    command = ["npx", "--yes", LIGHTHOUSE, url, "--quiet", f"--chrome-flags={CHROME_FLAGS}"]
    command += ["--output=json", f"--output-path={report}", *options]
    subprocess.run(command, cwd=folder, check=True)
    found: dict[str, Any] = json.loads(report.read_text())
    return found


def main() -> int:
    """Measure each form, print what was found, and fail below the least scores."""
    has_failed = False
    with tempfile.TemporaryDirectory() as name, running_nexus(Path(name)) as url:
        for form, options in FORMS.items():
            report = measure(url, options, Path(name))
            scores = {key: round(100 * report["categories"][key]["score"]) for key in LEAST_SCORES}
            audits = report["audits"]
            metrics = [f"{METRICS[key]} {audits[key]['displayValue']}" for key in METRICS]
            print(f"{form:8}", " ".join(f"{key} {score}" for key, score in scores.items()))
            print(" " * 8, ", ".join(metrics).replace("\xa0", " "))
            for key, least in LEAST_SCORES.items():
                if scores[key] < least:
                    has_failed = True
                    print(
                        " " * 8, f"{key}: at least {least} is wanted; lost in", _lost(report, key)
                    )
    return int(has_failed)


def _lost(report: dict[str, Any], category: str) -> list[str]:
    audits = report["categories"][category]["auditRefs"]
    ids = [audit["id"] for audit in audits if audit["weight"]]
    return [id_ for id_ in ids if (report["audits"][id_]["score"] or 0) < 1]


if __name__ == "__main__":
    sys.exit(main())

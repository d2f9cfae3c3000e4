"""The whole of Nexus, as `make run` serves it, with another Gemini."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.tools.serving.polling import eventually

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120.0
STOP_SECONDS = 60.0


@contextmanager
def running_nexus(gemini_url: str, directory: Path, **environ: str) -> Iterator[str]:
    """Serve everything on a free port, with its state in a directory; give its address.

    Keyword arguments are further variables.
    """
    log = directory / "nexus.log"
    env = {
        **os.environ,
        "PORT": "0",
        "GEMINI_API_KEY": "dummy",
        "GOOGLE_GEMINI_BASE_URL": gemini_url,
        "NEXUS_STATE": f"sqlite:{directory / 'nexus.db'}",
        "NEXUS_VISITOR_LIMITS": "off",
        **environ,
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.serving.serve"],
            cwd=ROOT,
            env=env,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        eventually(lambda: _address(log) is not None or process.poll() is not None, START_SECONDS)
        address = _address(log)
        assert address, f"Nexus has not started:\n{log.read_text()}"
        yield address
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)
        # The next Nexus that gets this port must not tell what this one has told.
        if address := _address(log):
            for left in (ROOT / ".local").glob(f"status-{urlsplit(address).port}[-.]*"):
                left.unlink()


def configuration(directory: Path, replaced: dict[str, str], more: str = "") -> str:
    """Write the default configuration with other lines and more at its end; give its path."""
    text = (ROOT / "functions/nexus.toml").read_text()
    for line, other in replaced.items():
        assert f"\n{line}\n" in text, line
        text = text.replace(f"\n{line}\n", f"\n{other}\n")
    path = directory / "nexus.toml"
    path.write_text(text + more)
    return str(path)


def _address(log: Path) -> str | None:
    match = re.search(r"Nexus is at (http://\S+)", log.read_text())
    return match[1] + "/" if match else None

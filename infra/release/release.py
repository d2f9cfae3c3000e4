"""A release: the applied tree with its web build, stored beside the state.

It contains everything that Terraform read, so applying it again restores functions, page, settings
and infrastructure.
"""

import subprocess
import tarfile
from pathlib import Path

# Generated, fetched again by tools, or private to the machine.
_LEFT_OUT = {
    ".cache",
    ".env",
    ".git",
    ".hypothesis",
    ".local",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".terraform",
    ".venv",
    "__pycache__",
    "htmlcov",
    "node_modules",
}
_LEFT_OUT_SUFFIXES = {".tfplan", ".tfstate", ".backup"}
NAME = "last-good.tar.gz"


def pack(tree: Path, archive: Path) -> None:
    """Archives a tree without generated files."""
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(tree, arcname=".", filter=_wanted)


def unpack(archive: Path, tree: Path) -> None:
    """Extracts an archive into an empty folder."""
    with tarfile.open(archive) as tar:
        # Debian 12's own Python, 3.11.2, knows no filters; only the pipeline writes the archive.
        tar.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
        tar.extractall(tree)  # noqa: S202 - as the line above says


def store(archive: Path, releases: str) -> bool:
    """Stores an archive as the last good release; returns whether that worked."""
    return _copy(str(archive), f"{releases}/{NAME}")


def fetch(releases: str, archive: Path) -> bool:
    """Copies the last good release to a file; returns whether there was a readable one."""
    return _copy(f"{releases}/{NAME}", str(archive))


def _wanted(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    path = Path(member.name)
    unwanted = path.name in _LEFT_OUT or path.suffix in _LEFT_OUT_SUFFIXES
    return None if unwanted else member


def _copy(source: str, target: str) -> bool:
    # gcloud may ask questions, which nobody could answer in a pipeline.
    command = ["gcloud", "storage", "cp", "--quiet", source, target]
    return subprocess.run(command, check=False).returncode == 0

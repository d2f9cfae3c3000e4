"""A release: the tree that was applied, web build included, kept where the state is.

Whatever Terraform read to deploy it is in there, so that applying it once more brings all of it
back: the functions' bundle, the page's files, the settings and the infrastructure.
"""

import subprocess
import tarfile
from pathlib import Path

# Made by tools, fetched again by them, or not to leave the machine.
_LEFT_OUT = {
    ".cache",
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
    """Write a tree into an archive, without what tools have made."""
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(tree, arcname=".", filter=_wanted)


def unpack(archive: Path, tree: Path) -> None:
    """Write an archive's tree into an empty folder."""
    with tarfile.open(archive) as tar:
        tar.extractall(tree, filter="data")


def store(archive: Path, releases: str) -> bool:
    """Copy an archive to where releases are kept; whether that worked."""
    return _copy(str(archive), f"{releases}/{NAME}")


def fetch(releases: str, archive: Path) -> bool:
    """Copy the last good release to a file; whether there was one that could be read."""
    return _copy(f"{releases}/{NAME}", str(archive))


def _wanted(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    path = Path(member.name)
    unwanted = path.name in _LEFT_OUT or path.suffix in _LEFT_OUT_SUFFIXES
    return None if unwanted else member


def _copy(source: str, target: str) -> bool:
    # A person's gcloud may ask; a pipeline has nobody to answer.
    command = ["gcloud", "storage", "cp", "--quiet", source, target]
    return subprocess.run(command, check=False).returncode == 0

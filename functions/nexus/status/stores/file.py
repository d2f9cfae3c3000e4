"""The status object, or another beside it, as a file, for serving on one machine."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fallback.ports import StoreUnavailableError
from nexus.status.ports import Status, Stored, digest


class FileStatusStore:
    """Keeps one object in a file. Safe for many processes of one machine."""

    def __init__(self, path: Path) -> None:
        """Opens nothing yet.

        Args:
            path: The file; its folder is made when needed.
        """
        self._path = path

    def read(self) -> Stored:
        """What is stored now; see `nexus.status.ports.StatusStore`. A generation is the content."""
        with _errors():
            content = self._content()
        return Stored(_version(content), content)

    def content(self, stored: Stored) -> bytes | None:
        """What was stored then; see `nexus.status.ports.StatusStore`."""
        return stored.generation if isinstance(stored.generation, bytes) else b""

    def write(self, status: Status, generation: object) -> bool:
        """Replaces the object; see `nexus.status.ports.StatusStore`. Readers see a whole file."""
        with _errors():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.with_name(f".{self._path.name}.lock").open("wb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if self._content() != generation:
                    return False
                new = self._path.with_name(f".{self._path.name}.new")
                new.write_bytes(status.body)
                new.replace(self._path)
        return True

    def _content(self) -> bytes | None:
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return None


def _version(content: bytes | None) -> str | None:
    """The one that the content names, as the status object does; else its digest."""
    if content is None:
        return None
    try:
        return str(json.loads(content)["version"])
    except (ValueError, KeyError, TypeError):
        return digest(content)


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailableError(f"file: {error.strerror}") from error

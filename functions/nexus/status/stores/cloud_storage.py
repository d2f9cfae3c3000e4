"""The status object, or another beside it, in a bucket of Cloud Storage, over its JSON API.

Its few requests through google-auth, which the Firestore client has loaded already, need no
library.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import google.auth
from google.auth import exceptions as auth_exceptions
from google.auth.credentials import AnonymousCredentials
from google.auth.transport.requests import AuthorizedSession

from fallback.ports import StoreUnavailableError
from nexus.status.ports import Status, Stored

URL = "https://storage.googleapis.com"
_SCOPES = ("https://www.googleapis.com/auth/devstorage.read_write",)
CALL_SECONDS = 1.0
"""The longest time that one call may take."""

_BOUNDARY = "nexus-status-object"
_ABSENT = "0"
"""The generation of an object that does not exist."""


class CloudStorageStatusStore:
    """Keeps one object in a bucket. Safe for many threads."""

    def __init__(
        self,
        bucket: str,
        name: str,
        emulator_url: str | None = None,
        *,
        content_type: str = "application/json",
        max_age_seconds: int = 1,
    ) -> None:
        """Connects to nothing yet.

        Args:
            bucket: The bucket.
            name: The object's name in it.
            emulator_url: Of a storage that asks for no credentials, in place of Google's.
            content_type: What the object is served as.
            max_age_seconds: How long readers may cache it.
        """
        self._objects = f"/storage/v1/b/{quote(bucket, safe='')}/o"
        self._path = f"{self._objects}/{quote(name, safe='')}"
        self._name = name
        self._content_type = content_type
        self._cache_control = f"public, max-age={max_age_seconds}"
        self._url = (emulator_url or URL).rstrip("/")
        self._is_emulator = emulator_url is not None
        self._opening = threading.Lock()
        self._session: Any = None

    def read(self) -> Stored:
        """What is stored now; see `nexus.status.ports.StatusStore`.

        It is asked for as metadata: the content of a public object may come from a cache.
        """
        params = {"fields": "generation,metadata"}
        response = self._ask("GET", self._path, {404}, params=params)
        if response.status_code == 404:
            return Stored(None, _ABSENT)
        with _errors():
            found = response.json()
            return Stored((found.get("metadata") or {}).get("version"), str(found["generation"]))

    def content(self, stored: Stored) -> bytes | None:
        """What was stored then; see `nexus.status.ports.StatusStore`.

        A cache may answer, for the content of one generation does not change.
        """
        if stored.generation == _ABSENT:
            return b""
        params = {"alt": "media", "generation": str(stored.generation)}
        response = self._ask("GET", self._path, {404}, params=params)
        return bytes(response.content) if response.ok else None

    def write(self, status: Status, generation: object) -> bool:
        """Replaces the object; see `nexus.status.ports.StatusStore`.

        429 means that others have just written it: an object takes about one write a second.
        """
        metadata = {
            "name": self._name,
            "contentType": self._content_type,
            "cacheControl": self._cache_control,
            "metadata": {"version": status.version},
        }
        response = self._ask(
            "POST",
            f"/upload{self._objects}",
            {412, 429},
            params={"uploadType": "multipart", "ifGenerationMatch": str(generation)},
            headers={"Content-Type": f"multipart/related; boundary={_BOUNDARY}"},
            data=_related(json.dumps(metadata).encode(), status.body),
        )
        return bool(response.ok)

    def _ask(self, method: str, path: str, refusals: set[int], **request: Any) -> Any:
        with _errors():
            response = self._connected().request(
                method, self._url + path, timeout=CALL_SECONDS, **request
            )
        if not response.ok and response.status_code not in refusals:
            raise StoreUnavailableError(f"Cloud Storage: {response.status_code}")
        return response

    def _connected(self) -> Any:
        with self._opening:
            if self._session is None:
                self._session = _session(is_anonymous=self._is_emulator)
            return self._session


def _session(*, is_anonymous: bool) -> Any:
    anonymous: Any = AnonymousCredentials  # google-auth has few types
    credentials = anonymous() if is_anonymous else google.auth.default(_SCOPES)[0]
    session: Any = AuthorizedSession
    return session(credentials, refresh_timeout=CALL_SECONDS)


def _related(*parts: bytes) -> bytes:
    """The body of a multipart upload: the object's metadata, then its content."""
    head = f"--{_BOUNDARY}\r\nContent-Type: application/json\r\n\r\n".encode()
    return b"".join(head + part + b"\r\n" for part in parts) + f"--{_BOUNDARY}--\r\n".encode()


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, KeyError, auth_exceptions.GoogleAuthError) as error:
        raise StoreUnavailableError(f"Cloud Storage: {type(error).__name__}") from error

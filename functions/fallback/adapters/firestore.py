"""Windows in Firestore: shared by all instances of both functions.

`exhaustion_windows/{model}` holds `until_ms` (UTC epoch milliseconds), `reason` and `expires_at`
(for the TTL policy). Writes take the maximum on the server, so they commute: no read, no lock, no
transaction, and concurrent instances cannot shorten or lose a window.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from google.api_core import exceptions as api_exceptions
from google.auth import exceptions as auth_exceptions
from google.cloud import firestore

from fallback.core.windows import Window, from_epoch_ms, to_epoch_ms
from fallback.ports import StoreUnavailableError

COLLECTION = "exhaustion_windows"

_CALL_SECONDS = 2.0
# A TTL may delete a document from expires_at on. The longest window lasts 25 hours, so even a
# shorter window that is written last cannot make a longer one expire before its end.
_KEEP = timedelta(days=2)


class FirestoreWindowStore:
    """Keeps windows in Firestore. Safe for many threads."""

    def __init__(self, project: str | None = None, database: str = "(default)") -> None:
        """Connects to nothing yet: gRPC does not survive a fork.

        Args:
            project: The Google Cloud project; None lets the client library find it.
            database: Name of the database in it.
        """
        self._project = project
        self._database = database
        self._client: firestore.Client | None = None

    def read(self) -> Mapping[str, Window]:
        """All windows; see `fallback.ports.WindowStore`."""
        with _calls():
            documents = self._collection().get(retry=None, timeout=_CALL_SECONDS)
            windows = {document.id: _window(document.to_dict() or {}) for document in documents}
            return {model: window for model, window in windows.items() if window is not None}

    def extend(self, model: str, window: Window) -> None:
        """Opens or lengthens a window; see `fallback.ports.WindowStore`."""
        with _calls():
            self._collection().document(model).set(
                {
                    "until_ms": firestore.Maximum(to_epoch_ms(window.until)),
                    "reason": window.reason,
                    "expires_at": window.until + _KEEP,
                },
                merge=True,
                retry=None,
                timeout=_CALL_SECONDS,
            )

    def close(self, model: str, seen: Window) -> None:
        """Forgets a window that has not grown; see `fallback.ports.WindowStore`."""
        with _calls():
            reference = self._collection().document(model)
            document = reference.get(retry=None, timeout=_CALL_SECONDS)
            window = _window(document.to_dict() or {})
            if window is None or window.until > seen.until:
                return
            unchanged = self._connected().write_option(last_update_time=document.update_time)
            try:
                reference.delete(option=unchanged, retry=None, timeout=_CALL_SECONDS)
            except (api_exceptions.FailedPrecondition, api_exceptions.NotFound):
                return  # Another instance extended it, or has closed it.

    def _connected(self) -> firestore.Client:
        if self._client is None:
            self._client = firestore.Client(project=self._project, database=self._database)
        return self._client

    def _collection(self) -> firestore.CollectionReference:
        return self._connected().collection(COLLECTION)


def _window(fields: Mapping[str, Any]) -> Window | None:
    try:
        return Window(from_epoch_ms(int(fields["until_ms"])), str(fields.get("reason", "")))
    except (KeyError, TypeError, ValueError, OverflowError):
        return None  # Not one of ours.


@contextmanager
def _calls() -> Iterator[None]:
    try:
        yield
    except (
        api_exceptions.GoogleAPICallError,
        api_exceptions.RetryError,
        auth_exceptions.GoogleAuthError,
    ) as error:
        raise StoreUnavailableError(f"Firestore: {type(error).__name__}") from error
    except OSError as error:  # The client library finds no project or no credentials.
        raise StoreUnavailableError(f"Firestore: {type(error).__name__}") from error

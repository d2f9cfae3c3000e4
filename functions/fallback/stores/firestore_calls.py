"""What all stores in Firestore share: one client, a time limit, and one exception for failures."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from google.api_core import exceptions as api_exceptions
from google.api_core.retry import Retry, if_exception_type
from google.auth import exceptions as auth_exceptions
from google.cloud import firestore

from fallback.ports import StoreUnavailableError

CALL_SECONDS = 2.0
"""The longest time that one call may take."""

_NO_RETRY = Retry(predicate=if_exception_type())
"""For queries. With `retry=None` the client library raises AttributeError where a query breaks in
the middle of its results (google-cloud-firestore 2.34 asks the retry whether to go on)."""

_CONFLICTS = (
    api_exceptions.Conflict,
    api_exceptions.FailedPrecondition,
    api_exceptions.NotFound,
)
"""Another writer was first: the document exists, is gone, has changed, or is being changed."""


class FirestoreStore:
    """A store in one database, where a document's version is its update time.

    All calls raise StoreUnavailableError, with the class of what was raised and without its text.
    Safe for many threads.
    """

    def __init__(self, project: str | None = None, database: str = "(default)") -> None:
        """Connects to nothing yet: gRPC does not survive a fork.

        Args:
            project: The Google Cloud project; None lets the client library find it.
            database: Name of the database in it.
        """
        self._project = project
        self._database = database
        self._connecting = threading.Lock()
        self._client: firestore.Client | None = None

    def _connected(self) -> firestore.Client:
        with self._connecting:
            if self._client is None:
                self._client = firestore.Client(project=self._project, database=self._database)
            return self._client

    def _get(self, collection: str, name: str) -> Any:
        with calls():
            reference = self._connected().collection(collection).document(name)
            return reference.get(retry=None, timeout=CALL_SECONDS)

    def _find(self, collection: str, condition: firestore.FieldFilter | None = None) -> list[Any]:
        with calls():
            query: Any = self._connected().collection(collection)
            if condition is not None:
                query = query.where(filter=condition)
            return list(query.get(retry=_NO_RETRY, timeout=CALL_SECONDS))

    def _set(self, collection: str, name: str, fields: Mapping[str, Any]) -> Any:
        """Writes fields, whatever the document is; gives the library's result."""
        with calls():
            reference = self._connected().collection(collection).document(name)
            return reference.set(dict(fields), merge=True, retry=None, timeout=CALL_SECONDS)

    def _replace(
        self, collection: str, name: str, fields: Mapping[str, Any] | None, version: object
    ) -> object | None:
        """Writes a document if it is as it was at a version.

        Args:
            collection: Its collection.
            name: Its name.
            fields: What is written; None deletes the document.
            version: The version that it must have; None if it must not exist.

        Returns:
            The version that it has now; None if another writer was first.
        """
        limits: dict[str, Any] = {"retry": None, "timeout": CALL_SECONDS}
        with calls():
            client = self._connected()
            reference = client.collection(collection).document(name)
            if version is not None:
                limits["option"] = client.write_option(last_update_time=version)
            new_version: object
            try:
                if fields is None:
                    new_version = reference.delete(**limits)
                else:
                    write = reference.create if version is None else reference.update
                    new_version = write(dict(fields), **limits).update_time
            except _CONFLICTS:
                return None
            return new_version

    def _delete(self, collection: str, name: str) -> None:
        """Deletes a document, if there is one."""
        with calls():
            reference = self._connected().collection(collection).document(name)
            reference.delete(retry=None, timeout=CALL_SECONDS)


@contextmanager
def calls() -> Iterator[None]:
    """Turns the client library's exceptions into StoreUnavailableError."""
    try:
        yield
    except (
        api_exceptions.GoogleAPICallError,
        api_exceptions.RetryError,
        auth_exceptions.GoogleAuthError,
        OSError,  # The client library finds no project or no credentials.
    ) as error:
        raise StoreUnavailableError(f"Firestore: {type(error).__name__}") from error

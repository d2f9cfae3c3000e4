"""What all calls to Firestore share: a time limit, and one exception for every failure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from google.api_core import exceptions as api_exceptions
from google.api_core.retry import Retry, if_exception_type
from google.auth import exceptions as auth_exceptions

from fallback.ports import StoreUnavailableError

CALL_SECONDS = 2.0
"""The longest time that one call may take."""

NO_RETRY = Retry(predicate=if_exception_type())
"""For queries. With `retry=None` the client library raises AttributeError where a query breaks in
the middle of its results (google-cloud-firestore 2.34 asks the retry whether to go on)."""


@contextmanager
def calls() -> Iterator[None]:
    """Turns the client library's exceptions into one.

    Raises:
        StoreUnavailableError: With the class of what was raised, and without its text.
    """
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

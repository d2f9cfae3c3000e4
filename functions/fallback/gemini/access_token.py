"""Google's access tokens, from Application Default Credentials.

Only targets on Vertex AI need this module, and google-auth with it.

Source: https://googleapis.dev/python/google-auth/latest/reference/google.auth.html
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Mapping

import google.auth
from google.auth.credentials import Credentials, TokenState
from google.auth.transport.requests import Request

from fallback.core.failure import Failure, FailureKind
from fallback.gemini.deadline import Deadline

_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_REFRESH_SECONDS = 10.0


def default_credentials() -> Credentials:
    """The credentials of this machine: a file, or the service account on Google Cloud.

    Raises:
        GoogleAuthError: There are none.
    """
    credentials, _ = google.auth.default(scopes=[_SCOPE])
    return credentials


class AccessToken:
    """A token that is renewed before it ends. Safe for many threads.

    A thread of its own renews it: minutes before the end, while requests go on with the old one.
    They wait only where there is none that holds, which is once after a start.
    """

    def __init__(self, load: Callable[[], Credentials] = default_credentials) -> None:
        """Asks for nothing yet.

        Args:
            load: Finds the credentials; called when the first token is needed.
        """
        self._load = load
        self._lock = threading.Lock()
        self._credentials: Credentials | None = None
        self._failure: Failure | None = None
        self._is_refused = False
        self._renewed: threading.Event | None = None

    def headers(self, deadline: Deadline) -> Mapping[str, str] | Failure:
        """The headers that carry the token; a Failure if it cannot be had.

        Raises:
            TimeoutError: The deadline has come first.
        """
        with self._lock:
            if self._state() is TokenState.FRESH:
                return self._headers()
            renewed = self._renewing()
            if self._state() is TokenState.STALE:
                return self._headers()
        while not renewed.wait(deadline.wait_seconds()):
            pass
        with self._lock:
            return self._failure or self._headers()

    def refuse(self, headers: Mapping[str, str]) -> None:
        """Drops the token in some headers, which Google has refused before its end."""
        with self._lock:
            self._is_refused = self._is_refused or headers == self._headers()

    def _state(self) -> TokenState:
        if self._credentials is None or self._is_refused:
            return TokenState.INVALID
        state: TokenState = self._credentials.token_state
        return state

    def _headers(self) -> Mapping[str, str]:
        headers: dict[str, str] = {}
        if self._credentials is not None:
            # Beside the token it can name a project for quotas.
            self._credentials.apply(headers)  # type: ignore[no-untyped-call]  # google-auth's own
        return headers

    def _renewing(self) -> threading.Event:
        """Set when the renewal that runs is over; starts one if none runs."""
        if self._renewed is None:
            self._renewed = threading.Event()
            arguments = (self._renewed,)
            threading.Thread(
                target=self._renew, args=arguments, name="access-token", daemon=True
            ).start()
        return self._renewed

    def _renew(self, renewed: threading.Event) -> None:
        failure = None
        try:
            credentials = self._credentials or self._load()
            request = functools.partial(Request(), timeout=_REFRESH_SECONDS)
            credentials.refresh(request)  # type: ignore[no-untyped-call]  # google-auth's own
            self._credentials = credentials
        except Exception as error:  # noqa: BLE001 - each kind of credentials raises what it likes
            failure = Failure(kind=FailureKind.UNAUTHORIZED, reason=type(error).__name__)
        with self._lock:
            self._failure = failure
            self._is_refused = self._is_refused and failure is not None
            self._renewed = None
        renewed.set()

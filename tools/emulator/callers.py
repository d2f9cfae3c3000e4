"""Knows who calls: a key of the Gemini Developer API, or a project at a location of Vertex AI."""

import hashlib
import threading
from dataclasses import dataclass, field, replace

ANY_CALLER = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who sends a request.

    Attributes:
        name: What people call it: `main`, or `my-project/europe-west4` on Vertex AI.
        secret: The key or the token.
        project: Whose quota is used; None for a key whose project has not been told.
        location: Of Vertex AI; None for the Gemini Developer API.
        is_revoked: Whether the key or the token is refused.
    """

    name: str
    secret: str = field(default="", repr=False)
    project: str | None = None
    location: str | None = None
    is_revoked: bool = False

    @property
    def quota_holder(self) -> str:
        """What requests are counted for: keys of one project share its quota."""
        if self.location is not None:
            return self.name
        return self.project or self.secret

    @property
    def names(self) -> tuple[str, ...]:
        """What a rule may call it, the most specific name first."""
        if self.location is not None:
            return (self.name, self.location, ANY_CALLER)
        return (self.name, ANY_CALLER)


ANYBODY = Caller(name=ANY_CALLER)


class Callers:
    """What has been told of keys and tokens."""

    def __init__(self) -> None:
        """Nothing has been told."""
        self._lock = threading.Lock()
        self._told: dict[str, Caller] = {}

    def tell(
        self, secret: str, *, name: str | None, project: str | None, revoked: bool | None
    ) -> Caller:
        """Say something of a key or a token; what is None stays as it was."""
        if not secret:
            raise ValueError("key must be a text that is not empty")
        with self._lock:
            known = self._told.get(secret) or _unknown(secret)
            told = replace(
                known,
                name=known.name if name is None else name,
                project=known.project if project is None else project,
                is_revoked=known.is_revoked if revoked is None else revoked,
            )
            self._told[secret] = told
            return told

    def with_key(self, key: str) -> Caller:
        """Return who sends a request with a key."""
        return self._told.get(key) or _unknown(key)

    def on_vertex(self, token: str, project: str, location: str) -> Caller:
        """Return who sends a request to an address of Vertex AI."""
        known = self._told.get(token)
        return Caller(
            name=f"{project}/{location}",
            secret=token,
            project=project,
            location=location,
            is_revoked=known is not None and known.is_revoked,
        )

    def reset(self) -> None:
        """Forget everything."""
        with self._lock:
            self._told.clear()


def _unknown(secret: str) -> Caller:
    # The name says which key it is without showing it: a real one may have come by mistake.
    return Caller(name=f"key-{hashlib.sha256(secret.encode()).hexdigest()[:6]}", secret=secret)

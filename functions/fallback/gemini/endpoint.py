"""Where Gemini is, and whose the requests are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from fallback.core.failure import Failure
from fallback.gemini.deadline import Deadline

API_VERSION = "v1beta"
"""Where new models and system instructions are served first."""


class Endpoint(Protocol):
    """One address of Gemini: the Gemini Developer API, or Vertex AI at a location."""

    @property
    def base_url(self) -> str:
        """Scheme and host, without a slash at the end."""
        ...

    def url_of(self, model: str) -> str:
        """Where a model's stream is asked for."""
        ...

    def headers(self, deadline: Deadline) -> Mapping[str, str] | Failure:
        """The credentials of a request; a Failure if there are none.

        Raises:
            TimeoutError: The deadline has come first.
        """
        ...

    def replaced(self, refused: Mapping[str, str], deadline: Deadline) -> Mapping[str, str] | None:
        """New credentials in place of refused ones (401); None if there are no others.

        Raises:
            TimeoutError: The deadline has come first.
        """
        ...

    def fields(self) -> Mapping[str, str]:
        """What a request's body says beside the chat."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DeveloperApi:
    """The Gemini Developer API, with a key.

    Source: https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent

    Attributes:
        base_url: Without a slash at its end.
        api_key: Sent as a header, never in an address.
        service_tier: `flex` or `priority`; None is the standard tier
            (https://ai.google.dev/gemini-api/docs/priority-inference).
    """

    base_url: str
    api_key: str = field(repr=False)
    service_tier: str | None = None

    def url_of(self, model: str) -> str:
        """Where a model's stream is asked for."""
        return f"{self.base_url}/{API_VERSION}/models/{model}:streamGenerateContent?alt=sse"

    def headers(self, _deadline: Deadline) -> Mapping[str, str]:
        """The key."""
        return {"x-goog-api-key": self.api_key}

    def replaced(self, _refused: Mapping[str, str], _deadline: Deadline) -> None:
        """None: there is one key."""

    def fields(self) -> Mapping[str, str]:
        """The service tier."""
        return {"serviceTier": self.service_tier} if self.service_tier else {}

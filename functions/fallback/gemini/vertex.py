"""Vertex AI: Gemini in a Google Cloud project, at a location or at the global address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fallback.core.failure import Failure
from fallback.gemini.deadline import Deadline

if TYPE_CHECKING:
    from fallback.gemini.access_token import AccessToken

VERTEX_API_VERSION = "v1"
TIER_HEADER = "X-Vertex-AI-LLM-Shared-Request-Type"
"""Names the service tier (https://docs.cloud.google.com/vertex-ai/generative-ai/docs/priority-paygo).

Only the global address serves another one than standard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VertexAi:
    """Vertex AI for one project at one location.

    Source: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference

    Attributes:
        base_url: Without a slash at its end.
        project: The project that is asked and pays.
        location: A region such as `europe-west4`, or `global`.
        token: What the requests are allowed with.
        service_tier: `flex` or `priority`; None is the standard tier.
    """

    base_url: str
    project: str
    location: str
    token: AccessToken = field(repr=False)
    service_tier: str | None = None

    def url_of(self, model: str) -> str:
        """Where a model's stream is asked for."""
        place = f"projects/{self.project}/locations/{self.location}/publishers/google"
        return (
            f"{self.base_url}/{VERTEX_API_VERSION}/{place}/models/{model}"
            ":streamGenerateContent?alt=sse"
        )

    def headers(self, deadline: Deadline) -> Mapping[str, str] | Failure:
        """The access token, and the service tier; a Failure if there is no token.

        Raises:
            TimeoutError: The deadline has come first.
        """
        headers = self.token.headers(deadline)
        if isinstance(headers, Failure) or self.service_tier is None:
            return headers
        return {**headers, TIER_HEADER: self.service_tier}

    def replaced(self, refused: Mapping[str, str], deadline: Deadline) -> Mapping[str, str] | None:
        """The headers with a new token; None if there is none.

        Raises:
            TimeoutError: The deadline has come first.
        """
        self.token.refuse({name: refused[name] for name in refused if name != TIER_HEADER})
        headers = self.headers(deadline)
        return None if isinstance(headers, Failure) else headers

    def fields(self) -> Mapping[str, str]:
        """Nothing: the tier is a header."""
        return {}

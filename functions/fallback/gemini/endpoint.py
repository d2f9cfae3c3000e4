"""Where Gemini is, and whose the requests are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

API_VERSION = "v1beta"
"""Where new models and system instructions are served first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """The Gemini Developer API. Another service, such as Vertex AI, has the same two methods.

    Source: https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent

    Attributes:
        base_url: Without a slash at its end.
        api_key: Sent as a header, never in an address.
    """

    base_url: str
    api_key: str = field(repr=False)

    def url_of(self, model: str) -> str:
        """Where a model's stream is asked for."""
        return f"{self.base_url}/{API_VERSION}/models/{model}:streamGenerateContent?alt=sse"

    def headers(self) -> Mapping[str, str]:
        """The credentials of a request."""
        return {"x-goog-api-key": self.api_key}

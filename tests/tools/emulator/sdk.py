"""The official client, set up as this project sets it up."""

from collections.abc import Iterator
from typing import Any

from google import genai
from google.genai import types

MODEL = "gemini-3.8-flash"


class Sdk:
    """Asks one model, whole or as a stream, without the client's own continuation."""

    def __init__(self, url: str, timeout_seconds: float | None = None) -> None:
        timeout = None if timeout_seconds is None else int(timeout_seconds * 1000)
        options = types.HttpOptions(base_url=url, api_version="v1beta", timeout=timeout)
        self.client = genai.Client(api_key="k", vertexai=False, http_options=options)

    def ask(self, question: str = "Hi", **config: Any) -> types.GenerateContentResponse:
        return self.client.models.generate_content(
            model=MODEL, contents=question, config=_configured(config)
        )

    def stream(
        self, question: str = "Hi", **config: Any
    ) -> Iterator[types.GenerateContentResponse]:
        return self.client.models.generate_content_stream(
            model=MODEL, contents=question, config=_configured(config)
        )


def texts(chunks: list[types.GenerateContentResponse]) -> list[str]:
    """Return the visible text of each chunk that has any."""
    return [chunk.text for chunk in chunks if chunk.text]


def finish_reason(response: types.GenerateContentResponse) -> str | None:
    """Return why the first candidate ended, or None if there is none or it does not say."""
    reason = response.candidates[0].finish_reason if response.candidates else None
    return None if reason is None else reason.value


def _configured(config: dict[str, Any]) -> types.GenerateContentConfig:
    return types.GenerateContentConfig(automatic_continuation=False, **config)

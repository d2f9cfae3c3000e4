"""Turns an answer's text into the response objects of generateContent, whole or as events."""

import itertools
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tools.emulator.answers import THOUGHTS, answer_to
from tools.emulator.prefix_cache import CHARACTERS_PER_TOKEN
from tools.emulator.prompts import Prompt

_WORDS_AGAIN = 4
_CHUNKS = (20, 40)  # Fewest and most; a long answer gets more, of about this length:
_LONG_CHUNK_CHARACTERS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """An answer, cut into chunks.

    Attributes:
        thoughts: Thoughts that come before the text.
        chunks: The text.
        finish_reason: STOP or MAX_TOKENS.
        model_version: Version that the response names.
        response_id: One id for all events.
        prompt_tokens: Length of the request.
        cached_tokens: The part of the prompt that was cached.
        traffic_type: What Vertex AI calls the tier that serves; None for the Developer API.
    """

    thoughts: tuple[str, ...]
    chunks: tuple[str, ...]
    finish_reason: str
    model_version: str
    response_id: str
    prompt_tokens: int
    cached_tokens: int = 0
    traffic_type: str | None = None

    def events(self, chunks: int | None = None) -> Iterator[dict[str, Any]]:
        """Yield the events up to the last text, or up to the given number of chunks."""
        for count in range(1, len(self.thoughts) + 1):
            parts = [{"text": self.thoughts[count - 1], "thought": True}]
            yield self._response({"content": _content(parts)}, thoughts=count, chunks=0)
        for count in range(1, len(self.chunks[:chunks]) + 1):
            parts = [{"text": self.chunks[count - 1]}]
            yield self._response({"content": _content(parts)}, chunks=count)

    def last_event(self) -> dict[str, Any]:
        """Return the event that says why the text ends."""
        content = _content([{"text": ""}])
        return self._response({"content": content, "finishReason": self.finish_reason})

    def whole(self, *, finished: bool = True) -> dict[str, Any]:
        """Return the response that is not streamed, without a finishReason if not `finished`."""
        parts: list[dict[str, Any]] = [{"text": "".join(self.chunks)}]
        if self.thoughts:
            parts.insert(0, {"text": "".join(self.thoughts), "thought": True})
        reason = {"finishReason": self.finish_reason} if finished else {}
        return self._response({"content": _content(parts), **reason})

    def empty_event(self, *, thought: bool) -> dict[str, Any]:
        """Return an event without visible text: a thought or an empty string."""
        part = {"text": THOUGHTS[0], "thought": True} if thought else {"text": ""}
        return self._response({"content": _content([part])}, chunks=0)

    def _response(
        self, candidate: dict[str, Any], *, thoughts: int | None = None, chunks: int | None = None
    ) -> dict[str, Any]:
        thought_tokens = _tokens("".join(self.thoughts[:thoughts]))
        text_tokens = _tokens("".join(self.chunks[:chunks]))
        usage: dict[str, Any] = {
            "promptTokenCount": self.prompt_tokens,
            "candidatesTokenCount": text_tokens,
            "totalTokenCount": self.prompt_tokens + text_tokens + thought_tokens,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": self.prompt_tokens}],
        }
        if thought_tokens:
            usage["thoughtsTokenCount"] = thought_tokens
        if self.cached_tokens:
            usage["cachedContentTokenCount"] = self.cached_tokens
        if self.traffic_type:
            usage["trafficType"] = self.traffic_type
        return {
            "candidates": [{**candidate, "index": 0}],
            "usageMetadata": usage,
            "modelVersion": self.model_version,
            "responseId": self.response_id,
        }


def generate(
    prompt: Prompt,
    model: str,
    options: Mapping[str, Any],
    *,
    cached_tokens: int = 0,
    traffic_type: str | None = None,
) -> Generation:
    """Return the answer to `prompt`, shaped by the options of the behaviour `answer`."""
    wanted = options["text"] if "text" in options else answer_to(prompt.question)
    text, finish_reason = _limited(_rest(wanted, prompt), prompt)
    return Generation(
        thoughts=THOUGHTS if options.get("thoughts") else (),
        chunks=_cut(text, options.get("chunks") or _chunk_count(text)),
        finish_reason=finish_reason,
        model_version=options.get("model_version") or model,
        response_id=new_response_id(),
        prompt_tokens=prompt_tokens(prompt),
        cached_tokens=cached_tokens,
        traffic_type=traffic_type,
    )


def prompt_tokens(prompt: Prompt) -> int:
    """Return the length of a prompt in tokens."""
    return max(1, -(-prompt.characters // CHARACTERS_PER_TOKEN))


def new_response_id() -> str:
    """Return an id of the length that Gemini's have."""
    return uuid.uuid4().hex[:22]


def _rest(text: str, prompt: Prompt) -> str:
    """Return what a model says that goes on: after a prefill the rest, else a few words more."""
    begun = prompt.begun
    if not begun or not text.startswith(begun):
        return text
    if prompt.ends_with_model:
        return text[len(begun) :]
    words = list(re.finditer(r"\S+", begun))[-_WORDS_AGAIN:]
    return text[words[0].start() :] if words else text


def _limited(text: str, prompt: Prompt) -> tuple[str, str]:
    """Return the text up to the first stop sequence or limit, and why it ends there."""
    ends = [at for stop in prompt.stop_sequences if (at := text.find(stop)) >= 0]
    text = text[: min(ends, default=len(text))]
    if prompt.max_tokens is not None and _tokens(text) > prompt.max_tokens:
        return text[: prompt.max_tokens * CHARACTERS_PER_TOKEN], "MAX_TOKENS"
    return text, "STOP"


def _chunk_count(text: str) -> int:
    fewest, most = _CHUNKS
    usual = min(most, max(fewest, len(text) // 30))
    return max(usual, len(text) // _LONG_CHUNK_CHARACTERS)


def _cut(text: str, count: int) -> tuple[str, ...]:
    """Return `text` in `count` pieces of nearly the same length, or in single characters."""
    count = min(count, len(text))
    borders = [len(text) * number // count for number in range(count + 1)] if count else []
    return tuple(text[a:b] for a, b in itertools.pairwise(borders))


def _tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def _content(parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {"parts": parts, "role": "model"}

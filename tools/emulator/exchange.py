"""One request, what is asked in it, and how parts of the answer are sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tools.emulator.generation import new_response_id
from tools.emulator.prompts import Prompt
from tools.emulator.replies import Reply, canned_replies, render
from tools.emulator.wire import JSON_TYPE, SSE_TYPE, Wire, pretty


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request, and the wire on which to answer it.

    Attributes:
        model: Model asked, without "models/".
        version: API version in the path.
        key: API key as it came.
        streamed: The method is streamGenerateContent.
        sse: The stream is wanted as server-sent events, not as a JSON array.
        prompt: What is asked.
        chunk_seconds: Pause between two events where a behaviour does not say.
        wire: Where the answer goes.
    """

    model: str
    version: str
    key: str
    streamed: bool
    sse: bool
    prompt: Prompt
    chunk_seconds: float
    wire: Wire

    def rendered(
        self, reply: Reply, options: Mapping[str, Any], reason: str = "Invalid value."
    ) -> Reply:
        """Return a canned reply, filled in for this request.

        Args:
            reply: The canned reply.
            options: Those of the behaviour.
            reason: What a refusal of the request says; a scripted one has nothing to refuse.
        """
        return render(
            reply,
            {
                "model": self.model,
                "version": self.version,
                "key": self.key,
                "reason": reason,
            },
            retry_delay=options.get("retry_delay"),
            limit=options.get("limit"),
        )

    def send_events(self, events: Iterable[Any], options: Mapping[str, Any]) -> None:
        """Send events at the pace asked for, within a stream that is open."""
        self.wire.wait(options.get("first_event_seconds", 0))
        pause = options.get("chunk_seconds", self.chunk_seconds)
        for number, event in enumerate(events):
            if number:
                self.wire.wait(pause)
            self.wire.write_event(event)

    def send_stream(self, events: Iterable[Any], options: Mapping[str, Any]) -> None:
        """Send a whole stream, as events or as the JSON array that Gemini sends otherwise."""
        self.open_stream()
        self.send_events(events, options)
        self.wire.end()

    def send_reply(self, reply: Reply, options: Mapping[str, Any]) -> None:
        """Send a canned reply, in a stream as events if it is a 200."""
        filled = self.rendered(reply, options)
        if self.streamed and filled.status == 200:
            stamp = {"modelVersion": self.model, "responseId": new_response_id()}
            self.send_stream([event | stamp for event in filled.stream()], options)
            return
        body = filled.body
        if filled.status == 200 and isinstance(body, dict):
            body = body | {"modelVersion": self.model, "responseId": new_response_id()}
        self.wire.send(
            pretty(body) if filled.text is None else filled.text.encode(),
            status=filled.status,
            content_type=JSON_TYPE if filled.text is None else "text/html; charset=UTF-8",
            headers=filled.headers,
        )

    def refuse(self, reason: str) -> None:
        """Send the refusal of a request that Gemini finds invalid."""
        refusal = self.rendered(canned_replies()["invalid-request"], {}, reason)
        self.wire.send_json(refusal.body, status=refusal.status)

    def open_stream(self) -> None:
        """Send the headers of an answer whose length is not known."""
        self.wire.open(SSE_TYPE if self.sse else JSON_TYPE)

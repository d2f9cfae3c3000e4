"""One request, what is asked in it, and how parts of the answer are sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tools.emulator.callers import Caller
from tools.emulator.consumer import with_consumer
from tools.emulator.generation import Generation, generate, new_response_id
from tools.emulator.invoice import BilledCall
from tools.emulator.prompts import Prompt
from tools.emulator.replies import Reply, canned_replies, render
from tools.emulator.service_tiers import SERVED_HEADER, traffic_type
from tools.emulator.wire import JSON_TYPE, SSE_TYPE, Wire, pretty


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request, and the wire on which to answer it.

    Attributes:
        model: Model asked, without "models/".
        version: API version in the path.
        caller: Who asks.
        streamed: The method is streamGenerateContent.
        sse: The stream is wanted as server-sent events, not as a JSON array.
        prompt: What is asked.
        cached_tokens: The part of the prompt that is cached.
        chunk_seconds: Pause between two events where a behaviour does not say.
        wire: Where the answer goes.
        bill: What the answer costs.
    """

    model: str
    version: str
    caller: Caller
    streamed: bool
    sse: bool
    prompt: Prompt
    cached_tokens: int
    chunk_seconds: float
    wire: Wire
    bill: BilledCall = field(repr=False)

    def generate(self, options: Mapping[str, Any]) -> Generation:
        """Return the answer, shaped by the options of the behaviour."""
        is_vertex = self.caller.location is not None
        generation = generate(
            self.prompt,
            self.model,
            options,
            cached_tokens=self.cached_tokens,
            traffic_type=traffic_type(self.bill.tier) if is_vertex else None,
        )
        self.bill.begin(generation.prompt_tokens, generation.cached_tokens)
        return generation

    def rendered(
        self, reply: Reply, options: Mapping[str, Any], reason: str = "Invalid value."
    ) -> Reply:
        """Return a canned reply, filled in for this request.

        Args:
            reply: The canned reply.
            options: Those of the behaviour.
            reason: What a refusal of the request says; a scripted one has nothing to refuse.
        """
        filled = render(
            reply,
            {
                "model": self.model,
                "version": self.version,
                "key": self.caller.secret,
                "project": self.caller.project or "",
                "location": self.caller.location or "global",
                "reason": reason,
            },
            retry_delay=options.get("retry_delay"),
            limit=options.get("limit"),
        )
        return with_consumer(filled, self.caller.project)

    def send_event(self, event: Any) -> None:
        """Send one event, within a stream that is open."""
        self.bill.tell(event)
        self.wire.write_event(event)

    def send_events(self, events: Iterable[Any], options: Mapping[str, Any]) -> None:
        """Send events at the pace asked for, within a stream that is open."""
        self.wire.wait(options.get("first_event_seconds", 0))
        pause = options.get("chunk_seconds", self.chunk_seconds)
        for number, event in enumerate(events):
            if number:
                self.wire.wait(pause)
            self.send_event(event)

    def send_stream(self, events: Iterable[Any], options: Mapping[str, Any]) -> None:
        """Send a whole stream, as events or as the JSON array that Gemini sends otherwise."""
        self.open_stream()
        self.send_events(events, options)
        self.wire.end()

    def send_whole(self, answer: dict[str, Any]) -> None:
        """Send an answer that is not streamed."""
        self.bill.tell(answer)
        self.wire.send_json(answer, headers=self._headers())

    def send_reply(self, reply: Reply, options: Mapping[str, Any]) -> None:
        """Send a canned reply, in a stream as events if it is a 200."""
        filled = self.rendered(reply, options)
        if filled.status == 200:
            self.generate({})
        if self.streamed and filled.status == 200:
            stamp = {"modelVersion": self.model, "responseId": new_response_id()}
            self.send_stream([event | stamp for event in filled.stream()], options)
            return
        body = filled.body
        if filled.status == 200 and isinstance(body, dict):
            body = body | {"modelVersion": self.model, "responseId": new_response_id()}
            self.bill.tell(body)
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
        self.wire.open(SSE_TYPE if self.sse else JSON_TYPE, self._headers())

    def _headers(self) -> Mapping[str, str]:
        return {SERVED_HEADER: self.bill.tier} if self.caller.location is None else {}

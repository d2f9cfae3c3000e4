"""Breaks an answer at a chosen place: in its stream, or as near to that as a whole body allows."""

import itertools
from collections.abc import Mapping
from typing import Any

from tools.emulator.behaviours import Behaviour
from tools.emulator.exchange import Exchange
from tools.emulator.generation import Generation
from tools.emulator.replies import canned_replies
from tools.emulator.wire import pretty

_HALF_EVENT = b'data: {"candidates": [{"con\r\n\r\n'
_HALF_ITEM = b',\r\n{"candidates": [{"con'


def perform_fault(behaviour: Behaviour, exchange: Exchange) -> None:
    """Answer the request up to the fault, then show it."""
    options = behaviour.options
    generation = exchange.generate(options)
    exchange.wire.wait(options.get("first_text_seconds", 0))
    if exchange.streamed:
        _break_stream(behaviour, exchange, generation)
    else:
        _break_body(behaviour, exchange, generation)


def _break_stream(behaviour: Behaviour, exchange: Exchange, generation: Generation) -> None:
    wire, options = exchange.wire, behaviour.options
    exchange.open_stream()
    count = _chunks_before(behaviour)
    if behaviour.name != "empty-stream":
        exchange.send_events(generation.events(count), options)
    match behaviour.name:
        case "cut":
            wire.write_half(generation.last_event())
            wire.close()
            return
        case "stall":
            wire.wait()
        case "unclosed":
            exchange.send_event(generation.last_event())
            wire.wait()
        case "malformed-chunk":
            wire.write(_HALF_EVENT if exchange.sse else _HALF_ITEM)
            if options.get("goes_on"):
                rest = itertools.islice(generation.events(), count, None)
                exchange.send_events(itertools.chain(rest, [generation.last_event()]), options)
        case "error-raw" if exchange.sse:
            wire.write(pretty(_error(behaviour.name, exchange, options)))
        case "error-array" if exchange.sse:
            wire.write(pretty([_error(behaviour.name, exchange, options)]))
        case name if name.startswith("error-"):
            exchange.send_event(_error(behaviour.name, exchange, options))
    wire.end()


def _chunks_before(behaviour: Behaviour) -> int | None:
    """Return how many chunks come before the fault; None means all."""
    if behaviour.name == "unclosed":
        return None
    count: int = behaviour.options.get("after_chunks", 0)
    return count


def _break_body(behaviour: Behaviour, exchange: Exchange, generation: Generation) -> None:
    wire = exchange.wire
    whole = pretty(generation.whole())
    half = whole[: len(whole) // 2]
    match behaviour.name:
        case "cut":
            wire.send(half, length=len(whole))
            wire.close()
        case "stall":
            wire.send(half, length=len(whole))
            wire.wait()
        case "unclosed":
            wire.send(whole, length=len(whole) + 1)
            wire.wait()
        case "silent-end":
            exchange.send_whole(generation.whole(finished=False))
        case "malformed-chunk":
            wire.send(half)
        case "empty-stream":
            wire.send(b"")
        case name:
            error = _error(name, exchange, behaviour.options)
            status = _status(behaviour.options)
            wire.send_json([error] if name == "error-array" else error, status=status)


def _error(name: str, exchange: Exchange, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of the canned error, bent as the fault `name` needs it."""
    reply = canned_replies()[_reply_name(options)]
    body: dict[str, Any] = exchange.rendered(reply, options).body
    match name:
        case "error-without-code":
            return {"error": {key: value for key, value in body["error"].items() if key != "code"}}
        case "error-not-first-key":
            return {"modelVersion": exchange.model, **body}
        case _:
            return body


def _status(options: Mapping[str, Any]) -> int:
    return canned_replies()[_reply_name(options)].status


def _reply_name(options: Mapping[str, Any]) -> str:
    return str(options.get("reply", "overloaded"))

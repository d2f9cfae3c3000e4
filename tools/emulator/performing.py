"""Shows a behaviour on the wire, in answer to one request."""

import itertools
from collections.abc import Callable, Mapping
from typing import Any

from tools.emulator.behaviours import Behaviour
from tools.emulator.exchange import Exchange
from tools.emulator.faults import perform_fault
from tools.emulator.replies import canned_replies

_DRIP_SECONDS = 0.2


def perform(behaviour: Behaviour, exchange: Exchange) -> None:
    """Answer the request as `behaviour` says."""
    if reply := canned_replies().get(behaviour.name):
        exchange.wire.wait(behaviour.options.get("delay_seconds", 0))
        exchange.send_reply(reply, behaviour.options)
    elif whole := _WHOLE.get(behaviour.name):
        whole(exchange, behaviour.options)
    else:
        perform_fault(behaviour, exchange)


def _answer(exchange: Exchange, options: Mapping[str, Any]) -> None:
    if exchange.prompt.ends_with_model and not options.get("prefill", True):
        exchange.refuse("Please ensure that multiturn requests end with a user role.")
        return
    generation = exchange.generate(options)
    exchange.wire.wait(options.get("first_text_seconds", 0))
    if exchange.streamed:
        events = itertools.chain(generation.events(), [generation.last_event()])
        exchange.send_stream(events, options)
    else:
        exchange.send_whole(generation.whole())


def _hang(exchange: Exchange, _options: Mapping[str, Any]) -> None:
    exchange.generate({})
    exchange.wire.wait()


def _hang_after_headers(exchange: Exchange, _options: Mapping[str, Any]) -> None:
    exchange.generate({})
    exchange.open_stream()
    exchange.wire.wait()


def _drip(exchange: Exchange, options: Mapping[str, Any]) -> None:
    generation = exchange.generate({})
    exchange.open_stream()
    for thought in itertools.cycle((True, False)):
        if exchange.sse:
            exchange.send_event(generation.empty_event(thought=thought))
        else:
            # White space may stand before any JSON value, so this never becomes an error.
            exchange.wire.write(b" ")
        exchange.wire.wait(options.get("every_seconds", _DRIP_SECONDS))


def _reset(exchange: Exchange, _options: Mapping[str, Any]) -> None:
    exchange.generate({})
    exchange.wire.reset()


_WHOLE: Mapping[str, Callable[[Exchange, Mapping[str, Any]], None]] = {
    "answer": _answer,
    "hang": _hang,
    "hang-after-headers": _hang_after_headers,
    "drip": _drip,
    "reset": _reset,
}

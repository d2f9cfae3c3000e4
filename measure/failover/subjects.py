"""Who is tested: Nexus as it is deployed, and its peers with what their documentation offers.

Peers get what the public benchmark gives everybody: two retries and a time-out of 30 s.
"""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from measure.bench.peers.gateways import LITELLM, PORTKEY, litellm, portkey_headers
from measure.bench.program import run
from measure.bench.rig import MODEL
from measure.bench.subjects import CHAT, Environment, Subject
from measure.failover.play import Result, play
from tools.emulator.scenarios import Scenario
from tools.emulator.server import Emulator

_RETRIES = 2
_TIMEOUT_SECONDS = 30
_CHUNK_SECONDS = 0.015
_SIDE_BY_SIDE = 4
_starting = threading.Lock()
"""One program starts at a time: a start of LiteLLM takes a processor for most of a minute."""


def _counting(subject: Subject, name: str) -> Subject:
    """A subject whose streams are asked to end with the tokens."""
    return replace(
        subject, name=name, body={**subject.body, "stream_options": {"include_usage": True}}
    )


NEXUS = _counting(CHAT, "Nexus")
PEERS = (
    _counting(
        replace(
            LITELLM,
            argv=litellm(
                {
                    "num_retries": _RETRIES,
                    "timeout": _TIMEOUT_SECONDS,
                    "stream_timeout": _TIMEOUT_SECONDS,
                }
            ),
        ),
        "LiteLLM",
    ),
    _counting(
        replace(
            PORTKEY,
            headers=portkey_headers(
                {"retry": {"attempts": _RETRIES}, "request_timeout": 1000 * _TIMEOUT_SECONDS}
            ),
        ),
        "Portkey",
    ),
)


def play_all(subject: Subject, wanted: Sequence[Scenario]) -> dict[str, Result]:
    """Plays scenarios side by side, each on an emulator and a program of its own."""
    longest_first = sorted(wanted, key=lambda scenario: scenario.fault_seconds, reverse=True)
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        results = pool.map(lambda scenario: _play(subject, scenario), longest_first)
        played = dict(zip((scenario.id for scenario in longest_first), results, strict=True))
    return dict(sorted(played.items()))


def _play(subject: Subject, scenario: Scenario) -> Result:
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="nexus-failover-"))
        gemini = stack.enter_context(Emulator(chunk_seconds=_CHUNK_SECONDS))
        environment = Environment(upstream=gemini.url, folder=Path(folder))
        with _starting:
            running = stack.enter_context(run(subject.program(environment)))
            running.wait_for_200(subject.ask(running.url, environment))
        chat = subject.ask(running.url, environment, stream=True)
        return play(scenario, chat, gemini, MODEL)

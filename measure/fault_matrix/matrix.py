"""Plays all faults under all conditions of the store: `python -m measure.fault_matrix.matrix`.

It writes docs/fault-matrix.md; with `--check` it only compares.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from fallback.gemini.endpoint import DeveloperApi
from fallback.gemini.known_models import KnownModels
from fallback.gemini.rest import RestProvider
from fallback.system_clock import SystemClock
from measure.fault_matrix.cell import MODELS, SILENCE_SECONDS, Condition, Outcome, play
from measure.fault_matrix.faults import Fault, Stage, all_faults
from tools.emulator.server import Emulator
from tools.testkit.log import RecordingLog

PAGE = Path(__file__).parents[2] / "docs" / "fault-matrix.md"
THREADS = 12
_NOTHING = "–"
CASES = tuple((all_models, stream) for all_models in (False, True) for stream in (True, False))
Results = dict[tuple[Fault, bool, bool], Outcome]


class Bench:
    """An emulator, and an address that nothing listens at.

    Each play has connections of its own, since replacing a kept one costs one call more.
    """

    def __init__(self, gemini: Emulator, folder: Path) -> None:
        self._gemini = gemini
        self._folder = folder
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            self._unreachable = f"http://127.0.0.1:{closed.getsockname()[1]}"

    def play(
        self, fault: Fault, *, stream: bool, all_models: bool, condition: Condition
    ) -> Outcome:
        url = self._unreachable if fault.behaviour is None else self._gemini.url
        endpoint = DeveloperApi(base_url=url, api_key="made-up-key-for-tests")
        known = KnownModels((), RecordingLog())
        with contextlib.closing(RestProvider(endpoint, SystemClock(), known)) as provider:
            return play(
                fault,
                stream=stream,
                all_models=all_models,
                condition=condition,
                gemini=self._gemini,
                provider=provider,
                folder=self._folder,
            )

    def play_all(self, faults: Iterable[Fault], condition: Condition) -> Results:
        """Plays every fault, on one model and on all, streamed and plain."""
        with ThreadPoolExecutor(THREADS) as pool:
            plays = {
                (fault, all_models, stream): pool.submit(
                    self.play, fault, stream=stream, all_models=all_models, condition=condition
                )
                for fault in faults
                for all_models, stream in CASES
                if all_models or fault.stage is not Stage.CONNECT
            }
            return {case: played.result() for case, played in plays.items()}


@contextmanager
def bench() -> Iterator[Bench]:
    """A bench with its own emulator and folder."""
    with Emulator() as gemini, tempfile.TemporaryDirectory() as folder:
        yield Bench(gemini, Path(folder))


def page(results: Results) -> str:
    """The page: one table per stage; faults with the same outcome share a row."""
    parts = [_HEAD]
    for stage in Stage:
        rows: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for fault in dict.fromkeys(fault for fault, _, _ in results if fault.stage is stage):
            rows[tuple(_cell(results.get((fault, *case))) for case in CASES)].append(fault.name)
        parts.append(f"## {stage[0].upper()}{stage[1:]}\n")
        parts.append(
            "| Fault | First model, streamed | First model, plain | All, streamed | All, plain |"
        )
        parts.append("| --- | --- | --- | --- | --- |")
        parts += [
            f"| {', '.join(names)} | {' | '.join(_shown(cells))} |" for cells, names in rows.items()
        ]
        parts.append("")
    return "\n".join(parts)


def _shown(cells: tuple[str, ...]) -> Iterator[str]:
    """Says once what streamed and plain answers have in common."""
    for streamed, plain in zip(cells[::2], cells[1::2], strict=True):
        yield streamed
        yield "the same" if plain == streamed != _NOTHING else plain


def _cell(outcome: Outcome | None) -> str:
    if outcome is None:
        return _NOTHING
    places: dict[str, list[str]] = defaultdict(list)
    for place, what in outcome.windows:
        places[what].append("all" if place == 0 else str(place))
    windows = "; ".join(f"{', '.join(where)}: {what}" for what, where in places.items())
    calls = " + ".join(map(str, outcome.calls))
    return f"{outcome.visitor}<br>calls {calls}<br>windows {windows or 'none'}"


# The page has one sentence a line.
# ruff: noqa: E501
_HEAD = f"""# The fault matrix

As long as one model can answer, the visitor gets an answer, unless the key, the region or the account is refused.
Each cell shows what the visitor gets, how often each model was asked, and which windows opened: model, reason, length.

`make fault-matrix` plays every [reply of the emulator](../tools/emulator/README.md) against the real runner, Gemini client and SQLite store, and writes this page; tests fail when it is outdated.

- {MODELS} models in the hierarchy: either the first fails, or all do.
- A silent model is abandoned after {SILENCE_SECONDS:g} s, and backoff is short; other settings are the defaults.
- A slow, failing or flapping store changes nothing, and gets its windows once it recovers.
"""


def main(arguments: list[str]) -> int:
    """Writes or checks the page; returns the exit status."""
    faults = list(all_faults())
    with bench() as one:
        healthy = one.play_all(faults, Condition.HEALTHY)
        for condition in Condition:
            results = healthy if condition is Condition.HEALTHY else one.play_all(faults, condition)
            differing = {case for case in healthy if healthy[case] != results[case]}
            sys.stdout.write(f"{condition}: {len(results)} cases, {len(differing)} differ\n")
            for fault, all_models, stream in differing:
                case = (fault, all_models, stream)
                sys.stdout.write(f"  {case}\n    {healthy[case]}\n    {results[case]}\n")
            if differing:
                return 1
    text = page(healthy)
    if "--check" in arguments:
        return int(PAGE.read_text() != text)
    PAGE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The waiting room of two processes on one Firestore.

`make drills` plays it with eight, and tells by how many somebody was overtaken: that depends on how
late each visitor comes, and so on the machine.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from tests.functions.conftest import MODELS, Serve
from tools.emulator.server import Emulator
from tools.testkit.firestore import FirestoreEmulator
from tools.testkit.waiting import Visitor

VISITORS = 12
RETURNS_SECONDS = 6


def test_all_who_wait_are_answered_once_though_a_process_is_killed(
    gemini: Emulator, start: Serve, firestore: FirestoreEmulator
) -> None:
    environ = firestore.environ()
    functions = [start("chat", **environ) for _ in range(2)]
    for function in functions:  # Connects to the store, which may take longer than a request waits.
        assert function.chat("first").status_code == 200
    for model in MODELS:
        gemini.quota(model, per_minute=60)
        gemini.behave(model, "retry-info-only", retry_delay=f"{RETURNS_SECONDS}s", times=1)
    assert functions[0].chat("refused").status_code == 503
    give_up_at = time.monotonic() + 120
    while functions[1].chat("refused").status_code != 503:  # Learns of it from the store.
        assert time.monotonic() < give_up_at
    before = len(gemini.calls())
    visitors = [Visitor(f"visitor {number}") for number in range(VISITORS)]

    with ThreadPoolExecutor(VISITORS) as pool:
        waiting = [pool.submit(v.wait, lambda: functions, give_up_at) for v in visitors]
        while not all(visitor.numbers or visitor.answers for visitor in visitors):
            assert time.monotonic() < give_up_at
            time.sleep(0.05)
        functions.pop().kill()
        functions.append(start("chat", **environ))
        replaced_at = time.monotonic()
        for one in waiting:
            one.result(120)

    assert [visitor.answers for visitor in visitors] == [1] * VISITORS
    asked_at: dict[tuple[str, str], list[float]] = {}
    for call in gemini.calls()[before:]:  # Of a busy machine, two models may be asked: a hedge.
        text = call.body["contents"][0]["parts"][0]["text"]
        asked_at.setdefault((text, call.model), []).append(call.at)
    assert {text for text, _ in asked_at} == {visitor.name for visitor in visitors}
    for instants in asked_at.values():  # The killed process may have been answering some.
        assert len(instants) == 1 or (len(instants) == 2 and instants[0] < replaced_at)

"""A chat function counts for the forecast, paces its chats, and adds what is left when it ends."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime
from pathlib import Path

from fallback.core.demand import CHATS, Demand
from fallback.core.outlook import Outlook
from fallback.stores.sqlite_demand import SqliteDemandStore
from tests.functions.conftest import MODELS, Serve, configuration
from tests.tools.serving.polling import eventually

LATER = datetime(2100, 1, 1, tzinfo=UTC)
PACED = {
    'display_name = "Gemini 3.8 Flash"': 'display_name = "Gemini 3.8 Flash"\nrequests_per_day = 1',
    "[limits]": "[hierarchies.default]\npacing = true\n\n[limits]",
}


def test_a_function_paces_its_chats_and_adds_what_it_has_counted_when_it_ends(
    start: Serve, tmp_path: Path
) -> None:
    store = SqliteDemandStore(tmp_path / "state" / "nexus.db")
    busy = Outlook(demand=Demand(cells=(1000.0,) * 168))
    assert store.turn(store.read(), busy, LATER)
    config = configuration(tmp_path / "paced.toml", PACED)
    chat = start("chat", NEXUS_CONFIG=str(config))

    models: list[str] = []

    def has_stepped_down() -> bool:
        models.append(chat.chat().json()["model"])
        return models[-1] == MODELS[1]

    # Its first chat makes it look; what the best model can take is known soon after.
    assert eventually(has_stepped_down)

    stepped_down = chat.events("visitor.stepped_down")
    assert {event["reason"] for event in stepped_down} == {"pacing"}
    assert len(stepped_down) == models.count(MODELS[1])

    os.kill(chat.process.pid, signal.SIGTERM)
    assert eventually(lambda: not chat.process.is_running)
    counts = store.read().demand.counts.values()
    counted = {name: sum(c.get(name, 0) for c in counts) for name in (CHATS, *MODELS[:2])}
    assert counted == {
        CHATS: len(models),
        MODELS[0]: models.count(MODELS[0]),
        MODELS[1]: models.count(MODELS[1]),
    }

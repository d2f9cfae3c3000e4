"""The status object as a page sees it while models refuse, over real HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.functions.conftest import MODELS, Serve
from tools.emulator.server import Emulator
from tools.testkit.serving import ServedFunction
from tools.testkit.storage import FakeStorage


@pytest.fixture
def storage() -> Iterator[FakeStorage]:
    with FakeStorage().serving() as serving:
        yield serving


@pytest.fixture
def chat(start: Serve, storage: FakeStorage) -> ServedFunction:
    return start(
        "chat", NEXUS_STATUS_OBJECT="gs://page/status.json", STORAGE_EMULATOR_HOST=storage.url
    )


def shown(storage: FakeStorage) -> str:
    """The text of the status page."""
    return re.sub(r"<[^>]*>", "", storage.objects["page", "status.html"].content.decode())


def test_when_a_reply_has_ended_the_object_says_what_it_found(
    gemini: Emulator, chat: ServedFunction, storage: FakeStorage
) -> None:
    gemini.behave(MODELS[0], "per-minute", times=1, retry_delay="60s")

    chat.stream()

    told = json.loads(storage.objects["page", "status.json"].content)
    assert told["status"] == "degraded"
    assert [model["state"] for model in told["models"]] == ["exhausted"] + ["available"] * 4
    assert told["models"][0]["until"] is not None
    page = shown(storage)
    assert "Another model stands in for Gemini 3.8 Flash." in page
    assert "gemini-3.8-flash" not in page

    for model in MODELS[1:]:
        gemini.behave(model, "per-minute", times=1, retry_delay="60s")
    error = chat.chat().json()["error"]

    told = json.loads(storage.objects["page", "status.json"].content)
    assert (told["status"], told["retry_at"]) == ("exhausted", error["retry_at"])
    page = shown(storage)
    feed = storage.objects["page", "status.atom"].content.decode()
    reason = error["message"].partition(". ")[0]
    assert f"{reason}. Expected back on" in page
    assert f"The chat: {reason}." in feed

    writes = storage.writes()
    for _ in range(5):
        chat.chat()  # Refused, which changes nothing.
    assert storage.writes() == writes


def test_a_storage_that_fails_fails_no_chat(
    gemini: Emulator, chat: ServedFunction, storage: FakeStorage
) -> None:
    storage.failing = [503] * 100
    gemini.behave(MODELS[0], "per-minute", retry_delay="60s")

    assert {chat.chat().status_code for _ in range(5)} == {200}
    assert len(chat.events("status.unavailable")) == 1


def test_a_file_beside_a_local_page_says_the_same_and_a_healthy_service_leaves_it(
    gemini: Emulator, start: Serve, tmp_path: Path
) -> None:
    file = tmp_path / "status.json"
    chat = start("chat", NEXUS_STATUS_OBJECT=f"file:{file}")
    gemini.behave(MODELS[0], "per-minute", times=1, retry_delay="60s")
    chat.chat()
    told = file.read_bytes()

    for _ in range(5):
        chat.chat()

    assert json.loads(told)["status"] == "degraded"
    assert file.read_bytes() == told

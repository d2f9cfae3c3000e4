"""What Python programs use: answers, streams, asyncio, and errors that say what to do."""

from __future__ import annotations

import asyncio
import copy
import logging
import pickle
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import fallback
from fallback import (
    ModelExhaustionError,
    check_service_availability,
    generate_with_fallback,
    generate_with_fallback_async,
    get_model_display_name,
    stream_with_fallback,
)
from fallback.core.refusal import Refusal, RefusalReason
from fallback.library.error import refused
from fallback.library.parts import current_parts
from fallback.settings import InvalidSettingError
from tools.emulator.server import Emulator


def test_a_prompt_is_answered_and_the_model_named(gemini: Emulator) -> None:
    gemini.behave("gemini-3.8-flash", "per-minute")
    gemini.behave("*", "answer", text="Because of Rayleigh scattering.")

    assert generate_with_fallback("Why is the sky blue?") == (
        "Because of Rayleigh scattering.",
        "gemini-3.6-flash",
    )


def test_gemini_is_sent_what_was_asked_and_nothing_else(gemini: Emulator) -> None:
    generate_with_fallback("Hello")

    body = gemini.calls()[0].body
    assert body["contents"] == [{"role": "user", "parts": [{"text": "Hello"}]}]
    assert "systemInstruction" not in body
    assert list(body["generationConfig"]) == ["thinkingConfig"]


def test_keywords_reach_the_model(gemini: Emulator) -> None:
    generate_with_fallback(
        "And at night?",
        instruction="Answer in one sentence.",
        history=[
            {"role": "user", "content": "Why is the sky blue?"},
            {"role": "assistant", "content": "Because of Rayleigh scattering."},
        ],
        temperature=0.3,
        max_output_tokens=200,
    )

    body = gemini.calls()[0].body
    turns = [(turn["role"], turn["parts"][0]["text"]) for turn in body["contents"]]
    assert turns == [
        ("user", "Why is the sky blue?"),
        ("model", "Because of Rayleigh scattering."),
        ("user", "And at night?"),
    ]
    assert body["systemInstruction"]["parts"] == [{"text": "Answer in one sentence."}]
    assert body["generationConfig"] == {
        "temperature": 0.3,
        "maxOutputTokens": 200 + 1_024,  # Thoughts have room of their own.
        "thinkingConfig": {"thinkingLevel": "LOW", "includeThoughts": True},
    }


def test_half_an_emoji_is_repaired(gemini: Emulator) -> None:
    _, model = generate_with_fallback(
        "\ud83d",
        instruction="half \ude00",
        history=[
            {"role": "user", "content": "whole 😀"},
            {"role": "assistant", "content": "\ud83d and more"},
        ],
    )

    body = gemini.calls()[0].body
    assert model == "gemini-3.8-flash"
    texts = [turn["parts"][0]["text"] for turn in body["contents"]]
    assert texts == ["whole 😀", "\ufffd and more", "\ufffd"]
    assert body["systemInstruction"]["parts"] == [{"text": "half \ufffd"}]


def test_a_stream_yields_text_and_returns_the_model(gemini: Emulator) -> None:
    gemini.behave("*", "answer", text="One two three.", chunks=3)
    models = []

    def texts() -> Generator[str, None, None]:
        models.append((yield from stream_with_fallback("Count")))

    assert "".join(texts()) == "One two three."
    assert models == ["gemini-3.8-flash"]


def test_a_stream_that_breaks_off_raises_and_says_that_it_is_not_all(gemini: Emulator) -> None:
    gemini.behave("gemini-3.8-flash", "cut", after_chunks=1, text="One two three.", chunks=3)
    gemini.behave("*", "per-day")
    stream = stream_with_fallback("Count")

    assert next(stream)
    with pytest.raises(ModelExhaustionError, match="not the whole answer") as caught:
        list(stream)

    assert caught.value.reason == "answer_interrupted"


def test_closing_a_stream_ends_it(gemini: Emulator) -> None:
    gemini.behave("*", "answer", text="One two three.", chunks=3)
    stream = stream_with_fallback("Count")

    assert next(stream)
    stream.close()

    assert list(stream) == []


def test_asyncio_answers_several_at_once(gemini: Emulator) -> None:
    gemini.behave("*", "answer", text="Hi.")

    async def ask() -> list[tuple[str, str]]:
        return await asyncio.gather(*(generate_with_fallback_async("Hello") for _ in range(5)))

    assert asyncio.run(ask()) == [("Hi.", "gemini-3.8-flash")] * 5


def test_cancelling_a_task_ends_its_call_and_the_loop_goes_on_meanwhile(
    gemini: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "fallback")
    gemini.behave("*", "hang")

    async def scene() -> None:
        task = asyncio.create_task(generate_with_fallback_async("Hello"))
        while not gemini.calls():  # noqa: ASYNC110 - the emulator has threads, and no loop
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scene())
    current_parts().threads.shutdown()

    assert [vars(record)["event"] for record in caplog.records] == [
        "attempt.accounted",
        "chat.abandoned",
    ]


def test_exhaustion_is_an_error_that_says_when(gemini: Emulator) -> None:
    gemini.behave("*", "per-minute", retry_delay="30s")
    assert check_service_availability()["available"] is True

    with pytest.raises(ModelExhaustionError, match=r"Try again after \d{4}-") as caught:
        generate_with_fallback("Hello")

    assert caught.value.reason == "models_exhausted"
    assert caught.value.retry_at is not None
    assert caught.value.retry_at > datetime.now(UTC)
    assert check_service_availability()["status"] == "exhausted"


@pytest.mark.parametrize(("timeout", "behaviour"), [(1.5, "hang"), (3, "drip")])
def test_timeout_ends_the_call(gemini: Emulator, timeout: float, behaviour: str) -> None:
    generate_with_fallback("Open the store")
    gemini.behave("*", behaviour)

    with pytest.raises(ModelExhaustionError, match=f"within {timeout:g} s") as caught:
        generate_with_fallback("Hello", timeout=timeout)

    assert caught.value.reason == "deadline_exceeded"
    assert len(gemini.calls()) > 1
    assert check_service_availability()["status"] == "operational"  # The caller was impatient.


def test_a_timeout_shorter_than_the_last_resort_s_time_still_falls_back(gemini: Emulator) -> None:
    gemini.behave("gemini-3.8-flash", "per-minute")

    _, model = generate_with_fallback("Hello", timeout=5)

    assert model == "gemini-3.6-flash"


def test_a_missing_key_is_the_same_error_and_names_its_variable(
    gemini: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GEMINI_API_KEY")

    with pytest.raises(ModelExhaustionError, match="GEMINI_API_KEY is not set") as caught:
        generate_with_fallback("Hello")
    with pytest.raises(ModelExhaustionError, match="GEMINI_API_KEY"):
        list(stream_with_fallback("Hello"))
    with pytest.raises(ModelExhaustionError, match="GEMINI_API_KEY"):
        asyncio.run(generate_with_fallback_async("Hello"))

    assert caught.value.reason == "service_misconfigured"
    assert check_service_availability()["status"] == "misconfigured"
    assert gemini.calls() == []


def test_a_key_that_is_set_later_is_used(gemini: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GEMINI_API_KEY")
    with pytest.raises(ModelExhaustionError):
        generate_with_fallback("Hello")

    monkeypatch.setenv("GEMINI_API_KEY", "made-up-key")

    assert generate_with_fallback("Hello")[1] == "gemini-3.8-flash"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GEMINI_API_KEY", "two words"),
        ("NEXUS_CONFIG", "/no/such/file.toml"),
        ("NEXUS_STATE", "nonsense"),
        ("NEXUS_HIERARCHY", "no-such"),
        ("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:99999"),
    ],
)
def test_a_setting_that_cannot_work_is_the_same_error_and_names_its_variable(
    gemini: Emulator, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ModelExhaustionError, match=name) as caught:
        generate_with_fallback("Hello")
    with pytest.raises(InvalidSettingError, match=name):
        check_service_availability()

    assert caught.value.reason == "service_misconfigured"
    assert fallback.MODEL_HIERARCHY[0] == "gemini-3.8-flash"  # An import names no setting.


def test_a_refused_key_is_not_repeated_in_the_error(gemini: Emulator) -> None:
    gemini.behave("*", "key-invalid")

    with pytest.raises(ModelExhaustionError, match="Gemini refuses GEMINI_API_KEY") as caught:
        generate_with_fallback("Hello")

    assert "made-up-key" not in repr(caught.value)


def test_vertex_ai_without_an_account_is_not_called_a_missing_key(
    gemini: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "nexus.toml"
    usual = (Path(__file__).parents[3] / "functions" / "nexus.toml").read_text()
    config.write_text(f'{usual}\n[[targets]]\nvertex_location = "global"\n')
    monkeypatch.setenv("NEXUS_CONFIG", str(config))
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "made-up")
    monkeypatch.setenv("GOOGLE_VERTEX_BASE_URL", gemini.url)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/no/such/file.json")

    with pytest.raises(ModelExhaustionError, match="Google Cloud account: check") as caught:
        generate_with_fallback("Hello")

    assert caught.value.reason == "service_misconfigured"


def test_an_error_survives_pickling_and_copying() -> None:
    error = ModelExhaustionError("Try later.", "models_exhausted", datetime(2026, 1, 2, tzinfo=UTC))

    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert isinstance(twin, ModelExhaustionError)
        assert (str(twin), twin.reason, twin.retry_at) == (
            "Try later.",
            "models_exhausted",
            datetime(2026, 1, 2, tzinfo=UTC),
        )


@pytest.mark.parametrize("reason", RefusalReason)
@pytest.mark.parametrize("credentials", [None, "GEMINI_API_KEY"])
def test_every_refusal_says_what_to_do(reason: RefusalReason, credentials: str | None) -> None:
    error = refused(Refusal(reason=reason), credentials=credentials, deadline_seconds=55)

    assert len(str(error).split()) > 8
    assert str(error).endswith(".")
    assert vars(error)["reason"] == reason


@pytest.mark.usefixtures("gemini")
def test_names_for_people() -> None:
    assert get_model_display_name("gemini-3.8-flash") == "Gemini 3.8 Flash"
    assert get_model_display_name("gemini-3.8-flash-002") == "Gemini 3.8 Flash"
    assert get_model_display_name("gemini-exp-1206") == "Gemini Experimental"
    assert get_model_display_name("no-such-model") == "no-such-model"


@pytest.mark.usefixtures("gemini")
def test_the_hierarchy() -> None:
    assert fallback.MODEL_HIERARCHY[0] == "gemini-3.8-flash"
    assert len(fallback.MODEL_HIERARCHY) == 5


def test_nothing_else_is_there() -> None:
    assert set(fallback.__all__) <= set(dir(fallback))
    with pytest.raises(AttributeError):
        fallback.NO_SUCH_NAME  # noqa: B018

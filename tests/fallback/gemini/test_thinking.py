"""How models are told to think, and what becomes of those that do not take it, in both ways."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from fallback.core.answer import End, FinishReason
from fallback.core.failure import Failure, FailureKind
from fallback.core.hierarchy import Model, Thinking
from fallback.events import Event
from fallback.gemini.known_models import KnownModels
from fallback.gemini.sdk import SdkProvider, developer_client
from fallback.ports import Provider
from tests.fallback.gemini.wire import (
    CHAT,
    END,
    HEAD,
    KEY,
    MODEL,
    Send,
    Upstream,
    ask,
    event,
    known_models,
    limits,
    refusing,
    rest_provider,
    text_of,
    upstream,
)
from tools.testkit.log import RecordingLog
from tools.testkit.time_travel import FakeClock

Make = Callable[[str, KnownModels], contextlib.AbstractContextManager[Provider]]


@contextlib.contextmanager
def rest(url: str, known: KnownModels) -> Iterator[Provider]:
    provider = rest_provider(url, known)
    yield provider
    provider.close()


@contextlib.contextmanager
def sdk(url: str, known: KnownModels) -> Iterator[Provider]:
    with developer_client(KEY, url) as client:
        yield SdkProvider(client, FakeClock(), known)


both = pytest.mark.parametrize("way", [pytest.param(rest, id="rest"), pytest.param(sdk, id="sdk")])


def settings(body: object) -> dict[str, Any]:
    assert isinstance(body, dict)
    found: dict[str, Any] = body.get("generationConfig", {})
    return found


@both
@pytest.mark.parametrize("level", [*Thinking, None])
def test_a_model_is_told_how_much_to_think(way: Make, level: Thinking | None) -> None:
    known = known_models(models=(Model(MODEL, "M", level),))
    with (
        upstream(lambda send: send(HEAD + event("Hello") + END)) as gemini,
        way(gemini.url, known) as provider,
    ):
        ask(provider, limits())

    told = settings(gemini.bodies[0]).get("thinkingConfig")
    assert told == (level and {"thinkingLevel": level.upper(), "includeThoughts": True})


@both
@pytest.mark.parametrize(
    ("level", "limit", "sent"),
    [
        (None, 50, 50),
        (None, None, None),
        (Thinking.LOW, None, None),
        (Thinking.LOW, 50, 1_074),
        (Thinking.MINIMAL, 1, 1_025),
        (Thinking.HIGH, 8_192, 32_768),
        (Thinking.HIGH, 60_000, 65_536),
        (Thinking.LOW, 8_191, 9_215),
        (Thinking.LOW, 8_192, 8_192),
        (Thinking.HIGH, 1_000_000, 1_000_000),
    ],
)
def test_thoughts_have_room_beside_the_text(
    way: Make, level: Thinking | None, limit: int | None, sent: int | None
) -> None:
    known = known_models(models=(Model(MODEL, "M", level),))
    with (
        upstream(lambda send: send(HEAD + event("Hello") + END)) as gemini,
        way(gemini.url, known) as provider,
    ):
        ask(provider, limits(), replace(CHAT, max_output_tokens=limit))

    assert settings(gemini.bodies[0]).get("maxOutputTokens") == sent


def refusal(message: str, *reasons: str) -> dict[str, Any]:
    kind = "type.googleapis.com/google.rpc.ErrorInfo"
    details = [{"@type": kind, "reason": reason} for reason in reasons]
    error = {"code": 400, "status": "INVALID_ARGUMENT", "message": message, "details": details}
    return {"error": error}


NOT_THIS_LEVEL = refusal(
    "Thinking level MINIMAL is not supported for this model. Please retry with other level."
)
NO_LEVEL = refusal("Thinking level is not supported for this model.")
NO_FIELD = refusal('Invalid JSON payload received. Unknown name "thinkingConfig"')
NOTHING_NAMED = refusal("Request contains an invalid argument.")


@contextlib.contextmanager
def refusing_thinking(body: object) -> Iterator[Upstream]:
    """Answers only requests without thinking."""
    holder: list[Upstream] = []

    def script(send: Send) -> None:
        asked = settings(holder[0].bodies[-1])
        if "thinkingConfig" in asked:
            refusing(400, body)(send)
        else:
            send(HEAD + event("Hello") + END)

    with upstream(script) as gemini:
        holder.append(gemini)
        yield gemini


@both
@pytest.mark.parametrize("body", [NOT_THIS_LEVEL, NO_LEVEL, NO_FIELD, NOTHING_NAMED])
def test_a_model_that_does_not_take_it_is_asked_without_and_remembered(
    way: Make, body: object
) -> None:
    log = RecordingLog()
    chat = replace(CHAT, max_output_tokens=50)
    with refusing_thinking(body) as gemini, way(gemini.url, known_models(log)) as provider:
        answers = [ask(provider, limits(), chat) for _ in range(3)]

    assert [text_of(pieces) for pieces in answers] == ["Hello"] * 3
    assert {pieces[-1] for pieces in answers} == {End(FinishReason.STOP)}
    assert ["thinkingConfig" in settings(asked) for asked in gemini.bodies] == [
        True,
        *[False] * 3,
    ]
    assert settings(gemini.bodies[1])["maxOutputTokens"] == 50
    assert log.lines == [(Event.MODEL_THINKING_REFUSED, {"model": MODEL, "thinking": "low"})]


@both
@pytest.mark.parametrize(
    ("status", "body", "kind", "calls"),
    [
        (400, NOTHING_NAMED, FailureKind.INVALID_REQUEST, 2),
        (400, refusal("API key not valid.", "API_KEY_INVALID"), FailureKind.UNAUTHORIZED, 1),
        (
            400,
            refusal("User location is not supported for the API use."),
            FailureKind.UNSUPPORTED_REGION,
            1,
        ),
        (
            400,
            refusal("The input token count (9) exceeds the maximum number of tokens allowed (5)."),
            FailureKind.CONTEXT_TOO_LONG,
            1,
        ),
        (503, refusal("thinking is busy"), FailureKind.OVERLOADED, 1),
        (404, NO_LEVEL, FailureKind.NOT_FOUND, 1),
    ],
)
def test_what_is_not_about_thinking_stays_as_it_is(
    way: Make, status: int, body: dict[str, Any], kind: FailureKind, calls: int
) -> None:
    log = RecordingLog()
    with (
        upstream(refusing(status, body)) as gemini,
        way(gemini.url, known := known_models(log)) as provider,
    ):
        (failure,) = ask(provider, limits())

    assert isinstance(failure, Failure)
    assert failure.kind is kind
    assert len(gemini.requests) == calls
    assert known.thinking(MODEL) is Thinking.LOW
    assert log.lines == []


def test_a_model_without_a_level_is_asked_once() -> None:
    known = known_models(models=(Model(MODEL, "M"),))
    with upstream(refusing(400, NOTHING_NAMED)) as gemini, rest(gemini.url, known) as provider:
        ask(provider, limits())

    assert len(gemini.requests) == 1


# Names of one model.

FIVE = tuple(Model(name, name.title()) for name in ("m-8", "m-7", "m-6", "m-5", "m-4"))


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([("m-8", "m-8"), ("m-7", "m-7"), ("m-6", "m-6-001")], []),
        ([("m-7", "m-8"), ("m-7", "m-8")], [("m-7", "m-8")]),
        ([("m-8", "m-8-002"), ("m-7", "m-8-002"), ("m-8", "m-8-002")], [("m-7", "m-8")]),
        ([("m-8", "m-8-001"), ("m-7", "m-8-002")], []),
        ([("other", "m-8"), ("m-7", "m-7")], []),
    ],
)
def test_the_operator_is_told_once_of_two_names_of_one_model(
    answers: list[tuple[str, str]], told: list[tuple[str, str]]
) -> None:
    log = RecordingLog()
    known = KnownModels(FIVE, log)

    for model, version in answers:
        known.answers_as(model, version)

    assert [(line["model"], line["same_as"]) for line in log.of(Event.MODEL_DUPLICATE)] == told


def test_an_answer_tells_which_model_has_given_it() -> None:
    log = RecordingLog()
    models = (Model("gemini-3.8-flash", "A"), Model("gemini-3.7-flash", "B"))
    said = b'data: {"modelVersion": "gemini-3.8-flash"}\r\n\r\n' + event("Hello") + END
    with (
        upstream(lambda send: send(HEAD + said)) as gemini,
        rest(gemini.url, known_models(log, models)) as provider,
    ):
        for model in models:
            list(provider.attempt(model.name, CHAT, limits()))

    assert log.of(Event.MODEL_DUPLICATE) == [
        {"model": "gemini-3.7-flash", "same_as": "gemini-3.8-flash", "version": "gemini-3.8-flash"}
    ]

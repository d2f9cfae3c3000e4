"""Control over HTTP says and refuses the same as the Python methods."""

from typing import Any

import httpx2
import pytest
from google.genai import errors

from tests.tools.emulator.sdk import MODEL, Sdk
from tools.emulator.server import Emulator
from tools.testkit import plain_http


def post(gemini: Emulator, path: str, **arguments: Any) -> httpx2.Response:
    return plain_http.post(f"{gemini.url}/control/{path}", **arguments)


def test_control_says_the_same_over_http(gemini: Emulator, sdk: Sdk) -> None:
    asked = {"model": MODEL, "behaviour": "per-minute", "times": 1, "retry_delay": "7s"}
    assert post(gemini, "behave", json=asked).json() == asked
    with pytest.raises(errors.ClientError, match="retry in 7s"):
        sdk.ask()
    post(gemini, "quota", json={"model": "*", "per_minute": 1})
    with pytest.raises(errors.ClientError, match="limit: 1,"):
        sdk.ask()

    calls = plain_http.get(f"{gemini.url}/control/calls").json()["calls"]
    assert [call["model"] for call in calls] == [MODEL, MODEL]
    assert not any("x-goog-api-key" in call["headers"] for call in calls)
    post(gemini, "reset")
    assert gemini.calls() == []
    assert sdk.ask().text


def test_control_knows_keys_and_the_invoice(gemini: Emulator, sdk: Sdk) -> None:
    told = post(gemini, "key", json={"key": "k", "name": "main", "project": "1001"}).json()
    sdk.ask()

    assert told == {"name": "main", "project": "1001", "revoked": False}
    (row,) = plain_http.get(f"{gemini.url}/control/invoice").json()["rows"]
    assert (row["caller"], row["model"], row["calls"]) == ("main", MODEL, 1)
    post(gemini, "key", json={"key": "k", "revoked": True})
    with pytest.raises(errors.ClientError, match="API key not valid"):
        sdk.ask()


def test_control_helps(gemini: Emulator) -> None:
    told = plain_http.get(f"{gemini.url}/control").json()

    assert told["behaviours"]["cut"]["options"][0] == "after_chunks"
    assert "429" in told["behaviours"]["per-day"]["about"]


@pytest.mark.parametrize(
    ("path", "content", "sentence"),
    [
        ("behave", '{"model": "m", "behaviour": "nothing"}', "unknown behaviour 'nothing'"),
        ("behave", '{"behaviour": "hang"}', "model must be a name"),
        ("behave", "[]", "the body must be a JSON object"),
        ("behave", "{", "Expecting property name"),
        ("quota", '{"model": "m", "per_minute": -1}', "per_minute must be a whole number"),
        ("quota", '{"model": "m", "per_hour": 1}', "unknown: per_hour"),
        ("quota", '{"model": "m", "minute": "round"}', "minute must be sliding or fixed"),
        ("key", '{"name": "main"}', "key must be a name"),
        ("key", '{"key": "k", "owner": "me"}', "unknown: owner"),
    ],
)
def test_control_refuses_with_a_sentence(
    path: str, content: str, sentence: str, gemini: Emulator
) -> None:
    response = post(gemini, f"{path}", content=content)

    assert response.status_code == 400
    assert sentence in response.json()["error"]

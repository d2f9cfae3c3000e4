"""What faults of network and stream become in the SDK."""

import json
from collections.abc import Callable

import httpx2
import pytest
from google.genai import errors, types

from tests.tools.emulator.sdk import MODEL, Sdk, finish_reason, texts
from tools.emulator.server import Emulator

Connect = Callable[..., Sdk]
TIMEOUT_SECONDS = 0.2
PATIENT_SECONDS = 1.5  # A busy machine delivers the chunks before it in time.

RAISED = [
    ("cut", httpx2.RemoteProtocolError),
    ("malformed-chunk", errors.UnknownApiResponseError),
    ("error-event", errors.ServerError),
    ("error-raw", errors.ServerError),
    ("error-array", errors.UnknownApiResponseError),
    ("error-without-code", TypeError),
]
RAISED_WHOLE = [
    ("cut", httpx2.RemoteProtocolError),
    ("reset", httpx2.ReadError),
    ("malformed-chunk", json.JSONDecodeError),
    ("error-event", errors.ServerError),
    ("error-raw", errors.ServerError),
    ("error-array", errors.ServerError),
    ("error-without-code", errors.ServerError),
    ("error-not-first-key", errors.ServerError),
]


@pytest.mark.parametrize(("name", "kind"), RAISED)
@pytest.mark.parametrize("after_chunks", [0, 2])
def test_a_fault_raises_after_the_chunks_before_it(
    name: str, kind: type[Exception], after_chunks: int, gemini: Emulator, sdk: Sdk
) -> None:
    gemini.behave(MODEL, name, text="abcd", chunks=4, after_chunks=after_chunks)
    received: list[types.GenerateContentResponse] = []

    with pytest.raises(kind):
        received.extend(sdk.stream())  # Keeps what came before the error.

    assert texts(received) == ["a", "b"][:after_chunks]


@pytest.mark.parametrize("after_chunks", [0, 2])
def test_a_silent_end_is_neither_error_nor_finish(
    after_chunks: int, gemini: Emulator, sdk: Sdk
) -> None:
    gemini.behave(MODEL, "silent-end", text="abcd", chunks=4, after_chunks=after_chunks)

    chunks = list(sdk.stream())

    assert texts(chunks) == ["a", "b"][:after_chunks]
    assert not any(finish_reason(chunk) for chunk in chunks)
    assert finish_reason(sdk.ask()) is None


def test_an_error_that_is_not_the_first_key_is_an_empty_chunk(gemini: Emulator, sdk: Sdk) -> None:
    gemini.behave(MODEL, "error-not-first-key")

    chunks = list(sdk.stream())

    assert [chunk.candidates for chunk in chunks] == [None]


def test_an_empty_stream_is_silent(gemini: Emulator, sdk: Sdk) -> None:
    gemini.behave(MODEL, "empty-stream")

    assert list(sdk.stream()) == []
    assert sdk.ask().candidates is None


@pytest.mark.parametrize(("name", "kind"), RAISED_WHOLE)
def test_without_a_stream_the_nearest_thing_happens(
    name: str, kind: type[Exception], gemini: Emulator, sdk: Sdk
) -> None:
    gemini.behave(MODEL, name)

    with pytest.raises(kind):
        sdk.ask()


def test_a_reset_breaks_the_stream_before_it_begins(gemini: Emulator, sdk: Sdk) -> None:
    gemini.behave(MODEL, "reset")

    with pytest.raises(httpx2.ReadError):
        next(sdk.stream())


def test_an_error_in_a_stream_keeps_its_details(gemini: Emulator, sdk: Sdk) -> None:
    gemini.behave(MODEL, "error-event", reply="per-minute", retry_delay="7s", after_chunks=1)
    stream = sdk.stream()

    assert next(stream).text
    with pytest.raises(errors.ClientError) as caught:
        next(stream)

    assert caught.value.code == 429
    assert "'retryDelay': '7s'" in str(caught.value.details)


@pytest.mark.parametrize("name", ["hang", "hang-after-headers", "stall"])
@pytest.mark.parametrize("streamed", [False, True])
def test_silence_ends_with_the_clients_timeout(
    name: str, streamed: bool, gemini: Emulator, connect: Connect
) -> None:
    gemini.behave(MODEL, name)
    sdk = connect(gemini.url, TIMEOUT_SECONDS)

    with pytest.raises(httpx2.ReadTimeout):
        next(sdk.stream()) if streamed else sdk.ask()


def test_a_stall_comes_after_the_chunks_before_it(gemini: Emulator, connect: Connect) -> None:
    gemini.behave(MODEL, "stall", text="abcd", chunks=4, after_chunks=2)
    stream = connect(gemini.url, PATIENT_SECONDS).stream()

    assert [next(stream).text, next(stream).text] == ["a", "b"]
    with pytest.raises(httpx2.ReadTimeout):
        next(stream)


def test_a_drip_never_shows_text(gemini: Emulator, sdk: Sdk) -> None:
    gemini.behave(MODEL, "drip", every_seconds=0)
    stream = sdk.stream()

    chunks = [next(stream) for _ in range(20)]

    assert texts(chunks) == []
    assert not any(finish_reason(chunk) for chunk in chunks)


def test_an_unclosed_stream_has_its_finish_reason_and_no_end(
    gemini: Emulator, connect: Connect
) -> None:
    gemini.behave(MODEL, "unclosed", text="abcd", chunks=4)
    received: list[types.GenerateContentResponse] = []

    with pytest.raises(httpx2.ReadTimeout):
        received.extend(connect(gemini.url, PATIENT_SECONDS).stream())

    assert "".join(texts(received)) == "abcd"
    assert finish_reason(received[-1])

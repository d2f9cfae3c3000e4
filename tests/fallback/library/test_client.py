"""A program asks with a google-genai client of its own."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from google import genai
from google.genai import types
from google.oauth2.credentials import Credentials

from fallback import (
    ModelExhaustionError,
    check_service_availability,
    generate_with_fallback,
    generate_with_fallback_async,
    stream_with_fallback,
)
from tools.emulator.server import Emulator


@pytest.fixture
def client(gemini: Emulator) -> Iterator[genai.Client]:
    with genai.Client(
        api_key="the-clients-key", http_options=types.HttpOptions(base_url=gemini.url)
    ) as client:
        yield client


def keys(gemini: Emulator) -> list[str]:
    return [call.headers["x-goog-api-key"] for call in gemini.calls()]


def test_the_client_is_what_asks(gemini: Emulator, client: genai.Client) -> None:
    gemini.behave("*", "answer", text="Hi.", chunks=2)

    assert generate_with_fallback("Hello", client=client) == ("Hi.", "gemini-3.8-flash")
    assert "".join(stream_with_fallback("Hello", client=client)) == "Hi."
    assert asyncio.run(generate_with_fallback_async("Hello", client=client))[0] == "Hi."
    assert keys(gemini) == ["the-clients-key"] * 3


def test_keywords_reach_the_model_through_a_client(gemini: Emulator, client: genai.Client) -> None:
    generate_with_fallback("Hello", instruction="Be brief.", temperature=0.5, client=client)

    body = gemini.calls()[0].body
    assert body["systemInstruction"]["parts"] == [{"text": "Be brief."}]
    assert body["generationConfig"]["temperature"] == 0.5


def test_a_client_needs_no_key_in_the_environment(
    gemini: Emulator, client: genai.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GEMINI_API_KEY")

    assert generate_with_fallback("Hello", client=client)[1] == "gemini-3.8-flash"
    assert check_service_availability(client=client)["status"] == "operational"
    assert check_service_availability()["status"] == "misconfigured"


def test_a_client_s_windows_are_its_own_and_are_remembered(
    gemini: Emulator, client: genai.Client
) -> None:
    gemini.behave("gemini-3.8-flash", "per-minute", times=1)

    models = [generate_with_fallback("Hello", client=client)[1] for _ in range(2)]

    assert models == ["gemini-3.6-flash"] * 2
    assert gemini.count("gemini-3.8-flash") == 1
    assert check_service_availability(client=client)["status"] == "degraded"
    assert check_service_availability()["status"] == "operational"


@pytest.mark.parametrize("behaviour", ["hang", "drip"])
def test_timeout_ends_a_client_s_call(
    gemini: Emulator, client: genai.Client, behaviour: str
) -> None:
    gemini.behave("*", behaviour)

    with pytest.raises(ModelExhaustionError, match="within 2 s"):
        generate_with_fallback("Hello", client=client, timeout=2)


def test_a_refusal_speaks_of_the_client(gemini: Emulator, client: genai.Client) -> None:
    gemini.behave("*", "key-invalid")

    with pytest.raises(ModelExhaustionError, match="refuses the client's key") as caught:
        generate_with_fallback("Hello", client=client)

    assert "the-clients-key" not in str(caught.value)


@pytest.fixture
def vertex() -> Iterator[ThreadingHTTPServer]:
    """Vertex AI, as far as one answer needs it; `paths` is what it was asked for."""
    event = {
        "candidates": [
            {"content": {"role": "model", "parts": [{"text": "Hi."}]}, "finishReason": "STOP"}
        ]
    }

    class Handler(BaseHTTPRequestHandler):
        paths: ClassVar[list[str]] = []

        def do_POST(self) -> None:
            self.paths.append(self.path.partition("?")[0])
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            self.wfile.write(f"data: {json.dumps(event)}\r\n\r\n".encode())

        def log_message(self, *arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("gemini")
def test_a_client_of_vertex_ai_answers(vertex: ThreadingHTTPServer) -> None:
    with genai.Client(
        vertexai=True,
        project="my-project",
        location="global",
        credentials=Credentials(token="made-up-token"),  # type: ignore[no-untyped-call]
        http_options=types.HttpOptions(base_url=f"http://127.0.0.1:{vertex.server_port}"),
    ) as client:
        answer = generate_with_fallback("Hello", client=client)

    assert answer == ("Hi.", "gemini-3.8-flash")
    (path,) = vars(vertex.RequestHandlerClass)["paths"]
    assert "/projects/my-project/locations/global/publishers/google/models/" in path

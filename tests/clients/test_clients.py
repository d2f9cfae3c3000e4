"""Clients that people have, as they come, against the service: `make test-clients`.

Each client is a process of its own environment, with its own defaults, which asks what it is told
to and says what its caller would get.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tools.emulator.server import Emulator
from tools.testkit.serving import API_KEY, ServedFunction, serve

HERE = Path(__file__).parent
PYTHON, NODE = os.environ["CLIENTS_PYTHON"], os.environ["CLIENTS_NODE"]
"""The interpreter that has the clients for Python; the folder whose node_modules has the others."""

CLIENTS = {
    "openai for Python": [PYTHON, str(HERE / "ask_openai.py")],
    "openai for Node": ["node", str(HERE / "ask_openai.mjs")],
    "LangChain": [PYTHON, str(HERE / "ask_langchain.py")],
    "LiteLLM": [PYTHON, str(HERE / "ask_litellm.py")],
    "pydantic-ai": [PYTHON, str(HERE / "ask_pydantic_ai.py")],
    "AI SDK": ["node", str(HERE / "ask_ai_sdk.mjs")],
}
DEAF = {"AI SDK"}
"""Clients that try again whatever `X-Should-Retry` says, twice, after 2 and 4 s."""

MAX_SECONDS = 5.0
ANSWER = "One two three\u2028four\u2029five\x85six — 你好 😀"


class Client:
    """A client's process."""

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=NODE,
            # LiteLLM would fetch a list of prices at its start.
            env=os.environ | {"LITELLM_LOCAL_MODEL_COST_MAP": "True"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, function: ServedFunction, *, stream: bool) -> dict[str, Any]:
        """What the client's caller gets: a text or an error, and after how many seconds."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"base_url": f"{function.url}/v1", "stream": stream}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        outcome: dict[str, Any] = json.loads(self._process.stdout.readline())
        return outcome

    def close(self) -> None:
        self._process.communicate(timeout=30)


@pytest.fixture(scope="module", params=CLIENTS)
def name(request: pytest.FixtureRequest) -> str:
    client: str = request.param
    return client


@pytest.fixture(scope="module")
def client(name: str) -> Iterator[Client]:
    client = Client(CLIENTS[name])
    yield client
    client.close()


@pytest.fixture
def gemini() -> Iterator[Emulator]:
    with Emulator() as emulator:
        emulator.behave("*", "answer", text=ANSWER, chunks=5)
        yield emulator


@pytest.fixture
def chat(gemini: Emulator, tmp_path: Path) -> Iterator[ServedFunction]:
    environ = {
        "GEMINI_API_KEY": API_KEY,
        "GOOGLE_GEMINI_BASE_URL": gemini.url,
        "NEXUS_STATE": f"sqlite:{tmp_path / 'nexus.db'}",
    }
    with serve("chat", environ, tmp_path / "chat.log") as function:
        yield function


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
def test_an_answer_is_whole(client: Client, chat: ServedFunction, stream: bool) -> None:
    assert client.ask(chat, stream=stream)["text"] == ANSWER


def test_a_stream_that_is_cut_is_an_error(
    client: Client, chat: ServedFunction, gemini: Emulator
) -> None:
    gemini.reset()
    gemini.behave("*", "cut", text="Half of it, and no more", chunks=5, after_chunks=2)

    outcome = client.ask(chat, stream=True)

    assert "text" not in outcome
    assert "interrupted" in outcome["error"]


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
def test_a_day_s_exhaustion_is_an_error_at_once(
    name: str, client: Client, chat: ServedFunction, gemini: Emulator, stream: bool
) -> None:
    gemini.reset()
    gemini.behave("*", "per-day")

    outcome = client.ask(chat, stream=stream)

    assert "limits" in outcome["error"]
    assert len(chat.events("chat.refused")) == (3 if name in DEAF else 1)
    assert outcome["seconds"] < MAX_SECONDS or name in DEAF

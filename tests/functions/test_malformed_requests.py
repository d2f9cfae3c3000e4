"""What is no HTTP request, or not for the function, gets an error of the contract too."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from http.client import HTTPResponse

import pytest

from tools.emulator.server import Emulator
from tools.testkit.raw_http import connect, head
from tools.testkit.serving import API_KEY, ServedFunction, serve


@pytest.fixture(scope="module", params=["chat", "check_availability"])
def function(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedFunction]:
    folder = tmp_path_factory.mktemp("malformed")
    with Emulator() as gemini, contextlib.ExitStack() as stack:
        environ = {
            "GEMINI_API_KEY": API_KEY,
            "GOOGLE_GEMINI_BASE_URL": gemini.url,
            "NEXUS_STATE": f"sqlite:{folder / 'nexus.db'}",
        }
        yield stack.enter_context(serve(request.param, environ, folder / "function.log"))


def get(target: str) -> bytes:
    return f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()


def reply_to(function: ServedFunction, sent: bytes) -> tuple[HTTPResponse, bytes]:
    """The reply, and everything up to the connection's end."""
    with connect(function) as connection:
        connection.settimeout(15)  # Less than a body may take.
        connection.sendall(sent)
        reply = HTTPResponse(connection)
        reply.begin()
        return reply, reply.read()


INVALID, TOO_LARGE = "invalid_request", "request_too_large"
MALFORMED = {
    "no HTTP": (b"nonsense\r\n\r\n", 400, INVALID),
    "line feeds alone": (b"GET / HTTP/1.1\nHost: x\n\n", 400, INVALID),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, INVALID),
    "a version to come": (b"GET / HTTP/9.9\r\n\r\n", 400, INVALID),
    "a method in small letters": (b"get / HTTP/1.1\r\n\r\n", 400, INVALID),
    "a bare CR": (head("X-Forged: a\rX-Request-Id: b"), 400, INVALID),
    "a NUL": (head("X-Forged: a\0b"), 400, INVALID),
    "two framings": (head("Content-Length: 5", "Transfer-Encoding: chunked"), 400, INVALID),
    "two lengths": (head("Content-Length: 5", "Content-Length: 6"), 400, INVALID),
    "a length below 0": (head("Content-Length: -1"), 400, INVALID),
    "a framing without end": (head("Transfer-Encoding: gzip"), 400, INVALID),
    "an unknown framing": (head("Transfer-Encoding: tea"), 400, INVALID),
    "a path of its own": (head("SCRIPT_NAME: /elsewhere"), 400, INVALID),
    "a long target": (head(target="/" + "x" * 20_000), 414, TOO_LARGE),
    "a long header": (head("X-Long: " + "x" * 20_000), 431, TOO_LARGE),
    "a header without end": (b"GET / HTTP/1.1\r\nX: " + b"x" * 900_000, 431, TOO_LARGE),
    "many headers": (head(*(f"X-{number}: x" for number in range(200))), 431, TOO_LARGE),
    "an unknown wish": (head("Expect: tea"), 417, INVALID),
}


@pytest.mark.parametrize(("sent", "status", "code"), MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_proper_request_gets_an_error_of_the_contract(
    function: ServedFunction, sent: bytes, status: int, code: str
) -> None:
    reply, body = reply_to(function, sent)

    error = json.loads(body)["error"]
    assert (reply.status, error["code"]) == (status, code)
    assert error["type"] == "invalid_request_error"
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    assert reply.headers["Connection"] == "close"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Cache-Control"] == "no-store"
    assert "gunicorn" not in f"{reply.headers}{body!r}"
    logged = function.events("request.rejected")[-1]
    assert logged["request_id"] == error["request_id"] == reply.headers["X-Request-Id"]
    assert (logged["status"], logged["code"]) == (status, code)
    assert function.events("library.message") == []


@pytest.mark.parametrize("target", ["/robots.txt", "/favicon.ico", "//a//b", "/a//b", "/%ff%zz"])
def test_no_address_is_answered_by_a_framework(function: ServedFunction, target: str) -> None:
    reply, body = reply_to(function, get(target))

    answer = json.loads(body)
    assert reply.status == 404 or "available" in answer
    assert len(reply.headers["X-Request-Id"]) == 32
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Server"] == "Nexus"

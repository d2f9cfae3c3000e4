"""The gateway as a process of its own, in front of a function on a real socket."""

import gzip
import http.client
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.tools.serving.fake_function import ZIPPED, FakeFunction
from tools.serving.programs import listen

ROOT = Path(__file__).resolve().parents[3]
TEN_MEGABYTES = 10 * 1024 * 1024


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    (folder / "index.html").write_text("<!doctype html><title>Nexus ☄</title>", encoding="utf-8")
    (folder / "config.json").write_text("{}")
    (folder / "assets").mkdir()
    (folder / "assets/app-K3J5M7QA.js").write_text("export {};\n" * 100)
    (folder / "assets/main-settings.css").write_text("")
    (folder.parent / "secret.txt").write_text("not to be served")
    return folder


@pytest.fixture(scope="module")
def chat() -> Iterator[FakeFunction]:
    with FakeFunction() as function:
        yield function


@pytest.fixture
def function(chat: FakeFunction) -> FakeFunction:
    chat.forget()
    return chat


@pytest.fixture(scope="module")
def port(web: Path, chat: FakeFunction) -> Iterator[int]:
    listener = listen(0)
    # Bound, but not listening: whoever connects is refused.
    nobody = socket.socket()
    nobody.bind(("127.0.0.1", 0))
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "tools.serving.gateway", "--fd", str(listener.fileno())),
            *("--web", str(web), "--chat", str(chat.port)),
            *("--availability", str(nobody.getsockname()[1])),
            *("--status", str(web.parent / "status.json")),
        ],
        cwd=ROOT,
        pass_fds=[listener.fileno()],
    )
    yield listener.getsockname()[1]
    process.terminate()
    process.wait(60)
    listener.close()
    nobody.close()


def ask(
    port: int,
    path: str,
    method: str = "GET",
    body: bytes | Iterator[bytes] | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body, headers or {}, encode_chunked=True)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def echo(port: int, path: str, **request: Any) -> dict[str, Any]:
    response, body = ask(port, path, **request)
    assert response.status == 200
    seen: dict[str, Any] = json.loads(body)
    return seen


def test_the_status_object_is_beside_the_page_and_new_after_a_second(port: int, web: Path) -> None:
    file = web.parent / "status.json"
    file.unlink(missing_ok=True)

    _, initial = ask(port, "/status.json")
    file.write_text('{"status": "degraded"}')
    response, written = ask(port, "/status.json?1")
    refused, _ = ask(port, "/status.json", method="POST")

    assert json.loads(initial)["status"] == "operational"
    assert json.loads(written) == {"status": "degraded"}
    assert response.headers["cache-control"] == "public, max-age=1"
    assert response.headers["content-type"] == "application/json"
    assert refused.status == 405


@pytest.mark.parametrize(
    ("path", "file", "content_type"),
    [
        ("/status.html", "status.html", "text/html; charset=utf-8"),
        ("/status.atom", "status.atom", "application/atom+xml; charset=utf-8"),
        ("/status-days.json", "status-days.json", "application/json"),
    ],
)
def test_the_status_page_is_beside_it(
    port: int, web: Path, path: str, file: str, content_type: str
) -> None:
    _, initial = ask(port, path)
    (web.parent / file).write_text("new")
    response, written = ask(port, path)

    assert initial
    assert written == b"new"
    assert response.headers["content-type"] == content_type


@pytest.mark.usefixtures("function")
class TestWhatTheFunctionGets:
    @pytest.mark.parametrize(
        ("path", "target"),
        [
            ("/api/chat", "/"),
            ("/api/chat/", "/"),
            ("/api/chat?a=1", "/?a=1"),
            ("/api/chat/v1/chat/completions", "/v1/chat/completions"),
            ("/api/chat/a%2Fb/../%C3%A4?q=%20+%22&q=", "/a%2Fb/../%C3%A4?q=%20+%22&q="),
        ],
    )
    def test_the_path_without_its_prefix_and_otherwise_unchanged(
        self, port: int, path: str, target: str
    ) -> None:
        assert echo(port, path)["target"] == target

    @pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
    def test_the_method(self, port: int, method: str) -> None:
        assert echo(port, "/api/chat", method=method)["method"] == method

    def test_a_body_byte_for_byte(self, port: int) -> None:
        body = b'{"message": "\xff\xfe\x00"}\r\n'

        assert bytes.fromhex(echo(port, "/api/chat", method="POST", body=body)["body"]) == body

    def test_a_body_of_unknown_length(self, port: int) -> None:
        seen = echo(port, "/api/chat", method="POST", body=iter([b"one", b"two"]))

        assert bytes.fromhex(seen["body"]) == b"onetwo"
        assert "content-length" not in seen["headers"]

    def test_no_body_where_there_was_none(self, port: int) -> None:
        headers = echo(port, "/api/chat")["headers"]

        assert "content-length" not in headers
        assert "transfer-encoding" not in headers

    def test_the_clients_address_after_what_the_client_says_of_itself(self, port: int) -> None:
        headers = echo(port, "/api/chat", headers={"X-Forwarded-For": "203.0.113.9"})["headers"]

        assert headers["x-forwarded-for"] == "203.0.113.9, 127.0.0.1"
        assert headers["x-forwarded-proto"] == "http"

    def test_end_to_end_headers_only(self, port: int) -> None:
        sent = {"Connection": "X-Mine", "X-Mine": "1", "TE": "trailers", "Accept": "text/x"}

        headers = echo(port, "/api/chat", headers=sent)["headers"]

        assert {"x-mine", "te"}.isdisjoint(headers)
        assert headers["accept"] == "text/x"
        assert headers["host"] == f"127.0.0.1:{port}"


class TestWhatTheClientGets:
    def test_head_without_a_body(self, port: int, function: FakeFunction) -> None:
        response, body = ask(port, "/api/chat", method="HEAD")

        assert (response.status, body) == (200, b"")
        assert response.headers["x-of"] == "function"
        assert int(response.headers["content-length"]) > 0

    def test_a_compressed_reply_as_it_is(self, port: int, function: FakeFunction) -> None:
        response, body = ask(port, "/api/chat/zipped")

        assert response.headers["content-encoding"] == "gzip"
        assert body == ZIPPED

    def test_one_date(self, port: int, function: FakeFunction) -> None:
        assert len(ask(port, "/api/chat")[0].headers.get_all("date", [])) == 1

    def test_each_event_as_soon_as_it_is_sent(self, port: int, function: FakeFunction) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("POST", "/api/chat/events", b"{}")
        response = connection.getresponse()

        assert response.headers["content-type"] == "text/event-stream"
        assert response.read1() == b"data: 1\n\n"
        function.go_on.set()
        assert response.read() == b"data: 2\n\n"
        connection.close()

    def test_a_cut_stream_does_not_look_complete(self, port: int, function: FakeFunction) -> None:
        with pytest.raises(http.client.IncompleteRead):
            ask(port, "/api/chat/cut")

    @pytest.mark.parametrize("path", ["/api/chat/refused", "/api/chat/refused_and_held"])
    def test_a_refusal_that_comes_while_it_sends(
        self, port: int, function: FakeFunction, path: str
    ) -> None:
        response, body = ask(port, path, method="POST", body=bytes(TEN_MEGABYTES))

        assert (response.status, body) == (413, b"too large")

    @pytest.mark.parametrize("path", ["refused", "refused_and_held"])
    @pytest.mark.parametrize(
        ("framing", "body"),
        [
            ("Content-Length: 9", ""),
            ("Content-Length: 9", "body"),
            ("Transfer-Encoding: chunked", "4\r\nbody\r\n"),
        ],
    )
    def test_a_refusal_of_a_body_that_stops_coming(
        self, port: int, function: FakeFunction, path: str, framing: str, body: str
    ) -> None:
        head = f"POST /api/chat/{path} HTTP/1.1\r\nHost: nexus\r\n{framing}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
            client.sendall((head + body).encode())
            response = http.client.HTTPResponse(client)
            response.begin()

            assert (response.status, response.read()) == (413, b"too large")

    def test_the_reply_to_a_large_body(self, port: int, function: FakeFunction) -> None:
        seen = echo(port, "/api/chat", method="POST", body=bytes(TEN_MEGABYTES))

        assert len(seen["body"]) == 2 * TEN_MEGABYTES

    def test_an_error_object_where_no_function_runs(self, port: int) -> None:
        response, body = ask(port, "/api/check-availability")

        assert response.status == 502
        assert response.headers["content-type"] == "application/json"
        error = json.loads(body)["error"]
        assert error.keys() == {"message", "type", "code", "param"}
        assert "/api/check-availability" in error["message"]


@pytest.mark.parametrize("path", ["endless", "silent"])
def test_a_client_that_leaves_ends_the_request_to_the_function(
    port: int, function: FakeFunction, path: str
) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(f"GET /api/chat/{path} HTTP/1.1\r\nHost: nexus\r\n\r\n".encode())
        assert function.asked.wait(60)

    assert function.client_left.wait(60)


class TestThePage:
    def test_is_at_the_root(self, port: int) -> None:
        response, body = ask(port, "/")

        assert response.status == 200
        assert "Nexus ☄" in body.decode()

    @pytest.mark.parametrize(
        ("path", "media_type", "caching"),
        [
            ("/", "text/html; charset=utf-8", "no-cache"),
            ("/config.json", "application/json", "no-cache"),
            ("/assets/main-settings.css", "text/css; charset=utf-8", "no-cache"),
            (
                "/assets/app-K3J5M7QA.js",
                "text/javascript; charset=utf-8",
                "public, max-age=31536000, immutable",
            ),
        ],
    )
    def test_has_the_headers_of_production(
        self, port: int, path: str, media_type: str, caching: str
    ) -> None:
        response, _ = ask(port, path, method="HEAD")

        assert response.headers["content-type"] == media_type
        assert response.headers["cache-control"] == caching

    def test_is_compressed_for_those_who_take_it(self, port: int) -> None:
        path = "/assets/app-K3J5M7QA.js"

        zipped, packed = ask(port, path, headers={"Accept-Encoding": "gzip"})
        plain, body = ask(port, path)

        assert zipped.headers["content-encoding"] == "gzip"
        assert gzip.decompress(packed) == body
        assert "content-encoding" not in plain.headers
        assert plain.headers["vary"] == zipped.headers["vary"] == "Accept-Encoding"

    def test_is_not_sent_again_while_it_is_the_same(self, port: int) -> None:
        etag = ask(port, "/")[0].headers["etag"]

        response, body = ask(port, "/", headers={"If-None-Match": etag})

        assert (response.status, body) == (304, b"")
        assert response.headers["cache-control"] == "no-cache"

    @pytest.mark.parametrize("path", ["/nothing", "/api/chatter", "/../secret.txt", "/assets/"])
    def test_has_nothing_elsewhere(self, port: int, path: str) -> None:
        response, body = ask(port, path)

        assert (response.status, body) == (404, b"Not Found")
        assert response.headers["content-type"] == "text/plain; charset=utf-8"

    def test_can_only_be_read(self, port: int) -> None:
        assert ask(port, "/", method="POST", body=b"{}")[0].status == 405

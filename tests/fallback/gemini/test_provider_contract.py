"""What both ways to Gemini do alike, over real sockets, and what the SDK's way cannot hold."""

from __future__ import annotations

import contextlib
import gzip
import json
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from google import genai
from google.genai import types
from google.oauth2.credentials import Credentials

from fallback.cancellation import Cancellation
from fallback.core.answer import End, FinishReason, Text, Usage
from fallback.core.chat import Chat, Message, ResponseFormat, Role
from fallback.core.failure import Failure, FailureKind
from fallback.gemini.sdk import MOST_LEFT_BEHIND, SdkProvider, developer_client
from fallback.ports import AttemptLimits, Provider
from tests.fallback.gemini.wire import (
    CHAT,
    END,
    HEAD,
    KEY,
    MODEL,
    Piece,
    Script,
    Send,
    ask,
    data,
    event,
    known_models,
    limits,
    refusing,
    rest_provider,
    sending,
    text_of,
    upstream,
)
from tools.testkit.time_travel import FakeClock

Make = Callable[[str], contextlib.AbstractContextManager[Provider]]


@contextlib.contextmanager
def rest(url: str) -> Iterator[Provider]:
    provider = rest_provider(url)
    yield provider
    provider.close()


@contextlib.contextmanager
def sdk(url: str) -> Iterator[Provider]:
    with developer_client(KEY, url) as client:
        yield SdkProvider(client, FakeClock(), known_models())


WAYS = [pytest.param(rest, id="rest"), pytest.param(sdk, id="sdk")]
both = pytest.mark.parametrize("way", WAYS)


def but_not_the_sdk(reason: str) -> pytest.MarkDecorator:
    """Both ways are tried; the SDK is known to fail, and the test says so if that changes."""
    mark = pytest.mark.xfail(strict=True, reason=reason)
    return pytest.mark.parametrize("way", [WAYS[0], pytest.param(sdk, id="sdk", marks=mark)])


def pieces_from(way: Make, script: Script) -> list[Piece]:
    with upstream(script) as gemini, way(gemini.url) as provider:
        return ask(provider, limits())


# Requests: the SDK is the oracle.

FULL = Chat(
    messages=(
        Message(Role.USER, "Hello"),
        Message(Role.ASSISTANT, "Hi"),
        Message(Role.USER, "And now? 你好 \u2028"),
    ),
    instructions=("Be brief.", "Be kind."),
    temperature=0.0,
    top_p=0.9,
    max_output_tokens=77,
    stop=("END",),
)


SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "kind": {"enum": ["a", "b"]}},
    "required": ["city"],
    "additionalProperties": False,
}
CHATS = {
    "bare": CHAT,
    "full": FULL,
    "json": replace(CHAT, response_format=ResponseFormat()),
    "schema": replace(CHAT, response_format=ResponseFormat(json_schema=SCHEMA)),
}


@pytest.mark.parametrize("chat", list(CHATS.values()), ids=list(CHATS))
@pytest.mark.parametrize("folder", ["", "/a/folder"])
def test_both_send_the_same_request(chat: Chat, folder: str) -> None:
    with upstream(sending(event("Hello"), END)) as gemini:
        for way in (rest, sdk):
            with way(gemini.url + folder) as provider:
                ask(provider, limits(), chat)
            assert gemini.header("x-goog-api-key") == KEY
            assert gemini.header("content-type") == "application/json"

    path = f"{folder}/v1beta/models/{MODEL}:streamGenerateContent?alt=sse".encode()
    assert gemini.targets == [path, path]
    assert gemini.bodies[0] == gemini.bodies[1]
    assert KEY.encode() not in path


@both
@pytest.mark.parametrize("total", [0.5, 25.5])
def test_no_server_time_out_is_so_short_that_gemini_refuses_it(way: Make, total: float) -> None:
    with upstream(sending(event("Hello"), END)) as gemini, way(gemini.url) as provider:
        ask(provider, limits(total=total))

    assert int(gemini.header("x-server-timeout") or 10) >= 10


@both
def test_the_environment_changes_neither_address_nor_key(
    monkeypatch: pytest.MonkeyPatch, way: Make
) -> None:
    for name, value in {
        "GOOGLE_GENAI_USE_VERTEXAI": "true",
        "GOOGLE_GENAI_USE_ENTERPRISE": "true",
        "GOOGLE_CLOUD_PROJECT": "p",
        "GOOGLE_CLOUD_LOCATION": "us-central1",
        "GOOGLE_API_KEY": "another-key",
        "GOOGLE_GENAI_API_VERSION": "v1alpha",
        "GOOGLE_GEMINI_BASE_URL": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)

    with upstream(sending(event("Hello"), END)) as gemini, way(gemini.url) as provider:
        ask(provider, limits())

    assert gemini.targets[0].startswith(b"/v1beta/models/")
    assert gemini.header("x-goog-api-key") == KEY


@both
def test_nothing_is_sent_before_the_first_piece_is_asked_for(way: Make) -> None:
    with upstream(sending(event("Hello"), END)) as gemini, way(gemini.url) as provider:
        attempt = provider.attempt(MODEL, CHAT, limits())
        attempt.close()

        assert gemini.requests == []


def test_a_client_of_vertex_ai_serves_as_well() -> None:
    with upstream(sending(event("Hello"), END)) as gemini:
        client = genai.Client(
            vertexai=True,
            project="a-project",
            location="europe-west4",
            credentials=Credentials("made-up-token"),  # type: ignore[no-untyped-call]
            http_options=types.HttpOptions(base_url=gemini.url),
        )
        with client:
            pieces = ask(SdkProvider(client, FakeClock(), known_models()), limits())

    assert text_of(pieces) == "Hello"
    assert b"/projects/a-project/locations/europe-west4/" in gemini.targets[0]


def test_a_client_without_credentials_is_refused_as_a_bad_key_is() -> None:
    client = genai.Client(
        vertexai=True,
        project="a-project",
        location="europe-west4",
        credentials=Credentials(None),  # type: ignore[no-untyped-call]
    )
    with client:
        (failure,) = ask(SdkProvider(client, FakeClock(), known_models()), limits())

    assert failure == Failure(kind=FailureKind.UNAUTHORIZED, reason="RefreshError")


# Answers.


@both
def test_an_answer_has_its_text_its_model_and_its_tokens(way: Make) -> None:
    counts = {"promptTokenCount": 3, "candidatesTokenCount": 4, "thoughtsTokenCount": 5}
    thought = {"text": "hm", "thought": True}
    pieces = pieces_from(
        way,
        sending(
            data({"candidates": [{"content": {"parts": [thought]}}], "modelVersion": "m-001"}),
            event("\n"),
            event("Hel"),
            event("lo"),
            data({"candidates": [{"finishReason": "STOP"}], "usageMetadata": counts}),
        ),
    )

    assert text_of(pieces) == "\nHello"
    assert pieces[-1] == End(FinishReason.STOP, Usage(3, 9), "m-001")


@both
def test_separators_of_unicode_are_text(way: Make) -> None:
    raw = json.dumps({"candidates": [{"content": {"parts": [{"text": "a\u2028b\u2029c\x85d"}]}}]})
    unescaped = raw.encode().decode("unicode_escape").encode()

    pieces = pieces_from(way, sending(b"data: " + unescaped + b"\r\n\r\n", END))

    assert text_of(pieces) == "a\u2028b\u2029c\x85d"


@both
def test_a_compressed_stream_is_read(way: Make) -> None:
    body = gzip.compress(event("Hello") + END)
    head = HEAD.replace(b"Connection", b"Content-Encoding: gzip\r\nConnection")

    assert text_of(pieces_from(way, lambda send: send(head + body))) == "Hello"


@both
def test_a_reply_that_only_informs_is_passed_over(way: Make) -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n"

    assert text_of(pieces_from(way, lambda send: send(early + HEAD + event("Hello") + END)))


@both
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_lines_end_as_the_standard_allows(way: Make, line_end: bytes) -> None:
    stream = (event("Hello") + END).replace(b"\r\n", line_end)

    assert text_of(pieces_from(way, sending(stream))) == "Hello"


@both
def test_one_event_over_many_lines_is_read(way: Make) -> None:
    lines = json.dumps(json.loads(event("Hello")[6:]), indent=1).splitlines()
    many = b"".join(b"data: " + line.encode() + b"\r\n" for line in lines) + b"\r\n"

    assert text_of(pieces_from(way, sending(many, END))) == "Hello"


@both
def test_the_last_word_of_another_format_does_no_harm(way: Make) -> None:
    assert text_of(pieces_from(way, sending(event("Hello"), END, b"data: [DONE]\n\n"))) == "Hello"


NOT_READ = "google-genai reads it as a broken reply (googleapis/python-genai#2584)"


@but_not_the_sdk(NOT_READ)
@pytest.mark.parametrize(
    "noise",
    [b": keep alive\n\n", b"event: message\n", b"id: 1\n", b"retry: 9\n\n"],
)
def test_what_proxies_add_to_a_stream_does_no_harm(way: Make, noise: bytes) -> None:
    pieces = pieces_from(way, sending(noise, event("Hel"), noise, event("lo"), noise, END))

    assert (text_of(pieces), pieces[-1]) == ("Hello", End(FinishReason.STOP))


@but_not_the_sdk(NOT_READ)
@pytest.mark.parametrize(
    "stream",
    [
        event("Hello").replace(b"data: ", b"data:") + END,
        b"\xef\xbb\xbf" + event("Hello") + END,
        event("Hello") + END.replace(b"data: ", b"data:"),
    ],
    ids=["no space", "byte order mark", "no space at the end"],
)
def test_whatever_the_standard_allows_is_read(way: Make, stream: bytes) -> None:
    pieces = pieces_from(way, sending(stream))

    assert (text_of(pieces), pieces[-1]) == ("Hello", End(FinishReason.STOP))


# Failures.


@both
@pytest.mark.parametrize(
    ("status", "name", "kind"),
    [
        (503, "UNAVAILABLE", FailureKind.OVERLOADED),
        (500, "INTERNAL", FailureKind.SERVER_ERROR),
        (404, "NOT_FOUND", FailureKind.NOT_FOUND),
        (401, "UNAUTHENTICATED", FailureKind.UNAUTHORIZED),
    ],
)
def test_a_refusal_is_classified(way: Make, status: int, name: str, kind: FailureKind) -> None:
    body = {"error": {"code": status, "status": name, "message": "x"}}

    (failure,) = pieces_from(way, refusing(status, body))

    assert failure == Failure(kind=kind, status=status, reason=name)


@both
def test_the_delay_that_gemini_names_is_kept(way: Make) -> None:
    details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "22s"}]
    error = {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "x", "details": details}

    (failure,) = pieces_from(way, refusing(429, {"error": error}))

    assert isinstance(failure, Failure)
    assert failure.retry_delay_seconds == 22


@both
def test_a_delay_in_a_header_is_kept(way: Make) -> None:
    (failure,) = pieces_from(way, refusing(503, {}, "Retry-After: 7"))

    assert isinstance(failure, Failure)
    assert failure.retry_delay_seconds == 7


@both
def test_an_error_within_a_stream_is_classified(way: Make) -> None:
    error = {"error": {"code": 503, "status": "UNAVAILABLE", "message": "x"}}

    first, last = pieces_from(way, sending(event("Hel"), data(error)))

    assert first == Text("Hel")
    assert isinstance(last, Failure)
    assert last.kind is FailureKind.OVERLOADED


@but_not_the_sdk("google-genai reads an error in an array as a broken reply")
def test_an_error_in_an_array_is_classified(way: Make) -> None:
    error = {"error": {"code": 503, "status": "UNAVAILABLE", "message": "x"}}

    *_, last = pieces_from(way, sending(event("Hel"), data([error])))

    assert isinstance(last, Failure)
    assert last.kind is FailureKind.OVERLOADED


@both
@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"garbage\r\n\r\n",
        HEAD,
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + event("Hello"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        HEAD + event("Hello"),
        HEAD + b'data: {"candidates": 7}\r\n\r\n',
        HEAD + b"data: no JSON\r\n\r\n",
    ],
)
def test_a_broken_reply_is_a_failure_and_no_exception(way: Make, reply: bytes) -> None:
    *_, failure = pieces_from(way, lambda send: send(reply))

    assert isinstance(failure, Failure)
    assert failure.kind in (FailureKind.CONNECTION_FAILED, FailureKind.INCOMPLETE_ANSWER)


@both
def test_nobody_there_is_a_failed_connection(way: Make) -> None:
    with upstream(lambda send: None) as gemini:
        pass

    with way(gemini.url) as provider:
        (failure,) = ask(provider, limits())

    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.CONNECTION_FAILED


def test_a_client_s_own_retries_and_continuation_are_off() -> None:
    options = types.HttpOptions(retry_options=types.HttpRetryOptions(attempts=3, initial_delay=0.1))
    error = {"error": {"code": 503, "status": "UNAVAILABLE", "message": "x"}}
    scripts = [refusing(503, error), sending(event("Hello", finishReason="CONTINUATION"))]

    for script in scripts:
        with upstream(script) as gemini:
            options.base_url = gemini.url
            with genai.Client(api_key=KEY, vertexai=False, http_options=options) as client:
                ask(SdkProvider(client, FakeClock(), known_models()), limits())

            assert len(gemini.requests) == 1


# Limits.


def stalling(*parts: bytes) -> tuple[Script, threading.Event]:
    """Sends the parts, then nothing until the event is set."""
    over = threading.Event()

    def script(send: Send) -> None:
        for part in parts:
            send(part)
        over.wait(60)

    return script, over


@both
@pytest.mark.parametrize(
    ("sent", "within"),
    [
        ([], limits(first_text=0.3)),
        ([HEAD], limits(first_text=0.3)),
        ([HEAD, event("Hello")], limits(idle=0.3)),
        ([HEAD, event("Hello")], limits(total=0.6)),
        ([HEAD], replace(limits(), seconds_left=lambda: 0.0)),
    ],
    ids=["no reply", "no text", "no more text", "no end", "no time left"],
)
def test_silence_is_left_in_time(way: Make, sent: list[bytes], within: AttemptLimits) -> None:
    script, over = stalling(*sent)
    with upstream(script) as gemini, way(gemini.url) as provider:
        *_, last = ask(provider, within)
        over.set()

    assert last == Failure(kind=FailureKind.TIMED_OUT)


@both
@pytest.mark.parametrize("head", [b"", HEAD])
def test_a_server_that_drips_is_left_in_time(way: Make, head: bytes) -> None:
    over = threading.Event()

    def script(send: Send) -> None:
        send(head or b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not over.wait(0.1):
            send(b"x" if not head else b"data: {}\n\n")

    with upstream(script) as gemini, way(gemini.url) as provider:
        pieces = ask(provider, limits(first_text=0.7))
        over.set()

    assert pieces == [Failure(kind=FailureKind.TIMED_OUT)]


@both
def test_what_trickles_after_the_finish_reason_is_not_waited_for(way: Make) -> None:
    over = threading.Event()

    def script(send: Send) -> None:
        send(HEAD + event("Hello") + END)
        while not over.wait(0.2):
            send(data({"usageMetadata": {"promptTokenCount": 3}}))

    with upstream(script) as gemini, way(gemini.url) as provider:
        pieces = ask(provider, limits())
        over.set()

    assert isinstance(pieces[-1], End)


CANCELLED = Failure(kind=FailureKind.TIMED_OUT, reason="CANCELLED")


@both
@pytest.mark.parametrize("sent", [[], [HEAD, event("Hello")]], ids=["at first", "between texts"])
def test_an_attempt_is_cancelled_while_it_waits_beside_another(
    way: Make, sent: list[bytes]
) -> None:
    """As one that hedges does: two attempts into one queue; the second to answer is cancelled."""
    script, over = stalling(*sent)
    said: queue.Queue[tuple[str, Piece]] = queue.Queue()
    cancellation = Cancellation()

    def follow(name: str, provider: Provider) -> None:
        # The limits are longer than the test may take: only cancelling ends the slow one.
        within = replace(limits(600, 600, 600), cancellation=cancellation)
        for piece in provider.attempt(
            MODEL, CHAT, within if name == "slow" else limits(600, 600, 600)
        ):
            said.put((name, piece))

    with (
        upstream(script) as stuck,
        upstream(sending(event("Hello"), END)) as well,
        way(stuck.url) as slow,
        way(well.url) as fast,
    ):
        threads = [threading.Thread(target=follow, args=("slow", slow))]
        threads[0].start()
        if sent:
            assert said.get(timeout=60) == ("slow", Text("Hello"))
        threads.append(threading.Thread(target=follow, args=("fast", fast)))
        threads[1].start()
        assert said.get(timeout=60) == ("fast", Text("Hello"))
        assert said.get(timeout=60) == ("fast", End(FinishReason.STOP))

        cancellation.cancel()

        assert said.get(timeout=60) == ("slow", CANCELLED)
        for thread in threads:
            thread.join(60)
        over.set()


@both
def test_what_is_cancelled_before_it_begins_is_not_sent(way: Make) -> None:
    within = limits()
    within.cancellation.cancel()
    with upstream(sending(event("Hello"), END)) as gemini, way(gemini.url) as provider:
        assert ask(provider, within) == [CANCELLED]

    assert gemini.requests == []


@both
@pytest.mark.parametrize(
    "sent", [[HEAD], [HEAD, event("Hello")]], ids=["at first", "between texts"]
)
def test_a_late_text_is_told_again_and_again_and_the_wait_goes_on(
    way: Make, sent: list[bytes]
) -> None:
    over = threading.Event()
    told: list[int] = []

    def script(send: Send) -> None:
        for part in sent:
            send(part)
        over.wait(60)
        send(event(" world") + END)

    def on_late() -> float:
        told.append(threading.get_ident())
        if len(told) == 2:
            over.set()
        return 0.02 if len(told) < 2 else 60

    at_first, later = (0.05, 60) if len(sent) == 1 else (60, 0.05)
    within = replace(
        limits(600, 600, 600),
        late_first_text_seconds=at_first,
        late_text_seconds=later,
        on_late=on_late,
    )
    with upstream(script) as gemini, way(gemini.url) as provider:
        pieces = ask(provider, within)

    assert pieces[-1] == End(FinishReason.STOP)
    assert text_of(pieces).endswith(" world")
    assert told == [threading.get_ident()] * 2


@both
def test_a_late_attempt_may_be_given_up_by_its_own_thread(way: Make) -> None:
    script, over = stalling(HEAD)
    within = limits(600, 600, 600)

    def give_up() -> float:
        within.cancellation.cancel()
        return 60

    within = replace(within, late_first_text_seconds=0.05, on_late=give_up)
    with upstream(script) as gemini, way(gemini.url) as provider:
        pieces = ask(provider, within)
        over.set()

    assert pieces == [CANCELLED]


def leaving(provider: Provider) -> None:
    """Goes away after the first text."""
    attempt = provider.attempt(MODEL, CHAT, limits())
    assert next(attempt) == Text("Hello")
    attempt.close()


@but_not_the_sdk("nobody can end the SDK's read: a thread is left behind until the next event")
def test_leaving_ends_the_connection_while_the_server_is_silent(way: Make) -> None:
    seen = threading.Event()

    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(HEAD + event("Hello"))
                connection.settimeout(1 if way is sdk else 60)
                with contextlib.suppress(TimeoutError):
                    while connection.recv(65_536):
                        pass
                    seen.set()

        thread = threading.Thread(target=serve)
        thread.start()
        with way(f"http://127.0.0.1:{listening.getsockname()[1]}") as provider:
            leaving(provider)
            thread.join()

    assert seen.is_set()


@both
def test_leaving_ends_the_connection_with_the_next_event(way: Make) -> None:
    def script(send: Send) -> None:
        send(HEAD)
        while True:
            send(event("Hello"))
            time.sleep(0.01)

    with upstream(script) as gemini, way(gemini.url) as provider:
        leaving(provider)

        assert gemini.left.wait(60)


def test_attempts_fail_at_once_while_too_many_threads_are_left_behind() -> None:
    script, over = stalling(HEAD, event("Hello"))
    with upstream(script) as gemini, sdk(gemini.url) as provider:
        for _ in range(MOST_LEFT_BEHIND):
            leaving(provider)

        (failure,) = ask(provider, limits())
        over.set()

    assert failure == Failure(kind=FailureKind.CONNECTION_FAILED, reason="TOO_MANY_LEFT_BEHIND")
    assert len(gemini.requests) == MOST_LEFT_BEHIND

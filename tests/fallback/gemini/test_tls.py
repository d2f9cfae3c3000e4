"""The same over TLS, as Gemini is reached: deadlines hold, and certificates are checked."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from fallback.core.answer import End, FinishReason, Text
from fallback.core.chat import Chat, Message, Role
from fallback.core.failure import Failure, FailureKind
from fallback.gemini.endpoint import DeveloperApi
from fallback.gemini.rest import RestProvider
from fallback.proxy import Proxy
from fallback.system_clock import SystemClock
from tests.fallback.gemini.wire import known_models, limits, rest_provider

CHAT = Chat(messages=(Message(Role.USER, "Hello"),))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
Script = Callable[[Callable[[bytes], None]], None]


def event(candidate: dict[str, object]) -> bytes:
    data = b"data: " + json.dumps({"candidates": [candidate]}).encode() + b"\r\n\r\n"
    return b"%x\r\n%s\r\n" % (len(data), data)


TEXT = event({"content": {"parts": [{"text": "Hello"}]}})
END = event({"finishReason": "STOP"}) + b"0\r\n\r\n"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 that has signed itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "made up")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "certificate.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def upstream(certificate: Path) -> Iterator[Callable[[Script], str]]:
    """Serves each request with a script; gives the address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listening = socket.create_server(("127.0.0.1", 0))
    scripts: list[Script] = []

    def serve(connection: socket.socket) -> None:
        try:
            with context.wrap_socket(connection, server_side=True) as tls:
                while b"\r\n\r\n" in tls.recv(65536):
                    scripts[0](tls.sendall)
        except OSError:
            return  # The client has left, as it should.

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()

    def begin(script: Script) -> str:
        scripts.append(script)
        return f"https://127.0.0.1:{listening.getsockname()[1]}"

    yield begin
    listening.close()


def ask(url: str, times: int = 1, proxy: Proxy | None = None) -> list[Text | End | Failure]:
    endpoint = DeveloperApi(base_url=url, api_key="made-up-key")
    provider = RestProvider(endpoint, SystemClock(), known_models(), proxy)
    pieces = [
        piece
        for _ in range(times)
        for piece in provider.attempt(
            "gemini-3.8-flash",
            CHAT,
            limits(first_text=10, idle=1, total=12),
        )
    ]
    provider.close()
    return pieces


def test_answers_come_over_one_connection(
    monkeypatch: pytest.MonkeyPatch, upstream: Callable[[Script], str], certificate: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    url = upstream(lambda send: send(HEAD + TEXT + END))

    pieces = ask(url, times=3)

    assert pieces == [Text("Hello"), End(FinishReason.STOP)] * 3


def test_a_server_that_drips_is_left_in_time(
    monkeypatch: pytest.MonkeyPatch, upstream: Callable[[Script], str], certificate: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    left = threading.Event()

    def drip(send: Callable[[bytes], None]) -> None:
        send(HEAD + TEXT)
        while not left.wait(0.1):
            send(b"1\r\n \r\n")

    *_, last = ask(upstream(drip))
    left.set()

    assert last == Failure(kind=FailureKind.TIMED_OUT)


@contextlib.contextmanager
def tunnelling() -> Iterator[tuple[Proxy, list[bytes]]]:
    """A proxy that passes one connection on, and what it was asked for."""
    asked: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        client, _ = listening.accept()
        asked.append(client.recv(65_536))
        host, _, port = asked[0].split()[1].decode().rpartition(":")
        server = socket.create_connection((host, int(port)))
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with client, server:
            back = threading.Thread(target=pass_on, args=(server, client))
            back.start()
            pass_on(client, server)
            back.join()

    thread = threading.Thread(target=serve)
    thread.start()
    yield (
        Proxy(host="127.0.0.1", port=listening.getsockname()[1], authorization="Basic dTpw"),
        asked,
    )
    thread.join()
    listening.close()


def pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def test_a_proxy_passes_a_connection_on_and_the_certificate_is_gemini_s(
    monkeypatch: pytest.MonkeyPatch, upstream: Callable[[Script], str], certificate: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    url = upstream(lambda send: send(HEAD + TEXT + END))
    with tunnelling() as (proxy, asked):
        pieces = ask(url, times=2, proxy=proxy)

    host = url.removeprefix("https://").encode()
    assert pieces == [Text("Hello"), End(FinishReason.STOP)] * 2
    assert asked == [
        b"CONNECT %s HTTP/1.1\r\nHost: %s\r\nProxy-Authorization: Basic dTpw\r\n\r\n" % (host, host)
    ]


def test_a_handshake_can_be_cancelled() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        provider = rest_provider(url)
        within = limits(600, 600, 600)
        pieces: list[Text | End | Failure] = []
        thread = threading.Thread(
            target=lambda: pieces.extend(provider.attempt("gemini-3.8-flash", CHAT, within))
        )
        thread.start()
        connection, _ = listening.accept()
        with connection:
            connection.recv(1)  # The handshake has begun, and nobody answers it.
            within.cancellation.cancel()
            thread.join()

    assert pieces == [Failure(kind=FailureKind.TIMED_OUT, reason="CANCELLED")]


def test_a_certificate_that_nobody_has_signed_is_refused(
    upstream: Callable[[Script], str],
) -> None:
    (failure,) = ask(upstream(lambda send: send(HEAD + TEXT + END)))

    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.CONNECTION_FAILED

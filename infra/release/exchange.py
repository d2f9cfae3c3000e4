"""One HTTP request with a total time limit, using the standard library only."""

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message
from typing import Any

_PIECE_BYTES = 65_536
# Every reply of the service is smaller.
_MAX_BODY_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back.

    Attributes:
        status: of HTTP; 0 if there was no whole reply, and `body` says why.
        headers: names without regard to case.
        body: as sent.
    """

    status: int
    headers: Message
    body: bytes

    def header(self, name: str) -> str:
        """A header's value; empty if missing."""
        return str(self.headers.get(name, ""))

    def json(self) -> Any:
        """The body as JSON; None if it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def __str__(self) -> str:
        """The status and the start of the body, for messages."""
        text = " ".join(self.body[:300].decode(errors="replace").split())
        return f"{self.status or 'no reply'}: {text[:200] or '(empty)'}"


def exchange(
    url: str,
    *,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    body: object = None,
    seconds: float = 20.0,
) -> Reply:
    """Sends one request and follows redirects.

    Args:
        url: http or https.
        method: of HTTP.
        headers: beside those that urllib sends.
        body: what becomes JSON; None sends no body.
        seconds: until the whole reply must be there.
    """
    sent = dict(headers or {})
    data = None
    if body is not None:
        data = json.dumps(body).encode()
        sent["Content-Type"] = "application/json"
    request = urllib.request.Request(url, data=data, headers=sent, method=method)
    give_up_at = time.monotonic() + seconds
    try:
        with _open(request, seconds) as response:
            received = b""
            while piece := response.read1(_PIECE_BYTES):
                received += piece
                if time.monotonic() > give_up_at or len(received) > _MAX_BODY_BYTES:
                    return _nothing(f"the reply did not end within {seconds:g} s")
            return Reply(response.status, response.headers, received)
    except (OSError, ValueError) as error:
        return _nothing(f"{type(error).__name__}: {error}")


def _open(request: urllib.request.Request, seconds: float) -> Any:
    try:
        return urllib.request.urlopen(request, timeout=seconds)
    except urllib.error.HTTPError as error:
        return error  # A reply like any other.


def _nothing(reason: str) -> Reply:
    return Reply(0, Message(), reason.encode())

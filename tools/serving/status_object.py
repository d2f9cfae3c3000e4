"""Serves the status object and its pages beside the page, as the bucket does in production."""

from pathlib import Path

from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

# Endings of the chat's files after the status object's stem, by path: status.json and its like.
ENDINGS = {
    b"/status.json": ".json",
    b"/status-days.json": "-days.json",
    b"/status.html": ".html",
    b"/status.atom": ".atom",
}
_HEADERS = {
    ".json": ("application/json", 1),
    "-days.json": ("application/json", 30),
    ".html": ("text/html; charset=utf-8", 30),
    ".atom": ("application/atom+xml; charset=utf-8", 300),
}
# What Terraform puts into the bucket, until the chat writes the first ones.
INITIAL = Path(__file__).parents[2] / "infra/initial_status"


class StatusObject:
    """An ASGI application that serves the files which the chat writes."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        response = self._response(scope["method"], ENDINGS[scope["raw_path"]])
        await response(scope, receive, send)

    def _response(self, method: str, ending: str) -> Response:
        if method not in ("GET", "HEAD"):
            return PlainTextResponse("Method Not Allowed", 405, {"Allow": "GET, HEAD"})
        try:
            content = self._file.with_name(self._file.stem + ending).read_bytes()
        except FileNotFoundError:
            content = (INITIAL / f"status{ending}").read_bytes()
        content_type, seconds = _HEADERS[ending]
        headers = {"Cache-Control": f"public, max-age={seconds}", "Content-Type": content_type}
        return Response(content, headers=headers)

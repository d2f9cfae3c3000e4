"""Serves the status object beside the page, as the bucket does in production."""

from pathlib import Path

from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

PATH = b"/status.json"
CACHE_CONTROL = "public, max-age=1"
# What Terraform puts into the bucket, until the chat writes the first one.
INITIAL = Path(__file__).parents[2] / "infra/initial_status.json"


class StatusObject:
    """An ASGI application that serves the file which the chat writes."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await self._response(scope["method"])(scope, receive, send)

    def _response(self, method: str) -> Response:
        if method not in ("GET", "HEAD"):
            return PlainTextResponse("Method Not Allowed", 405, {"Allow": "GET, HEAD"})
        try:
            content = self._file.read_bytes()
        except FileNotFoundError:
            content = INITIAL.read_bytes()
        headers = {"Cache-Control": CACHE_CONTROL, "Content-Type": "application/json"}
        return Response(content, headers=headers)

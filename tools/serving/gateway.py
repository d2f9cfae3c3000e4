"""Serves page and functions at one address, as the load balancer does in production."""

import argparse
import asyncio
import json
import socket
from collections.abc import Mapping
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from tools.serving.proxy import Proxy, connections
from tools.serving.static_files import web_client
from tools.serving.status_object import ENDINGS, StatusObject

# About as long as browsers keep idle connections.
KEEP_ALIVE_SECONDS = 75
# Open streams do not delay the shutdown.
SHUTDOWN_SECONDS = 1


class Gateway:
    """Routes by path: to the function with that prefix, else to the page's files."""

    def __init__(self, proxies: list[Proxy], status: ASGIApp, files: ASGIApp) -> None:
        self._proxies = proxies
        self._status = status
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        for proxy in self._proxies:
            if proxy.serves(scope["raw_path"]):
                return await proxy(scope, receive, send)
        if scope["raw_path"] in ENDINGS:
            return await self._status(scope, receive, send)
        return await self._files(scope, receive, send)


async def serve(
    listener: socket.socket,
    *,
    chat: int,
    availability: int,
    web: Path,
    settings: Mapping[str, object],
    status: Path,
    logo: Path | None = None,
) -> None:
    """Serve on a listening socket until a signal ends it.

    Args:
        listener: the socket.
        chat: port of the chat function.
        availability: port of the check-availability function.
        web: folder of the built web client.
        settings: replace values of the same names in the page's `config.json`.
        status: the status object that the chat writes.
        logo: an image beside the page.
    """
    async with connections() as pool:
        proxies = [
            Proxy("/api/chat", chat, pool),
            Proxy("/api/check-availability", availability, pool),
        ]
        config = uvicorn.Config(
            Gateway(proxies, StatusObject(status), web_client(web, settings, logo)),
            http="h11",
            ws="none",
            lifespan="off",
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=False,  # The client is the peer, whatever its headers say.
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )
        await uvicorn.Server(config).serve(sockets=[listener])


def main() -> None:
    """Run the gateway on an inherited listening socket."""
    parser = argparse.ArgumentParser(prog="python -m tools.serving.gateway", description=__doc__)
    parser.add_argument("--fd", type=int, required=True, help="number of the listening socket")
    parser.add_argument("--chat", type=int, required=True, metavar="PORT")
    parser.add_argument("--availability", type=int, required=True, metavar="PORT")
    parser.add_argument("--web", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--settings", type=json.loads, default={}, metavar="JSON")
    parser.add_argument("--logo", type=Path, metavar="FILE")
    parser.add_argument("--status", type=Path, required=True, metavar="FILE")
    options = parser.parse_args()
    asyncio.run(
        serve(
            socket.socket(fileno=options.fd),
            chat=options.chat,
            availability=options.availability,
            web=options.web,
            settings=options.settings,
            status=options.status,
            logo=options.logo,
        )
    )


if __name__ == "__main__":
    main()

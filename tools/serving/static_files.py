"""Serves the built page with the headers that its files have in production."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

# A content hash in the name, as the build writes it (app-K3J5M7QA.js): such a file never changes.
HASHED = re.compile(r"[-.](?:[0-9A-Z]{8,}|[0-9a-f]{8,})\.")
IMMUTABLE = "public, max-age=31536000, immutable"
ASKED_FOR_EACH_TIME = {"cache-control": "no-cache"}
# Smaller files fit into one packet uncompressed.
LEAST_BYTES_TO_COMPRESS = 500

# Explicit, because Python's own table differs between versions and machines.
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".webp": "image/webp",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


class _WebFiles(StaticFiles):
    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        path = Path(full_path)
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["cache-control"] = IMMUTABLE if HASHED.search(path.name) else "no-cache"
        if response.status_code != 304 and path.suffix in MEDIA_TYPES:
            response.headers["content-type"] = MEDIA_TYPES[path.suffix]
        return response


def web_client(
    folder: Path, settings: Mapping[str, object] | None = None, logo: Path | None = None
) -> Starlette:
    """Make the application that serves `folder`: GET and HEAD, gzip, `index.html` at `/`.

    Args:
        folder: the built page.
        settings: replace values of the same names in `config.json`.
        logo: an image, served as `logo` with its own suffix.
    """

    def config(request: Request) -> Response:  # noqa: ARG001 - Starlette's signature
        built = json.loads((folder / "config.json").read_text())
        return JSONResponse({**built, **(settings or {})}, headers=ASKED_FOR_EACH_TIME)

    routes: list[BaseRoute] = [Mount("/", _WebFiles(directory=folder, html=True))]
    if settings:
        routes.insert(0, Route("/config.json", config))
    if logo:
        routes.insert(0, _image(f"/logo{logo.suffix}", logo))
    return Starlette(
        routes=routes,
        middleware=[Middleware(GZipMiddleware, minimum_size=LEAST_BYTES_TO_COMPRESS)],
    )


def _image(path: str, file: Path) -> Route:
    def image(request: Request) -> Response:  # noqa: ARG001 - Starlette's signature
        media_type = MEDIA_TYPES.get(file.suffix)
        return FileResponse(file, media_type=media_type, headers=ASKED_FOR_EACH_TIME)

    return Route(path, image)

"""The bucket of the page: what `infra/web_files.tf` describes, served as Cloud Storage does."""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.infra.terraform import ROOT, outputs
from tools.testkit.web_server import WebServer

# The locals are Terraform's own; only what a deployment would find out is given to them.
CONFIGURATION = """
variable "chat_uri" { type = string }
variable "availability_uri" { type = string }
variable "web_dist" { type = string }
variable "device_answers" { default = true }
variable "feedback" { default = false }
locals {
  page_settings = {}
  branded_page = local.built_page
  manifest = jsondecode(file("${local.web_dist}/manifest.webmanifest"))
  has_domain = false
  web_origin = ""
}
LOCALS
output "files" { value = local.web_files }
output "written" { value = local.written }
"""


@dataclass(frozen=True)
class StoredObject:
    """One object of the bucket."""

    content: bytes
    content_type: str
    cache_control: str
    content_encoding: str | None = None


def objects(folder: Path, chat_uri: str, availability_uri: str) -> dict[str, StoredObject]:
    """What Terraform would upload, by name; works in an empty folder."""
    source = (ROOT / "infra/web_files.tf").read_text()
    found = re.search(r"^locals \{\n.*?^\}\n", source, re.MULTILINE | re.DOTALL)
    assert found, "infra/web_files.tf has no locals"
    local = found[0]
    for function, variable in (("chat", "chat_uri"), ("check_availability", "availability_uri")):
        uri = f"google_cloudfunctions2_function.{function}.service_config[0].uri"
        assert uri in local
        local = local.replace(uri, f"var.{variable}")
    local = local.replace("${path.module}/${var.web_dist}", "${var.web_dist}")
    dist = ROOT / "web/dist"
    said = outputs(
        folder,
        CONFIGURATION.replace("LOCALS", local),
        chat_uri=chat_uri,
        availability_uri=availability_uri,
        web_dist=str(dist),
    )
    written = {name: text.encode() for name, text in said["written"].items()}
    return {
        name: StoredObject(
            written.get(name) or (dist / headers.get("gzip", name)).read_bytes(),
            headers["content_type"],
            headers["cache_control"],
            "gzip" if "gzip" in headers else None,
        )
        for name, headers in said["files"].items()
    }


class Bucket:
    """A public bucket at an origin of its own."""

    def __init__(self) -> None:
        self.objects: dict[str, StoredObject] = {}
        bucket = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                stored = bucket.objects.get(urlsplit(self.path).path.removeprefix("/"))
                # Who may not list the names learns of no name whether it exists.
                refusal = StoredObject(b"<Error/>", "application/xml; charset=UTF-8", "private")
                answer = stored or refusal
                content = answer.content
                self.send_response(200 if stored else 403)
                if answer.content_encoding and "gzip" in self.headers.get("Accept-Encoding", ""):
                    self.send_header("Content-Encoding", answer.content_encoding)
                elif answer.content_encoding:  # "Decompressive transcoding", Cloud Storage.
                    content = gzip.decompress(content)
                self.send_header("Content-Type", answer.content_type)
                self.send_header("Cache-Control", answer.cache_control)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = WebServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.url = f"{self.origin}/index.html"

    @contextmanager
    def serving(self) -> Iterator[Bucket]:
        """Serves until the block ends."""
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()

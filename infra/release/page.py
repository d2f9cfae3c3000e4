"""Checks what a browser reads of the page: policy, files and headers."""

import json
import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from infra.release.exchange import Reply, exchange

# A deployment writes the functions' addresses and the operator's name into these.
_REWRITTEN = {"index.html", "config.json", "manifest.webmanifest"}
_META = re.compile(
    r"<meta\s+http-equiv=\"Content-Security-Policy\"\s+content=\"([^\"]*)\"", re.IGNORECASE
)


def origin_of(url: str) -> str:
    """The origin of a URL, as a browser sends it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def connect_sources(reply: Reply) -> set[str] | None:
    """The connect-src sources that every policy of the page allows; None without a policy."""
    policies = _META.findall(reply.body.decode(errors="replace"))
    policies += reply.headers.get_all("Content-Security-Policy") or []
    allowed: set[str] | None = None
    for policy in policies:
        for directive in policy.split(";"):
            name, *sources = directive.split() or [""]
            if name.lower() == "connect-src":
                allowed = set(sources) if allowed is None else allowed & set(sources)
    return allowed


def check_files(page: str, build: Path) -> list[str]:
    """What is wrong with a build's files as served, in sentences.

    Args:
        page: URL of the page; its files lie beside it.
        build: folder with `assets.json`, which says what headers each file needs.
    """
    faults = []
    for path, wanted in json.loads((build / "assets.json").read_text()).items():
        reply = exchange(urljoin(page, path))
        if reply.status != 200:
            faults.append(f"{path} gives {reply}")
            continue
        for header, expected in (
            ("Content-Type", wanted["content_type"]),
            ("Cache-Control", wanted["cache_control"]),
        ):
            if not _same(reply.header(header), expected):
                faults.append(f"{path}: {header} is {reply.header(header)!r}, not {expected!r}")
        if path not in _REWRITTEN and reply.body != (build / path).read_bytes():
            faults.append(f"{path} is not the file of this build")
    return faults


def _same(given: str, expected: str) -> bool:
    return given.replace(" ", "").lower() == expected.replace(" ", "").lower()

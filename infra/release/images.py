"""The pipeline's images: what each exact tag stands for today, by its digest."""

import re
from collections.abc import Callable
from pathlib import Path

from infra.release.exchange import Reply, exchange

_HUB = "registry-1.docker.io"
_MANIFESTS = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)

Ask = Callable[..., Reply]


def pinned(build: Path, ask: Ask = exchange) -> list[str]:
    """Each image of a build file as `name:tag@digest`, or with why its digest is unknown.

    Args:
        build: the build file.
        ask: sends one HTTP request, as `exchange` does.
    """
    text = build.read_text(encoding="utf-8")
    images = dict.fromkeys(re.findall(r"^ +name: (\S+:\S+)$", text, re.MULTILINE))
    return [f"{image}{_digest(image, ask)}" for image in images]


def _digest(image: str, ask: Ask) -> str:
    """Source: https://github.com/opencontainers/distribution-spec, Pulling manifests."""
    name, _, tag = image.rpartition(":")
    registry, slash, repository = name.partition("/")
    if not (slash and "." in registry):  # Without a registry it is Docker Hub's.
        registry, repository = _HUB, name if slash else f"library/{name}"
    url = f"https://{registry}/v2/{repository}/manifests/{tag}"
    headers = {"Accept": ", ".join(_MANIFESTS)}
    reply = ask(url, method="HEAD", headers=headers)
    if reply.status == 401 and (token := _token(reply, ask)):
        reply = ask(url, method="HEAD", headers={**headers, "Authorization": f"Bearer {token}"})
    digest = reply.header("Docker-Content-Digest")
    return f"@{digest}" if digest else f" (digest not told: {reply.status or 'no reply'})"


def _token(refusal: Reply, ask: Ask) -> str:
    """Source: https://distribution.github.io/distribution/spec/auth/token/."""
    asked = dict(re.findall(r'(\w+)="([^"]*)"', refusal.header("WWW-Authenticate")))
    if not asked.get("realm", "").startswith("https://"):
        return ""
    url = f"{asked['realm']}?service={asked.get('service', '')}&scope={asked.get('scope', '')}"
    given = ask(url).json()
    return str(given.get("token", "")) if isinstance(given, dict) else ""

"""What a tag stands for, as a registry tells it."""

from __future__ import annotations

from email.message import Message
from pathlib import Path

from infra.release.exchange import Reply
from infra.release.images import pinned

BUILD = """
steps:
  - id: terraform
    name: hashicorp/terraform:1.11.4
  - id: web
    name: node:22.20.0-bookworm-slim
  - id: plan
    name: gcr.io/google.com/cloudsdktool/google-cloud-cli:528.0.0-slim
  - id: rollout
    name: gcr.io/google.com/cloudsdktool/google-cloud-cli:528.0.0-slim
"""
DIGEST = "sha256:" + "0123456789abcdef" * 4


def reply(status: int, body: bytes = b"", **headers: str) -> Reply:
    message = Message()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return Reply(status, message, body)


def registry(url: str, *, method: str = "GET", headers: dict[str, str] | None = None) -> Reply:
    """Docker Hub wants a token, which it gives to everybody; Google wants none."""
    if url.startswith("https://auth.docker.io/token?service=registry.docker.io&scope="):
        return reply(200, b'{"token": "for-everybody"}')
    challenge = (
        'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",'
        'scope="repository:library/node:pull"'
    )
    if "docker.io" in url and "Bearer for-everybody" not in str(headers):
        return reply(401, WWW_Authenticate=challenge)
    known = (
        "https://registry-1.docker.io/v2/library/node/manifests/22.20.0-bookworm-slim",
        "https://gcr.io/v2/google.com/cloudsdktool/google-cloud-cli/manifests/528.0.0-slim",
    )
    is_known = url in known and method == "HEAD"
    return reply(200, Docker_Content_Digest=DIGEST) if is_known else reply(404)


def test_each_image_is_shown_once_with_its_digest(tmp_path: Path) -> None:
    (tmp_path / "cloudbuild.yaml").write_text(BUILD)

    assert pinned(tmp_path / "cloudbuild.yaml", ask=registry) == [
        "hashicorp/terraform:1.11.4 (digest not told: 404)",
        f"node:22.20.0-bookworm-slim@{DIGEST}",
        f"gcr.io/google.com/cloudsdktool/google-cloud-cli:528.0.0-slim@{DIGEST}",
    ]

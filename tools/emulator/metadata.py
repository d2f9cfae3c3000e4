"""Answers as Google Cloud's metadata server: programs find their credentials there.

Source: https://cloud.google.com/compute/docs/metadata/predefined-metadata-keys
"""

from collections.abc import Mapping
from typing import Any

PREFIX = "/computeMetadata/v1/"
FLAVOR = {"Metadata-Flavor": "Google"}
"""A header of each reply, by which clients know the server."""

PROJECT = "nexus-local"
_TOKEN_SECONDS = 3_600


def metadata(path: str) -> Any | None:
    """Return the value at a path; None where there is none."""
    if path == "/":
        return {}
    return _VALUES.get(path.removeprefix(PREFIX))


_VALUES: Mapping[str, Any] = {
    "project/project-id": PROJECT,
    "universe/universe-domain": "googleapis.com",
    "instance/service-accounts/default/": {
        "aliases": ["default"],
        "email": "default",
        "scopes": ["https://www.googleapis.com/auth/cloud-platform"],
    },
    "instance/service-accounts/default/token": {
        "access_token": "emulated-token",
        "expires_in": _TOKEN_SECONDS,
        "token_type": "Bearer",
    },
}

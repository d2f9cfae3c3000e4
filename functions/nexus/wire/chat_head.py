"""Checks what a request to the chat says before its body: address, method and headers."""

from __future__ import annotations

from collections.abc import Callable

from nexus.wire.chat_request import PUBLIC_MODEL
from nexus.wire.error import ApiError, method_not_allowed, model_not_found, not_found, too_large


def is_about_models(path: str) -> bool:
    """Whether a path is the list of models, or the one model."""
    return path.rstrip("/").endswith(("/models", f"/models/{PUBLIC_MODEL}"))


def is_feedback(path: str) -> bool:
    """Whether a path is the one for ratings."""
    return path.rstrip("/").endswith("/feedback")


def refuse_by_head(
    path: str, method: str, header: Callable[[str], str | None], max_body_bytes: int
) -> ApiError | None:
    """Returns the error of a request that can be refused before its body is read.

    Args:
        path: Without a query.
        method: As it was sent.
        header: Returns the value of a header, in whatever case its name is written.
        max_body_bytes: More is too large.
    """
    path = path.rstrip("/")
    if path and not path.endswith("/chat/completions"):
        is_about_a_model = "/models/" in path
        return model_not_found(PUBLIC_MODEL) if is_about_a_model else not_found()
    return refuse_post(method, header, max_body_bytes)


def refuse_post(
    method: str, header: Callable[[str], str | None], max_body_bytes: int
) -> ApiError | None:
    """The same for any address that takes JSON."""
    if method != "POST":
        return method_not_allowed("POST, OPTIONS")
    if (header("content-type") or "").partition(";")[0].strip().lower() != "application/json":
        return _unsupported("Send JSON, with the header Content-Type: application/json.")
    if (header("content-encoding") or "identity").strip().lower() != "identity":
        return _unsupported("Send the body as it is, without the header Content-Encoding.")
    length = header("content-length") or ""
    if length.isdecimal() and int(length) > max_body_bytes:
        return too_large(max_body_bytes)
    return None


def _unsupported(message: str) -> ApiError:
    return ApiError(status=415, code="unsupported_media_type", message=message)

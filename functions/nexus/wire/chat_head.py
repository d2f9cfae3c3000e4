"""What the head of a request to the chat alone decides: its address, method and form."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

from nexus.http.arrival import Head
from nexus.wire.chat_request import PUBLIC_MODEL
from nexus.wire.error import ApiError, method_not_allowed, too_large


def wants_body(head: Head, max_body_bytes: int) -> bool:
    """Whether the answer depends on what follows the head, as far as the head can tell.

    Args:
        head: A request's head.
        max_body_bytes: A larger body is refused unread.
    """
    if not head.target.startswith("/"):
        return True  # In another form than paths have; it is for those who parse it to say.
    path = unquote(head.target.partition("?")[0])
    return not is_about_models(path) and (
        refuse_head(path, head.method, head.headers.get, max_body_bytes) is None
    )


def is_about_models(path: str) -> bool:
    """Whether a path is that of the list of models, or of the one model."""
    return path.rstrip("/").endswith(("/models", f"/models/{PUBLIC_MODEL}"))


def refuse_head(
    path: str, method: str, header: Callable[[str], str | None], max_body_bytes: int
) -> ApiError | None:
    """The error that a request for a chat deserves before its body is read, if any.

    Args:
        path: Without a query.
        method: As it was sent.
        header: Finds the value of a header by its name in lower case.
        max_body_bytes: More is too large.
    """
    path = path.rstrip("/")
    if path and not path.endswith("/chat/completions"):
        return ApiError(status=404, code="not_found", message="There is nothing at this address.")
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

"""Names the project in an error, as ErrorInfo does (google.rpc.ErrorInfo, metadata `consumer`)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tools.emulator.replies import Reply

_ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"
_QUOTA_FAILURE = "type.googleapis.com/google.rpc.QuotaFailure"


def with_consumer(reply: Reply, project: str | None) -> Reply:
    """Return a reply whose ErrorInfo names the project, if it is known.

    A quota's refusal gets an ErrorInfo; other errors name the project only where they have one.
    """
    if project is None or reply.status == 200 or not isinstance(reply.body, dict):
        return reply
    error: dict[str, Any] = reply.body.get("error") or {}
    details = error.get("details")
    if not details:
        return reply
    named = [_named(detail, f"projects/{project}") for detail in details]
    types = {detail.get("@type") for detail in details}
    if _QUOTA_FAILURE in types and _ERROR_INFO not in types:
        info = {"@type": _ERROR_INFO, "reason": "RATE_LIMIT_EXCEEDED", "domain": "googleapis.com"}
        named.append(_named(info, f"projects/{project}"))
    return replace(reply, body=reply.body | {"error": error | {"details": named}})


def _named(detail: Mapping[str, Any], consumer: str) -> dict[str, Any]:
    if detail.get("@type") != _ERROR_INFO:
        return dict(detail)
    return {**detail, "metadata": {**detail.get("metadata", {}), "consumer": consumer}}

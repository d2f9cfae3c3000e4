"""Reads the canned replies in `replies/*.json` and fills them in for one request."""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "replies"
_FIELDS = {"about", "status", "headers", "body", "text", "events"}
_RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo"
_RETRY_WORDS = re.compile(r"Please retry in [\d.]+s")
_LIMIT_WORDS = re.compile(r"\blimit: \d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A whole HTTP response.

    Attributes:
        about: One sentence: what it means, and where it was seen.
        status: HTTP status.
        headers: Headers besides those of every response.
        body: JSON value to send, if `text` is None.
        text: Body that is not JSON.
        events: Bodies of the events of a stream, if they are not just `body`.
    """

    about: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    text: str | None = None
    events: tuple[Any, ...] = ()

    def stream(self) -> tuple[Any, ...]:
        """Return the bodies of the events of this reply, for a reply with status 200."""
        if self.events:
            return self.events
        return () if self.text is not None else (self.body,)


@cache
def canned_replies() -> Mapping[str, Reply]:
    """Return every reply by name."""
    return {path.stem: _read(path) for path in sorted(_FOLDER.glob("*.json"))}


def render(
    reply: Reply,
    placeholders: Mapping[str, str],
    *,
    retry_delay: str | None = None,
    limit: int | None = None,
) -> Reply:
    """Return `reply` with `{name}` replaced, and with another delay or limit if given.

    Args:
        reply: The canned reply.
        placeholders: Values by name, such as model and key.
        retry_delay: New delay, as in "7s", wherever the reply names one.
        limit: New limit, wherever the reply names one.
    """

    def fill(text: str) -> str:
        for name, value in placeholders.items():
            text = text.replace(f"{{{name}}}", value)
        if retry_delay is not None:
            text = _RETRY_WORDS.sub(f"Please retry in {retry_delay}", text)
        if limit is not None:
            text = _LIMIT_WORDS.sub(f"limit: {limit}", text)
        return text

    def adjust(entry: dict[str, Any]) -> dict[str, Any]:
        if retry_delay is not None and entry.get("@type") == _RETRY_INFO:
            return entry | {"retryDelay": retry_delay}
        if limit is not None and "quotaValue" in entry:
            return entry | {"quotaValue": str(limit)}
        return entry

    headers = dict(reply.headers)
    if retry_delay is not None and "Retry-After" in headers:
        headers["Retry-After"] = str(math.ceil(float(retry_delay.removesuffix("s"))))
    return Reply(
        about=reply.about,
        status=reply.status,
        headers=headers,
        body=_mapped(reply.body, fill, adjust),
        text=None if reply.text is None else fill(reply.text),
        events=tuple(_mapped(event, fill, adjust) for event in reply.events),
    )


def _mapped(
    value: Any,
    fill: Callable[[str], str],
    adjust: Callable[[dict[str, Any]], dict[str, Any]],
) -> Any:
    match value:
        case str():
            return fill(value)
        case list():
            return [_mapped(entry, fill, adjust) for entry in value]
        case dict():
            return adjust({name: _mapped(entry, fill, adjust) for name, entry in value.items()})
        case _:
            return value


def _read(path: Path) -> Reply:
    content = json.loads(path.read_text(encoding="utf-8"))
    if unknown := content.keys() - _FIELDS:
        raise ValueError(f"{path.name} has unknown fields: {', '.join(sorted(unknown))}")
    if ("body" in content) == ("text" in content):
        raise ValueError(f"{path.name} must have either body or text")
    return Reply(**content | {"events": tuple(content.get("events", ()))})

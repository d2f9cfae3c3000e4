"""Checks a deployed Nexus from outside, as a browser would: `python -m infra.release.smoke URL`.

Each check says in sentences what is wrong. Exhausted models are no fault of a deployment; a refused
key is.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from infra.release.exchange import Reply, exchange
from infra.release.page import check_files, connect_sources, origin_of

# Longer than the functions' deadline, so that they end a chat before the check does.
CHAT_SECONDS = 75.0
PAUSE_SECONDS = 5.0
STRANGER = "https://stranger.example"
QUESTION = [{"role": "user", "content": "Reply with the single word: ready"}]
FINISH_REASONS = {"stop", "length", "content_filter"}
STATUSES = {"operational", "degraded", "exhausted"}

Faults = list[str]


@dataclass(frozen=True, slots=True)
class Site:
    """A deployed Nexus.

    Attributes:
        page: URL of the page.
        build: folder of the build that must be served; None accepts any.
        chat: URL of the chat, from config.json; empty until that is known.
        availability: URL of check-availability, likewise.
    """

    page: str
    build: Path | None
    chat: str = ""
    availability: str = ""

    @property
    def origin(self) -> str:
        """The page's, as a browser sends it."""
        return origin_of(self.page)


def find(page: str, build: Path | None) -> tuple[Site, Faults]:
    """Read config.json as the page does."""
    url = urljoin(page, "config.json")
    reply = exchange(url)
    given = reply.json()
    if reply.status != 200 or not isinstance(given, dict):
        return Site(page, build), [f"{url} must be JSON, but is {reply}"]
    faults = _must_be_asked_for(reply, "config.json")
    urls = {}
    for name in ("chatUrl", "availabilityUrl"):
        if not isinstance(given.get(name), str) or not given[name]:
            faults.append(f"config.json has no {name}")
        else:
            urls[name] = urljoin(page, given[name])
    return Site(page, build, urls.get("chatUrl", ""), urls.get("availabilityUrl", "")), faults


def check_page(site: Site) -> Faults:
    """The page is HTML, is always revalidated, and its policy allows the functions."""
    reply = exchange(site.page)
    if reply.status != 200:
        return [f"{site.page} gives {reply}"]
    faults = _must_be_asked_for(reply, "the page")
    if reply.header("Content-Type").replace(" ", "").lower() != "text/html;charset=utf-8":
        faults.append(f"the page is sent as {reply.header('Content-Type') or 'nothing'}")
    sources = connect_sources(reply)
    if sources is None:
        return [*faults, "the page has no Content-Security-Policy with connect-src"]
    for url in (site.chat, site.availability):
        wanted = {origin_of(url)} | ({"'self'"} if origin_of(url) == site.origin else set())
        if not wanted & sources:
            faults.append(f"the page's policy does not let it connect to {origin_of(url)}")
    return faults


def check_build(site: Site) -> Faults:
    """The served files are those of the build, with their headers."""
    return check_files(site.page, site.build) if site.build else []


def check_preflight(site: Site) -> Faults:
    """A browser may send a chat from the page."""
    asked = {
        "Origin": site.origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    if origin_of(site.chat) == site.origin:
        return []  # Browsers do not ask.
    reply = exchange(site.chat, method="OPTIONS", headers=asked)
    if not 200 <= reply.status < 300:
        return [f"the pre-flight request gives {reply} (is the function public?)"]
    faults = []
    if reply.header("Access-Control-Allow-Origin") != site.origin:
        faults.append(f"the chat does not allow the page's origin {site.origin}")
    if "POST" not in reply.header("Access-Control-Allow-Methods"):
        faults.append("the chat does not allow POST")
    if "content-type" not in reply.header("Access-Control-Allow-Headers").lower():
        faults.append("the chat does not allow the header Content-Type")
    return faults


def check_availability(site: Site) -> Faults:
    """check-availability gives the page a valid status."""
    reply = exchange(site.availability, headers={"Origin": site.origin})
    given = reply.json()
    if reply.status != 200 or not isinstance(given, dict):
        return [f"check-availability gives {reply}"]
    faults = []
    if given.get("status") == "misconfigured":
        faults.append("check-availability says misconfigured: the key or its account is refused")
    elif given.get("status") not in STATUSES:
        faults.append(f"check-availability has the status {given.get('status')!r}")
    if not isinstance(given.get("available"), bool) or not given.get("models"):
        faults.append("check-availability lacks `available` or `models`")
    if not isinstance(given.get("retry_at"), str) and given.get("status") == "exhausted":
        faults.append("check-availability is exhausted but names no retry_at")
    cached = reply.header("Cache-Control")
    if not cached or any(int(n) > 10 for n in _numbers(cached, "max-age")):
        faults.append(f"check-availability may be cached too long: {cached or 'no Cache-Control'}")
    return faults + _readable(reply, site, "check-availability")


def check_plain_chat(site: Site) -> Faults:
    """A plain chat ends with a reason, or is refused honestly."""
    reply = _ask(site, stream=False)
    if reply.status != 200:
        return _refusal(reply)
    given = reply.json()
    reason = _finish_reason(given)
    faults = [] if reason in FINISH_REASONS else [f"the plain chat does not end: {reply}"]
    return faults + _not_kept(reply) + _readable(reply, site, "the chat")


def check_streamed_chat(site: Site) -> Faults:
    """A streamed chat ends with a reason and [DONE], or is refused honestly."""
    reply = _ask(site, stream=True)
    if reply.status != 200:
        return _refusal(reply)
    if not reply.header("Content-Type").startswith("text/event-stream"):
        return [f"the streamed chat is sent as {reply.header('Content-Type')}"]
    lines = reply.body.decode(errors="replace").splitlines()
    events = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
    reasons = {_finish_reason(_json(event)) for event in events}
    if events[-1:] != ["[DONE]"] or not reasons & FINISH_REASONS:
        return [f"the streamed chat does not end: …{events[-1][:200] if events else ''}"]
    return _not_kept(reply) + _readable(reply, site, "the chat")


def check_stranger(site: Site) -> Faults:
    """Pages of other origins cannot read replies."""
    asked = {"Origin": STRANGER, "Access-Control-Request-Method": "POST"}
    replies = {
        "the chat": exchange(site.chat, method="OPTIONS", headers=asked),
        "check-availability": exchange(site.availability, headers={"Origin": STRANGER}),
    }
    return [
        f"{name} gives {reply}, and shows nothing of its CORS"
        if reply.status == 0
        else f"{name} lets {STRANGER} read its replies"
        for name, reply in replies.items()
        if reply.status == 0 or "Access-Control-Allow-Origin" in reply.headers
    ]


CHECKS: dict[str, Callable[[Site], Faults]] = {
    "page": check_page,
    "files": check_build,
    "pre-flight": check_preflight,
    "availability": check_availability,
    "plain chat": check_plain_chat,
    "streamed chat": check_streamed_chat,
    "stranger": check_stranger,
}


def smoke(page: str, build: Path | None = None, within_seconds: float = 0.0) -> bool:
    """Runs all checks and prints a line each; failed ones are retried for a while.

    A new revision, a permission or a cached file takes time to reach everybody.

    Args:
        page: URL of the page.
        build: folder of the build that must be served; None accepts any.
        within_seconds: how long to retry; a running check may finish.
    """
    give_up_at = time.monotonic() + within_seconds
    site, found = find(page, build)
    while found and time.monotonic() < give_up_at:
        time.sleep(PAUSE_SECONDS)
        site, found = find(page, build)
    _say("configuration", found)
    if found:
        return False
    waiting = dict(CHECKS)
    while True:
        faults = {name: check(site) for name, check in waiting.items()}
        is_last = time.monotonic() >= give_up_at
        for name, found in faults.items():
            if not found or is_last:
                _say(name, found)
        waiting = {name: CHECKS[name] for name, found in faults.items() if found}
        if not waiting or is_last:
            return not waiting
        time.sleep(PAUSE_SECONDS)


def _ask(site: Site, *, stream: bool) -> Reply:
    return exchange(
        site.chat,
        method="POST",
        headers={"Origin": site.origin},
        body={"model": "nexus", "messages": QUESTION, "stream": stream},
        seconds=CHAT_SECONDS,
    )


def _refusal(reply: Reply) -> Faults:
    given = reply.json()
    error = given.get("error") if isinstance(given, dict) else None
    if not isinstance(error, dict):
        return [f"the chat gives {reply}"]
    if reply.status == 503 and error.get("code") == "models_exhausted":
        return (
            []
            if _is_instant(error.get("retry_at"))
            else ["the chat is exhausted but names no retry_at"]
        )
    return [f"the chat is refused: {reply}"]


def _finish_reason(given: Any) -> Any:
    try:
        return given["choices"][0]["finish_reason"]
    except (KeyError, IndexError, TypeError):
        return None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _is_instant(text: object) -> bool:
    try:
        return datetime.fromisoformat(str(text)).tzinfo is not None
    except ValueError:
        return False


def _numbers(header: str, name: str) -> list[str]:
    parts = (part.strip().partition("=") for part in header.split(","))
    return [value for key, _, value in parts if key == name and value.isdecimal()]


def _must_be_asked_for(reply: Reply, name: str) -> Faults:
    cached = reply.header("Cache-Control")
    return (
        [] if "no-cache" in cached or "no-store" in cached else [f"{name} may be cached: {cached}"]
    )


def _not_kept(reply: Reply) -> Faults:
    cached = reply.header("Cache-Control")
    return (
        [] if "no-store" in cached else [f"answers may be cached: {cached or 'no Cache-Control'}"]
    )


def _readable(reply: Reply, site: Site, name: str) -> Faults:
    if origin_of(site.chat) == site.origin:
        return []
    allowed = reply.header("Access-Control-Allow-Origin")
    return [] if allowed == site.origin else [f"{name} does not let the page read its replies"]


def _say(name: str, faults: Faults) -> None:
    print(f"{'FAIL' if faults else 'ok  '} {name}", flush=True)
    for fault in faults:
        print(f"       {fault}", flush=True)


def main() -> int:
    """Parses the command line; returns 0 if every check passes."""
    parser = argparse.ArgumentParser(prog="python -m infra.release.smoke", description=__doc__)
    parser.add_argument("url", help="address of the page (terraform output -raw web_url)")
    parser.add_argument("--build", type=Path, help="folder of the build that must be served")
    parser.add_argument("--within", type=float, default=0.0, metavar="SECONDS", help="try again")
    options = parser.parse_args()
    if urlsplit(options.url).scheme not in ("http", "https"):
        parser.error("the URL must begin with https://")
    return 0 if smoke(options.url, options.build, options.within) else 1


if __name__ == "__main__":
    sys.exit(main())

"""Where the CPU of a chat, a stream, a poll or a start goes, by package and function.

`python -m measure.bench.profile stream` runs the function's WSGI application in this process,
without gunicorn. Only the answering thread's CPU counts, not its waiting. The profiler makes Python
calls more expensive: trust the shares, not the sums. `start` lists the cost of imports instead.
"""

from __future__ import annotations

import argparse
import contextlib
import cProfile
import importlib
import io
import json
import os
import pstats
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from measure.bench.load import QUESTION
from measure.bench.subjects import API_KEY, REPOSITORY
from measure.bench.upstream import Upstream

_MAIN = REPOSITORY / "functions/main.py"
_WARM_UP, _REQUESTS = 20, 200
_SHOWN = 25

Function = tuple[str, int, str]


def package_of(function: Function) -> str:
    """The package of a function."""
    path = Path(function[0])
    if "site-packages" in path.parts:
        inside = path.parts[path.parts.index("site-packages") + 1 :]
        return "/".join(inside[:2]) if inside[0] == "google" else inside[0].removesuffix(".py")
    if path.is_relative_to(REPOSITORY / "functions"):
        return f"Nexus: {path.relative_to(REPOSITORY / 'functions')}"
    return f"Python: {path.parent.name}/{path.name}" if path.name != "~" else "built in"


def by_package(stats: Mapping[Function, Any]) -> Counter[str]:
    """Seconds by package; built-in functions count for their caller."""
    seconds: Counter[str] = Counter()
    for function, (_, _, own, _, callers) in stats.items():
        if function[0] != "~" or not callers:
            seconds[package_of(function)] += own
            continue
        for caller, (_, _, part, _) in callers.items():
            seconds[package_of(caller)] += part
    return seconds


def profile(target: str, *, stream: bool) -> None:
    """Profiles requests and prints where their CPU went."""
    with Upstream() as upstream, tempfile.TemporaryDirectory() as folder, _logs_unseen():
        upstream.behave(gap_seconds=0.001)
        os.environ |= {
            "GEMINI_API_KEY": API_KEY,
            "GOOGLE_GEMINI_BASE_URL": upstream.url,
            "NEXUS_STATE": f"sqlite:{folder}/nexus.db",
            "NEXUS_VISITOR_LIMITS": "off",
            "FUNCTION_TARGET": target,
        }
        framework: Any = importlib.import_module("functions_framework")
        application = framework.create_app(target, str(_MAIN))
        body = json.dumps({**QUESTION, "stream": stream}).encode() if target == "chat" else b""

        def ask_often(times: int) -> float:
            started = time.thread_time()
            for _ in range(times):
                assert _ask(application, body) == "200 OK"
            return 1000 * (time.thread_time() - started) / times

        ask_often(_WARM_UP)
        plainly = ask_often(_REQUESTS)
        profiler = cProfile.Profile(time.thread_time)
        profiler.enable()
        ask_often(_REQUESTS)
        profiler.disable()
    stats = pstats.Stats(profiler)
    seconds = by_package(stats.stats)  # type: ignore[attr-defined]  # typeshed leaves it out
    total = sum(seconds.values())
    print(f"{plainly:.2f} ms of CPU for each, without the profiler\n")
    for package, spent in seconds.most_common(_SHOWN):
        print(f"{100 * spent / total:5.1f} %  {package}")
    stats.sort_stats("tottime").print_stats(_SHOWN)


def _ask(application: Any, body: bytes) -> str:
    """One request, as a server hands it over; returns its status once the reply is complete."""
    environ = {
        "REQUEST_METHOD": "POST" if body else "GET",
        "PATH_INFO": "/v1/chat/completions" if body else "/",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
    }
    statuses: list[str] = []
    reply = application(environ, lambda status, _headers: statuses.append(status))
    for _ in reply:
        pass
    reply.close()
    return statuses[0]


@contextlib.contextmanager
def _logs_unseen() -> Iterator[None]:
    """Discards the log lines after writing them, because writing costs CPU too."""
    nowhere, before = os.open(os.devnull, os.O_WRONLY), os.dup(2)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(before, 2)


def profile_start(target: str) -> None:
    """Prints the cost of each import of a start, most expensive first."""
    code = f"import functions_framework as f; f.create_app({target!r}, {str(_MAIN)!r})"
    with tempfile.TemporaryDirectory() as folder:
        told = subprocess.run(
            [sys.executable, "-X", "importtime", "-c", code],
            env={
                **os.environ,
                "GEMINI_API_KEY": API_KEY,
                "NEXUS_STATE": f"sqlite:{folder}/nexus.db",
                "FUNCTION_TARGET": target,
            },
            check=True,
            capture_output=True,
            text=True,
        ).stderr
    lines = [line.split("|") for line in told.splitlines() if line.count("|") == 2]
    costs = [(int(total), name.rstrip()) for _, total, name in lines if total.strip().isdigit()]
    for microseconds, name in sorted(costs, reverse=True)[: 2 * _SHOWN]:
        print(f"{microseconds / 1000:8.1f} ms  {name}")


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(prog="python -m measure.bench.profile", description=__doc__)
    parser.add_argument("what", choices=["plain", "stream", "poll", "start", "start-availability"])
    match parser.parse_args().what:
        case "poll":
            profile("check_availability", stream=False)
        case "start":
            profile_start("chat")
        case "start-availability":
            profile_start("check_availability")
        case what:
            profile("chat", stream=what == "stream")


if __name__ == "__main__":
    main()

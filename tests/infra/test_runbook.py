"""Each emergency of docs/operations.md, played on real functions.

A drill causes it, sees the alert's own conditions met by what the functions log and reply, runs
the page's commands, and sees the chat and the alert come to rest.
"""

from __future__ import annotations

import contextvars
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import flask
import httpx2
import pytest

from fallback.core.demand import Demand
from fallback.core.failure import FailureKind, Opens
from fallback.core.outlook import Outlook
from fallback.core.windows import ISOLATED
from fallback.events import Event
from fallback.forecasting.shared import SharedForecast
from nexus.bootstrap import bootstrap
from nexus.http.handling import respond
from tests.functions.conftest import MODELS, configuration
from tests.infra.logging_filter import matches
from tests.infra.promql import evaluate
from tests.infra.test_operations import passes
from tests.test_docs import fences, page, section
from tests.tools.serving.polling import eventually
from tools.emulator.server import Emulator
from tools.testkit import plain_http
from tools.testkit.log import RecordingLog
from tools.testkit.memory_demand import MemoryDemand
from tools.testkit.serving import API_KEY, REPOSITORY, ServedFunction, serve
from tools.testkit.time_travel import FakeClock

Operations = dict[str, Any]
SERVICES = {"chat": "nexus-chat", "check_availability": "nexus-check-availability"}
MINUTE = timedelta(minutes=1)
SECRET = "made-up-signing-secret"

STORE = "store-unavailable"

# Cloud Run counts replies itself; no event of ours is behind this one.
WITHOUT_EVENTS = {"server-errors"}


class Stack:
    """Both functions on one state, and the operator's terminal."""

    def __init__(self, folder: Path, operations: Operations, gemini: Emulator) -> None:
        self.gemini = gemini
        self.database = folder / "nexus.db"
        self._folder = folder
        self._operations = operations
        self._stack = ExitStack()
        self._served: list[tuple[str, ServedFunction]] = []
        self.chat = self.start("chat")
        self.available = self.start("check_availability")

    def close(self) -> None:
        self._stack.close()

    def start(self, target: str, **variables: str) -> ServedFunction:
        environ = {
            "GEMINI_API_KEY": API_KEY,
            "GOOGLE_GEMINI_BASE_URL": self.gemini.url,
            "NEXUS_STATE": f"sqlite:{self.database}",
            "NEXUS_SIGNING_SECRET": SECRET,
        }
        log = self._folder / f"{target}-{len(self._served)}.log"
        function = self._stack.enter_context(serve(target, environ | variables, log))
        self._served.append((target, function))
        return function

    def ask(self, count: int = 1) -> list[httpx2.Response]:
        """Sends chats at once."""
        with ThreadPoolExecutor(count) as visitors:
            return list(visitors.map(lambda _: self.chat.chat(), range(count)))

    def operate(self, heading: str, target: str, contains: str = "", **filled: str) -> None:
        """Runs a command from the page's section."""
        for line in "\n".join(fences(section(page("docs/operations.md"), heading), "sh")).split(
            "\n"
        ):
            if line.startswith(f"make {target}") and contains in line:
                run_make(line.partition(" #")[0], self.database, **filled)
                return
        raise AssertionError(f"{heading} has no `make {target}` with {contains!r}")

    def entries(self) -> list[dict[str, Any]]:
        """The functions' events as Cloud Logging has them."""
        return [
            {
                "resource": {
                    "type": "cloud_run_revision",
                    "labels": {"service_name": SERVICES[target]},
                },
                "jsonPayload": event,
            }
            for target, function in self._served
            for event in function.events()
        ]

    def fires(self, alert: str, at: datetime | None = None) -> bool:
        """Whether what was logged and is replied now meets an alert's conditions."""
        at = at or datetime.now(UTC)
        if alert in self._operations["log_alerts"]:
            period = self._operations["log_alerts"][alert]["auto_close"]
            since = at - timedelta(seconds=int(period.removesuffix("s")))
            wanted = self._operations["log_alert_filters"][alert]
            return any(since < time_of(e) <= at and matches(wanted, e) for e in self.entries())
        if alert in self._operations["rate_alerts"]:
            queries = self._operations["rate_alerts"][alert]["queries"].values()
            return any(evaluate(query, at, self._count) is not None for query in queries)
        check = self._operations["uptime_checks"][self._operations["uptime_alerts"][alert]["check"]]
        function = self.chat if check["function"] == "chat" else self.available
        try:
            return not passes(check, plain_http.get(function.url + check["path"]))
        except httpx2.TransportError:
            return True

    def _count(self, metric: str, labels: dict[str, str], since: datetime, to: datetime) -> int:
        names = {name: key for key, name in self._operations["log_metric_names"].items()}
        wanted = self._operations["log_counter_filters"][names[metric]]
        service = labels.pop("service_name", None)
        labels.pop("monitored_resource")
        return sum(
            since < time_of(entry) <= to
            and matches(wanted, entry)
            and service in (None, entry["resource"]["labels"]["service_name"])
            and all(entry["jsonPayload"].get(name) == value for name, value in labels.items())
            for entry in self.entries()
        )


def time_of(entry: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(entry["jsonPayload"]["time"])


def run_make(line: str, database: Path, **filled: str) -> str:
    """Runs what the Makefile runs for a line of the page, with this Python."""
    words = shlex.split(line)
    given = dict(word.split("=", 1) for word in words[2:]) | filled
    arguments = {
        "windows": ["tools.operate.windows", *shlex.split(given.get("ARGS", ""))],
        "revoke-code": ["tools.operate.access_codes", "revoke", given.get("CODE", "")],
        "access-code": ["tools.operate.access_codes", "issue", given.get("GROUP", "")],
    }[words[1]]
    assert arguments[0] in page("Makefile")
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=REPOSITORY,
        env=os.environ | {"NEXUS_STATE": f"sqlite:{database}", "NEXUS_SIGNING_SECRET": SECRET},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"State: {database}" in done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def stack(tmp_path: Path, operations: Operations) -> Iterator[Stack]:
    with Emulator() as gemini:
        made = Stack(tmp_path, operations, gemini)
        yield made
        made.close()


def statuses(replies: list[httpx2.Response]) -> set[int]:
    return {reply.status_code for reply in replies}


def is_well(stack: Stack) -> bool:
    return statuses(stack.ask()) == {200}


def test_all_chats_are_stopped_and_started(stack: Stack) -> None:
    assert is_well(stack)

    stack.operate("### Stop all chats", "windows", "stop")
    assert eventually(lambda: statuses(stack.ask()) == {503})
    calls = len(stack.gemini.calls())
    assert statuses(stack.ask(5)) == {503}
    assert len(stack.gemini.calls()) == calls

    stack.operate("### Stop all chats", "windows", "start")
    assert eventually(lambda: is_well(stack))


@pytest.mark.parametrize(
    ("alert", "other", "fault"),
    [
        ("key-refused", "out-of-money", "key-invalid"),
        ("key-refused", "out-of-money", "region"),
        ("out-of-money", "key-refused", "spending-cap"),
        ("out-of-money", "key-refused", "credits-depleted"),
    ],
)
def test_key_and_money_are_told_apart_and_chats_return_at_once(
    stack: Stack, alert: str, other: str, fault: str
) -> None:
    stack.gemini.behave("*", fault)
    assert statuses(stack.ask()) == {503}
    assert (stack.fires(alert), stack.fires(other)) == (True, False)

    stack.gemini.reset()
    stack.operate("### Stop all chats", "windows", "start")

    assert eventually(lambda: is_well(stack))
    assert not stack.fires(alert, datetime.now(UTC) + 31 * MINUTE)


def test_quotas_that_are_used_up_are_told_and_end(stack: Stack) -> None:
    stack.gemini.behave("*", "per-day")
    assert not stack.fires("quotas-exhausted")

    assert statuses(stack.ask(30)) == {503}

    assert eventually(lambda: stack.fires("quotas-exhausted"))
    assert stack.fires("chats-answered")
    for other in ("key-refused", "out-of-money", "models-unreachable", "internal-error"):
        assert not stack.fires(other)

    stack.gemini.reset()
    for model in MODELS:
        stack.operate(
            "## Isolate and restore models", "windows", "restore gemini", ARGS=f"restore {model}"
        )
    assert eventually(lambda: is_well(stack))
    assert statuses(stack.ask(30)) == {200}
    assert eventually(lambda: not stack.fires("quotas-exhausted"))
    assert not stack.fires("chats-answered", datetime.now(UTC) + 361 * MINUTE)


def test_one_failed_chat_of_a_hundred_alerts_nobody(stack: Stack) -> None:
    stack.gemini.behave("*", "cut", times=len(MODELS) * 2)
    stack.ask()
    stack.gemini.reset()
    stack.ask(50)
    stack.ask(50)

    failed = [e for e in stack.chat.events() if e["event"] in {"chat.refused", "chat.interrupted"}]
    assert len(failed) <= 1
    assert not any(stack.fires(name) for name in ("chats-answered", "models-unreachable"))


def test_what_a_message_itself_causes_alerts_nobody(stack: Stack) -> None:
    stack.gemini.behave("*", "context-too-long")

    assert statuses(stack.ask(30)) == {400}

    assert not stack.fires("chats-answered")


def test_a_network_that_is_down_is_told_and_heals(stack: Stack) -> None:
    stack.gemini.behave("*", "reset")
    assert statuses(stack.ask(10)) == {503}
    assert stack.fires("models-unreachable")
    assert not stack.fires("quotas-exhausted")

    stack.gemini.reset()

    assert eventually(lambda: is_well(stack))
    assert not stack.fires("models-unreachable", datetime.now(UTC) + 11 * MINUTE)


def test_a_retired_model_is_told_and_replaced(stack: Stack, tmp_path: Path) -> None:
    stack.gemini.behave(MODELS[0], "retired")
    assert is_well(stack)
    assert stack.fires("model-retired")

    replaced = configuration(tmp_path / "replaced.toml", {MODELS[0]: "gemini-4.0-flash"})
    restarted = datetime.now(UTC)
    stack.chat = stack.start("chat", NEXUS_CONFIG=str(replaced))

    assert is_well(stack)
    assert not stack.fires("model-retired", restarted + timedelta(hours=12))


def test_a_model_that_answers_badly_is_set_aside(stack: Stack) -> None:
    stack.operate("## Isolate and restore models", "windows", "isolate")
    assert eventually(lambda: stack.ask()[0].json()["model"] == MODELS[1])

    stack.operate("## Isolate and restore models", "windows", "restore --by-hand")
    assert eventually(lambda: stack.ask()[0].json()["model"] == MODELS[0])


def test_a_leaked_access_code_is_revoked(stack: Stack) -> None:
    chat = stack.start("chat", NEXUS_VISITOR_LIMITS="on")
    code = run_make("make access-code GROUP=friends", stack.database).strip()

    stack.operate("### An access code has leaked", "revoke-code", CODE=code)

    reply = plain_http.post(
        f"{chat.url}/v1/chat/completions",
        json={"messages": [{"role": "user", "content": "Hello"}]},
        headers={"Authorization": f"Bearer {code}"},
    )
    assert reply.json()["error"]["code"] == "invalid_access_code"


@pytest.mark.slow
def test_late_first_texts_are_told(stack: Stack) -> None:
    stack.gemini.behave(MODELS[0], "hang")
    assert statuses(stack.ask(25)) == {200}
    assert stack.fires("first-text-in-time")
    assert not stack.fires("chats-answered")

    stack.gemini.reset()
    assert eventually(lambda: is_well(stack))
    assert not stack.fires("first-text-in-time", datetime.now(UTC) + 361 * MINUTE)


@pytest.mark.parametrize(
    ("alert", "target"), [("chat-down", "chat"), ("availability-down", "check_availability")]
)
def test_a_function_that_is_gone_is_told(stack: Stack, alert: str, target: str) -> None:
    assert not stack.fires(alert)
    (stack.chat if target == "chat" else stack.available).kill()
    assert stack.fires(alert)

    setattr(stack, "chat" if target == "chat" else "available", stack.start(target))
    assert not stack.fires(alert)


def test_a_damaged_store_is_told_and_replaced(stack: Stack) -> None:
    stack.available.kill()
    for file in stack.database.parent.glob("nexus.db*"):
        file.unlink()
    stack.database.write_bytes(b"no database" * 1000)
    damaged = stack.start("check_availability")
    assert eventually(lambda: damaged.availability()["available"] and stack.fires(STORE))

    damaged.kill()
    stack.database.unlink()
    stack.available = stack.start("check_availability")

    assert stack.available.availability()["available"]
    assert len(stack.available.events("store.unavailable")) == 0
    assert not stack.fires(STORE, datetime.now(UTC) + 61 * MINUTE)


def test_a_bug_is_told_in_the_form_of_error_reporting(
    operations: Operations, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    nexus = bootstrap({"NEXUS_STATE": f"sqlite:{tmp_path / 'nexus.db'}"}, is_chat=True)

    def handler(_request: flask.Request, _request_id: str) -> flask.Response:
        raise KeyError("a visitor's words")

    with flask.Flask(__name__).test_request_context("/"):
        # In a context of its own: a request's id stays set in the one that handles it.
        reply = contextvars.copy_context().run(respond, nexus, flask.request, "GET", handler)
    assert reply.status_code == 500

    (line,) = capfd.readouterr().err.splitlines()
    event = flask.json.loads(line)
    service = {"type": "cloud_run_revision", "labels": {"service_name": SERVICES["chat"]}}
    entry = {"resource": service, "jsonPayload": event}
    assert matches(operations["log_alert_filters"]["internal-error"], entry)
    assert event["stack_trace"].startswith('Traceback (most recent call last):\n  File "')
    assert event["stack_trace"].endswith("in handler\nKeyError")
    assert "visitor" not in line


@pytest.mark.parametrize(("limit", "is_early"), [(30, True), (100_000, False)])
def test_a_quota_that_will_end_early_is_told(
    operations: Operations, limit: int, is_early: bool
) -> None:
    log, store = RecordingLog(), MemoryDemand()
    store.outlook = Outlook(demand=Demand(cells=(60.0,) * 168))
    noon_in_california = FakeClock(datetime(2026, 11, 23, 20, 5, tzinfo=UTC))
    forecast = SharedForecast(
        store,
        keys=[MODELS[0]],
        best=[MODELS[0]],
        limits=lambda: {MODELS[0]: limit},
        clock=noon_in_california,
        log=log,
    )

    forecast.chat()
    forecast.flush(10)

    (event,) = log.of(Event.FORECAST_MADE)
    service = {"type": "cloud_run_revision", "labels": {"service_name": SERVICES["chat"]}}
    entry = {"resource": service, "jsonPayload": {"event": "forecast.made", **event}}
    assert matches(operations["log_alert_filters"]["quota-ends-early"], entry) is is_early


def test_every_alert_has_its_drill(operations: Operations) -> None:
    drills = Path(__file__).read_text()
    alerts = {name for kind in ("log", "rate", "uptime") for name in operations[f"{kind}_alerts"]}

    assert alerts >= WITHOUT_EVENTS
    assert {name for name in alerts - WITHOUT_EVENTS if f'"{name}"' not in drills} == set()


def test_every_reason_of_a_window_has_its_cure() -> None:
    found = section(page("docs/operations.md"), "### Chats get no answer")

    reasons = {ISOLATED, *(kind for kind in FailureKind if kind.opens is not Opens.NEVER)}
    assert {reason for reason in reasons if f"`{reason}`" not in found} == set()


def test_each_emergency_says_first_what_to_do() -> None:
    emergencies = section(page("docs/operations.md"), "## Emergencies")
    openings = re.findall(r"^### (.+)\n\n\[?(\w+)", emergencies, re.MULTILINE)

    assert len(openings) == emergencies.count("\n### ")
    assert {word for _, word in openings if not word[0].isupper()} == set()
    for heading, _ in openings:
        assert len(section(emergencies, f"### {heading}").splitlines()) <= 45, heading

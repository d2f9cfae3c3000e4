"""Log events, metrics, alerts, dashboard and docs/operations.md say the same."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import httpx2
import pytest
from google.cloud.monitoring_dashboard_v1.types import Dashboard
from google.protobuf import json_format  # type: ignore[import-untyped]  # it ships no types

from fallback.core.failure import Failure, FailureKind
from fallback.core.refusal import RefusalReason
from fallback.core.window_rules import WindowRules, window_after
from fallback.core.windows import Window
from fallback.events import Event
from fallback.stores.sqlite import SqliteWindowStore
from tests.infra.evaluated import complaint_about
from tests.test_docs import logged_fields, page, rows, section, slugs
from tests.tools.serving.polling import eventually
from tools.testkit import plain_http
from tools.testkit.serving import API_KEY, serve

FUNCTIONS = Path(__file__).parents[2] / "functions"
COLUMNS = 48
MAX_WIDGETS = 100  # "A dashboard can have at most 100 widgets", Cloud Monitoring, quotas

Operations = dict[str, Any]


def alerts(operations: Operations) -> dict[str, dict[str, Any]]:
    return {
        **operations["log_alerts"],
        **operations["rate_alerts"],
        **operations["uptime_alerts"],
    }


def metrics(operations: Operations) -> dict[str, dict[str, Any]]:
    return {**operations["log_counters"], **operations["log_distributions"]}


def events_of(what: dict[str, Any]) -> list[str]:
    """The events that a metric or an alert is about."""
    return what["events"] if "events" in what else [what["event"]]


def fields_named(what: dict[str, Any]) -> set[str]:
    """The fields of an event that a metric or an alert reads."""
    conditions = re.findall(r"jsonPayload\.(\w+)", what.get("where", ""))
    return {*what["labels"], *conditions, *([what["field"]] if "field" in what else [])}


def faults(named: dict[str, dict[str, Any]], logged: dict[str, set[str]]) -> list[str]:
    """What metrics or alerts name, and no code logs."""
    found = []
    for name, what in named.items():
        events = events_of(what)
        known = set().union(*(logged.get(event, set()) for event in events))
        found += [f"{name}: no event {event}" for event in events if event not in logged]
        found += [f"{name}: no field {field}" for field in fields_named(what) - known]
    return found


def test_metrics_and_alerts_name_events_and_fields_that_are_logged(operations: Operations) -> None:
    logged = logged_fields()

    assert faults(metrics(operations), logged) == []
    assert faults(operations["log_alerts"], logged) == []


@pytest.mark.parametrize(
    "metric",
    [
        {"event": "chat.answerd", "labels": []},
        {"event": "chat.answered", "labels": ["kind"]},
        {"event": "chat.answered", "labels": [], "field": "seconds"},
        {"event": "chat.answered", "labels": [], "where": "jsonPayload.fallback>0"},
        {"events": ["chat.answered", "chat.refusd"], "labels": []},
    ],
)
def test_a_metric_of_nothing_is_found(metric: dict[str, Any]) -> None:
    assert faults({"some": metric}, logged_fields())


def test_every_grave_event_has_an_alert(operations: Operations) -> None:
    counters = operations["log_counters"]
    queries = str(operations["rate_alerts"])
    told = {alert["event"] for alert in operations["log_alerts"].values()}
    told |= {
        event
        for name, counter in counters.items()
        if f"user_nexus_{name}{{" in queries
        for event in events_of(counter)
    }

    grave = {event for event in Event if event.severity in {"ERROR", "CRITICAL"}}

    assert grave <= told


def test_normal_fallbacks_tell_nobody(operations: Operations) -> None:
    normal = {Event.ATTEMPT_FAILED, Event.WINDOW_OPENED, Event.WINDOW_CLOSED}
    counted = {n for n, c in operations["log_counters"].items() if normal & {*events_of(c)}}

    assert not {alert["event"] for alert in operations["log_alerts"].values()} & normal
    for name in {*counted, "fallbacks"}:
        assert f"user_nexus_{name}{{" not in str(operations["rate_alerts"])


def test_every_alert_has_its_row(operations: Operations) -> None:
    table = rows(section(page("docs/operations.md"), "## Alerts"))
    headings = re.findall(r"^#+ (.+)$", page("docs/operations.md"), re.MULTILINE)

    assert set(table) == set(alerts(operations))
    for name, alert in alerts(operations).items():
        _, severity, opens, means, action = table[name]
        assert (name, severity) == (name, alert["severity"])
        assert opens
        assert means
        assert alert["section"] in headings, name
        assert f"](#{slugs('# ' + alert['section']).pop()})" in action, name


def test_the_rows_say_the_default_thresholds(operations: Operations) -> None:
    table = rows(section(page("docs/operations.md"), "## Alerts"))
    default = operations["thresholds"]
    answered, in_time = table["chats-answered"][2], table["first-text-in-time"][2]

    assert f"{default['answered_percent']} of 100 chats" in answered
    assert f"of {default['minimum_chats']} chats or more" in answered
    assert f"{default['first_text_percent']} of 100 answers" in in_time
    assert f"within {default['first_text_seconds']} s" in in_time


def test_a_retired_model_is_tried_as_often_as_the_page_says() -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    window = window_after(Failure(kind=FailureKind.NOT_FOUND), now, WindowRules())

    assert window is not None
    assert window.probe_at == now + timedelta(minutes=30)
    found = section(page("docs/operations.md"), "### A model is retired")
    assert "one request tries the model each half hour" in found


def test_refusals_that_count_for_no_objective_are_those_of_the_request(
    operations: Operations,
) -> None:
    named = set(re.findall(r'"(\w+)"', operations["log_counters"]["chats"]["where"]))

    assert set(RefusalReason) - named == {
        RefusalReason.MODELS_EXHAUSTED,
        RefusalReason.MODELS_UNAVAILABLE,
        RefusalReason.SERVICE_MISCONFIGURED,
        RefusalReason.DEADLINE_EXCEEDED,
    }
    assert named < set(RefusalReason)


def test_the_latency_buckets_reach_beyond_the_deadline(operations: Operations) -> None:
    limits = tomllib.loads((FUNCTIONS / "nexus.toml").read_text())["limits"]
    buckets = operations["latency_buckets"]

    last = buckets["scale"] * buckets["growth_factor"] ** buckets["num_finite_buckets"]

    assert last > limits["deadline_seconds"] * 1000
    # A percentile is read off within one bucket: it should not be off by more than a quarter.
    assert buckets["growth_factor"] <= 1.25


# The dashboard.


def test_the_dashboard_is_what_the_api_takes(operations: Operations) -> None:
    # An unknown field, a wrong type or an unknown word of an enumeration raises.
    parsed = json_format.ParseDict(operations["dashboard"], Dashboard.pb(Dashboard()))

    assert 1 < len(parsed.mosaic_layout.tiles) <= MAX_WIDGETS
    for tile in parsed.mosaic_layout.tiles:
        assert tile.widget.title
        assert tile.widget.WhichOneof("content")


def test_the_dashboard_says_no_zeros_which_each_plan_would_show(operations: Operations) -> None:
    parsed = json_format.ParseDict(operations["dashboard"], Dashboard.pb(Dashboard()))

    # What the API gives back is written by the same rule.
    assert json_format.MessageToDict(parsed) == operations["dashboard"]


def test_tiles_lie_on_the_grid_and_on_no_other(operations: Operations) -> None:
    tiles = operations["dashboard"]["mosaicLayout"]["tiles"]
    squares = [
        {
            (x, y)
            for x in range(tile.get("xPos", 0), tile.get("xPos", 0) + tile["width"])
            for y in range(tile.get("yPos", 0), tile.get("yPos", 0) + tile["height"])
        }
        for tile in tiles
    ]

    assert operations["dashboard"]["mosaicLayout"]["columns"] == COLUMNS
    assert all(x < COLUMNS for square in squares for x, _ in square)
    assert not [1 for one, other in combinations(squares, 2) if one & other]


# The uptime checks, asked of real functions.


def passes(check: dict[str, Any], reply: httpx2.Response) -> bool:
    """As Cloud Monitoring decides it: a status of 2xx, and the text is in the body or is not."""
    is_wanted = check["matcher"] == "CONTAINS_STRING"
    return reply.is_success and (check["content"] in reply.text) == is_wanted


def test_uptime_checks_know_a_service_that_is_up_and_one_that_is_exhausted(
    operations: Operations, tmp_path: Path
) -> None:
    checks = operations["uptime_checks"]
    state = tmp_path / "nexus.db"
    environ = {"GEMINI_API_KEY": API_KEY, "NEXUS_STATE": f"sqlite:{state}"}
    models = tomllib.loads((FUNCTIONS / "nexus.toml").read_text())["hierarchies"]["default"]
    with (
        serve("chat", environ, tmp_path / "chat.log") as chat,
        serve("check_availability", environ, tmp_path / "check.log") as check_availability,
    ):
        served = {"chat": chat, "check_availability": check_availability}

        def found() -> dict[str, bool]:
            return {
                name: passes(check, plain_http.get(served[check["function"]].url + check["path"]))
                for name, check in checks.items()
            }

        assert found() == {"chat": True, "check_availability": True, "models": True}

        for model in models["models"]:
            until = datetime.now(UTC) + timedelta(hours=1)
            SqliteWindowStore(state).extend(model["name"], Window(until, "quota_exhausted"))
        # A poll's snapshot is up to a second old.
        assert eventually(lambda: not found()["models"], seconds=30)
        assert found() == {"chat": True, "check_availability": True, "models": False}


# The variables.

Complaint = Callable[[str, object], str]


@pytest.fixture
def complaint(terraform: str, quiet: dict[str, str], tmp_path: Path) -> Complaint:
    """What a plan says of a value of a variable."""
    return functools.partial(complaint_about, terraform, quiet, tmp_path)


ACCOUNT = "012345-6789AB-CDEF01"


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("alert_email", "operator", "must be one address such as"),
        ("alert_email", "a@example.org, b@example.org", "must be one address such as"),
        ("objectives", {"answered_percent": 93}, "must be from 94 to below 100"),
        ("objectives", {"first_text_percent": 100}, "must be from 94 to below 100"),
        ("objectives", {"first_text_seconds": 0.5}, "first_text_seconds must be from 1"),
        ("objectives", {"first_text_seconds": 56}, "first_text_seconds must be from 1"),
        ("objectives", {"minimum_chats": 0}, "minimum_chats must be a whole number"),
        ("objectives", {"minimum_chats": 1.5}, "minimum_chats must be a whole number"),
        ("budget", {"billing_account": "Mine", "amount": 50}, "billing_account must look like"),
        ("budget", {"billing_account": ACCOUNT, "amount": 0}, "amount must be a whole number"),
        ("budget", {"billing_account": ACCOUNT, "amount": 4.5}, "amount must be a whole number"),
        ("budget", {"billing_account": ACCOUNT, "amount": 5, "currency": "€"}, "currency must be"),
        (
            "budget",
            {"billing_account": ACCOUNT, "amount": 5, "thresholds_percent": []},
            "thresholds_percent must be one or more",
        ),
        (
            "budget",
            {"billing_account": ACCOUNT, "amount": 5, "thresholds_percent": [0]},
            "thresholds_percent must be one or more",
        ),
    ],
)
def test_a_wrong_value_fails_with_what_is_allowed(
    complaint: Complaint, variable: str, value: object, sentence: str
) -> None:
    assert sentence in complaint(variable, value)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("alert_email", None),
        ("alert_email", "operator+nexus@example.org"),
        ("objectives", {"answered_percent": 99.9, "minimum_chats": 1}),
        ("objectives", None),
        ("budget", None),
        ("budget", {"billing_account": ACCOUNT, "amount": 5, "currency": "EUR"}),
    ],
)
def test_a_right_value_is_taken(complaint: Complaint, variable: str, value: object) -> None:
    assert complaint(variable, value) == ""


def test_the_longest_threshold_is_the_deadline() -> None:
    limits = tomllib.loads((FUNCTIONS / "nexus.toml").read_text())["limits"]
    text = (FUNCTIONS.parent / "infra" / "variables_operations.tf").read_text()

    assert f"must be from 1 to {limits['deadline_seconds']}:" in text
    assert f"first_text_seconds <= {limits['deadline_seconds']}" in text

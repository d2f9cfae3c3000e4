"""The PromQL of alerts and dashboard is PromQL, and asks for what exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest

from fallback.core.refusal import RefusalReason

Operations = dict[str, Any]

# Labels that Cloud Monitoring adds: of the resource, and of a histogram.
ON_RUN = {"monitored_resource", "service_name", "location", "revision_name"}
RUN = "run_googleapis_com:"
# Metric, its own labels; of "Google Cloud metrics", run and firestore.
METRICS_OF_GOOGLE = {
    f"{RUN}request_count": {"response_code", "response_code_class"},
    f"{RUN}container_instance_count": {"state"},
    f"{RUN}container_cpu_utilizations": set(),
    f"{RUN}container_memory_utilizations": set(),
    f"{RUN}container_max_request_concurrencies": {"state"},
    "firestore_googleapis_com:document_read_ops_count": {"database_id"},
    "firestore_googleapis_com:document_write_ops_count": {"database_id"},
    "firestore_googleapis_com:document_delete_ops_count": {"database_id"},
}
PARTS = ("_bucket", "_sum", "_count")
DISTRIBUTIONS_OF_GOOGLE = {name for name in METRICS_OF_GOOGLE if name.endswith("s")} - {
    name for name in METRICS_OF_GOOGLE if name.endswith("_ops_count")
}


def queries(operations: Operations) -> Iterator[str]:
    for alert in operations["rate_alerts"].values():
        yield from alert["queries"].values()
    for tile in operations["dashboard"]["mosaicLayout"]["tiles"]:
        for data_set in tile["widget"].get("xyChart", {}).get("dataSets", []):
            query = data_set["timeSeriesQuery"]["prometheusQuery"]
            # Cloud Monitoring puts in the chart's own interval.
            yield query.replace("${__interval}", "1m")


def nodes(expression: Any) -> Iterator[Any]:
    """An expression and all within it."""
    yield expression
    for name in ("expr", "lhs", "rhs", "vector_selector", "param"):
        child = getattr(expression, name, None)
        if isinstance(child, promql_parser.Expr):
            yield from nodes(child)
    for child in getattr(expression, "args", None) or []:
        yield from nodes(child)


def faults(query: str, known: dict[str, set[str]], distributions: set[str]) -> list[str]:
    """What a query asks for that does not exist."""
    try:
        root = promql_parser.parse(query)
    except ValueError as error:
        return [f"no PromQL: {error}"]
    found, labels, grouped = [], {"le"}, set()
    for node in nodes(root):
        if isinstance(node, promql_parser.VectorSelector):
            name = node.name or ""
            part = next((p for p in PARTS if name not in known and name.endswith(p)), "")
            name = name.removesuffix(part)
            if name not in known:
                found.append(f"no metric {name}")
                continue
            if bool(part) != (name in distributions):
                found.append(f"{name} is a distribution, or is not")
            allowed = known[name] | ON_RUN
            labels |= allowed
            used = {matcher.name for matcher in node.matchers.matchers}
            found += [f"{name} has no label {label}" for label in used - allowed]
            if "monitored_resource" not in used:
                found.append(f"{name} needs monitored_resource")
        if isinstance(node, promql_parser.AggregateExpr) and node.modifier:
            grouped |= set(node.modifier.labels)
    found += [f"nothing has the label {label}" for label in grouped - labels]
    return found


def known_metrics(operations: Operations) -> dict[str, set[str]]:
    own = {**operations["log_counters"], **operations["log_distributions"]}
    names = operations["log_metric_names"]
    return {names[name]: set(metric["labels"]) for name, metric in own.items()} | METRICS_OF_GOOGLE


def distributions(operations: Operations) -> set[str]:
    names = operations["log_metric_names"]
    return {names[name] for name in operations["log_distributions"]} | DISTRIBUTIONS_OF_GOOGLE


def test_queries_ask_for_what_exists(operations: Operations) -> None:
    asked = list(queries(operations))
    known, histograms = known_metrics(operations), distributions(operations)

    assert len(asked) > 20
    assert [(q, found) for q in asked if (found := faults(q, known, histograms))] == []


@pytest.mark.parametrize(
    "query",
    [
        "sum(rate(logging_googleapis_com:user_nexus_answers{monitored_resource='x'}[5m])",
        "rate(logging_googleapis_com:user_nexus_answer{monitored_resource='x'}[5m])",
        "rate(logging_googleapis_com:user_nexus_answers[5m])",
        "rate(logging_googleapis_com:user_nexus_answers{monitored_resource='x',kind='y'}[5m])",
        "rate(logging_googleapis_com:user_nexus_answers_bucket{monitored_resource='x'}[5m])",
        "rate(logging_googleapis_com:user_nexus_answer_milliseconds{monitored_resource='x'}[5m])",
        "sum by (kind) (logging_googleapis_com:user_nexus_answers{monitored_resource='x'})",
    ],
)
def test_a_query_for_nothing_is_found(operations: Operations, query: str) -> None:
    assert faults(query, known_metrics(operations), distributions(operations))


def test_refusals_are_told_apart_by_reasons_that_exist(operations: Operations) -> None:
    reasons = set(re.findall(r"reason='(\w+)'", str(list(queries(operations)))))

    assert reasons
    assert reasons <= set(RefusalReason)

"""Computes what Nexus costs a month: `python -m infra.release.costs` prints the tables.

Prices are in `prices.toml`, Firestore operations in `firestore_counts.json`, counted by
`python -m measure.bench.firestore_counts`.
"""

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

CHATS = (1_000, 100_000, 10_000_000)
MONTH_SECONDS = 30 * 24 * 3600
_KIB_A_GIB = 1024 * 1024

_HERE = Path(__file__).parent
_LIMITED = "chats with limits, 5 of each visitor"
_WITH_INSTANCES = "with `min_instances = 1` for both"
_WITH_DOMAIN = "with a domain"

Prices = dict[str, dict[str, Any]]


def load() -> Prices:
    """Prices, and what a chat uses."""
    prices = tomllib.loads((_HERE / "prices.toml").read_text(encoding="utf-8"))
    counts = json.loads((_HERE / "firestore_counts.json").read_text(encoding="utf-8"))
    return prices | {"counted": counted(counts)}


def counted(counts: Prices) -> dict[str, float]:
    """The counted operations per second, chat or window."""

    def each(situation: str, operation: str, per: str) -> float:
        count = counts[situation]
        return float(count["operations"].get(operation, 0) / count[per])

    opens, closes = "a window opens", "its probe succeeds, and it closes"
    window = "exhaustion_windows"
    return {
        "window reads a second": each("plain chats", f"{window}.read", "seconds"),
        "reads of a chat, one instance": each(_LIMITED, "visitors.read", "requests"),
        "reads of a chat, more": each(f"{_LIMITED}, 3 instances", "visitors.read", "requests"),
        "writes of a chat": each(_LIMITED, "visitors.write", "requests"),
        "writes of a window": each(opens, f"{window}.write", "requests")
        + each(closes, f"{window}.write", "requests"),
        "deletes of a window": each(closes, f"{window}.delete", "requests"),
    }


def instance_seconds(chats: float, prices: Prices) -> float:
    """The time in which instances have chats to answer, which is what is billed.

    Few chats rarely meet, so each one has an instance for itself. Many share: one instance is
    always busy, and further ones follow the load.
    """
    use, size = prices["use"], prices["size"]
    alone: float = chats * use["chat_seconds"]
    at_once = alone / MONTH_SECONDS
    shared: float = MONTH_SECONDS * (1 + at_once / (size["concurrency"] * size["utilisation"]))
    return min(alone, shared)


def quantities(chats: int, prices: Prices) -> dict[str, float]:
    """The quantities of a month."""
    use, size = prices["use"], prices["size"]
    checks = chats * use["checks"]
    chatting = instance_seconds(chats, prices)
    checking = min(checks * use["check_seconds"], MONTH_SECONDS)
    each = prices["counted"]
    # An instance reads the windows at most this often, and only for a request. Up to one open
    # window is one read.
    a_second = each["window reads a second"]
    reads = min(chats, chatting * a_second) + min(checks, MONTH_SECONDS * a_second)
    # A network's record is read while it is new to an instance, or while others write it.
    meet = chatting > MONTH_SECONDS
    reads += chats * each["reads of a chat, more" if meet else "reads of a chat, one instance"]
    # A model's window is opened at most about once a minute, and then leased and closed.
    windows = min(chats * use["refused_share"], size["models"] * MONTH_SECONDS / 60)
    writes = windows * each["writes of a window"] + chats * each["writes of a chat"]
    return {
        "requests": chats + checks,
        "instance-seconds": chatting + checking,
        "reads": reads,
        "writes": writes,
        "deletes": windows * each["deletes of a window"],
        # One record per network and day.
        "deletes by the TTL policy": chats / use["visit_chats"],
        "GiB sent": chats * (use["answer_kib"] + use["page_kib"]) / _KIB_A_GIB,
        "GiB logged": chats * use["log_kib"] / _KIB_A_GIB,
        "million input tokens": chats * use["input_tokens"] / 1e6,
        "million output tokens": chats * use["output_tokens"] / 1e6,
    }


def dollars(chats: int, prices: Prices) -> dict[str, float]:
    """The cost of each part of a month, in US dollars."""
    much, size = quantities(chats, prices), prices["size"]
    run, store, idle = (prices[name] for name in ("run", "firestore", "idle"))
    balancer, armor = prices["balancer"], prices["armor"]
    busy = much["instance-seconds"]
    cpu = _beyond(busy * size["vcpu"], run["free_vcpu_seconds"]) * run["vcpu_second"]
    memory = _beyond(busy * size["gib"], run["free_gib_seconds"]) * run["gib_second"]
    requests = _beyond(much["requests"], run["free_requests"]) / 1e6 * run["million_requests"]
    reads = _beyond(much["reads"], store["free_reads"]) * store["hundred_thousand_reads"]
    writes = _beyond(much["writes"], store["free_writes"]) * store["hundred_thousand_writes"]
    deleting = prices["deletes"]
    deletes = _beyond(much["deletes"], deleting["free"]) + much["deletes by the TTL policy"]
    logs, network = (
        _beyond(much[amount], prices[name]["free_gib"]) * prices[name]["gib"]
        for name, amount in (("logging", "GiB logged"), ("network", "GiB sent"))
    )
    kept = size["vcpu"] * idle["vcpu_second"] + size["gib"] * idle["gib_second"]
    return {
        "Cloud Run": cpu + memory + requests,
        "Firestore": (reads + writes + deletes * deleting["hundred_thousand"]) / 1e5,
        "Cloud Logging": logs,
        "Internet traffic": network,
        "Gemini": much["million input tokens"] * prices["gemini"]["million_input_tokens"]
        + much["million output tokens"] * prices["gemini"]["million_output_tokens"],
        _WITH_INSTANCES: 2 * MONTH_SECONDS * kept,
        _WITH_DOMAIN: MONTH_SECONDS / 3600 * balancer["first_rules_hour"]
        + much["GiB sent"] * balancer["gib"]
        + armor["policy"]
        + size["armor_rules"] * armor["rule"]
        + much["requests"] / 1e6 * armor["million_requests"],
    }


def a_month(*, has_instances: bool, has_domain: bool) -> dict[int, float]:
    """The dollars of a month by its chats, for what a deployment has chosen."""
    prices, extras = load(), {_WITH_INSTANCES: has_instances, _WITH_DOMAIN: has_domain}
    return {
        chats: sum(part for name, part in dollars(chats, prices).items() if extras.get(name, True))
        for chats in CHATS[:2]
    }


def tables(prices: Prices) -> str:
    """Unit prices, and quantities and dollars for all numbers of chats, as Markdown."""
    used = [quantities(chats, prices) for chats in CHATS]
    paid = [dollars(chats, prices) for chats in CHATS]
    return "\n".join(
        [
            _row("Unit price", ["US dollars", "Seen"]),
            _row("---", ["---:", "---"]),
            *(
                _row(f"`{part}.{name}`", [_price(value), str(section["seen"])])
                for part, section in prices.items()
                if "seen" in section
                for name, value in section.items()
                if name != "seen" and not name.startswith("free")
            ),
            "",
            _row("A month needs", [f"{chats:,} chats" for chats in CHATS]),
            _row("---", ["---:"] * len(CHATS)),
            *(_row(name, [_amount(each[name]) for each in used]) for name in used[0]),
            "",
            _row("US dollars a month", [f"{chats:,} chats" for chats in CHATS]),
            _row("---", ["---:"] * len(CHATS)),
            *(_row(name, [f"{each[name]:,.2f}" for each in paid]) for name in paid[0]),
        ]
    )


def _beyond(amount: float, free: float) -> float:
    return max(0.0, amount - free)


def _amount(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:,.3g}"


def _price(number: float) -> str:
    return f"{number:.7f}".rstrip("0").rstrip(".")


def _row(name: str, cells: list[str]) -> str:
    return f"| {' | '.join([name, *cells])} |"


if __name__ == "__main__":
    print(tables(load()))
    sys.exit(0)

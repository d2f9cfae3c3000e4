"""Draws docs/simulation/results.json: `python -m measure.simulation.plots`, with matplotlib.

The background is white, so that a plot reads the same on a light and on a dark page.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt

from measure.simulation.scenarios import FLEETS, SCENARIOS
from measure.simulation.sweeps import SWEEPS

FOLDER = Path(__file__).parents[2] / "docs" / "simulation"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#333333")
"""Okabe and Ito's, which people with any kind of colour vision tell apart."""

DOCUMENT_LIMIT = 1
"""Sustained writes of one document in a second that Firestore's limits name."""

Results = dict[str, Any]
Show = Callable[[dict[str, Any]], Any]


def main() -> None:
    """Draws all plots."""
    plt.rcParams.update(
        {
            "svg.hashsalt": "nexus",
            "svg.fonttype": "none",  # small, and text stays text
            "font.size": 8,
            "axes.titlesize": 8,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.color": "#dddddd",
            "axes.prop_cycle": mpl.cycler(color=COLOURS),
            "figure.facecolor": "white",
            "figure.constrained_layout.use": True,
        }
    )
    found = json.loads((FOLDER / "results.json").read_text(encoding="utf-8"))
    _save("seconds", _seconds(found))
    _save("scale", _scale(found))
    for name in SWEEPS:
        _save(name, _sweep(name, found["sweeps"][name]))


def _wrapped(label: str, width: int = 32) -> str:
    return "\n".join(textwrap.wrap(label, width))


def _instances(size: int) -> str:
    return f"{size:,} instance" + ("s" if size > 1 else "")


def _plain(axis: Any) -> None:
    """Numbers of a logarithmic axis as they are spoken."""
    axis.set_major_formatter(lambda value, _: f"{value:,g}")
    axis.set_minor_formatter(lambda *_: "")


def _save(name: str, figure: Any) -> None:
    figure.savefig(FOLDER / f"{name}.svg", metadata={"Date": None})
    plt.close(figure)


def _seconds(found: Results) -> Any:
    """What 100 instances do in each second of a scenario."""
    names = [name for name in SCENARIOS if name not in ("healthy", "slow-store")]
    figure, axes = plt.subplots(3, 3, figsize=(9, 6.5), sharey=False)
    for axis, name in zip(axes.flat, names, strict=True):
        series = found["series"][name]
        size = min(len(values) for values in series.values() if values) - 1
        seconds = range(size)
        zeros = [0] * size
        primary = (series["answered_by_primary"] or zeros)[:size]
        others = [a - p for a, p in zip(series["answered"][:size], primary, strict=True)]
        refused = (series["refused"] or zeros)[:size]
        axis.stackplot(
            seconds,
            primary,
            others,
            refused,
            colors=(COLOURS[0], COLOURS[5], COLOURS[1]),
            labels=("answered by the primary", "by another model", "refused"),
        )
        axis.set_title(_wrapped(SCENARIOS[name].title, 44))
        axis.set_xlim(0, size)
    for axis in axes[-1]:
        axis.set_xlabel("time (s)")
    for axis in axes[:, 0]:
        axis.set_ylabel("chats ended per second")
    handles, labels = axes.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    return figure


def _scale(found: Results) -> Any:
    """How the figures grow with the fleet."""
    names = ("minute-quota", "all-minute-quotas", "day-quota", "outage", "store-outage")
    panels: dict[str, Show] = {
        "calls wasted per instance": lambda run: run["wasted"] / run["instances"],
        "probes": lambda run: run["probes"],
        "writes of the hottest document in one second": lambda run: run["hottest"][
            "writes_in_a_second"
        ],
        "seconds until 99 % of instances know": lambda run: run["nearly_all_know"],
    }
    figure, axes = plt.subplots(2, 2, figsize=(9, 5.5))
    for axis, (title, show) in zip(axes.flat, panels.items(), strict=True):
        for name in names:
            values = [show(run) or None for run in found["scenarios"][name]]
            axis.plot(FLEETS, values, marker="o", markersize=3, label=SCENARIOS[name].title)
        axis.set_xscale("log")
        axis.set_yscale("linear" if title.startswith("seconds") else "log")
        axis.set_xticks(FLEETS)
        _plain(axis.xaxis)
        _plain(axis.yaxis)
        axis.set_xlabel("instances")
        axis.set_ylabel(_wrapped(title))
    hottest = axes.flat[2]
    hottest.axhline(DOCUMENT_LIMIT, color="#333333", linestyle="--", linewidth=1)
    hottest.annotate(
        "1/s: Firestore's limit for sustained writes", (50, 1.1), color="#333333", fontsize=7
    )
    handles, labels = axes.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    return figure


def _sweep(name: str, points: list[dict[str, Any]]) -> Any:
    """One setting: a panel for each figure that it is judged by."""
    sweep = SWEEPS[name]
    figure, axes = plt.subplots(1, len(sweep.shows), figsize=(9, 2.4), squeeze=False)
    for axis, (show, label) in zip(axes.flat, sweep.shows.items(), strict=True):
        for size in sweep.fleets:
            of = [point for point in points if point["instances"] == size]
            axis.plot(
                [point["value"] for point in of],
                [point[show] for point in of],
                marker="o",
                markersize=3,
                label=_instances(size),
            )
        axis.axvline(sweep.default, color="#333333", linestyle="--", linewidth=1)
        axis.set_xlabel(sweep.title)
        axis.set_ylabel(_wrapped(label))
        axis.set_ylim(bottom=0)
        if 0 not in sweep.values:
            axis.set_xscale("log")
            axis.set_xticks(sweep.values, [f"{value:g}" for value in sweep.values])
            axis.minorticks_off()
    axes.flat[0].legend(frameon=False, fontsize=7)
    return figure


if __name__ == "__main__":
    main()

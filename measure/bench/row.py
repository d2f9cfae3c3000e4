"""A row of the benchmark: its subjects, its measurement and its tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from measure.bench.results import Row
from measure.bench.rig import Rig
from measure.bench.subjects import Subject


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        head: Its heading, with the unit.
        measure: What it shows.
        multiple_of: The subject whose figure it is divided by, if any.
        above: The subject whose figure is subtracted, if any.
    """

    head: str
    measure: str
    multiple_of: str | None = None
    above: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table: a line for each subject that has something to show.

    Attributes:
        about: The sentence above it.
        columns: What it shows.
        if_all_zero: The sentence in its place if every number is zero.
    """

    about: str
    columns: Sequence[Column]
    if_all_zero: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One row.

    Attributes:
        name: Its name in ROWS=… and in the results file.
        title: Its heading.
        subjects: What is measured.
        tables: What is shown.
        measure: Takes the measurements.
    """

    name: str
    title: str
    subjects: Sequence[Subject]
    tables: Sequence[Table]
    measure: Callable[[Rig, Sequence[Subject]], Row]

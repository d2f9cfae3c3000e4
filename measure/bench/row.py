"""What a row of the benchmark is: who is measured, how, and as which tables it is shown."""

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
        head: What stands above it, with the unit.
        measure: What is shown.
        multiple_of: The name of the subject as a multiple of which it is shown.
        above: The name of the subject above which it is shown.
    """

    head: str
    measure: str
    multiple_of: str | None = None
    above: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table: a line for each subject that has something to show in it."""

    about: str
    columns: Sequence[Column]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A row.

    Attributes:
        name: For ROWS=… and the file.
        title: Its heading.
        subjects: Who is measured.
        tables: What is shown.
        measure: Does it.
    """

    name: str
    title: str
    subjects: Sequence[Subject]
    tables: Sequence[Table]
    measure: Callable[[Rig, Sequence[Subject]], Row]

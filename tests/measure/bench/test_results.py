from __future__ import annotations

from pathlib import Path

import pytest

from measure.bench.results import Row, interleaved, keep, read, taken_on


def row(**samples: float) -> Row:
    made = Row()
    made.add("a subject", **samples)
    return made


def test_a_row_is_read_as_it_was_kept(tmp_path: Path) -> None:
    kept = row(cpu=0.123456)
    kept.add("a subject", cpu=2.0)
    kept.remarks["another"] = "not measured"

    keep(tmp_path / "results.json", "chats", kept, {})

    found = read(tmp_path / "results.json")["chats"]
    assert found.of("a subject", "cpu") == [0.1235, 2.0]
    assert found.remarks == {"another": "not measured"}


def test_a_row_that_is_measured_again_replaces_itself_alone(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    keep(file, "chats", row(cpu=1.0), {})
    keep(file, "memory", row(idle=1.0), {})

    keep(file, "chats", row(cpu=2.0), {})

    assert read(file)["chats"].of("a subject", "cpu") == [2.0]
    assert read(file)["memory"].of("a subject", "idle") == [1.0]


def test_the_file_has_one_line_for_each_list_of_numbers(tmp_path: Path) -> None:
    many = row(cpu=1.0)
    many.add("a subject", cpu=2.0)

    keep(tmp_path / "results.json", "chats", many, {})

    assert '"cpu": [1.0, 2.0]' in (tmp_path / "results.json").read_text()


def test_a_file_says_with_what_it_was_taken(tmp_path: Path) -> None:
    keep(tmp_path / "results.json", "chats", row(cpu=1.0), {"a peer": "1.2.3"})

    said = taken_on(tmp_path / "results.json")

    assert "google-genai 3." in said
    assert "a peer 1.2.3" in said


def test_without_a_file_nothing_was_measured(tmp_path: Path) -> None:
    assert read(tmp_path / "none.json") == {}
    assert taken_on(tmp_path / "none.json") == "Nothing was measured yet."


def test_what_was_not_measured_has_no_numbers() -> None:
    assert row(cpu=1.0).of("nobody", "cpu") == []
    assert row(cpu=1.0).of("a subject", "memory") == []


@pytest.mark.parametrize("rounds", [1, 2])
def test_rounds_are_interleaved(rounds: int) -> None:
    assert list(interleaved(rounds, "ABC")) == list("ABC" * rounds)

"""What every store of the line keeps to: the same tests for SQLite and Firestore."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from nexus.waiting_room.core.line import Line, Mode, Supply, new_line
from nexus.waiting_room.store import LineStore
from tests.contract.conftest import OpenLineStore

NOW = datetime(2026, 11, 27, 12, 0, 0, 1000, tzinfo=UTC)
LATER = datetime(2100, 1, 1, tzinfo=UTC)


def busy_line() -> Line:
    line = new_line(NOW).told(wanted=50, confirmed=40).with_mode(Mode.DRAIN)
    for second in range(30):
        line = line.told(used=1).paced(Supply(per_minute=60), NOW + timedelta(seconds=second))
    return line


@pytest.fixture
def store(open_line_store: OpenLineStore) -> LineStore:
    return open_line_store()


def test_a_new_store_has_no_line(store: LineStore) -> None:
    assert store.read() is None


def test_what_one_stores_all_read(open_line_store: OpenLineStore) -> None:
    one, other = open_line_store(), open_line_store()
    line = busy_line()

    assert one.write(line, LATER)

    found = other.read()
    assert found is not None
    assert found.called_at(NOW + timedelta(minutes=1)) == pytest.approx(
        line.called_at(NOW + timedelta(minutes=1)), abs=0.01
    )
    for name in ("epoch", "issued", "confirmed", "used", "mode", "is_known", "rate"):
        assert getattr(found, name) == getattr(line, name)
    assert len(found.looks) == len(line.looks)


def test_a_line_is_replaced_as_it_was_read(store: LineStore) -> None:
    store.write(new_line(NOW), LATER)
    read = store.read()
    assert read is not None

    version = store.write(read.told(wanted=3), LATER)

    found = store.read()
    assert found is not None
    assert (found.issued, found.version) == (3, version)


def test_a_line_that_has_changed_is_not_replaced(open_line_store: OpenLineStore) -> None:
    one, other = open_line_store(), open_line_store()
    one.write(new_line(NOW), LATER)
    read = other.read()
    assert read is not None
    one.write(read.told(wanted=5), LATER)

    assert other.write(read.told(wanted=1), LATER) is None
    assert other.write(replace(read, version=None), LATER) is None

    found = one.read()
    assert found is not None
    assert found.issued == 5


def test_of_many_who_use_a_ticket_one_succeeds(open_line_store: OpenLineStore) -> None:
    stores = [open_line_store() for _ in range(4)]

    with ThreadPoolExecutor(4) as threads:
        won = list(threads.map(lambda store: store.use("1.17.0", LATER), stores))

    assert sum(won) == 1
    assert stores[0].use("1.17.1", LATER)


def test_a_use_that_is_given_back_may_be_made_again(store: LineStore) -> None:
    store.give_back("1.17.0")
    assert store.use("1.17.0", LATER)
    assert not store.use("1.17.0", LATER)

    store.give_back("1.17.0")

    assert store.use("1.17.0", LATER)

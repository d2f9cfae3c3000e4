"""What one process asks of the store: one write for all that it has to tell, and none without."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from nexus.waiting_room.book import LineBook
from nexus.waiting_room.core.line import Line, Supply

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
BACK_AT = NOW + timedelta(hours=1)
EXHAUSTED = Supply(retry_at=BACK_AT, per_minute=60)


class Store:
    """A line in memory, which counts its writes, and may be as if others wrote it, too."""

    def __init__(self) -> None:
        self.line: Line | None = None
        self.writes = 0
        self.others_write = 0

    def read(self) -> Line | None:
        return self.line

    def write(self, line: Line, expires_at: datetime) -> object | None:
        assert expires_at > NOW
        if self.others_write:
            self.others_write -= 1
            return None
        self.writes += 1
        self.line = replace(line, version=self.writes)
        return self.writes

    def use(self, ticket: str, expires_at: datetime) -> bool:
        raise AssertionError("a book uses no tickets")


def look(book: LineBook, store: Store, supply: Supply | None, now: datetime = NOW) -> None:
    steps = book.look(supply)(now)
    try:
        call = next(steps)
        while True:
            call = steps.send((call(store), now))
    except StopIteration:
        return


def test_numbers_that_are_wanted_together_share_a_write() -> None:
    book, store = LineBook(), Store()
    places = [book.want() for _ in range(5)]

    look(book, store, EXHAUSTED)

    assert [place.number for place in places] == [1, 2, 3, 4, 5]
    assert store.writes == 1
    assert book.line is not None
    assert book.line.at == BACK_AT


def test_nothing_is_written_where_there_is_nothing_to_tell() -> None:
    book, store = LineBook(), Store()

    look(book, store, EXHAUSTED)

    assert (store.writes, store.line) == (0, None)


def test_a_process_that_may_only_read_writes_nothing() -> None:
    book, reader, store = LineBook(), LineBook(), Store()
    book.want()
    look(book, store, EXHAUSTED)

    look(reader, store, None, NOW + timedelta(seconds=30))

    assert store.writes == 1
    assert reader.line == book.line


def test_where_others_write_at_the_same_time_it_tries_once_more_and_then_pauses() -> None:
    book, store = LineBook(), Store()
    place = book.want()
    store.others_write = 1

    look(book, store, EXHAUSTED)

    assert place.number == 1
    book.confirm(1)
    assert not book.may_tell(NOW + timedelta(seconds=0.2))
    assert book.may_tell(NOW + timedelta(seconds=0.3))
    store.others_write = 100
    for _ in range(9):
        look(book, store, EXHAUSTED, NOW + timedelta(minutes=1))
    assert book.pause == timedelta(seconds=4)


def test_what_was_not_told_is_told_the_next_time() -> None:
    book, store = LineBook(), Store()
    place = book.want()
    book.confirm(1)
    book.use()
    store.others_write = 100
    look(book, store, EXHAUSTED)
    line = store.line
    assert line is None

    store.others_write = 0
    look(book, store, EXHAUSTED)

    assert place.number == 1
    assert store.line is not None
    assert (store.line.confirmed, store.line.used) == (1, 1)


def test_whoever_gives_up_gets_no_number() -> None:
    book, store = LineBook(), Store()
    book.forget(book.want())
    place = book.want()
    book.forget(place)
    book.forget(place)

    look(book, store, EXHAUSTED)

    assert store.line is None


def test_whoever_gives_up_while_others_write_gets_no_number() -> None:
    book, store = LineBook(), Store()
    impatient, patient = book.want(), book.want()
    steps = book.look(EXHAUSTED)(NOW)
    read = next(steps)
    steps.send((read(store), NOW))  # Its write, which comes too late:
    book.forget(impatient)
    steps.send((None, NOW))
    write = steps.send((store.line, NOW))
    write(store)

    assert store.line is not None
    assert store.line.issued == 1
    with pytest.raises(StopIteration):
        steps.send((1, NOW))
    assert (impatient.number, patient.number) == (None, 1)


def test_what_others_have_written_is_known_even_if_they_write_again_first() -> None:
    others, book, store = LineBook(), LineBook(), Store()
    others.want()
    look(others, store, EXHAUSTED)
    book.want()
    store.others_write = 100

    look(book, store, EXHAUSTED)

    assert book.line == others.line


def test_whom_models_refuse_is_called_again_first() -> None:
    book, store = LineBook(), Store()
    for _ in range(9):
        book.want()
    book.confirm(9)
    look(book, store, Supply(per_minute=600))
    look(book, store, Supply(per_minute=600), NOW + timedelta(seconds=1))
    line = store.line
    assert line is not None
    assert line.is_called(9, NOW + timedelta(seconds=1))

    for _ in range(2):
        book.use()
        book.refuse()
    look(book, store, Supply(retry_at=BACK_AT, per_minute=600), NOW + timedelta(seconds=1.1))

    line = store.line
    assert line is not None
    assert [line.place(number, NOW + timedelta(minutes=1)) for number in (7, 8, 9)] == [1, 1, 2]
    assert not line.is_called(9, NOW + timedelta(minutes=1))

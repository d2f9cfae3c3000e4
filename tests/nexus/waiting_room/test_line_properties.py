"""What must hold however instances take turns, crash, and disagree about the time.

Each instance has its own book. A call of one to the store may be followed by calls of all others,
its clock may be half a second wrong, and it may end between any two calls.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from fallback.store_tasks import Call, Steps
from nexus.waiting_room.book import LineBook, Place
from nexus.waiting_room.core.line import Line, Supply, new_line
from tools.testkit.memory_line import MemoryLine

START = datetime(2026, 11, 27, 12, tzinfo=UTC)
PER_MINUTE = 120
RATE = 0.95 * PER_MINUTE / 60
INSTANCES = 3
HORIZON = 400
"""Turns that a run lasts after its random part, in which everybody is let in at the latest."""


@dataclass(eq=False)
class Person:
    """One who keeps coming, or has left."""

    instance: int
    ahead: int = 0
    place: Place | None = None
    asked_at: int = 0
    has_left: bool = False
    let_in_at: float | None = None

    @property
    def rank(self) -> int:
        assert self.place is not None
        assert self.place.number is not None
        return self.place.number - self.ahead


@dataclass(eq=False)
class Instance:
    """A book, its wrong clock, and the call under way."""

    skew: float
    book: LineBook = field(default_factory=LineBook)
    steps: Steps | None = None
    call: Call | None = None


class Fleet:
    """Instances that take turns as they are told. Time goes on by itself, by turns."""

    def __init__(self, skews: list[float]) -> None:
        self.store = MemoryLine()
        self.instances = [Instance(skew) for skew in skews]
        self.people: list[Person] = []
        self.seconds = 0.0
        self.supply = Supply(per_minute=PER_MINUTE)
        self.uses: list[str] = []

    def now(self, instance: Instance) -> datetime:
        return START + timedelta(seconds=self.seconds + instance.skew)

    # What may happen

    def turn(self, number: int) -> None:
        """Lets one instance make its next call to the store, or begin to look."""
        instance = self.instances[number]
        if instance.steps is None:
            instance.steps = instance.book.look(self.supply)(self.now(instance))
            instance.call = next(instance.steps, None)
        elif instance.call is not None:
            result = instance.call(self.store)
            try:
                instance.call = instance.steps.send((result, self.now(instance)))
            except StopIteration:
                instance.call = None
        if instance.call is None:
            instance.steps = None
            self._serve(number)

    def crash(self, number: int) -> None:
        """Ends an instance. What it had not told is lost; those who asked it ask its successor."""
        self.instances[number] = Instance(self.instances[number].skew)
        for person in self.people:
            if person.instance == number and person.place and person.place.number is None:
                person.place = self.instances[number].book.want()

    def come(self, number: int, ahead: int = 0) -> Person:
        """Somebody is refused by an instance, and wants a number."""
        person = Person(number, ahead, self.instances[number].book.want(), len(self.people))
        self.people.append(person)
        return person

    def move(self, person: Person, number: int) -> None:
        """A page may meet another instance each time, once it has its number."""
        if person.place is not None and person.place.number is not None:
            person.instance = number

    def _serve(self, number: int) -> None:
        """Lets in whoever is called, of those who come to an instance."""
        instance = self.instances[number]
        line, now = instance.book.line, self.now(instance)
        if line is None:
            return
        for person in self.people:
            if person.instance != number or person.has_left or person.let_in_at is not None:
                continue
            if person.place is None or person.place.number is None:
                continue
            instance.book.confirm(person.place.number)
            if not line.is_called(person.rank, now) or line.is_passed_over(person.rank):
                continue
            use = f"{person.place.epoch}.{person.place.number}.0"
            if self.store.use(use, now):
                self.uses.append(use)
                instance.book.use()
                person.let_in_at = self.seconds


turns = st.lists(
    st.tuples(
        st.sampled_from(["turn", "turn", "turn", "come", "crash", "leave", "move", "double"]),
        st.integers(0, INSTANCES - 1),
        st.floats(0, 1.5),
    ),
    min_size=20,
    max_size=120,
)
skews = st.lists(st.floats(-0.5, 0.5), min_size=INSTANCES, max_size=INSTANCES)


def played(fleet: Fleet, turns: list[tuple[str, int, float]], *, ahead: int = 0) -> Fleet:
    """A random part, and then one in which all instances take turns and nobody crashes."""
    for index, (what, number, pause) in enumerate(turns):
        fleet.seconds += pause
        if what == "come":
            fleet.come(number, ahead if index % 3 == 0 else 0)
        elif what == "crash":
            fleet.crash(number)
        elif what == "leave" and fleet.people:
            fleet.people[index % len(fleet.people)].has_left = True
        elif what == "move" and fleet.people:
            fleet.move(fleet.people[index % len(fleet.people)], number)
        elif what == "double" and fleet.people:  # The same ticket, at two instances.
            person = fleet.people[index % len(fleet.people)]
            twin = Person(number, person.ahead, person.place, person.asked_at)
            fleet.people.append(twin)
            twin.has_left = person.place is None or person.place.number is None
        else:
            fleet.turn(number)
    for index in range(HORIZON):
        fleet.seconds += 0.25
        fleet.turn(index % INSTANCES)
    return fleet


def waits(fleet: Fleet) -> list[Person]:
    """Those who have a number and are still there."""
    return [p for p in fleet.people if p.place and p.place.number and not p.has_left]


@given(skews, turns)
@settings(max_examples=40, derandomize=True)
def test_no_number_is_given_twice_and_no_ticket_let_in_twice(
    skews: list[float], turns: list[tuple[str, int, float]]
) -> None:
    fleet = played(Fleet(skews), turns)

    places = {id(p.place): p.place.number for p in fleet.people if p.place and p.place.number}
    assert len(set(places.values())) == len(places)
    assert len(set(fleet.uses)) == len(fleet.uses)


@given(skews, turns)
@settings(max_examples=40, derandomize=True)
def test_whoever_keeps_coming_is_let_in_and_those_who_left_hold_nobody(
    skews: list[float], turns: list[tuple[str, int, float]]
) -> None:
    fleet = played(Fleet(skews), turns, ahead=20)

    used = set(fleet.uses)
    for person in waits(fleet):
        assert person.place is not None
        assert f"{person.place.epoch}.{person.place.number}.0" in used


@given(skews, turns)
@settings(max_examples=40, derandomize=True)
def test_numbers_are_given_in_the_order_in_which_one_instance_was_asked(
    skews: list[float], turns: list[tuple[str, int, float]]
) -> None:
    fleet = Fleet(skews)
    came: dict[int, list[Person]] = {number: [] for number in range(INSTANCES)}
    for what, number, pause in turns:
        fleet.seconds += pause
        if what == "come":
            came[number].append(fleet.come(number))
        elif what != "crash":
            fleet.turn(number)
    for index in range(HORIZON):
        fleet.turn(index % INSTANCES)

    for people in came.values():
        numbers = [p.place.number for p in people if p.place]
        assert None not in numbers
        assert numbers == sorted(numbers, key=lambda number: number or 0)


@given(
    skews, st.integers(20, 60), st.lists(st.integers(0, INSTANCES - 1), min_size=300, max_size=300)
)
@settings(max_examples=40, derandomize=True)
def test_admission_keeps_the_rate_and_the_order(
    skews: list[float], people: int, order: list[int]
) -> None:
    fleet = Fleet(skews)
    fleet.supply = Supply(retry_at=START + timedelta(seconds=30), per_minute=PER_MINUTE)
    for index in range(people):
        fleet.come(index % INSTANCES)
    while fleet.seconds < 30:
        fleet.seconds += 0.25
        fleet.turn(int(4 * fleet.seconds) % INSTANCES)
    fleet.supply = Supply(per_minute=PER_MINUTE)

    for number in order:
        fleet.seconds += 0.25
        for _ in range(3):
            fleet.turn(number)
        # Whoever is refused by one instance meets any other one next.
        for person in fleet.people:
            fleet.move(person, (person.asked_at + int(fleet.seconds)) % INSTANCES)

    let_in = sorted((p.let_in_at, p.rank) for p in fleet.people if p.let_in_at is not None)
    # Clocks are a second apart at most, and an instance may know the line of three seconds ago.
    batch = INSTANCES + RATE * (1 + 3)
    for first, (began, _) in enumerate(let_in):
        for last in range(first, len(let_in)):
            took = let_in[last][0] - began
            assert last - first + 1 <= RATE * took + batch
    ranks = [rank for _, rank in let_in]
    for index, rank in enumerate(ranks):
        assert sum(earlier > rank for earlier in ranks[:index]) <= batch


def test_a_head_start_is_so_many_numbers_and_no_more() -> None:
    fleet = Fleet([0.0] * INSTANCES)
    fleet.supply = Supply(retry_at=START + timedelta(seconds=1), per_minute=PER_MINUTE)
    plain = [fleet.come(0) for _ in range(10)]
    urgent: list[Person] = []
    for second in range(1, 80):  # As fast as numbers are called, others come who are ahead.
        fleet.seconds = float(second)
        urgent += [fleet.come(second % INSTANCES, ahead=15) for _ in range(2)]
        for number in range(INSTANCES):
            for _ in range(3):
                fleet.turn(number)
        fleet.supply = Supply(per_minute=PER_MINUTE)

    assert all(person.let_in_at is not None for person in plain)
    last = max(person.let_in_at or 0.0 for person in plain)
    overtook = [p for p in urgent if p.let_in_at is not None and p.let_in_at < last]
    assert len(overtook) <= 15 + 2 * INSTANCES
    assert any(p.let_in_at is not None and p.let_in_at < last for p in urgent)


@given(st.lists(st.tuples(st.floats(0, 5), st.booleans()), max_size=60))
@settings(max_examples=40, derandomize=True)
def test_a_place_never_gets_worse_by_more_than_those_who_are_called_again(
    steps: list[tuple[float, bool]],
) -> None:
    line: Line = new_line(START).told(wanted=100, confirmed=100)
    supply, now = Supply(per_minute=PER_MINUTE), START
    line = line.paced(supply, now)
    for pause, is_refused in steps:
        now += timedelta(seconds=pause)
        before = line.place(100, now)
        line = line.told(used=-1 if is_refused else 1).paced(supply, now, int(is_refused))
        assert line.place(100, now) <= before + is_refused / line.share + 1

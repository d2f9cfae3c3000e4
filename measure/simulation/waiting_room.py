"""People in line: models return to all whom they have refused, and each keeps a page open.

Pages do as `web/src/core/waiting_room.js`.
"""

from __future__ import annotations

import random
from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from measure.simulation.chats import Chats
from measure.simulation.instance import Instance
from measure.simulation.measures import Measures
from measure.simulation.run import NOON
from measure.simulation.settings import Settings
from measure.simulation.status_board import Serving, StatusBoard
from measure.simulation.store import LineStore, MeterStore, Store, StoreModel
from measure.simulation.timeline import Process, Timeline
from measure.simulation.upstream import ModelPlan, Speed, Spell, Trouble, Upstream
from measure.simulation.waiting_door import Door, Held, InvalidTicketError, Told

USED_SHARE = 0.95

_LOOK_SHARE = 0.1
_SHORTEST_LOOK_SECONDS = 2.0
_LOOK_UNKNOWN_SECONDS = 10.0
_AGAIN_SECONDS = 30.0
_WAY_SECONDS = 0.05
_FIRST_AT = 3.0
_NO_PLACE_SECONDS = 2.0
_LATER_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPlan:
    """All that a run depends on, but for its seed.

    Attributes:
        people: How many wait.
        models: How many models there are.
        returns: When the first model returns, in seconds.
        apart_seconds: How long after each model the next one returns.
        per_minute: What the models take together once they have returned.
        arrive_seconds: Within how long all of them come.
        instances: How many there are.
        gone: The share of them who close their page before the model returns.
        others: Requests a minute that the model gets from those who do not wait in line, from its
            return on.
        are_known: Whether they ask for permits, as the library does on the same store.
        is_sliding: Whether any 60 seconds are a minute; otherwise one begins at its full minute.
        phase_seconds: So much later, where minutes are fixed.
        names_limit: Whether refusals name the limit.
        exhausted_again: From and until when the model refuses everything again.
        killed_at: When an instance is killed; another takes its place.
        urgent: The share of a class that has a head start.
        ahead: Its head start, in numbers.
    """

    people: int = 300
    models: int = 1
    returns: float = 60.0
    apart_seconds: float = 0.0
    per_minute: int = 60
    arrive_seconds: float = 40.0
    instances: int = 8
    gone: float = 0.0
    others: float = 0.0
    are_known: bool = True
    is_sliding: bool = True
    phase_seconds: float = 17.0
    names_limit: bool = True
    exhausted_again: tuple[float, float] | None = None
    killed_at: float | None = None
    urgent: float = 0.0
    ahead: int = 0


@dataclass(slots=True)
class Person:
    """One who waits.

    Attributes:
        rank: The number, less its head start; None before there is one.
        ahead: The head start.
        first_rank: The first rank; another one later is a place lost.
        answered_at: When its chat was let in that was answered, in seconds.
        refused: How often models have refused it after it was called.
        early: How often it came and was not called yet, the time when it sent its ticket back
            included.
        exhausted: Which models were, when it last looked.
        shown: The first time that the page told since then, and that of half a minute later: when
            it did so, and when the place was expected to be called.
    """

    ahead: int = 0
    rank: int | None = None
    first_rank: int | None = None
    answered_at: float | None = None
    refused: int = 0
    early: int = 0
    exhausted: tuple[str, ...] = ()
    shown: list[tuple[float, float]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one run has shown.

    Attributes:
        answered: How many were answered, of those who stayed.
        stayed: How many stayed.
        last_seconds: From the model's return to the last of them.
        seconds_at_best: How long the model needs for all of them.
        overtaken: By how many of its own class one was overtaken, at most.
        refused_calls: 429s from the return on.
        lost_places: How many got another number.
        refused_after_call: How often one who was called got no answer.
        early: How often one came too early.
        ahead_of_rate: By how many the calls exceeded an even 0.95 of the limit, at most.
        told: The share of those answered whom a time was told since models last changed.
        right: Of those, the share whose time was within 20 %.
        right_later: The same for half a minute after it.
        share: Of those called, who come, as the line has learned it in the end.
        counts: All else.
    """

    answered: int
    stayed: int
    last_seconds: float
    seconds_at_best: float
    overtaken: int
    refused_calls: int
    lost_places: int
    refused_after_call: int
    early: int
    ahead_of_rate: float
    told: float
    right: float | None
    right_later: float | None
    share: float
    counts: dict[str, int]


class Room:
    """A run."""

    def __init__(self, plan: RoomPlan, seed: int) -> None:
        """Has nobody in it yet."""
        self.plan = plan
        self._chance = {
            of: random.Random(f"{seed} {of}")
            for of in ("store", "meters", "line", "upstream", "backoff", "jitter", "people")
        }
        self.timeline = Timeline(NOON)
        self._settings = self._with_models()
        self._model = self._settings.hierarchy.models[0].name
        at_best = 60 * plan.people / max(1.0, plan.per_minute - plan.others)
        again = plan.exhausted_again
        self._gives_up = (
            self.plan.returns + 3 * at_best + 300 + (again[1] - again[0] if again else 0)
        )
        self.measures = Measures(self.timeline, self._model, plan.instances, self._gives_up)
        self._store = Store(self.timeline, StoreModel(), self._chance["store"], self.measures)
        self._meters = MeterStore(
            self.timeline, StoreModel(), self._chance["meters"], self.measures
        )
        self._lines = LineStore(self.timeline, StoreModel(), self._chance["line"], self.measures)
        self._board = StatusBoard(self.timeline, self.measures, self._exhausted)
        self._upstream = self._with_upstream()
        self._chats = Chats(
            self.timeline, self._upstream, self._settings, self._chance["backoff"], self.measures
        )
        self._elsewhere = self._instance()
        self._others_taken = 0
        self._doors = [self._door() for _ in range(plan.instances)]
        self.people = [
            Person(ahead=plan.ahead if self._chance["people"].random() < plan.urgent else 0)
            for _ in range(plan.people)
        ]

    def play(self) -> Found:
        """From the first refusal to the last answer."""
        plan, chance = self.plan, self._chance["people"]
        leaves = [chance.random() < plan.gone for _ in self.people]
        for index, (person, is_leaving) in enumerate(zip(self.people, leaves, strict=True)):
            # All others know from the first one that the model is exhausted.
            comes_at = _FIRST_AT + plan.arrive_seconds * chance.random() if index else 0.0
            self.timeline.at(comes_at, self._starts(person, is_leaving=is_leaving))
        if plan.others:
            self.timeline.start(self._others())
        if plan.killed_at is not None:
            self.timeline.at(plan.killed_at, self._kill)
        self.timeline.run(self._gives_up)
        return self._found([p for p, gone in zip(self.people, leaves, strict=True) if not gone])

    # What happens

    def _starts(self, person: Person, *, is_leaving: bool) -> Callable[[], None]:
        return lambda: self.timeline.start(self._visit(person, is_leaving=is_leaving))

    def _others(self) -> Process[None]:
        yield self.plan.returns + 5
        while True:
            if self.plan.are_known:
                self.timeline.start(self._chats.answer(self._elsewhere))
            else:
                self._others_taken += self._upstream.call(self._model).failure is None
            yield 60 / self.plan.others

    def _kill(self) -> None:
        self._doors[0].line.is_dead = True
        self._doors[0] = self._door()

    def _visit(self, person: Person, *, is_leaving: bool) -> Process[None]:
        ticket: Held | None = None
        while True:
            door = self._doors[int(self._chance["people"].random() * len(self._doors))]
            yield _WAY_SECONDS
            began, had = self.timeline.seconds, ticket
            try:
                told = yield from door.chat(ticket, person.ahead)
            except InvalidTicketError:
                ticket = None
                continue
            if door.line.is_dead:  # Nobody has heard the reply.
                continue
            if told is None:
                person.answered_at = began
                return
            yield _WAY_SECONDS
            ticket = told.ticket
            if ticket is None:
                yield _NO_PLACE_SECONDS
                continue
            person.rank = ticket.rank
            person.first_rank = person.first_rank or ticket.rank
            if had is None:
                continue
            person.refused += ticket.round > had.round
            person.early += ticket.round == had.round
            if is_leaving:
                return
            yield from self._until_called(person, ticket.rank, told)

    def _until_called(self, person: Person, number: int, told: Told) -> Process[None]:
        timeline = self.timeline
        refused_at = timeline.seconds
        retry_at = refused_at + (timeline.until(told.retry_at) if told.retry_at else 0.0)
        serving: Serving | None = None
        while True:
            turn_at = _called_at(number, told.position, retry_at, refused_at, serving)
            now = timeline.seconds
            if serving is not None:
                self._show(person, serving, turn_at)
            if turn_at <= now:
                return
            look_seconds = max(_SHORTEST_LOOK_SECONDS, _LOOK_SHARE * (turn_at - now))
            if turn_at - now <= look_seconds:
                yield turn_at - now
                return
            yield look_seconds
            read = self._board.read()
            if read is None and serving is not None:  # Everybody has been called.
                return
            serving = read

    def _show(self, person: Person, serving: Serving, turn_at: float) -> None:
        if serving.exhausted != person.exhausted:
            person.exhausted, person.shown = serving.exhausted, []
        shown, now = person.shown, self.timeline.seconds
        is_later = len(shown) == 1 and now >= shown[0][0] + _LATER_SECONDS
        if serving.per_second is not None and (not shown or is_later):
            shown.append((now, turn_at))

    def _exhausted(self) -> tuple[str, ...]:
        windows, now = self._store.documents.read(), self.timeline.instant()
        names = [model.name for model in self._settings.hierarchy.models]
        return tuple(name for name in names if name in windows and windows[name].is_open(now))

    # Parts

    def _with_models(self) -> Settings:
        settings = Settings()
        models = settings.hierarchy.models[: self.plan.models]
        return replace(settings, hierarchy=replace(settings.hierarchy, models=models))

    def _with_upstream(self) -> Upstream:
        plan = self.plan
        spells = []
        if plan.exhausted_again:
            begins, ends = plan.exhausted_again
            spells.append(Spell(begins=begins, ends=ends, trouble=Trouble.MINUTE))
        plans: dict[str, ModelPlan] = {}
        for model in self._settings.hierarchy.models:
            returns = plan.returns + len(plans) * plan.apart_seconds
            plans[model.name] = ModelPlan(
                per_minute=plan.per_minute // plan.models,
                is_sliding=plan.is_sliding,
                phase_seconds=plan.phase_seconds,
                names_limit=plan.names_limit,
                spells=(Spell(begins=0, ends=returns, trouble=Trouble.MINUTE), *spells),
            )
        return Upstream(self.timeline, plans, self._chance["upstream"], Speed())

    def _door(self) -> Door:
        return Door(
            self.timeline,
            self._instance(),
            line_store=self._lines,
            chats=self._chats,
            hierarchy=self._settings.hierarchy,
            board=self._board,
        )

    def _instance(self) -> Instance:
        return Instance(
            self.timeline,
            self._store,
            self._settings,
            self._chance["jitter"],
            self.measures,
            meters=self._meters,
        )

    # Figures

    def _found(self, stayed: list[Person]) -> Found:
        plan, measures = self.plan, self.measures
        answered = [person for person in stayed if person.answered_at is not None]
        times = sorted(person.answered_at or 0.0 for person in answered)
        again = plan.exhausted_again
        away = again[1] - again[0] if again else 0.0
        line = self._lines.line
        return Found(
            answered=len(answered),
            stayed=len(stayed),
            last_seconds=round(times[-1] - self.plan.returns, 1) if times else 0.0,
            seconds_at_best=60 * len(stayed) / (plan.per_minute - plan.others) + away,
            overtaken=max(
                _overtaken([p for p in answered if p.ahead == ahead]) for ahead in (0, plan.ahead)
            ),
            refused_calls=sum(
                sum(calls[int(plan.returns) :]) for calls in measures.refused_calls.values()
            ),
            lost_places=sum(p.rank != p.first_rank for p in stayed),
            refused_after_call=sum(p.refused for p in stayed),
            early=sum(p.early for p in stayed),
            ahead_of_rate=round(_ahead_of(times, USED_SHARE * plan.per_minute / 60), 1),
            told=sum(bool(p.shown) for p in answered) / max(1, len(answered)),
            right=_right(answered, 0),
            right_later=_right(answered, 1),
            share=round(line.share, 2) if line else 1.0,
            counts=dict(measures.counts),
        )


def play(plan: RoomPlan, seed: int = 1) -> Found:
    """Plays a plan. The same plan and seed give the same figures, on any machine."""
    return Room(plan, seed).play()


def _called_at(
    number: int, position: int, retry_at: float, refused_at: float, serving: Serving | None
) -> float:
    """When to come, as `calledAt` of the page."""
    if serving is None or serving.at <= refused_at:
        return retry_at
    ahead = number - serving.number
    if ahead > 0 and serving.pace is None:
        return max(retry_at, serving.at)
    turn = serving.at if ahead <= 0 else serving.at + ahead / (serving.pace or 1.0)
    return turn if position > 1 else min(retry_at, max(turn, refused_at + _AGAIN_SECONDS))


def _overtaken(answered: list[Person]) -> int:
    """By how many of a later number one was overtaken, at most."""
    before: list[int] = []
    most = 0
    for person in sorted(answered, key=lambda p: p.answered_at or 0.0):
        rank = person.rank or 0
        most = max(most, len(before) - bisect_left(before, rank))
        insort(before, rank)
    return most


def _ahead_of(times: list[float], per_second: float) -> float:
    """By how many events exceed a rate in any stretch of time, at most."""
    lowest = most = 0.0
    for count, at in enumerate(times):
        excess = count - per_second * (at - times[0])
        lowest = min(lowest, excess)
        most = max(most, excess + 1 - lowest)
    return most


def _right(answered: list[Person], which: int) -> float | None:
    """The share of estimates that were within 20 %."""
    told = [
        (p.shown[which][1] - p.shown[which][0], (p.answered_at or 0.0) - p.shown[which][0])
        for p in answered
        if p.shown and len(p.shown) > which
    ]
    if not told:
        return None
    return round(sum(abs(shown - was) <= 0.2 * was for shown, was in told) / len(told), 3)

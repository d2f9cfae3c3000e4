"""What Google would bill for Firestore, counted between real functions and its emulator."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import httpx2
import pytest

from measure.bench.firestore_meter import FirestoreMeter, Kind
from tests.functions.conftest import MODELS, Serve
from tests.tools.serving.polling import eventually
from tools.emulator.server import Emulator
from tools.testkit.firestore import FirestoreEmulator
from tools.testkit.serving import ServedFunction

WINDOWS, VISITORS = "exhaustion_windows", "visitors"
DEMAND, LIMITS = "demand", "learned_limits"
NETWORKS = 4
Start = Callable[..., ServedFunction]


@pytest.fixture
def emulated(firestore: FirestoreEmulator) -> dict[str, str]:
    return firestore.environ()


@pytest.fixture
def meter(emulated: dict[str, str]) -> Iterator[FirestoreMeter]:
    with FirestoreMeter(emulated["FIRESTORE_EMULATOR_HOST"]) as meter:
        yield meter


@pytest.fixture
def metered(
    request: pytest.FixtureRequest, start: Serve, emulated: dict[str, str], meter: FirestoreMeter
) -> Start:
    """Starts functions on a database of the test's own, behind the meter."""
    environ = emulated | {
        "FIRESTORE_EMULATOR_HOST": meter.host,
        "GOOGLE_CLOUD_PROJECT": f"test-{abs(hash(request.node.name))}",
        "NEXUS_TRUSTED_PROXIES": "1",
    }
    return lambda target="chat", **variables: start(target, **environ, **variables)


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    with httpx2.Client(timeout=60) as client:
        yield client


def ask(client: httpx2.Client, function: ServedFunction, number: int = 0) -> str:
    network = {"X-Forwarded-For": f"203.0.113.{number % NETWORKS}"}
    body = {"messages": [{"role": "user", "content": "Hello"}]}
    reply = client.post(function.url, json=body, headers=network).raise_for_status()
    model: str = reply.json()["model"]
    return model


def is_in_trouble(function: ServedFunction) -> bool:
    """Whether a busy machine made the store too slow: what is not confirmed is tried again."""
    return any(event["event"].endswith("store.unavailable") for event in function.events())


def test_healthy_chats_cost_a_read_a_second_and_a_write_a_message(
    client: httpx2.Client, metered: Start, meter: FirestoreMeter
) -> None:
    chat = metered(NEXUS_VISITOR_LIMITS="on")
    # Nobody has asked yet: it reads ahead, once.
    assert meter.tally().total() == meter.tally()[WINDOWS, Kind.READ] <= 1

    started = time.monotonic()
    for number in range(32):
        ask(client, chat, number)
        threading.Event().wait(0.05)  # So that they take more than a second.
    # Once an hour for the forecast: what is known is read, and one instance of all writes.
    looked_up = {(DEMAND, Kind.READ), (LIMITS, Kind.READ)}
    assert eventually(lambda: looked_up <= meter.tally().keys() or is_in_trouble(chat))
    seconds = time.monotonic() - started

    spent = meter.tally()
    of_chats = {(WINDOWS, Kind.READ), (VISITORS, Kind.READ), (VISITORS, Kind.WRITE)}
    assert spent.keys() <= of_chats | looked_up | {(DEMAND, Kind.WRITE)}
    assert spent[WINDOWS, Kind.READ] <= seconds + 2
    assert spent[VISITORS, Kind.WRITE] <= 32
    if not is_in_trouble(chat):
        assert of_chats | looked_up <= spent.keys()
        assert spent[WINDOWS, Kind.READ] >= 2
        assert spent[VISITORS, Kind.READ] <= NETWORKS
        assert spent[DEMAND, Kind.READ] == spent[LIMITS, Kind.READ] == 1
        assert spent[DEMAND, Kind.WRITE] <= 1


def test_polls_cost_a_read_a_second_and_an_idle_process_costs_nothing(
    client: httpx2.Client, metered: Start, meter: FirestoreMeter
) -> None:
    function = metered("check_availability")

    def has_read_three_times() -> bool:
        client.get(function.url).raise_for_status()
        return meter.tally().total() >= 3

    started = time.monotonic()
    assert eventually(has_read_three_times)
    seconds = time.monotonic() - started
    spent = meter.tally()

    assert spent.keys() == {(WINDOWS, Kind.READ)}
    # One more than in each second that has begun: the process reads ahead when it starts.
    assert spent.total() <= seconds + 2
    meter.reset()
    threading.Event().wait(2.5)
    assert len(meter.operations()) <= 1  # A slow store may have been at the last one.


def test_a_window_of_a_minute_is_a_write_and_a_note_and_its_probe_a_write_and_a_delete(
    client: httpx2.Client, gemini: Emulator, metered: Start, meter: FirestoreMeter
) -> None:
    chat = metered()
    primary = MODELS[0]
    ask(client, chat)
    gemini.behave(primary, "per-minute", retry_delay="1s", times=1)

    assert ask(client, chat) != primary
    # A slow store is not waited for.
    assert eventually(lambda: (WINDOWS, Kind.WRITE) in meter.tally() or is_in_trouble(chat))
    assert eventually(lambda: ask(client, chat) == primary)
    assert eventually(lambda: (WINDOWS, Kind.DELETE) in meter.tally() or is_in_trouble(chat))

    spent = meter.tally()
    counted = [spent[WINDOWS, kind] for kind in (Kind.WRITE, Kind.DELETE, Kind.REFUSED)]
    assert counted == [3, 1, 0] or is_in_trouble(chat)

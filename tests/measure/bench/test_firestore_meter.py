"""The meter counts what a real client does, as somebody would count it by hand."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from google.api_core import exceptions as api_exceptions

from measure.bench.firestore_meter import FirestoreMeter, Kind, UncountedCallError
from tools.testkit.firestore import FirestoreEmulator

SECONDS = 60


@pytest.fixture
def meter(firestore: FirestoreEmulator) -> Iterator[FirestoreMeter]:
    with FirestoreMeter(firestore.host) as meter:
        yield meter


@pytest.fixture
def client(
    firestore: FirestoreEmulator, meter: FirestoreMeter, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """A client behind the meter, on a database in which `there/1` is, and nothing is counted."""
    from google.cloud.firestore import Client  # noqa: PLC0415 - a slow import

    for name, value in (firestore.environ() | {"FIRESTORE_EMULATOR_HOST": meter.host}).items():
        monkeypatch.setenv(name, value)
    client = Client()
    client.collection("there").document("1").set({"n": 1})
    meter.reset()
    yield client
    client.close()  # type: ignore[no-untyped-call]


def counted(meter: FirestoreMeter) -> list[str]:
    return [f"{one.kind} {one.collection}/{one.document}" for one in meter.operations()]


def test_reads(client: Any, meter: FirestoreMeter) -> None:
    from google.cloud.firestore import FieldFilter  # noqa: PLC0415 - a slow import

    client.collection("there").document("2").set({"n": 2})
    meter.reset()

    assert client.collection("there").document("1").get().exists
    assert not client.collection("there").document("3").get().exists
    assert len(client.collection("there").get()) == 2
    assert client.collection("nowhere").get() == []
    above = client.collection("there").where(filter=FieldFilter("n", ">", 1))
    assert above.count().get()[0][0].value == 1

    assert counted(meter) == [
        "read there/1",
        "read there/3",
        "read there/1",
        "read there/2",
        "read nowhere/",
        "read there/",
    ]


def test_what_has_come_is_billed_also_if_the_client_hangs_up_then(
    client: Any, meter: FirestoreMeter
) -> None:
    there = client.collection("there")
    replies = client._firestore_api.batch_get_documents(
        request={
            "database": client._database_string,
            "documents": [there.document(name)._document_path for name in ("1", "2")],
        }
    )

    next(replies)
    replies.cancel()

    assert counted(meter)[:1] in (["read there/1"], ["read there/2"])


def test_writes(client: Any, meter: FirestoreMeter) -> None:
    from google.cloud.firestore import Maximum  # noqa: PLC0415 - a slow import

    document = client.collection("there").document("1")

    document.set({"n": 2})
    document.set({"n": Maximum(3), "m": Maximum(1), "o": 1}, merge=True)
    document.update({"n": 4})
    client.collection("there").document("2").create({"n": 1})
    batch = client.batch()
    batch.set(document, {"n": 5})
    batch.delete(client.collection("there").document("2"))
    batch.commit()

    assert counted(meter) == [
        "write there/1",
        "write there/1",
        "write there/1",
        "write there/2",
        "write there/1",
        "delete there/2",
    ]


def test_writes_that_are_refused_change_nothing_and_are_counted_apart(
    client: Any, meter: FirestoreMeter
) -> None:
    document = client.collection("there").document("1")
    old = client.write_option(last_update_time=document.set({"n": 2}).update_time)
    document.set({"n": 3})
    meter.reset()

    with pytest.raises(api_exceptions.FailedPrecondition):
        document.update({"n": 4}, option=old)
    with pytest.raises(api_exceptions.FailedPrecondition):
        document.delete(option=old)
    with pytest.raises(api_exceptions.AlreadyExists):
        document.create({"n": 4})
    with pytest.raises(api_exceptions.NotFound):
        client.collection("there").document("4").update({"n": 4})

    assert counted(meter) == ["refused there/1"] * 3 + ["refused there/4"]


def test_of_a_batch_each_write_counts_for_itself(client: Any, meter: FirestoreMeter) -> None:
    writer = client.bulk_writer()
    writer.on_write_error(lambda *_: False)
    writer.create(client.collection("there").document("1"), {"n": 2})
    writer.set(client.collection("there").document("2"), {"n": 2})
    writer.delete(client.collection("there").document("3"))
    writer.close()

    assert counted(meter) == ["refused there/1", "write there/2", "delete there/3"]


def test_a_listener_is_billed_for_what_it_hears(client: Any, meter: FirestoreMeter) -> None:
    heard = threading.Semaphore(0)
    watch = client.collection("there").on_snapshot(lambda *_: heard.release())
    assert heard.acquire(timeout=SECONDS)

    client.collection("there").document("1").set({"n": 2})
    assert heard.acquire(timeout=SECONDS)
    watch.unsubscribe()

    assert counted(meter).count("read there/1") == 2
    assert counted(meter).count("write there/1") == 1


def test_what_it_cannot_count_is_not_passed_over(client: Any, meter: FirestoreMeter) -> None:
    list(client.collections())

    with pytest.raises(UncountedCallError, match="ListCollectionIds"):
        meter.operations()


def test_errors_and_deadlines_come_through(
    client: Any, meter: FirestoreMeter, firestore: FirestoreEmulator
) -> None:
    with pytest.raises(api_exceptions.InvalidArgument):
        client.collection("there").document("__no__").get()

    firestore.pause()
    try:
        with pytest.raises(api_exceptions.DeadlineExceeded):
            client.collection("there").document("1").get(retry=None, timeout=0.2)
    finally:
        firestore.go_on()
    assert counted(meter) == []


def test_when_and_which_document_are_known(client: Any, meter: FirestoreMeter) -> None:
    for number in (1, 2, 1):
        client.collection("there").document(str(number)).set({"n": 1})

    writes = [one for one in meter.operations() if one.kind is Kind.WRITE]
    assert [one.document for one in writes] == ["1", "2", "1"]
    assert [one.at for one in writes] == sorted(one.at for one in writes)
    assert meter.tally() == {("there", Kind.WRITE): 3}

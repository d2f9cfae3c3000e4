"""The stored format that others rely on, and what happens to a store that is gone."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest

from fallback.core.windows import Window
from fallback.ports import StoreUnavailableError, WindowStore
from nexus.fairness.store import VisitorStore
from tests.contract.conftest import CALL_SECONDS
from tests.tools.serving.polling import eventually
from tools.testkit.firestore import FirestoreEmulator, firestore_emulator

MODEL = "gemini-3.8-flash"
WINDOW = Window(datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC), "overloaded")


@pytest.fixture
def documents(firestore: FirestoreEmulator, monkeypatch: pytest.MonkeyPatch) -> Any:
    from google.cloud.firestore import Client  # noqa: PLC0415 - a slow import

    for name, value in firestore.environ().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("fallback.stores.firestore_calls.CALL_SECONDS", CALL_SECONDS)
    return Client().collection("exhaustion_windows")


def make_store() -> Any:
    from fallback.stores.firestore import FirestoreWindowStore  # noqa: PLC0415 - a slow import

    return FirestoreWindowStore()


def test_a_window_is_one_document(documents: Any) -> None:
    make_store().extend(MODEL, WINDOW)

    fields = documents.document(MODEL).get().to_dict()

    assert fields["until_ms"] == int(WINDOW.until.timestamp() * 1000)
    assert fields["reason"] == "overloaded"
    assert fields["expires_at"] - WINDOW.until == timedelta(days=2)


def test_a_document_of_two_fields_is_a_window(documents: Any) -> None:
    until_ms = int(WINDOW.until.timestamp() * 1000)
    documents.document(MODEL).set({"until_ms": until_ms, "reason": "isolated"})

    assert make_store().read()[MODEL] == Window(WINDOW.until, "isolated")


def test_the_stored_reason_is_the_longest_window_s(documents: Any) -> None:
    lengths = list(range(1, 101))
    random.Random(7).shuffle(lengths)
    stores = [make_store() for _ in range(4)]

    def extend(at: int, length: int) -> None:
        longer = Window(WINDOW.until + timedelta(seconds=length), f"reason {length}")
        stores[at % 4].extend(MODEL, longer)

    with ThreadPoolExecutor(8) as pool:
        for write in [pool.submit(extend, *each) for each in enumerate(lengths)]:
            write.result()

    assert documents.document(MODEL).get().get("reason") == "reason 100"


def test_a_healthy_model_has_no_document(documents: Any) -> None:
    store = make_store()
    store.extend(MODEL, WINDOW)

    store.close(MODEL, store.read()[MODEL])

    assert [document.id for document in documents.get()] == []


def test_another_database_has_windows_of_its_own(documents: Any) -> None:
    from fallback.stores.firestore import FirestoreWindowStore  # noqa: PLC0415 - a slow import

    other = FirestoreWindowStore(database="staging")
    other.extend(MODEL, WINDOW)

    assert set(other.read()) == {MODEL}
    assert make_store().read() == {}


def test_documents_that_are_not_ours_are_passed_over(documents: Any) -> None:
    documents.document("a").set({"until_ms": "soon"})
    documents.document("b").set({})
    documents.document("c").set({"until_ms": 10**18, "reason": "x"})
    documents.document("d").set({"until_ms": float("nan")})
    store = make_store()
    store.extend(MODEL, WINDOW)

    assert dict(store.read()) == {MODEL: WINDOW}


@pytest.fixture
def breaking_queries(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Firestore whose queries give one document, and then break."""
    from google.cloud.firestore_v1 import types  # noqa: PLC0415 - a slow import

    def run_query(request: bytes, context: grpc.ServicerContext) -> Iterator[bytes]:
        query = types.RunQueryRequest.deserialize(request)
        (collection,) = query.structured_query.from_
        document = types.Document(name=f"{query.parent}/{collection.collection_id}/one")
        reply = types.RunQueryResponse(document=document, read_time=WINDOW.until)
        yield types.RunQueryResponse.serialize(reply)
        context.abort(grpc.StatusCode.UNAVAILABLE, "connection reset")

    method = grpc.unary_stream_rpc_method_handler(run_query)
    server = grpc.server(ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers(
        [
            grpc.method_handlers_generic_handler(
                "google.firestore.v1.Firestore", {"RunQuery": method}
            )
        ]
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{port}")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "p")
    yield
    server.stop(None).wait()


@pytest.mark.usefixtures("breaking_queries")
def test_a_query_that_breaks_in_the_middle_is_an_outage() -> None:
    from fallback.stores.firestore_texts import FirestoreTextStore  # noqa: PLC0415 - slow

    for query in (make_store().read, VisitorStore(FirestoreTextStore()).revoked):
        with pytest.raises(StoreUnavailableError, match="ServiceUnavailable"):
            query()


def can_read(store: WindowStore) -> bool:
    with contextlib.suppress(StoreUnavailableError):
        return dict(store.read()) == {}
    return False


def test_a_store_that_is_gone_is_reported_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with firestore_emulator(tmp_path / "log") as emulator:
        for name, value in emulator.environ().items():
            monkeypatch.setenv(name, value)
        store = make_store()
        assert eventually(lambda: can_read(store))  # A busy machine makes the emulator slow.
        emulator.kill()

        for call in (store.read, lambda: store.extend(MODEL, WINDOW)):
            started = time.monotonic()
            with pytest.raises(StoreUnavailableError):
                call()
            assert time.monotonic() - started < 30  # The library's own deadline is a minute.

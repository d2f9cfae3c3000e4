"""What every store of the status object keeps to: the same tests for a file and Cloud Storage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fallback.ports import StoreUnavailableError
from nexus.status.ports import Status, StatusStore, digest
from nexus.status.stores.cloud_storage import CloudStorageStatusStore
from nexus.status.stores.file import FileStatusStore
from tests.contract.conftest import CALL_SECONDS
from tools.testkit.storage import FakeStorage


def status(version: str) -> Status:
    return Status(version, json.dumps({"version": version}).encode())


@pytest.fixture
def storage() -> Iterator[FakeStorage]:
    with FakeStorage().serving() as serving:
        yield serving


@pytest.fixture(params=["file", "cloud storage"])
def store(
    request: pytest.FixtureRequest,
    storage: FakeStorage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> StatusStore:
    if request.param == "file":
        return FileStatusStore(tmp_path / "new" / "status.json")
    monkeypatch.setattr("nexus.status.stores.cloud_storage.CALL_SECONDS", CALL_SECONDS)
    return CloudStorageStatusStore("page", "status.json", storage.url)


def test_before_the_first_write_there_is_no_version(store: StatusStore) -> None:
    assert store.read().version is None


def test_what_is_written_is_read(store: StatusStore) -> None:
    assert store.write(status("one"), store.read().generation)

    assert store.read().version == "one"


def test_the_content_is_that_of_the_generation_that_was_read(store: StatusStore) -> None:
    nothing = store.read()
    assert store.write(status("one"), nothing.generation)
    one = store.read()

    assert store.content(nothing) == b""
    assert store.content(one) == b'{"version": "one"}'
    assert store.write(status("two"), one.generation)
    assert store.content(one) in (None, b'{"version": "one"}')
    assert store.content(store.read()) == b'{"version": "two"}'


def test_only_the_generation_that_was_read_is_replaced(store: StatusStore) -> None:
    early = store.read().generation
    assert store.write(status("one"), early)

    assert not store.write(status("late"), early)
    assert store.read().version == "one"
    assert store.write(status("two"), store.read().generation)
    assert store.read().version == "two"


def test_of_many_writers_of_one_generation_one_wins(store: StatusStore) -> None:
    seen = store.read().generation

    with ThreadPoolExecutor(16) as pool:
        wins = list(pool.map(lambda n: store.write(status(f"v{n}"), seen), range(16)))

    assert wins.count(True) == 1
    assert store.read().version == f"v{wins.index(True)}"


def test_a_bucket_serves_the_object_as_json_for_one_second(storage: FakeStorage) -> None:
    CloudStorageStatusStore("page", "status.json", storage.url).write(status("one"), "0")

    stored = storage.objects["page", "status.json"]
    assert stored.content == b'{"version": "one"}'
    assert stored.resource["contentType"] == "application/json"
    assert stored.resource["cacheControl"] == "public, max-age=1"


def test_a_bucket_serves_a_page_as_what_it_is(storage: FakeStorage) -> None:
    store = CloudStorageStatusStore(
        "page", "status.html", storage.url, content_type="text/html", max_age_seconds=30
    )
    store.write(status("one"), "0")

    stored = storage.objects["page", "status.html"].resource
    assert stored["contentType"] == "text/html"
    assert stored["cacheControl"] == "public, max-age=30"


def test_an_object_that_terraform_made_has_no_version_of_ours_and_is_replaced(
    storage: FakeStorage,
) -> None:
    store = CloudStorageStatusStore("page", "status.json", storage.url)
    assert store.write(status("one"), "0")
    del storage.objects["page", "status.json"].resource["metadata"]

    stored = store.read()

    assert stored.version is None
    assert store.write(status("two"), stored.generation)


def test_a_bucket_that_takes_no_more_writes_this_second_has_just_been_written(
    storage: FakeStorage,
) -> None:
    storage.failing = [429]

    assert not CloudStorageStatusStore("page", "status.json", storage.url).write(status("one"), "0")


@pytest.mark.parametrize("refusal", [401, 403, 500, 503])
def test_a_bucket_that_refuses_is_unavailable_in_words_that_give_nothing_away(
    storage: FakeStorage, refusal: int
) -> None:
    store = CloudStorageStatusStore("page", "status.json", storage.url)
    storage.failing = [refusal] * 3  # google-auth asks again after a 401, with a new token.

    with pytest.raises(StoreUnavailableError, match=r"^Cloud Storage: \w+$"):
        store.read()


def test_a_bucket_that_cannot_be_reached_is_unavailable() -> None:
    store = CloudStorageStatusStore("page", "status.json", "http://127.0.0.1:9")

    with pytest.raises(StoreUnavailableError, match=r"^Cloud Storage: ConnectionError$"):
        store.write(status("one"), "0")


def test_a_file_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreUnavailableError, match=r"^file: "):
        FileStatusStore(tmp_path / "file" / "status.json").write(status("one"), None)


def test_a_file_that_names_no_version_has_its_digest_and_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    store = FileStatusStore(path)
    for content in ("", "[]", "{}", "null", "\xff"):
        path.write_text(content, encoding="latin-1")
        stored = store.read()

        assert stored.version == digest(path.read_bytes())
        assert store.write(status("one"), stored.generation)

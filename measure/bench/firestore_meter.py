"""Counts what Google bills of Firestore: a gRPC proxy in front of the Firestore emulator.

Clients get its address as FIRESTORE_EMULATOR_HOST; it passes all calls on as raw bytes. Google
bills (cloud.google.com/firestore/pricing):

- a read for each document returned, and for each requested one that does not exist;
- a read for a query without results, and for an aggregation over up to 1,000 entries;
- a read for each document that a listener receives;
- a write for each document set or updated, and a delete for each one deleted.

A write whose precondition fails is not billed, as far as anybody reports
(github.com/googleapis/google-cloud-go/issues/2765), but counts against the free quota and loads the
same document, so it is counted separately.
"""

from __future__ import annotations

import contextlib
import enum
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import grpc
from google.cloud.firestore_v1.types import firestore as api

_THREADS = 256
"""One per call under way: without one, a call would wait and count as slow."""

_LONGEST_SECONDS = 86_400
_NOT_FORWARDED = ("grpc-", "user-agent", "content-type", "te")


class Kind(enum.StrEnum):
    """What an operation is billed as."""

    READ = "read"
    WRITE = "write"
    DELETE = "delete"
    REFUSED = "refused"
    """A write or delete whose precondition failed."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One billed operation.

    Attributes:
        kind: As what.
        collection: Where.
        document: Which; empty for a query that found nothing, and for an aggregation.
        at: When it was done, in seconds of the monotonic clock.
    """

    kind: Kind
    collection: str
    document: str
    at: float


class UncountedCallError(Exception):
    """A client made a kind of call that the meter cannot count."""


class FirestoreMeter:
    """A proxy that counts; a context manager that starts and stops it. Safe for many threads.

    Attributes:
        host: Address for FIRESTORE_EMULATOR_HOST, once started.
    """

    def __init__(self, upstream: str) -> None:
        """Connects to nothing yet; `upstream` is the emulator's HOST:PORT."""
        self.host = ""
        self._upstream = upstream
        self._operations: list[Operation] = []
        self._uncounted: set[str] = set()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Listens."""
        self._channel = grpc.insecure_channel(self._upstream, options=_UNLIMITED)
        self._server = grpc.server(
            ThreadPoolExecutor(_THREADS, thread_name_prefix="firestore-meter"),
            handlers=[_Relay(self._serve)],
            options=_UNLIMITED,
        )
        self.host = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stops, and cancels calls under way."""
        self._server.stop(grace=None).wait()
        self._channel.close()

    def operations(self) -> list[Operation]:
        """All operations so far, in order.

        Raises:
            UncountedCallError: There were others; figures without them would be wrong.
        """
        with self._lock:
            if self._uncounted:
                raise UncountedCallError(", ".join(sorted(self._uncounted)))
            return list(self._operations)

    def tally(self) -> Counter[tuple[str, Kind]]:
        """The number of operations so far, by collection and kind."""
        return Counter((operation.collection, operation.kind) for operation in self.operations())

    def reset(self) -> None:
        """Resets the counts."""
        with self._lock:
            self._operations.clear()
            self._uncounted.clear()

    # Internal

    def _serve(self, method: str, requests: Iterator[bytes], context: Any) -> Iterator[bytes]:
        sent: list[bytes] = []
        call = self._channel.stream_stream(method)(
            _kept(requests, sent),
            timeout=_timeout(context.time_remaining()),
            metadata=[
                (key, value)
                for key, value in context.invocation_metadata()
                if not key.startswith(_NOT_FORWARDED)
            ],
        )
        if not context.add_callback(call.cancel):
            call.cancel()
        call_name = method.rpartition("/")[2]
        read_in = _READ_IN_REPLY.get(call_name, _nothing)
        found, last = 0, b""
        try:
            for last in call:
                # At once: a client that has what it wants may hang up before the call's end.
                if name := read_in(last):
                    found += 1
                    self._add([(Kind.READ, name)])
                yield last
        except grpc.RpcError as error:
            if call_name == "Commit" and error.code() in _REFUSALS:
                self._add([(Kind.REFUSED, name) for _, name in _written(sent[0])])
            # Its details are in the trailing metadata, which clients read.
            context.set_trailing_metadata(call.trailing_metadata() or ())
            context.abort(error.code(), error.details())
        else:
            self._end(method, call_name, sent, last, found)

    def _end(
        self, method: str, call_name: str, sent: list[bytes], reply: bytes, found: int
    ) -> None:
        match call_name:
            case "Commit":
                self._add(_written(sent[0]))
            case "BatchWrite":
                self._add(_written_one_by_one(sent[0], reply))
            case "RunQuery" if not found:
                query = api.RunQueryRequest.deserialize(sent[0]).structured_query
                self._add([(Kind.READ, f"{query.from_[0].collection_id}/")])
            case "RunAggregationQuery":
                request = api.RunAggregationQueryRequest.deserialize(sent[0])
                query = request.structured_aggregation_query.structured_query
                self._add([(Kind.READ, f"{query.from_[0].collection_id}/")])
            case _ if call_name not in _FREE and call_name not in _READ_IN_REPLY:
                with self._lock:
                    self._uncounted.add(method)

    def _add(self, found: Iterable[tuple[Kind, str]]) -> None:
        now = time.monotonic()
        with self._lock:
            for kind, name in found:
                *_, collection, document = ["", *name.split("/")[-2:]]
                self._operations.append(Operation(kind, collection, document, now))


class _Relay:
    """Treats each gRPC call as a two-way stream, which it is on the wire."""

    def __init__(self, serve: Callable[[str, Iterator[bytes], Any], Iterator[bytes]]) -> None:
        self._serve = serve

    def service(self, handler_call_details: Any) -> Any:
        method = handler_call_details.method
        return grpc.stream_stream_rpc_method_handler(
            lambda requests, context: self._serve(method, requests, context)
        )


_UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
_REFUSALS = {
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.ALREADY_EXISTS,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.ABORTED,
}
_FREE = {"BeginTransaction", "Rollback"}

# What calls say, from their bytes. A name ends in COLLECTION/DOCUMENT.


def _asked_for(reply: bytes) -> str:
    one = api.BatchGetDocumentsResponse.deserialize(reply)
    return str(one.missing or one.found.name)


def _queried(reply: bytes) -> str:
    return str(api.RunQueryResponse.deserialize(reply).document.name)


def _heard(reply: bytes) -> str:
    return str(api.ListenResponse.deserialize(reply).document_change.document.name)


def _nothing(_reply: bytes) -> str:
    return ""


_READ_IN_REPLY: dict[str, Callable[[bytes], str]] = {
    "BatchGetDocuments": _asked_for,
    "RunQuery": _queried,
    "Listen": _heard,
}


def _written(request: bytes) -> list[tuple[Kind, str]]:
    return [_write(write) for write in api.CommitRequest.deserialize(request).writes]


def _written_one_by_one(request: bytes, reply: bytes) -> list[tuple[Kind, str]]:
    writes = map(_write, api.BatchWriteRequest.deserialize(request).writes)
    statuses = api.BatchWriteResponse.deserialize(reply).status
    return [
        (Kind.REFUSED if status.code else kind, name)
        for (kind, name), status in zip(writes, statuses, strict=True)
    ]


def _write(write: Any) -> tuple[Kind, str]:
    if write.delete:
        return Kind.DELETE, write.delete
    return Kind.WRITE, write.update.name or write.transform.document


def _timeout(left_seconds: float | None) -> float | None:
    """The call's time-out in seconds; None if gRPC gives the longest possible time."""
    return left_seconds if left_seconds is not None and left_seconds < _LONGEST_SECONDS else None


def _kept(requests: Iterator[bytes], sent: list[bytes]) -> Iterator[bytes]:
    # A client that goes away ends its requests with an error, which the call itself reports.
    with contextlib.suppress(grpc.RpcError):
        for request in requests:
            sent.append(request)
            yield request

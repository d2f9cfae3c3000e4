"""Windows in Firestore: shared by all instances of both functions.

`exhaustion_windows/{model}` holds `until_ms`, `probe_at_ms` and `leased_until_ms` (UTC epoch
milliseconds), `reason`, `reasons` by `until_ms`, `reopened`, `min_tokens` (in windows for large
requests) and `expires_at` (for the TTL policy).
Opening a window takes the maximum on the server, so such writes commute: no read, no lock, no
transaction, and concurrent instances cannot shorten or lose a window. What only one may do (lease
a probe, close a window, reopen it after a probe) has the document's update time as precondition.

The reason of the longer window must stay, but the server has no maximum for text. So each write
enters its reason under its own end in `reasons`, where the reader finds the one that belongs to the
maximum. `reason` is for people and other programs: a write that the server says was the shorter one
puts it right, which costs a read and a write more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from google.cloud import firestore

from fallback.core.windows import Window, from_epoch_ms, to_epoch_ms
from fallback.stores.firestore_calls import FirestoreStore

COLLECTION = "exhaustion_windows"

# A TTL may delete a document from expires_at on. The longest window lasts 25 hours, so even a
# shorter window that is written last cannot make a longer one expire before its end.
_KEEP = timedelta(days=2)
_GROWING = ("until_ms", "probe_at_ms", "reopened")


class FirestoreWindowStore(FirestoreStore):
    """Keeps windows in Firestore. Safe for many threads."""

    def read(self, since: datetime | None = None) -> Mapping[str, Window]:
        """Windows; see `fallback.ports.WindowStore`. Each one is billed as a read, none as one."""
        since_ms = 0 if since is None else to_epoch_ms(since)
        found = self._find(COLLECTION, firestore.FieldFilter("until_ms", ">=", since_ms))
        windows = {document.id: _window(document) for document in found}
        return {model: window for model, window in windows.items() if window is not None}

    def extend(self, model: str, window: Window) -> object | None:
        """Opens or lengthens a window; see `fallback.ports.WindowStore`."""
        until_ms = to_epoch_ms(window.until)
        fields: dict[str, Any] = {
            "until_ms": until_ms,
            "probe_at_ms": to_epoch_ms(window.probe_at or window.until),
            "leased_until_ms": None,
            "reason": window.reason,
            "reasons": {str(until_ms): window.reason},
            "reopened": window.failed_probes,
            "expires_at": window.until + _KEEP,
        }
        if window.min_tokens is not None:
            fields["min_tokens"] = window.min_tokens
        if window.version is not None:
            return self._replace(COLLECTION, model, fields, window.version)
        commuting: dict[str, Any] = {name: firestore.Maximum(fields[name]) for name in _GROWING}
        if window.min_tokens is not None:
            # That of a window which is over stays too. It rests on the same quota, so it is right
            # within a factor of two.
            commuting["min_tokens"] = firestore.Minimum(window.min_tokens)
        written = self._set(COLLECTION, model, {**fields, **commuting})
        # Of the fields that grow, until_ms is the greatest.
        longest_ms = max(result.integer_value for result in written.transform_results)
        version: object = written.update_time
        return (self._put_reason_right(model) if longest_ms > until_ms else None) or version

    def lease(self, model: str, seen: Window, until: datetime) -> Window | None:
        """Gives the probe to one caller; see `fallback.ports.WindowStore`."""
        until = from_epoch_ms(to_epoch_ms(until))
        fields = {"leased_until_ms": to_epoch_ms(until)}
        version = self._replace(COLLECTION, model, fields, seen.version)
        return None if version is None else replace(seen, leased_until=until, version=version)

    def close(self, model: str, seen: Window) -> bool:
        """Forgets a window as it was seen; see `fallback.ports.WindowStore`."""
        return self._replace(COLLECTION, model, None, seen.version) is not None

    def _put_reason_right(self, model: str) -> object | None:
        """Gives a document the reason of its longest window, unless another write comes first.

        The last writer always finds out whether it has to do this, so the reason ends up right.

        Returns:
            The version that the document has now; None if another write came first.
        """
        document = self._get(COLLECTION, model)
        window = _window(document)
        if window is None:
            return None
        reasons = {str(to_epoch_ms(window.until)): window.reason}
        fields = {"reason": window.reason, "reasons": reasons}
        return self._replace(COLLECTION, model, fields, document.update_time)


def _window(document: Any) -> Window | None:
    fields = document.to_dict() or {}
    try:
        until_ms = int(fields["until_ms"])
        until = from_epoch_ms(until_ms)
        reasons = fields.get("reasons") or {}
        probe_at = _instant(fields.get("probe_at_ms"))
        return Window(
            until=until,
            reason=str(reasons.get(str(until_ms), fields.get("reason", ""))),
            probe_at=None if probe_at is None or probe_at >= until else probe_at,
            leased_until=_instant(fields.get("leased_until_ms")),
            failed_probes=int(fields.get("reopened") or 0),
            min_tokens=None if (least := fields.get("min_tokens")) is None else int(least),
            version=document.update_time,
        )
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        return None  # Not one of ours.


def _instant(epoch_ms: Any) -> datetime | None:
    return None if epoch_ms is None else from_epoch_ms(int(epoch_ms))

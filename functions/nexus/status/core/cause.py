"""Why something is kept out, as far as anybody may know."""

from __future__ import annotations

import enum

from fallback.core.failure import NEEDS_PERSON, QUOTA_KINDS, FailureKind
from fallback.core.windows import FULL, ISOLATED


class Cause(enum.StrEnum):
    """A reason that gives nothing away of keys, accounts and quotas."""

    LIMIT = "limit"
    DAY_LIMIT = "day_limit"
    UNREACHABLE = "unreachable"
    OVERLOADED = "overloaded"
    ERRORS = "errors"
    SILENT = "silent"
    SET_ASIDE = "set_aside"
    """A person has done it."""
    SETUP = "setup"
    """Only the operator can mend it."""
    UNKNOWN = "unknown"


_CAUSES: dict[str, Cause] = {
    **dict.fromkeys(QUOTA_KINDS, Cause.LIMIT),
    **dict.fromkeys(NEEDS_PERSON, Cause.SETUP),
    FULL: Cause.LIMIT,
    ISOLATED: Cause.SET_ASIDE,
    FailureKind.QUOTA_EXHAUSTED: Cause.DAY_LIMIT,
    FailureKind.CONNECTION_FAILED: Cause.UNREACHABLE,
    FailureKind.OVERLOADED: Cause.OVERLOADED,
    FailureKind.SERVER_ERROR: Cause.ERRORS,
    FailureKind.TIMED_OUT: Cause.SILENT,
}


def cause_of(reason: str | None) -> Cause:
    """The cause behind a window's reason."""
    return _CAUSES.get(reason or "", Cause.UNKNOWN)

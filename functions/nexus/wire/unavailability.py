"""Why no model answers, as far as a visitor may know."""

from fallback.core.failure import FailureKind
from fallback.core.refusal import Refusal
from fallback.core.windows import ISOLATED

_WHY: dict[str, str] = {
    FailureKind.CONNECTION_FAILED: "No model can be reached.",
    FailureKind.OVERLOADED: "All models are overloaded.",
    FailureKind.SERVER_ERROR: "All models fail with errors of their own.",
    FailureKind.TIMED_OUT: "No model answers in time.",
    ISOLATED: "All models have been set aside for a while.",
}
_SEVERAL = "No model answers at the moment."


def why_unavailable(refusal: Refusal) -> str:
    """What a visitor may know of the reasons: the one that all models share, if there is one."""
    reasons = {_WHY.get(skip.cause or "", _SEVERAL) for skip in refusal.skipped}
    return reasons.pop() if len(reasons) == 1 else _SEVERAL

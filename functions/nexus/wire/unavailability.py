"""Why no model answers, or one model does not, as far as a visitor may know."""

from fallback.core.refusal import Refusal
from nexus.status.core.cause import Cause, cause_of

AT_LIMITS = "All models are at their limits."
NOT_SET_UP = "The service is not set up correctly."
ONLY_THE_OPERATOR = "Only its operator can fix this."

_ALL_MODELS = {
    Cause.UNREACHABLE: "No model can be reached.",
    Cause.OVERLOADED: "All models are overloaded.",
    Cause.ERRORS: "All models fail with errors of their own.",
    Cause.SILENT: "No model answers in time.",
    Cause.SET_ASIDE: "All models have been set aside for a while.",
}
_SEVERAL = "No model answers at the moment."
_ONE_MODEL = {
    Cause.LIMIT: "At its limit.",
    Cause.DAY_LIMIT: "At its limit for the day.",
    Cause.UNREACHABLE: "Cannot be reached.",
    Cause.OVERLOADED: "Overloaded.",
    Cause.ERRORS: "Fails with errors of its own.",
    Cause.SILENT: "Does not answer in time.",
    Cause.SET_ASIDE: "Set aside for a while.",
    Cause.SETUP: "Not set up correctly.",
    Cause.UNKNOWN: "Does not answer at the moment.",
}


def why_unavailable(refusal: Refusal) -> str:
    """What a visitor may know of the reasons: the one that all models share, if there is one."""
    reasons = {_ALL_MODELS.get(cause_of(skip.cause), _SEVERAL) for skip in refusal.skipped}
    return reasons.pop() if len(reasons) == 1 else _SEVERAL


def why_no_model(cause: Cause) -> str:
    """The same of a cause that all models share."""
    known = {Cause.LIMIT: AT_LIMITS, Cause.SETUP: NOT_SET_UP, **_ALL_MODELS}
    return known.get(cause, _SEVERAL)


def why_not(cause: Cause) -> str:
    """Why one model does not answer."""
    return _ONE_MODEL[cause]

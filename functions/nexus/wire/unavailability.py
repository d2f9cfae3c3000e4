"""Why no model answers, or one model does not, as far as a visitor may know."""

from collections.abc import Iterable

from nexus.status.core.cause import Cause

IN_TURN = "Messages are answered in turn at the moment."
"""Why a newcomer has to wait although a model may answer."""

ONLY_THE_OPERATOR = "Only its operator can fix this."

_WITHOUT_QUOTA = {
    Cause.UNREACHABLE: "No model can be reached.",
    Cause.OVERLOADED: "All models are overloaded.",
    Cause.ERRORS: "All models fail with errors of their own.",
    Cause.SILENT: "No model answers in time.",
    Cause.SET_ASIDE: "All models have been set aside for a while.",
}
_ALL_MODELS = {
    **_WITHOUT_QUOTA,
    Cause.LIMIT: "All models are at their limits.",
    Cause.SETUP: "The service is not set up correctly.",
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


def shared_cause(causes: Iterable[Cause]) -> Cause:
    """The cause that keeps all models out, if it is one and no quota is a reason."""
    known = set(causes)
    cause = known.pop() if len(known) == 1 else Cause.UNKNOWN
    return cause if cause in _WITHOUT_QUOTA else Cause.UNKNOWN


def why_no_model(cause: Cause) -> str:
    """Why no model answers, of a cause that all models share."""
    return _ALL_MODELS.get(cause, _SEVERAL)


def why_not(cause: Cause) -> str:
    """Why one model does not answer."""
    return _ONE_MODEL[cause]

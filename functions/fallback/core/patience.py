"""When a request waits for a model to return, in place of being refused or stepping down."""

from __future__ import annotations

from datetime import datetime

from fallback.core.decision import Attempt
from fallback.core.hierarchy import Hierarchy
from fallback.core.refusal import Refusal, RefusalReason, SkipReason

_HEAL = (RefusalReason.MODELS_EXHAUSTED, RefusalReason.MODELS_UNAVAILABLE)


def worth_waiting(
    step: Attempt | Refusal, hierarchy: Hierarchy, patient_until: datetime
) -> datetime | None:
    """The instant to wait for, if a candidate may return within the patience of a request.

    A probe that is under way may end at any moment.

    Args:
        step: What the request would do now.
        hierarchy: The models, and whether to wait for the first rather than step down.
        patient_until: When its patience ends (UTC).
    """
    if isinstance(step, Refusal):
        if step.reason not in _HEAL:
            return None
        if any(skip.reason is SkipReason.PROBING for skip in step.skipped):
            return patient_until
        returns = [step.retry_at]
    elif hierarchy.waits_for_first and step.fallbacks > 0:
        first = hierarchy.models[0].name
        returns = [skip.until for skip in step.skipped if skip.model == first]
    else:
        return None
    return min((at for at in returns if at is not None and at <= patient_until), default=None)

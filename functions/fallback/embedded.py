"""Nexus as a library: the calls of the first version, on the same parts as the functions.

from fallback import generate_with_fallback
text, model_used = generate_with_fallback("Why is the sky blue?")
"""

from __future__ import annotations

import functools
import os
import uuid
from datetime import datetime
from typing import Any

from bootstrap import Nexus, bootstrap, build_runner
from fallback.core.answer import Text
from fallback.core.availability import availability
from fallback.core.chat import Chat, Message, Role
from fallback.core.decision import Refusal, RefusalReason
from fallback.patience import Patience
from fallback.runner import Runner
from wire.availability_reply import availability_body


class ModelExhaustionError(Exception):
    """No model answered.

    Attributes:
        reason: Why, in the words of `fallback.core.decision.RefusalReason`.
        retry_at: The first instant (UTC) at which a model may answer; None where waiting does not
            help.
    """

    def __init__(self, reason: RefusalReason, retry_at: datetime | None) -> None:
        """Says why, and when to come back."""
        super().__init__(f"no model answered: {reason}")
        self.reason = reason
        self.retry_at = retry_at


def generate_with_fallback(prompt: str) -> tuple[str, str]:
    """Answers one prompt.

    Args:
        prompt: What the user says, not empty.

    Returns:
        The answer, and the name of the model that gave it.

    Raises:
        ValueError: The prompt is empty.
        ModelExhaustionError: No model answered.
        settings.InvalidSettingError: The environment or the configuration cannot work.
    """
    if not prompt.strip():
        raise ValueError("the prompt is empty")
    nexus, runner = _parts()
    instruction = nexus.settings.configuration.instruction
    chat = Chat(
        messages=(Message(Role.USER, prompt),),
        instructions=(instruction,) if instruction else (),
        max_output_tokens=nexus.settings.configuration.request.max_output_tokens,
    )
    first, *pieces = runner.answer(chat, whole=True, request_id=uuid.uuid4().hex)
    if isinstance(first, Refusal):
        raise ModelExhaustionError(first.reason, first.retry_at)
    text = "".join(piece.text for piece in pieces if isinstance(piece, Text))
    return text, getattr(first, "model", "")


def check_service_availability() -> dict[str, Any]:
    """Whether a prompt would be answered now, as the function check-availability says it."""
    nexus, _ = _parts()
    windows = nexus.windows.snapshot(Patience(nexus.clock))
    now = nexus.clock.now()
    return availability_body(availability(nexus.settings.hierarchy, windows, now), now)


def get_model_display_name(model_name: str) -> str:
    """A model's name for people; the plain name where no hierarchy has it."""
    nexus, _ = _parts()
    hierarchies = nexus.settings.configuration.hierarchies.values()
    for hierarchy in (nexus.settings.hierarchy, *hierarchies):
        name = hierarchy.display_name(model_name)
        if name != model_name:
            return name
    return model_name


def model_hierarchy() -> tuple[str, ...]:
    """The names of the models in use, in the order in which they are tried."""
    nexus, _ = _parts()
    return tuple(model.name for model in nexus.settings.hierarchy.models)


@functools.cache
def _parts() -> tuple[Nexus, Runner]:
    """Built at the first call: importing this module reads no environment and opens nothing."""
    nexus = bootstrap(os.environ)
    return nexus, build_runner(nexus)

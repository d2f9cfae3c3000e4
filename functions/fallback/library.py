"""Nexus as a library: the calls of the first version, on the same parts as the functions.

from fallback import generate_with_fallback
text, model_used = generate_with_fallback("Why is the sky blue?")
"""

from __future__ import annotations

import functools
import os
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fallback.availability_report import availability_report
from fallback.bootstrap import build_runner, build_windows
from fallback.configuration import load_configuration
from fallback.core.answer import Text
from fallback.core.availability import availability
from fallback.core.chat import Chat, Message, Role
from fallback.core.decision import Refusal, RefusalReason
from fallback.events import Event
from fallback.runner import Runner
from fallback.settings import Settings, read_settings
from fallback.system_clock import SystemClock
from fallback.wait_budget import WaitBudget
from fallback.windows.shared import SharedWindows


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
    parts = _parts()
    instruction = parts.settings.configuration.instruction
    chat = Chat(
        messages=(Message(Role.USER, prompt),),
        instructions=(instruction,) if instruction else (),
    )
    first, *pieces = parts.runner.answer(chat, whole=True, request_id=uuid.uuid4().hex)
    if isinstance(first, Refusal):
        raise ModelExhaustionError(first.reason, first.retry_at)
    text = "".join(piece.text for piece in pieces if isinstance(piece, Text))
    return text, getattr(first, "model", "")


def check_service_availability() -> dict[str, Any]:
    """Whether a prompt would be answered now, as the function check-availability says it."""
    parts = _parts()
    clock = SystemClock()
    windows = parts.windows.snapshot(WaitBudget(clock))
    now = clock.now()
    return availability_report(availability(parts.settings.hierarchy, windows, now), now)


def get_model_display_name(model_name: str) -> str:
    """A model's name for people; the plain name where no hierarchy has it."""
    settings = _parts().settings
    for hierarchy in (settings.hierarchy, *settings.configuration.hierarchies.values()):
        name = hierarchy.display_name(model_name)
        if name != model_name:
            return name
    return model_name


def model_hierarchy() -> tuple[str, ...]:
    """The names of the models in use, in the order in which they are tried."""
    return tuple(model.name for model in _parts().settings.hierarchy.models)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    settings: Settings
    windows: SharedWindows
    runner: Runner


@functools.cache
def _parts() -> _Parts:
    """Built at the first call: importing this module reads no environment and opens nothing."""
    path = Path(os.environ.get("NEXUS_CONFIG") or Path(__file__).parents[1] / "nexus.toml")
    settings = read_settings(os.environ, load_configuration(path), Path(".local/nexus.db"))
    clock, log = SystemClock(), _no_log
    windows = build_windows(settings, clock, log)
    return _Parts(
        settings=settings,
        windows=windows,
        runner=build_runner(settings, windows, clock, log),
    )


def _no_log(event: Event, **fields: object) -> None:
    pass

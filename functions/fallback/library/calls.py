"""The calls that `fallback` offers to Python programs.

from fallback import generate_with_fallback
text, model_used = generate_with_fallback("Why is the sky blue?")
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import re
import threading
import uuid
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fallback.availability_report import availability_report
from fallback.core.answer import Text
from fallback.core.availability import availability
from fallback.core.refusal import Refusal
from fallback.library import parts
from fallback.library.error import ModelExhaustionError, interrupted, refused
from fallback.library.question import History, Question, question
from fallback.pieces import AnswerStarted, Interrupted
from fallback.settings import InvalidSettingError
from fallback.wait_budget import WaitBudget

if TYPE_CHECKING:
    from google.genai import Client

# gemini-3.8-flash-002 is a version of gemini-3.8-flash.
_VERSION = re.compile(r"-\d{3}$")


def generate_with_fallback(
    prompt: str,
    *,
    instruction: str | None = None,
    history: History = (),
    temperature: float | None = None,
    max_output_tokens: int | None = None,
    timeout: float | None = None,
    client: Client | None = None,
) -> tuple[str, str]:
    """Answers a prompt with the first model of the hierarchy that can.

    Args:
        prompt: What the user says; not empty.
        instruction: The system instruction, if any.
        history: Earlier turns, oldest first, each `{"role": "user", "content": "…"}` or
            `{"role": "assistant", "content": "…"}`.
        temperature: From 0 to 2; None leaves it to the model.
        max_output_tokens: The longest answer, in tokens; None leaves it to the model.
        timeout: Seconds until the call ends, all models together; None for the configured
            `limits.deadline_seconds`.
        client: A `google.genai.Client`, for the Developer API or Vertex AI, to ask with. None uses
            `GEMINI_API_KEY`.

    Returns:
        The answer, and the name of the model that gave it.

    Raises:
        ModelExhaustionError: There is no answer; the message says why and what to do.
        TypeError, ValueError: An argument cannot work.
    """
    asked = question(
        prompt,
        instruction=instruction,
        history=history,
        temperature=temperature,
        max_output_tokens=max_output_tokens,
        timeout=timeout,
        client=client,
    )
    return _whole(asked)


def stream_with_fallback(
    prompt: str,
    *,
    instruction: str | None = None,
    history: History = (),
    temperature: float | None = None,
    max_output_tokens: int | None = None,
    timeout: float | None = None,
    client: Client | None = None,
) -> Generator[str, None, str]:
    """Answers a prompt piece by piece; otherwise like `generate_with_fallback`.

    A model that breaks off is continued by the next one. Closing the generator ends the call.

    Yields:
        The text, as it comes.

    Returns:
        The name of the model that ended the answer, as the value of `yield from`.

    Raises:
        ModelExhaustionError: There is no answer, or, after text, the rest of it did not come.
        TypeError, ValueError: An argument cannot work; raised by the call itself.
    """
    asked = question(
        prompt,
        instruction=instruction,
        history=history,
        temperature=temperature,
        max_output_tokens=max_output_tokens,
        timeout=timeout,
        client=client,
    )
    return _streamed(asked)


async def generate_with_fallback_async(
    prompt: str,
    *,
    instruction: str | None = None,
    history: History = (),
    temperature: float | None = None,
    max_output_tokens: int | None = None,
    timeout: float | None = None,  # noqa: ASYNC109 - the deadline of the cascade, as elsewhere
    client: Client | None = None,
) -> tuple[str, str]:
    """`generate_with_fallback` for asyncio: the loop goes on meanwhile.

    Cancelling the task ends the call to the model.
    """
    asked = question(
        prompt,
        instruction=instruction,
        history=history,
        temperature=temperature,
        max_output_tokens=max_output_tokens,
        timeout=timeout,
        client=client,
    )
    is_cancelled = threading.Event()
    run = contextvars.copy_context().run
    try:
        return await asyncio.get_running_loop().run_in_executor(
            _parts().threads, run, _whole, asked, is_cancelled.is_set
        )
    finally:
        is_cancelled.set()


def check_service_availability(client: Client | None = None) -> dict[str, Any]:
    """Says whether a prompt sent now would be answered. No model is asked.

    Args:
        client: The client that prompts are sent with; None for `GEMINI_API_KEY`.

    Returns:
        What the function check-availability says: `available`, `status`, `retry_at`,
        `retry_after_seconds`, `checked_at` and `models`.

    Raises:
        InvalidSettingError: The environment or the configuration cannot work.
    """
    shared = parts.current_parts()
    way = shared.way(client)
    budget = WaitBudget(shared.clock)
    windows = way.limits.refreshed(way.windows.snapshot(budget), budget)
    now = shared.clock.now()
    has_key = client is not None or shared.settings.has_credentials
    state = availability(way.settings.hierarchy, windows, now, has_key=has_key)
    return availability_report(state, now)


def get_model_display_name(model_name: str) -> str:
    """A model's name for people; the name as given if no hierarchy has it.

    Raises:
        InvalidSettingError: The environment or the configuration cannot work.
    """
    settings = parts.current_parts().settings
    for name in (model_name, _VERSION.sub("", model_name)):
        for hierarchy in (settings.hierarchy, *settings.configuration.hierarchies.values()):
            if name != (display_name := hierarchy.display_name(name)):
                return display_name
    return model_name


def model_hierarchy() -> tuple[str, ...]:
    """The names of the models in use, in the order in which they are tried.

    The default ones where the environment cannot work: the first call says what is wrong.
    """
    return tuple(model.name for model in parts.current_hierarchy().models)


def _whole(
    asked: Question, has_disconnected: Callable[[], bool] = lambda: False
) -> tuple[str, str]:
    texts, model = [], ""
    for piece in _pieces(asked, whole=True, has_disconnected=has_disconnected):
        if isinstance(piece, AnswerStarted):
            model = piece.model
        else:
            texts.append(piece.text)
    return "".join(texts), model


def _streamed(asked: Question) -> Generator[str, None, str]:
    model = ""
    with contextlib.closing(_pieces(asked, whole=False)) as pieces:
        for piece in pieces:
            if isinstance(piece, AnswerStarted):
                model = piece.model
            else:
                yield piece.text
    return model


def _pieces(
    asked: Question, *, whole: bool, has_disconnected: Callable[[], bool] = lambda: False
) -> Generator[AnswerStarted | Text, None, None]:
    """The answer's beginning and its texts; anything else becomes the error that it is."""
    shared = _parts()
    way = shared.way(asked.client)
    hierarchy = way.settings.hierarchy
    if asked.timeout is not None:
        hierarchy = replace(hierarchy, limits=hierarchy.limits.within(asked.timeout))
    credentials = " and ".join(shared.settings.keys) or None
    if asked.client is not None:
        credentials = "the client's key or account"
    elif credentials is None and shared.settings.has_credentials:
        credentials = "this machine's Google Cloud account"
    deadline_seconds = hierarchy.limits.deadline_seconds
    answer = way.runner.answer(
        asked.chat,
        whole=whole,
        request_id=uuid.uuid4().hex,
        hierarchy=hierarchy,
        has_disconnected=has_disconnected,
    )
    with contextlib.closing(answer):
        for piece in answer:
            if isinstance(piece, AnswerStarted | Text):
                yield piece
            elif isinstance(piece, Refusal):
                raise refused(piece, credentials=credentials, deadline_seconds=deadline_seconds)
            elif isinstance(piece, Interrupted):
                raise interrupted(piece, deadline_seconds=deadline_seconds)


def _parts() -> parts.Parts:
    try:
        return parts.current_parts()
    except InvalidSettingError as error:
        raise ModelExhaustionError(str(error), "service_misconfigured") from error

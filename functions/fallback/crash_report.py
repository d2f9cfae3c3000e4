"""What a log may say of a bug: where it happened, never with which values."""

from __future__ import annotations

import traceback
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_MAX_FRAMES = 8


def describe(bug: BaseException) -> dict[str, object]:
    """The type of an exception, and the lines that led to it; its text may quote a visitor.

    Returns:
        `error`: the type's name; `stack_trace`: the last frames in Python's own form, by which
        Error Reporting knows a crash, without the exception's text and without source lines.
        Files of ours are named from `functions/` on, others by folder and name.
        https://docs.cloud.google.com/error-reporting/docs/formatting-error-messages
    """
    frames = traceback.extract_tb(bug.__traceback__)[-_MAX_FRAMES:]
    error = type(bug).__name__
    lines = [f'  File "{_short(Path(f.filename))}", line {f.lineno}, in {f.name}' for f in frames]
    stack_trace = "\n".join(["Traceback (most recent call last):", *lines, error])
    return {"error": error, "stack_trace": stack_trace}


def _short(path: Path) -> str:
    if path.is_relative_to(_ROOT):
        return path.relative_to(_ROOT).as_posix()
    return f"{path.parent.name}/{path.name}"

"""What a log may say of a bug: where it happened, never with which values."""

from __future__ import annotations

import traceback
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_MAX_FRAMES = 8


def describe(bug: BaseException) -> dict[str, object]:
    """The type of an exception, and the lines that led to it; its text may quote a visitor.

    Returns:
        `error`: the type's name; `where`: `file.py:line` of the last frames, the innermost last.
        Files of ours are named from `functions/` on, others by folder and name.
    """
    frames = traceback.extract_tb(bug.__traceback__)[-_MAX_FRAMES:]
    return {
        "error": type(bug).__name__,
        "where": [f"{_short(Path(frame.filename))}:{frame.lineno}" for frame in frames],
    }


def _short(path: Path) -> str:
    if path.is_relative_to(_ROOT):
        return path.relative_to(_ROOT).as_posix()
    return f"{path.parent.name}/{path.name}"

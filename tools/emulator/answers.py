"""Chooses the text of an answer by what the visitor wrote, always the same for the same words."""

import re
import zlib
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "answers"

# First match wins; the words stand for what a visitor of a chat typically begins with.
_TOPICS = (
    ("hello", re.compile(r"\b(hello|hi|hey|good (morning|evening|day)|thanks?)\b", re.IGNORECASE)),
    ("code", re.compile(r"\b(code|function|python|javascript|regex|sql|script)\b", re.IGNORECASE)),
    ("plan", re.compile(r"\b(plan|steps?|schedule|trip|project|how do i|todo)\b", re.IGNORECASE)),
    ("compare", re.compile(r"\b(compare|versus|vs|better|difference)\b", re.IGNORECASE)),
    ("explain", re.compile(r"\b(explain|why|what|how)\b", re.IGNORECASE)),
)
_LONG = re.compile(r"\blong\b|\bat length\b", re.IGNORECASE)
_QUOTED_CHARACTERS = 60
_LONG_ROUNDS = 3

THOUGHTS = (
    "**Reading the question**\n\nThe visitor's last words say what matters most. ",
    "I look for the shortest honest answer first. ",
    "A list and a small table will make it easy to scan.\n",
)


def answer_to(question: str) -> str:
    """Return the markdown text that answers `question`."""
    words = _quoted(question)
    if _LONG.search(question):
        return _long_answer(words)
    return _filled(_topic_of(question), words)


def _topic_of(question: str) -> str:
    for topic, pattern in _TOPICS:
        if pattern.search(question):
            return topic
    # crc32, because hash() of a string differs from one process to the next.
    return _TOPICS[zlib.crc32(question.encode()) % len(_TOPICS)][0]


def _long_answer(words: str) -> str:
    parts = [_filled("long", words)]
    for part in range(_LONG_ROUNDS):
        for number, (topic, _) in enumerate(_TOPICS[1:], start=1 + part * (len(_TOPICS) - 1)):
            parts.append(f"## Part {number}: {topic}\n\n{_filled(topic, words)}")
    return "\n".join(parts)


def _filled(topic: str, words: str) -> str:
    return _template(topic).replace("{words}", words)


@cache
def _template(topic: str) -> str:
    return (_FOLDER / f"{topic}.md").read_text(encoding="utf-8")


def _quoted(question: str) -> str:
    """Return the visitor's last words on one line, cut at the front if there are many."""
    line = " ".join(question.split())
    if len(line) <= _QUOTED_CHARACTERS:
        return line
    return "…" + line[-_QUOTED_CHARACTERS:].lstrip()

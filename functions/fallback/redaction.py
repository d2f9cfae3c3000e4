"""Takes keys out of what is about to be logged."""

from __future__ import annotations

import re

# Google API keys, and the parameter that carries one in a URL.
_KEYS = re.compile(r"AIza[\w-]{10,}|AQ\.[\w-]{20,}|(?<=key=)[^&\s\"']+")
# Each of them has one of these, which take a tenth of the time to look for.
_SIGNS = ("AIza", "AQ.", "key=")
# A shorter text is no secret, and would tear holes into every line.
_MIN_SECRET_LENGTH = 8
_MARK = "[redacted]"


class Redaction:
    """Replaces known secrets, and whatever looks like a key, in a text."""

    def __init__(self, *secrets: str | None) -> None:
        """Takes the values to replace; None and values too short to be a secret are ignored."""
        self._secrets = [s for s in secrets if s is not None and len(s) >= _MIN_SECRET_LENGTH]

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, _MARK)
        if any(sign in text for sign in _SIGNS):
            text = _KEYS.sub(_MARK, text)
        return text

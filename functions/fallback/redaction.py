"""Takes keys out of what is about to be logged."""

from __future__ import annotations

import re

# Google API keys, and the parameter that carries one in a URL. Without a look-behind, the search
# skips to the letters with which these begin.
_KEYS = re.compile(r"AIza[\w-]{10,}|AQ\.[\w-]{20,}|(key=)[^&\s\"']+")
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
        return _KEYS.sub(rf"\1{_MARK}", text)

"""Remembers the beginnings of prompts, as Gemini's implicit cache does.

Source: https://ai.google.dev/gemini-api/docs/caching#implicit-caching
"""

import hashlib
import threading
from collections.abc import Callable, Iterator

CHARACTERS_PER_TOKEN = 4
FEWEST_TOKENS = 4_096
_BLOCK_TOKENS = 1_024
_KEPT_SECONDS = 300.0

_Prefix = tuple[str, str, bytes]


class PrefixCache:
    """The prefixes that each quota holder has sent to each model in the last minutes."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Begin empty; `clock` counts seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[_Prefix, float] = {}

    def take(self, holder: str, model: str, text: str) -> int:
        """Return how many tokens of a prompt are cached, and cache the prompt."""
        now = self._clock()
        cached_tokens = 0
        with self._lock:
            for number, digest in enumerate(_prefixes(text), start=1):
                prefix = (holder, model, digest)
                if now - self._seen.get(prefix, -_KEPT_SECONDS) < _KEPT_SECONDS:
                    cached_tokens = number * _BLOCK_TOKENS
                self._seen[prefix] = now
        return cached_tokens if cached_tokens >= FEWEST_TOKENS else 0

    def reset(self) -> None:
        """Forget everything."""
        with self._lock:
            self._seen.clear()


def _prefixes(text: str) -> Iterator[bytes]:
    """Yield a digest of each prefix that is a whole number of blocks, the shortest first."""
    if len(text) < FEWEST_TOKENS * CHARACTERS_PER_TOKEN:
        return
    size = _BLOCK_TOKENS * CHARACTERS_PER_TOKEN
    digest = hashlib.sha256()
    for start in range(0, len(text) - size + 1, size):
        digest.update(text[start : start + size].encode())
        yield digest.digest()

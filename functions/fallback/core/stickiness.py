"""Keeps a conversation where its beginning is cached.

Gemini charges a tenth for a prompt whose beginning it has seen within the last minutes, if that
has at least 4,096 tokens (Gemini API, "Context caching": implicit caching). Another model, or
another project, has not seen it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from fallback.core.chat import Chat, Role
from fallback.core.hierarchy import Hierarchy
from fallback.core.size import prefix_tokens_of

FRESH = timedelta(minutes=5)
"""How long a beginning is worth going back for."""

MIN_PREFIX_TOKENS = 4096
"""A shorter beginning is not cached, so it is no reason to stay with a later model."""


def staying(
    hierarchy: Hierarchy, chat: Chat, key: str, last_turn_at: datetime, now: datetime
) -> Hierarchy:
    """The hierarchy for a conversation that was last answered by a candidate.

    Another target of the model keeps its place before the others of that model. A later model is
    tried first only while the beginning is long enough to be cached.

    Args:
        hierarchy: The usual one.
        chat: The conversation.
        key: The candidate that gave its last answer.
        last_turn_at: When that was.
        now: The present instant (UTC).
    """
    is_fresh = timedelta() <= now - last_turn_at < FRESH
    if not is_fresh or not any(message.role is Role.ASSISTANT for message in chat.messages):
        return hierarchy
    return hierarchy.preferring(key, to_better_models=prefix_tokens_of(chat) > MIN_PREFIX_TOKENS)

"""LiteLLM."""

from __future__ import annotations

import litellm
from asking import QUESTION, answer_orders

litellm.suppress_debug_info = True  # It would print to standard output.


def ask(base_url: str, stream: bool) -> str:
    answer = litellm.completion(
        model="openai/nexus",
        base_url=base_url,
        api_key="unused",
        messages=[{"role": "user", "content": QUESTION}],
        stream=stream,
    )
    if not stream:
        return answer.choices[0].message.content or ""
    return "".join(chunk.choices[0].delta.content or "" for chunk in answer if chunk.choices)


answer_orders(ask)

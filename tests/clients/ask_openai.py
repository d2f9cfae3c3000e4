"""OpenAI's own client for Python."""

from __future__ import annotations

from asking import QUESTION, answer_orders
from openai import OpenAI


def ask(base_url: str, stream: bool) -> str:
    with OpenAI(base_url=base_url, api_key="unused") as client:
        messages = [{"role": "user", "content": QUESTION}]
        if not stream:
            answer = client.chat.completions.create(model="nexus", messages=messages)
            return answer.choices[0].message.content or ""
        chunks = client.chat.completions.create(model="nexus", messages=messages, stream=True)
        return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


answer_orders(ask)

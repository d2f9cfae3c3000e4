"""LangChain."""

from __future__ import annotations

from asking import QUESTION, answer_orders
from langchain_openai import ChatOpenAI


def ask(base_url: str, stream: bool) -> str:
    model = ChatOpenAI(base_url=base_url, api_key="unused", model="nexus")
    if not stream:
        return str(model.invoke(QUESTION).content)
    return "".join(str(chunk.content) for chunk in model.stream(QUESTION))


answer_orders(ask)

"""pydantic-ai."""

from __future__ import annotations

import asyncio

from asking import QUESTION, answer_orders
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider


async def asked(base_url: str, stream: bool) -> str:
    provider = OpenAIProvider(base_url=base_url, api_key="unused")
    agent = Agent(OpenAIChatModel("nexus", provider=provider))
    if not stream:
        return (await agent.run(QUESTION)).output
    async with agent.run_stream(QUESTION) as answer:
        return "".join([text async for text in answer.stream_text(delta=True)])


def ask(base_url: str, stream: bool) -> str:
    return asyncio.run(asked(base_url, stream))


answer_orders(ask)

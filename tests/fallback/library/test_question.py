"""Arguments that cannot work are refused at once, in words that name them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from google.genai import Client

from fallback import generate_with_fallback, stream_with_fallback

Ask = Callable[..., object]
USER = {"role": "user", "content": "Hello"}


@pytest.mark.parametrize("ask", [generate_with_fallback, stream_with_fallback])
@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"prompt": ""}, ValueError, "prompt is empty"),
        ({"prompt": " \n"}, ValueError, "prompt is empty"),
        ({"prompt": None}, TypeError, "prompt must be a str, not NoneType"),
        ({"prompt": b"Hello"}, TypeError, "prompt must be a str, not bytes"),
        ({"instruction": 1}, TypeError, "instruction must be a str or None, not int"),
        ({"temperature": "warm"}, TypeError, "temperature must be a number, not str"),
        ({"temperature": True}, TypeError, "temperature must be a number, not bool"),
        ({"temperature": 2.1}, ValueError, "temperature must be from 0 to 2, not 2.1"),
        ({"temperature": float("nan")}, ValueError, "temperature must be from 0 to 2"),
        ({"max_output_tokens": 0}, ValueError, "max_output_tokens must be 1 or more, not 0"),
        ({"max_output_tokens": 1.5}, TypeError, "max_output_tokens must be an int, not float"),
        ({"timeout": 0}, ValueError, "timeout must be seconds above 0, and at most a year, not 0"),
        ({"timeout": float("inf")}, ValueError, "timeout must be seconds above 0"),
        ({"timeout": 1e300}, ValueError, "timeout must be seconds above 0"),
        ({"timeout": 10**30}, ValueError, "timeout must be seconds above 0"),
        ({"timeout": "5"}, TypeError, "timeout must be a number of seconds, not str"),
        ({"client": "key"}, TypeError, "client must be a google.genai.Client, not str"),
        ({"client": Client(api_key="k").aio}, TypeError, "client must be a google.genai.Client"),
        ({"history": "Hello"}, TypeError, "history must be a list of turns .*, not str"),
        ({"history": USER}, TypeError, "history must be a list of turns .*, not dict"),
        ({"history": None}, TypeError, "history must be a list of turns .*, not NoneType"),
        ({"history": [("user", "Hello")]}, TypeError, r"history\[0\] must be a dict"),
        ({"history": [USER, {"role": "model"}]}, ValueError, r'history\[1\]\["role"\] must be'),
        ({"history": [{"role": ["user"]}]}, ValueError, r'history\[0\]\["role"\] must be'),
        ({"history": [{"role": "system"}]}, ValueError, "as instruction=, not as role"),
        ({"history": [{"role": "user"}]}, TypeError, r'\["content"\] must be a str, not NoneType'),
        ({"history": [USER | {"content": ""}]}, ValueError, r'\["content"\] is empty'),
    ],
)
def test_an_argument_that_cannot_work_is_named(
    ask: Ask, arguments: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        ask(**{"prompt": "Hello", **arguments})

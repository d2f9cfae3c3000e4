"""What callers of the OpenAI format send: what is taken, and what is refused by name."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallback.core.chat import Chat, Message, ResponseFormat, Role
from nexus.configuration import RequestLimits
from nexus.wire.chat_request import ChatRequest, parse_chat_request
from nexus.wire.error import ApiError

LIMITS = RequestLimits()
OURS = "You are Nexus Core."
USER: dict[str, object] = {"role": "user", "content": "Hi"}


def system(content: object) -> dict[str, object]:
    return {"role": "system", "content": content}


def assistant(content: object, **fields: object) -> dict[str, object]:
    return {"role": "assistant", "content": content, **fields}


def parsed(*messages: object, **fields: Any) -> ChatRequest | ApiError:
    body = json.dumps({"messages": messages, **fields}).encode()
    return parse_chat_request(body, OURS, LIMITS)


def taken(*messages: object, **fields: Any) -> Chat:
    request = parsed(*messages, **fields)
    assert isinstance(request, ChatRequest), request
    return request.chat


def refused(*messages: object, **fields: Any) -> tuple[int, str, str | None]:
    error = parsed(*messages, **fields)
    assert isinstance(error, ApiError), error
    return error.status, error.code, error.param


EMPTY: list[object] = [None, "", " \n", [], [{"type": "text"}], [{"type": "text", "text": ""}]]
REFUSAL = [{"type": "refusal", "refusal": "I cannot help with that."}]
Turns = tuple[list[dict[str, object]], list[str], list[tuple[str, str]]]
CONVERSATIONS: dict[str, Turns] = {
    "developer": ([{"role": "developer", "content": "A"}, USER], ["A"], [("user", "Hi")]),
    "system in the middle": ([USER, system("A"), USER], ["A"], [("user", "Hi\n\nHi")]),
    "system last": ([USER, system("A")], ["A"], [("user", "Hi")]),
    "system alone": ([system("A")], [], [("user", "A")]),
    "two systems alone": ([system("A"), system("B")], [], [("user", "A\n\nB")]),
    "system after an answer": (
        [system("A"), USER, assistant("Yo"), system("B")],
        ["A"],
        [("user", "Hi"), ("assistant", "Yo"), ("user", "B")],
    ),
    "empty system after an answer": (
        [USER, assistant("Yo"), system("")],
        [],
        [("user", "Hi"), ("assistant", "Yo")],
    ),
    "a greeting": ([assistant("Yo"), USER], [], [("assistant", "Yo"), ("user", "Hi")]),
    "a prefill": ([USER, assistant("Yo")], [], [("user", "Hi"), ("assistant", "Yo")]),
    "a prefill alone": ([assistant("Yo")], [], [("assistant", "Yo")]),
    "a prefill after system": ([system("A"), assistant("Yo")], ["A"], [("assistant", "Yo")]),
    "parts of the Responses API": (
        [
            assistant([{"type": "output_text", "text": "Yo"}]),
            {"role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
        ],
        [],
        [("assistant", "Yo"), ("user", "Hi")],
    ),
    "several parts": (
        [{"role": "user", "content": [{"type": "text", "text": t} for t in ("H", "", "i")]}],
        [],
        [("user", "Hi")],
    ),
    "text beside a refusal": (
        [assistant([{"type": "text", "text": "Yo"}, *REFUSAL]), USER],
        [],
        [("assistant", "Yo"), ("user", "Hi")],
    ),
    "a message's refusal": (
        [USER, assistant(None, refusal="No."), USER],
        [],
        [("user", "Hi\n\nHi")],
    ),
    "no tool calls": (
        [USER, assistant("Yo", tool_calls=[]), USER],
        [],
        [
            ("user", "Hi"),
            ("assistant", "Yo"),
            ("user", "Hi"),
        ],
    ),
}


@pytest.mark.parametrize("conversation", CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_conversations_that_clients_send_are_taken(conversation: Turns) -> None:
    messages, systems, turns = conversation

    chat = taken(*messages)

    assert chat.instructions == (OURS, *systems)
    assert [(turn.role, turn.text) for turn in chat.messages] == turns


@pytest.mark.parametrize("empty", [*EMPTY, REFUSAL])
def test_answers_without_text_are_passed_over(empty: object) -> None:
    assert taken(USER, assistant(empty), USER).messages == (Message(Role.USER, "Hi\n\nHi"),)
    assert taken(assistant(empty), USER, assistant(empty)).messages == (Message(Role.USER, "Hi"),)


@pytest.mark.parametrize("empty", EMPTY)
def test_empty_system_messages_are_passed_over(empty: object) -> None:
    assert taken(system(empty), USER, system(empty)).instructions == (OURS,)


@pytest.mark.parametrize("empty", [None, "", " ", []])
def test_an_empty_question_is_refused_and_skipped_in_history(empty: object) -> None:
    empty_question = {"role": "user", "content": empty}

    assert refused(USER, empty_question) == (400, "invalid_request", "messages.1.content")
    assert taken(empty_question, USER) == taken(USER)


@pytest.mark.parametrize("messages", [[system("")], [assistant("")], [system(""), assistant([])]])
def test_a_conversation_without_any_text_is_refused(messages: list[object]) -> None:
    assert refused(*messages) == (400, "invalid_request", "messages")


text = st.text(st.characters(codec="utf-8"), max_size=5)
parts = st.lists(st.builds(lambda text: {"type": "text", "text": text}, text), max_size=3)
messages = st.builds(
    lambda role, content: {"role": role, "content": content},
    st.sampled_from(["system", "developer", "assistant"]),
    text | parts | st.none(),
) | st.builds(lambda text: {"role": "user", "content": f"?{text}"}, text)


@given(st.lists(messages, min_size=1, max_size=8))
def test_every_order_of_roles_gives_turns_that_alternate(conversation: list[object]) -> None:
    result = parsed(*conversation)

    if isinstance(result, ApiError):
        assert (result.code, result.param) == ("invalid_request", "messages")
        assert all(not str(message).count("?") for message in conversation)
        return
    turns = result.chat.messages
    assert turns
    assert all(turn.text.strip() for turn in turns)
    assert all(one.role is not other.role for one, other in itertools.pairwise(turns))


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (r'"half \ud83d"', "half \ufffd"),
        (r'"\ude00 half"', "\ufffd half"),
        (r'"whole \ud83d\ude00"', "whole 😀"),
        (r'[{"type":"text","text":"\ud83d"},{"type":"text","text":"\ude00"}]', "😀"),
    ],
)
def test_half_an_emoji_is_repaired(sent: str, read: str) -> None:
    body = f'{{"messages": [{{"role": "user", "content": {sent}}}], "stop": "\\ud83d"}}'

    request = parse_chat_request(body.encode(), OURS, LIMITS)

    assert isinstance(request, ChatRequest)
    assert request.chat.messages[0].text == read
    assert request.chat.stop == ("\ufffd",)


@given(st.text())
def test_any_text_reaches_the_models_as_it_was_sent(text: str) -> None:
    assert taken({"role": "user", "content": f"?{text}"}).messages[0].text == f"?{text}"


@pytest.mark.parametrize(
    ("stop", "read"),
    [
        (None, ()),
        ("", ()),
        ([""], ()),
        ([], ()),
        ("END", ("END",)),
        (["a", "", "b"], ("a", "b")),
        (["a", "b", "c", "d", ""], ("a", "b", "c", "d")),
    ],
)
def test_empty_stop_texts_are_passed_over(stop: object, read: tuple[str, ...]) -> None:
    assert taken(USER, stop=stop).stop == read


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tools", [{"type": "function", "function": {"name": "f"}}]),
        ("tool_choice", "required"),
        ("tool_choice", {"type": "function", "function": {"name": "f"}}),
        ("functions", [{"name": "f"}]),
        ("function_call", {"name": "f"}),
        ("n", 2),
        ("n", True),
        ("logprobs", True),
        ("top_logprobs", 5),
        ("audio", {"voice": "alloy", "format": "mp3"}),
        ("modalities", ["text", "audio"]),
        ("modalities", ["audio"]),
    ],
)
def test_what_would_change_the_form_of_the_answer_is_refused(field: str, value: object) -> None:
    assert refused(USER, **{field: value}) == (400, "unsupported_parameter", field)


NOTHING: list[object] = [None, False, [], {}, ""]
IGNORED: list[tuple[str, object]] = [
    *[
        (field, value)
        for field in ("tools", "tool_choice", "functions", "function_call", "n", "logprobs")
        for value in NOTHING
    ],
    ("tool_choice", "none"),
    ("tool_choice", "auto"),
    ("function_call", "none"),
    ("n", 1),
    ("top_logprobs", 0),
    ("modalities", ["text"]),
    ("parallel_tool_calls", True),
    ("presence_penalty", 1),
    ("seed", 7),
    ("reasoning_effort", "low"),
    ("metadata", {"a": "b"}),
    ("never_heard_of", [1]),
]


@pytest.mark.parametrize(("field", "value"), IGNORED)
def test_what_asks_for_nothing_special_is_ignored(field: str, value: object) -> None:
    assert taken(USER, **{field: value}) == taken(USER)


@pytest.mark.parametrize(
    ("message", "param"),
    [
        ({"role": "tool", "content": "7", "tool_call_id": "c"}, "messages.1.role"),
        ({"role": "function", "content": "7", "name": "f"}, "messages.1.role"),
        (assistant(None, tool_calls=[{"id": "c"}]), "messages.1.tool_calls"),
        (assistant(None, function_call={"name": "f"}), "messages.1.function_call"),
        *[
            (
                {"role": "user", "content": [{"type": "text", "text": "What is it?"}, {"type": t}]},
                "messages.1.content.1",
            )
            for t in ("image_url", "input_image", "input_audio", "file", "refusal")
        ],
        (assistant([{"type": "image_url"}]), "messages.1.content.0"),
    ],
)
def test_messages_that_are_not_text_are_refused(message: object, param: str) -> None:
    assert refused(USER, message) == (400, "unsupported_parameter", param)


SCHEMA = {"type": "object", "properties": {"answer": {"type": "string"}}}


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (None, None),
        ({"type": "text"}, None),
        ({"type": "json_object"}, ResponseFormat()),
        (
            {"type": "json_schema", "json_schema": {"name": "a", "schema": SCHEMA, "strict": True}},
            ResponseFormat(json_schema=SCHEMA),
        ),
    ],
)
def test_a_response_format_is_read(value: object, form: ResponseFormat | None) -> None:
    assert taken(USER, response_format=value).response_format == form


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"items": schema}
    return schema


@pytest.mark.parametrize(
    ("value", "param"),
    [
        ("json", "response_format"),
        ([], "response_format"),
        ({}, "response_format.type"),
        ({"type": "xml"}, "response_format.type"),
        ({"type": ["text"]}, "response_format.type"),
        ({"type": "json_schema"}, "response_format.json_schema"),
        (
            {"type": "json_schema", "json_schema": {"schema": SCHEMA}},
            "response_format.json_schema.name",
        ),
        (
            {"type": "json_schema", "json_schema": {"name": "a"}},
            "response_format.json_schema.schema",
        ),
        (
            {"type": "json_schema", "json_schema": {"name": "a", "schema": []}},
            "response_format.json_schema.schema",
        ),
        (
            {"type": "json_schema", "json_schema": {"name": "a", "schema": nested(400)}},
            "response_format.json_schema.schema",
        ),
        (
            {"type": "json_schema", "json_schema": {"name": "a", "schema": {}, "strict": "yes"}},
            "response_format.json_schema.strict",
        ),
    ],
)
def test_a_response_format_of_a_wrong_shape_is_refused(value: object, param: str) -> None:
    assert refused(USER, response_format=value) == (400, "invalid_request", param)


@pytest.mark.parametrize(
    ("fields", "limit", "has_callers_limit"),
    [
        ({}, 8192, False),
        ({"max_tokens": None}, 8192, False),
        ({"max_tokens": 1}, 1, True),
        ({"max_completion_tokens": 8192}, 8192, True),
        ({"max_tokens": 5, "max_completion_tokens": 7}, 7, True),
        ({"max_tokens": 8193}, 8192, False),
    ],
)
def test_a_limit_is_the_caller_s_unless_the_service_s_is_lower(
    fields: dict[str, object], limit: int, has_callers_limit: bool
) -> None:
    chat = taken(USER, **fields)

    assert (chat.max_output_tokens, chat.has_callers_limit) == (limit, has_callers_limit)


@pytest.mark.parametrize("model", ["gpt-9", "gemini-3.8-flash", "NEXUS", ""])
def test_another_model_is_not_found(model: str) -> None:
    error = parsed(USER, model=model)

    assert isinstance(error, ApiError)
    assert (error.status, error.code, error.param) == (404, "model_not_found", "model")
    assert "nexus" in error.message

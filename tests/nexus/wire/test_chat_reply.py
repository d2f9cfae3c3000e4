"""What is written can be read by clients that split lines as str.splitlines does."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from fallback.core.answer import End, FinishReason
from fallback.pieces import AnswerStarted
from nexus.wire.chat_reply import Writer, to_json

LINE_ENDS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
WRITER = Writer(
    request_id="r1",
    created_at=datetime(2026, 11, 26, tzinfo=UTC),
    answering=AnswerStarted(model="m", display_name="M", fallbacks=0),
    hint_of=str.upper,
)
texts = st.text(st.sampled_from(LINE_ENDS) | st.characters(codec="utf-8"))


@given(texts)
def test_any_text_is_one_line_of_an_event(text: str) -> None:
    event = WRITER.text(text).decode()

    assert event.splitlines() == [event.removesuffix("\n\n"), ""]
    assert json.loads(event.removeprefix("data: "))["choices"][0]["delta"]["content"] == text


@given(texts)
def test_a_whole_answer_is_one_line(text: str) -> None:
    completion = to_json(WRITER.completion(text, End(FinishReason.STOP))).decode()

    assert len(completion.splitlines()) == 1
    assert json.loads(completion)["choices"][0]["message"]["content"] == text


def test_what_needs_no_escape_is_sent_as_it_is() -> None:
    assert to_json("你好 😀") == '"你好 😀"'.encode()

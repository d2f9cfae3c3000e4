"""Where the next model's text is joined to what was shown."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallback.core.answer import End, FinishReason, Text
from fallback.core.chat import Chat, Message, ResponseFormat, Role
from fallback.core.continuation import Splice, continued, is_silence, prefill
from fallback.core.failure import Failure, FailureKind

CHAT = Chat(messages=(Message(Role.USER, "Tell me"),), max_output_tokens=1000)
NUMBERED = " ".join(f"word{n}" for n in range(200)) + "."


def joined(shown: str, *pieces: str) -> str:
    joint = Splice(shown)
    return shown + "".join(joint.feed(piece) for piece in pieces) + joint.flush()


@pytest.mark.parametrize(
    ("shown", "next_text", "whole"),
    [
        # At the very letter, whatever the letter.
        ("The qui", "ck fox", "The quick fox"),
        ("The quick", " fox", "The quick fox"),
        ("The book", "keeper", "The bookkeeper"),
        ("1, 1", "1, 2", "1, 11, 2"),
        ("line\n\n", "    code", "line\n\n    code"),
        # The last words again.
        ("The quick bro", "quick brown fox", "The quick brown fox"),
        ("The quick bro", " quick brown fox", "The quick brown fox"),
        ("The quick ", "quick fox", "The quick fox"),
        ("Is it so", "so or not", "Is it so or not"),
        ("Is it so", "so", "Is it so"),
        ("Is it so", "something", "Is it sosomething"),
        ("It is a", "a rose", "It is aa rose"),
        # From the beginning again.
        ("Hello, it is", "Hello, it is me", "Hello, it is me"),
        ("Hello, it is me.", "Hello, it is me.", "Hello, it is me."),
        # Where words are not separated.
        (
            "今日はとても良い天気ですね。散歩",
            "とても良い天気ですね。散歩に行こう",
            "今日はとても良い天気ですね。散歩に行こう",
        ),
        # Something else altogether, which is not for us to judge.
        ("The quick", "A slow fox", "The quickA slow fox"),
        # A repetition that does not reach the end is text like any other.
        ("one two three four", "two three. five", "one two three fourtwo three. five"),
        ("one two", "", "one two"),
        ("one two", "   ", "one two   "),
    ],
)
def test_a_joint(shown: str, next_text: str, whole: str) -> None:
    assert joined(shown, next_text) == whole
    assert joined(shown, *next_text) == whole


def test_text_is_held_back_only_while_it_may_be_a_repetition() -> None:
    joint = Splice("The quick brown")

    assert joint.feed("quick") == ""
    assert joint.feed(" bro") == ""
    assert joint.feed("wn fox") == " fox"
    assert joint.feed(" quick brown") == " quick brown"
    assert joint.flush() == ""


@given(
    cut=st.integers(1, len(NUMBERED) - 1),
    words_again=st.integers(2, 30) | st.just(10_000),
    seed=st.integers(0, 2**32),
)
def test_words_that_are_said_again_are_shown_once_wherever_the_answer_was_cut(
    cut: int, words_again: int, seed: int
) -> None:
    shown = NUMBERED[:cut]
    starts = [0, *(at + 1 for at, letter in enumerate(shown) if letter == " ")]
    again = starts[-words_again] if words_again <= len(starts) else 0
    assert joined(shown, *pieces_of(NUMBERED[again:], seed)) == NUMBERED


@given(cut=st.integers(1, len(NUMBERED) - 1), seed=st.integers(0, 2**32))
def test_nothing_is_left_out_where_a_model_goes_on_at_the_letter(cut: int, seed: int) -> None:
    assert joined(NUMBERED[:cut], *pieces_of(NUMBERED[cut:], seed)) == NUMBERED


@given(st.text(min_size=1), st.lists(st.text(), max_size=5))
def test_whatever_comes_only_a_beginning_that_was_shown_is_left_out(
    shown: str, pieces: list[str]
) -> None:
    text = "".join(pieces)

    rest = joined(shown, *pieces)[len(shown) :]

    assert text.endswith(rest)
    assert shown.endswith(text[: len(text) - len(rest)].lstrip()) or rest == text


def test_the_next_model_sees_the_chat_and_what_was_shown() -> None:
    chat = continued(CHAT, "Once upon")

    assert chat.messages[:2] == (*CHAT.messages, Message(Role.ASSISTANT, "Once upon"))
    assert chat.messages[2].role is Role.USER
    assert chat.max_output_tokens == 998


def test_a_limit_of_length_counts_what_was_shown_and_leaves_room_for_an_end() -> None:
    assert continued(CHAT, "x" * 2000).max_output_tokens == 500
    assert continued(CHAT, "x" * 5000).max_output_tokens == 64
    assert continued(Chat(messages=CHAT.messages), "x").max_output_tokens is None


def test_a_prefill_is_continued_as_a_broken_answer_is() -> None:
    begun = Chat(messages=(*CHAT.messages, Message(Role.ASSISTANT, "Once ")), max_output_tokens=7)

    first, broken = continued(begun, ""), continued(begun, "upon a")

    assert prefill(begun) == "Once "
    assert prefill(CHAT) == ""
    assert first.messages[:2] == begun.messages
    assert broken.messages[:2] == (*CHAT.messages, Message(Role.ASSISTANT, "Once upon a"))
    assert first.messages[2] == broken.messages[2] == continued(CHAT, "Once").messages[2]
    assert first.max_output_tokens == 7


def test_who_goes_on_with_json_is_not_made_to_begin_it_anew() -> None:
    chat = Chat(messages=CHAT.messages, response_format=ResponseFormat())

    assert continued(chat, '{"a": ').response_format is None


def pieces_of(text: str, seed: int) -> list[str]:
    chance = random.Random(seed)
    pieces, at = [], 0
    while at < len(text):
        size = chance.randint(1, 40)
        pieces.append(text[at : at + size])
        at += size
    return pieces


def test_only_a_proper_end_without_a_word_is_silence() -> None:
    empty = FailureKind.EMPTY_ANSWER

    assert is_silence(Failure(kind=empty, reason="STOP"))
    assert not is_silence(Failure(kind=empty, reason="MAX_TOKENS"))
    assert not is_silence(Failure(kind=FailureKind.OVERLOADED, reason="STOP"))
    assert not is_silence(Text("a word"))
    assert not is_silence(End(FinishReason.STOP))

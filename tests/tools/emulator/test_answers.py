"""What a model answers unless told otherwise."""

from tests.tools.emulator.sdk import MODEL, Sdk, finish_reason, texts
from tools.emulator.answers import answer_to
from tools.emulator.server import Emulator


def test_an_answer_shows_every_kind_of_markdown_and_the_visitors_last_words(sdk: Sdk) -> None:
    text = sdk.ask("Please plan a trip to the coast").text or ""

    assert "Please plan a trip to the coast" in text
    assert "\n1. " in text
    assert "\n| --- |" in text
    assert "\n```python\n" in text


def test_the_same_question_gets_the_same_answer_and_other_questions_get_others() -> None:
    questions = ("hello", "python function", "plan my day", "compare them", "why is the sky blue")

    assert len({answer_to(question) for question in questions}) == len(questions)
    assert all(answer_to(question) == answer_to(question) for question in questions)


def test_long_last_words_are_cut_at_the_front() -> None:
    text = answer_to("begin " + "x " * 100 + "the end")

    assert "the end”" in text
    assert "begin" not in text


def test_the_word_long_gets_a_long_answer(sdk: Sdk) -> None:
    assert len(sdk.ask("Tell me a long story").text or "") > 5000


def test_a_stream_has_the_text_in_small_chunks_and_ends_with_reason_and_usage(sdk: Sdk) -> None:
    chunks = list(sdk.stream("Hello there"))

    assert 20 <= len(texts(chunks)) <= 40
    assert "".join(texts(chunks)) == sdk.ask("Hello there").text
    assert [finish_reason(chunk) for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert finish_reason(chunks[-1]) == "STOP"
    usage = chunks[-1].usage_metadata
    assert usage is not None
    assert usage.prompt_token_count
    assert usage.candidates_token_count
    assert usage.total_token_count == usage.prompt_token_count + usage.candidates_token_count
    assert {chunk.model_version for chunk in chunks} == {MODEL}
    assert len({chunk.response_id for chunk in chunks}) == 1


def test_max_output_tokens_and_stop_sequences_are_honoured(gemini: Emulator, sdk: Sdk) -> None:
    gemini.behave(MODEL, "answer", text="one two three four five six")

    short = sdk.ask(max_output_tokens=2)
    stopped = sdk.ask(stop_sequences=["four", "three"])

    assert (short.text, finish_reason(short)) == ("one two ", "MAX_TOKENS")
    assert (stopped.text, finish_reason(stopped)) == ("one two ", "STOP")


def test_text_chunks_thoughts_and_version_can_be_chosen(gemini: Emulator, sdk: Sdk) -> None:
    gemini.behave(MODEL, "answer", text="abcdef", chunks=3, thoughts=True, model_version="other")

    chunks = list(sdk.stream())

    assert texts(chunks) == ["ab", "cd", "ef"]
    assert chunks[0].parts
    assert chunks[0].parts[0].thought
    assert chunks[-1].usage_metadata
    assert chunks[-1].usage_metadata.thoughts_token_count
    assert {chunk.model_version for chunk in chunks} == {"other"}
    assert sdk.ask().text == "abcdef"

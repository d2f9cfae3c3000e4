"""Answers from the model of the visitor's own browser, while the service has none."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage, OpenChat

pytestmark = pytest.mark.browser


def start(chat: ChatPage) -> None:
    chat.page.get_by_role("button", name="Answer on this device").click()


def test_twenty_questions_bring_twenty_labelled_answers_and_no_request(
    open_with_device: OpenChat,
) -> None:
    chat = open_with_device("available", question="Question 1")
    requested: list[str] = []
    chat.page.on("request", lambda request: requested.append(request.url))
    start(chat)
    for number in range(2, 21):
        expect(chat.answers).to_have_count(number - 1)
        chat.ask(f"Question {number}")

    expect(chat.answers).to_have_count(20)
    expect(chat.answers.get_by_text("From this device")).to_have_count(20)
    expect(chat.answers.last.locator("strong")).to_have_text("Question 20")
    chat.come_to_rest()
    chat.about.last.hover()
    expect(chat.tooltip).to_have_text("Answered by this device")
    expect(chat.answers.locator("img, [onerror]")).to_have_count(0)
    expect(chat.answers.get_by_role("link")).to_have_count(0)
    own = "/assets/|availability$|status.json$"
    assert [url for url in requested if not re.search(own, url)] == []


def test_a_download_is_offered_shown_cancelled_and_finished(open_with_device: OpenChat) -> None:
    chat = open_with_device("downloadable")
    page = chat.page
    button = page.get_by_role("button", name="Download and answer on this device")
    expect(button).to_be_visible()
    expect(page.get_by_text("in English")).to_contain_text("downloaded first")
    expect(chat.message).to_be_disabled()
    assert page.evaluate("() => standIn.created") == 0

    button.press("Enter")
    expect(page.get_by_role("progressbar")).to_have_accessible_name(re.compile("42"))
    page.get_by_role("button", name="Cancel").last.click()
    expect(page.get_by_text("already downloading")).to_be_visible()
    expect(chat.message).to_be_disabled()

    start(chat)
    page.evaluate("() => standIn.finishDownload()")
    expect(chat.answers.get_by_text("From this device")).to_be_visible()
    expect(chat.message).to_be_focused()
    expect(chat.alert).to_be_hidden()
    expect(chat.countdown).to_be_visible()

    page.get_by_role("button", name="Turn off").click()
    expect(chat.alert).to_contain_text("Temporarily unavailable")
    expect(chat.message).to_be_disabled()


def test_a_reload_breaks_it_off_and_only_the_visitor_has_it_replaced(
    open_with_device: OpenChat,
) -> None:
    chat = open_with_device("available")
    chat.page.evaluate("() => standIn.isEndless = true")
    start(chat)
    expect(chat.answers.locator("strong")).to_have_text("Hello")
    chat.page.reload()

    broken_off = chat.answers.get_by_text("before this device had finished")
    expect(broken_off).to_be_visible()
    expect(chat.alert).to_contain_text("Temporarily unavailable")
    chat.page.unroute_all(behavior="wait")
    chat.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    again = chat.answers.get_by_role("button", name="Try again")
    expect(again).to_be_enabled()
    expect(broken_off).to_be_visible()
    expect(chat.page.get_by_text("of its own")).to_have_count(0)
    again.click()
    expect(chat.status).to_have_text(re.compile("Answer complete"))
    expect(chat.answers).to_have_count(1)
    expect(chat.answers.get_by_text("From this device")).to_have_count(0)


@pytest.mark.parametrize("reason", ["unavailable", "switched off"])
def test_nothing_is_offered_where_there_is_no_model_or_the_operator_wants_none(
    open_with_device: OpenChat, reason: str
) -> None:
    chat = open_with_device("unavailable" if reason == "unavailable" else "available")
    complaints: list[str] = []
    chat.page.on("console", lambda message: complaints.append(message.text))
    if reason == "switched off":
        config = {"deviceAnswers": False}
        chat.page.route("**/config.json", lambda route: route.fulfill(json=config))
    chat.page.reload()
    expect(chat.alert).to_contain_text("Temporarily unavailable")
    chat.page.wait_for_load_state("networkidle")

    expect(chat.page.get_by_text(re.compile("this device"))).to_have_count(0)
    scripts = chat.page.evaluate(
        "() => performance.getEntriesByType('resource').map(({ name }) => name)"
    )
    assert any("/device-" in script for script in scripts) == (reason == "unavailable")
    assert [
        line for line in complaints if "EventSource" not in line
    ] == []  # a routed reply is none

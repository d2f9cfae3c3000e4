import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Route, expect

from tests.browser.chat_page import ChatPage, OpenChat, set_hidden
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser

AVAILABILITY = re.compile("/api/check-availability$")
STATUS_OBJECT = re.compile("/status.json$")
RELEASED_MS = 60_000
"""Waiting messages are sent over ten seconds once a model may be tried."""


def without_stream(chat: ChatPage) -> None:
    """Load the page anew without event streams: what one has told needs no check."""
    chat.page.add_init_script("delete window.EventSource")
    chat.open()


def test_exhaustion_is_said_counted_down_and_over_by_itself(
    gemini: Emulator, fresh_nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(fresh_nexus)
    gemini.behave("*", "per-minute", retry_delay="15s")
    chat.message.fill("A long and careful draft")
    chat.message.press("Enter")

    expect(chat.alert).to_contain_text("Temporarily unavailable")
    expect(chat.message).to_be_disabled()
    expect(chat.send).to_be_disabled()
    expect(chat.articles.get_by_text("Waiting.")).to_be_visible()
    expect(chat.articles.get_by_text("A long and careful draft")).to_be_visible()
    expect(chat.message).to_have_value("")
    expect(chat.message).to_have_accessible_description(re.compile("Temporarily unavailable"))
    seconds = chat.countdown.inner_text()
    assert re.fullmatch(r"0:[01]\d", seconds)
    expect(chat.countdown).not_to_have_text(seconds)
    assert chat.countdown.inner_text() < seconds
    expect(chat.alert.get_by_role("timer")).to_have_count(0)

    gemini.reset()
    expect(chat.alert).to_be_hidden()
    expect(chat.message).to_be_enabled()
    expect(chat.message).to_be_focused()
    expect(chat.again).to_be_visible(timeout=RELEASED_MS)
    expect(chat.message).to_have_value("")
    expect(chat.articles).to_have_count(2)


def test_exhaustion_is_known_to_those_who_come_later(
    exhausted_nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(exhausted_nexus)

    expect(chat.alert).to_contain_text("Temporarily unavailable")
    expect(chat.page.get_by_text("Expected back")).to_have_text(
        re.compile(r"Expected back (tomorrow )?at .*, in (about \d+ hours?|\d+:\d\d)\.")
    )
    expect(chat.message).to_be_disabled()
    expect(chat.send).to_be_disabled()


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_visitors_clock_that_is_wrong_changes_no_countdown(
    nexus: str, open_chat: OpenChat, hours: int
) -> None:
    chat = open_chat(nexus)
    now = datetime.now(UTC)
    reply = {
        "status": "exhausted",
        "retry_at": (now + timedelta(minutes=5)).isoformat(),
        "retry_after_seconds": 300,
        "expected_at": (now + timedelta(minutes=45)).isoformat(),
    }
    chat.page.route(AVAILABILITY, lambda route: route.fulfill(json=reply))
    chat.page.clock.install(time=now + timedelta(hours=hours))
    chat.page.reload()

    expect(chat.countdown).to_have_text(re.compile(r"4[45]:\d\d"))


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_visitors_clock_that_is_wrong_delays_no_message(
    nexus: str, gemini: Emulator, open_chat: OpenChat, hours: int
) -> None:
    chat = open_chat(nexus)
    chat.page.clock.install(time=datetime.now(UTC) + timedelta(hours=hours))
    chat.page.reload()

    def refuse(route: Route) -> None:
        retry_at = (datetime.now(UTC) + timedelta(seconds=60)).isoformat()
        error = {"code": "visitor_rate_limited", "retry_at": retry_at, "retry_after_seconds": 60}
        route.fulfill(status=429, json={"error": error})

    chat.page.route("**/api/chat/**", refuse, times=1)
    chat.ask("Hello")

    expect(chat.articles.get_by_role("timer")).to_have_text(re.compile(r"1:00|0:\d\d"))
    assert gemini.calls() == []
    chat.page.clock.fast_forward(61_000)
    expect(chat.status).to_have_text(re.compile("Answer complete"))
    assert len(gemini.calls()) == 1


def test_a_check_is_never_answered_by_the_browsers_cache(
    exhausted_nexus: str, open_chat: OpenChat
) -> None:
    # a 304 would give the seconds that were left when the reply was kept
    chat = open_chat(exhausted_nexus)
    without_stream(chat)
    expect(chat.countdown).to_be_visible()

    with chat.page.expect_request(STATUS_OBJECT) as request:
        set_hidden(chat, hidden=False)

    assert "if-none-match" not in request.value.all_headers()


def test_the_banner_is_spoken_once_however_often_the_service_is_checked(
    nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(nexus)
    state = {"status": "exhausted", "retry_after_seconds": 600}

    def reply(route: Route) -> None:
        if route.request.headers["accept"] == "text/event-stream":
            return route.fulfill(status=204)
        return route.fulfill(json=state)

    chat.page.route(AVAILABILITY, reply)
    chat.page.reload()
    expect(chat.alert).to_contain_text("Temporarily unavailable")
    chat.page.evaluate(
        """() => {
            window.spoken = 0;
            const alert = document.querySelector("[role=alert]");
            const whatever = { subtree: true, childList: true, characterData: true };
            new MutationObserver(() => window.spoken++).observe(alert, whatever);
        }"""
    )

    for minutes in (8, 7, 6):
        state["retry_after_seconds"] = minutes * 60 + 50
        set_hidden(chat, hidden=False)
        expect(chat.countdown).to_have_text(re.compile(rf"{minutes}:\d\d"))

    assert chat.page.evaluate("() => window.spoken") == 0


def test_while_everything_is_exhausted_a_page_hears_of_the_return_and_asks_no_function(
    exhausted_nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(exhausted_nexus)
    without_stream(chat)
    expect(chat.alert).to_be_visible()
    asked: list[str] = []
    chat.page.on("request", lambda request: asked.append(request.url))
    back = {"version": "x", "status": "operational", "retry_at": "", "models": ""}

    def reply(route: Route) -> None:
        route.fulfill(json=back | {"checked_at": datetime.now(UTC).isoformat()})

    chat.page.route(STATUS_OBJECT, reply)
    set_hidden(chat, hidden=False)

    expect(chat.alert).to_be_hidden()
    assert not [url for url in asked if AVAILABILITY.search(url)]


def test_a_check_that_fails_is_not_exhaustion(chat: ChatPage) -> None:
    chat.page.route(AVAILABILITY, lambda route: route.fulfill(status=502, body="<html>"))

    chat.page.reload()

    expect(chat.page.locator("p").get_by_text("cannot check the service")).to_be_visible()
    expect(chat.alert).to_be_hidden()
    chat.ask_and_wait("Hello")


def test_a_misconfigured_service_is_said_in_plain_words_without_detail(
    gemini: Emulator, fresh_nexus: str, open_chat: OpenChat
) -> None:
    gemini.behave("*", "key-invalid")
    chat = open_chat(fresh_nexus)

    chat.ask("Hello")

    expect(chat.answers.get_by_text("wrong on our side")).to_be_visible()
    expect(chat.page.get_by_text("has been told")).to_have_count(0)
    expect(chat.page.get_by_text(re.compile("API key", re.IGNORECASE))).to_have_count(0)
    expect(chat.message).to_have_value("Hello")
    expect(chat.message).to_be_enabled()


def test_it_checks_each_minute_while_somebody_looks_and_at_once_on_return(
    nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(nexus)  # not the shared context: it is the context that has the clock
    misconfigured = chat.page.locator("p").get_by_text("wrong on our side")
    unknown = chat.page.locator("p").get_by_text("cannot check the service")
    checks: list[str] = []

    def reply(route: Route) -> None:
        if route.request.headers["accept"] == "text/event-stream":
            return route.fulfill(status=204)
        # By turns, so that the page shows that it has dealt with a reply.
        checks.append(route.request.url)
        if len(checks) % 2:
            return route.fulfill(status=502)
        return route.fulfill(json={"status": "misconfigured"})

    chat.page.route(AVAILABILITY, reply)
    chat.page.clock.install()
    chat.page.reload()
    expect(unknown).to_be_visible()

    chat.page.clock.fast_forward(67_000)
    expect(misconfigured).to_be_visible()

    set_hidden(chat, hidden=True)
    chat.page.clock.fast_forward(600_000)
    assert len(checks) == 2

    set_hidden(chat, hidden=False)
    expect(unknown).to_be_visible()
    assert len(checks) == 3

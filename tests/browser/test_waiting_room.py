"""A place in line is kept by the page: nobody clicks, and nothing is lost."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.browser.chat_page import ChatPage, OpenChat, set_hidden
from tests.browser.test_shell import NewContext
from tests.browser.test_waiting import asked
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser

CHAT = re.compile("/api/chat/")
AVAILABILITY = re.compile("/api/check-availability$")
STATUS_OBJECT = re.compile("/status.json$")
WILL_BE_SENT = "Waiting messages are saved and will be sent automatically."


class Line:
    """A line at the door of the real service: whoever is called is let in."""

    def __init__(self, *, called: int, issued: int, per_second: float | None) -> None:
        self.called = called
        self.issued = issued
        self.per_second = per_second
        self.tickets: list[str | None] = []
        self.checks = 0
        self.is_stopped = False

    def stand_before(self, context: BrowserContext) -> None:
        context.route(CHAT, self._chat)
        context.route(AVAILABILITY, self._availability)
        context.route(STATUS_OBJECT, lambda route: route.fulfill(json=self._state()))

    def _chat(self, route: Route) -> None:
        ticket = route.request.headers.get("x-nexus-ticket")
        self.tickets.append(ticket)
        if ticket is None:
            self.issued += 1
        number = self.issued if ticket is None else int(ticket.split(".")[0])
        if number <= self.called:
            headers = route.request.headers
            headers.pop("x-nexus-ticket", None)  # The service has not given it.
            return route.continue_(headers=headers)
        seconds = (number - self.called) / (self.per_second or 1)
        place = {
            "ticket": f"{number}.{len(self.tickets)}",
            "number": number,
            "position": number - self.called,
            "retry_after_seconds": seconds,
        }
        return route.fulfill(status=503, json={"error": {"code": "models_exhausted", **place}})

    def _availability(self, route: Route) -> None:
        if route.request.headers["accept"] == "text/event-stream":
            return route.fulfill(status=204)
        self.checks += 1
        return route.fulfill(json=self._state())

    def _state(self) -> dict[str, Any]:
        now = datetime.now(UTC)
        # The pace holds for a moment at which nobody is called by it alone.
        serving = {
            "number": self.called,
            "at": (now + timedelta(milliseconds=900)).isoformat(),
            "per_second": self.per_second,
            "waiting": self.issued - self.called,
        }
        is_over = self.called >= self.issued
        state: dict[str, Any] = {
            "version": "x",
            "status": "degraded" if is_over else "exhausted",
            "retry_at": None if is_over else (now + timedelta(minutes=1)).isoformat(),
            "models": [{"display_name": "A model", "state": "available", "until": None}],
        }
        if self.is_stopped:
            state |= {"status": "unavailable", "retry_at": (now + timedelta(hours=1)).isoformat()}
        return state | {"checked_at": now.isoformat(), "serving": {} if is_over else serving}


def look(chat: ChatPage) -> None:
    """Whoever comes back to the page looks at once."""
    set_hidden(chat, hidden=False)


def open_in_line(open_chat: OpenChat, nexus: str, line: Line) -> ChatPage:
    chat = open_chat(nexus)
    line.stand_before(chat.page.context)
    chat.ask("Patience")
    expect(chat.articles.get_by_text("Waiting.")).to_be_visible()
    return chat


def test_a_place_is_shown_survives_a_reload_and_is_called(
    nexus: str, gemini: Emulator, open_chat: OpenChat
) -> None:
    line = Line(called=100, issued=110, per_second=0.05)
    chat = open_in_line(open_chat, nexus, line)
    banner = chat.page.get_by_role("region", name="Service status")
    expect(chat.alert).to_contain_text("Messages are answered in turn at the moment.")
    expect(banner).to_contain_text("You are number 11 in line. Expected in about 4 minutes.")
    expect(chat.message).to_be_disabled()
    expect(chat.send).to_be_disabled()
    expect(chat.status).to_have_text(re.compile("number 11 in line"))
    first, confirmed = line.tickets
    assert (first, confirmed) == (None, "111.1")
    checks = line.checks

    line.called = 109
    look(chat)
    expect(banner).to_contain_text("You are number 2 in line.")
    expect(chat.status).to_have_text(re.compile("number 11 in line"))
    assert line.checks == checks

    chat.page.reload()
    expect(banner).to_contain_text("You are number 2 in line.")
    line.called = 111
    set_hidden(chat, hidden=False)
    expect(chat.status).to_have_text(re.compile("Answer complete"))
    expect(chat.alert).to_be_empty()
    expect(chat.message).to_be_enabled()
    assert line.tickets == [None, "111.1", "111.2"]
    assert asked(gemini) == ["Patience"]


def test_a_newcomer_writes_while_others_are_first_and_gets_in_line(
    nexus: str, gemini: Emulator, new_context: NewContext
) -> None:
    line = Line(called=100, issued=110, per_second=0.05)
    context = new_context()
    line.stand_before(context)
    chat = ChatPage(context.new_page(), nexus)
    chat.open()
    note = chat.page.locator("p").get_by_text("Yours will wait its turn.")
    expect(note).to_be_visible()
    expect(chat.alert).to_be_empty()
    expect(chat.message).to_be_enabled()

    chat.ask("Patience")

    banner = chat.page.get_by_role("region", name="Service status")
    expect(banner).to_contain_text("You are number 11 in line.")
    expect(note).to_be_hidden()
    expect(chat.message).to_be_disabled()
    line.called = 111
    set_hidden(chat, hidden=False)
    expect(chat.status).to_have_text(re.compile("Answer complete"))
    assert line.tickets == [None, "111.1", "111.2"]
    assert asked(gemini) == ["Patience"]


def test_whoever_leaves_the_line_has_the_message_back(
    nexus: str, gemini: Emulator, open_chat: OpenChat
) -> None:
    line = Line(called=100, issued=100, per_second=None)
    chat = open_in_line(open_chat, nexus, line)
    banner = chat.page.get_by_role("region", name="Service status")
    expect(banner).to_contain_text("You are next in line.")
    expect(banner).to_contain_text("We cannot tell yet how long this will take.")

    banner.get_by_role("button", name="Leave the line").click()

    expect(chat.message).to_have_value("Patience")
    expect(chat.message).to_be_focused()
    expect(chat.articles).to_have_count(0)
    assert asked(gemini) == []


def test_whoever_is_in_line_reads_that_the_service_was_stopped(
    nexus: str, open_chat: OpenChat
) -> None:
    line = Line(called=100, issued=110, per_second=0.05)
    chat = open_in_line(open_chat, nexus, line)
    banner = chat.page.get_by_role("region", name="Service status")
    expect(banner).to_contain_text("You are number 11 in line.")

    line.is_stopped = True
    look(chat)
    expect(chat.alert).to_contain_text("No model is answering right now.")
    expect(banner).not_to_contain_text("in line")

    line.is_stopped = False
    look(chat)
    expect(banner).to_contain_text("You are number 11 in line.")


def test_a_low_screen_scrolls_past_the_banner(nexus: str, open_chat: OpenChat) -> None:
    chat = open_in_line(open_chat, nexus, Line(called=100, issued=110, per_second=0.05))
    chat.page.set_viewport_size({"width": 320, "height": 256})

    log = chat.log.bounding_box()
    assert log is not None
    assert log["height"] > 120
    leave = chat.page.get_by_role("button", name="Leave the line")
    leave.scroll_into_view_if_needed()
    expect(leave).to_be_in_viewport(ratio=0.9)
    chat.message.scroll_into_view_if_needed()
    expect(chat.message).to_be_in_viewport(ratio=0.9)


def test_those_in_line_are_answered_in_order_and_nobody_clicks(
    fresh_nexus: str, gemini: Emulator, open_chat: OpenChat
) -> None:
    gemini.behave("*", "per-minute", retry_delay="20s")
    visitors = [open_chat(fresh_nexus) for _ in range(3)]
    for place, visitor in enumerate(visitors, 1):
        visitor.ask(f"Visitor {place}")
        banner = visitor.page.get_by_role("region", name="Service status")
        expect(banner.get_by_text("in line.")).to_be_visible()
        expect(visitor.alert).to_contain_text(WILL_BE_SENT)
    last = visitors.pop()
    last.page.get_by_role("button", name="Cancel").click()
    expect(last.alert).not_to_contain_text(WILL_BE_SENT)

    gemini.reset()

    for visitor in visitors:
        expect(visitor.again).to_be_visible()
    assert asked(gemini) == ["Visitor 1", "Visitor 2"]

"""What cannot go out waits, and goes out by itself: once, and in order."""

import json
import os
import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.chat_page import ChatPage, OpenChat, sent, set_hidden
from tests.tools.serving.polling import eventually
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser

CHAT = re.compile("/api/chat/")


NOTE_WHAT_IS_SEEN_LAST = """() => addEventListener("pagehide", () => {
    sessionStorage.seen = document.querySelector(".prose").textContent;
})"""


def numbered(count: int) -> str:
    """Text in which a word that is missing or comes twice is seen."""
    return "".join(f"w{number} " for number in range(1, count + 1))


def asked(gemini: Emulator) -> list[str]:
    """The questions that have reached Gemini."""
    return [call.body["contents"][-1]["parts"][0]["text"] for call in gemini.calls()]


def test_a_message_refused_for_exhaustion_goes_out_once_also_after_a_reload(
    gemini: Emulator, fresh_nexus: str, open_chat: OpenChat
) -> None:
    chat = open_chat(fresh_nexus)
    gemini.behave("*", "per-minute", retry_delay="20s")
    chat.ask("Patience")
    expect(chat.articles.get_by_text("Waiting.")).to_be_visible()
    gemini.reset()

    chat.page.reload()
    other = ChatPage(chat.page.context.new_page(), chat.page.url)
    other.page.goto(other.url)  # it may learn the service's state from the first tab
    for tab in (chat, other):
        expect(tab.articles.get_by_text("Waiting.")).to_be_visible()
        expect(tab.message).to_be_disabled()
    expect(chat.answers).to_have_count(1, timeout=60_000)
    expect(other.answers).to_have_count(1)

    for tab in (chat, other):
        expect(tab.send).to_be_enabled()
        expect(tab.message).to_have_value("")
    assert asked(gemini) == ["Patience"]


def test_what_was_written_offline_goes_out_in_order(chat: ChatPage, gemini: Emulator) -> None:
    chat.ask_and_wait("Hello")
    gemini.reset()
    chat.page.context.set_offline(True)
    for words in ("One", "Two", "Three", "Four"):
        chat.ask(words)
        expect(chat.message).to_have_value("")
    expect(chat.articles.get_by_text("Waiting.")).to_have_count(4)

    two, three = chat.articles.nth(3), chat.articles.nth(4)
    two.get_by_role("button", name="Cancel").click()
    expect(chat.message).to_have_value("Two")
    three = chat.articles.nth(3)
    three.get_by_role("button", name="Edit").click()
    editor = chat.page.get_by_role("textbox", name="Your words")
    editor.fill("Drei")
    editor.press("Enter")
    chat.page.context.set_offline(False)

    expect(chat.answers).to_have_count(4)
    expect(chat.articles.get_by_text("Waiting.")).to_have_count(0)
    expect(chat.stop).to_be_hidden()  # Send is there all the time, for the draft.
    assert asked(gemini) == ["One", "Drei", "Four"]
    expect(chat.message).to_have_value("Two")


def test_a_rate_limited_message_goes_out_at_its_instant(
    nexus: str, gemini: Emulator, open_chat: OpenChat
) -> None:
    chat = open_chat(nexus)
    chat.page.clock.install()
    chat.page.reload()
    error = {"code": "visitor_rate_limited", "message": "", "retry_after_seconds": 3600}

    def refuse(route: Route) -> None:
        route.fulfill(status=429, body=json.dumps({"error": error}))

    chat.page.route(CHAT, refuse, times=1)
    chat.ask("Hello")
    expect(chat.articles.get_by_role("timer")).to_be_visible()
    chat.page.clock.fast_forward("59:00")
    expect(chat.articles.get_by_role("timer")).to_have_text(re.compile(r"(1:00|0:\d\d)"))
    assert asked(gemini) == []
    chat.page.clock.fast_forward("01:01")

    expect(chat.status).to_have_text(re.compile("Answer complete"))
    assert asked(gemini) == ["Hello"]


def test_a_reload_in_a_stream_goes_on_with_the_answer_after_the_last_word_that_was_seen(
    chat: ChatPage, gemini: Emulator
) -> None:
    text = numbered(800)
    gemini.behave("*", "answer", text=text, chunks=400, chunk_seconds=0.2)
    chat.ask("Hello")
    expect(chat.answers.get_by_text("w5 w6")).to_be_visible()
    chat.page.evaluate(NOTE_WHAT_IS_SEEN_LAST)
    gemini.reset()
    gemini.behave("*", "answer", text=text)

    with chat.page.expect_request(CHAT) as request:
        chat.page.reload()

    expect(chat.status).to_have_text(re.compile("Answer complete"))
    expect(chat.answers).to_have_count(1)
    expect(chat.answers.locator(".prose")).to_have_text(text.strip())
    expect(chat.answers.get_by_text("Interrupted.")).to_have_count(0)
    question, begun = sent(request.value)
    assert (question["role"], begun["role"]) == ("user", "assistant")
    seen: str = chat.page.evaluate("sessionStorage.seen")
    assert begun["content"].startswith(seen.strip())
    assert text.startswith(begun["content"])


def test_a_message_whose_fate_is_unknown_is_not_sent_again(
    chat: ChatPage, gemini: Emulator
) -> None:
    gemini.behave("*", "answer", text="late", first_text_seconds=30)
    chat.ask("Hello")
    assert eventually(lambda: asked(gemini) == ["Hello"])
    expect(chat.processing).to_be_visible()

    with chat.page.expect_response(re.compile("/api/check-availability$")):
        chat.page.reload()
    expect(chat.answers.get_by_text("It may have been sent.")).to_be_visible()
    gemini.reset()
    chat.retry.click()

    expect(chat.status).to_have_text(re.compile("Answer complete"))
    assert asked(gemini) == ["Hello"]


def test_a_function_that_is_killed_leaves_the_text_and_a_reason(
    gemini: Emulator, fresh_nexus: str, open_chat: OpenChat, tmp_path: Path
) -> None:
    gemini.behave("*", "answer", text="kept " * 800, chunks=400, chunk_seconds=0.2)
    chat = open_chat(fresh_nexus)
    chat.ask("Hello")
    expect(chat.answers.get_by_text("kept kept")).to_be_visible()

    kill_chat_function(f"sqlite:{tmp_path / 'nexus.db'}")

    expect(chat.answers.get_by_text("Interrupted.")).to_be_visible()
    expect(chat.answers.get_by_text("kept kept")).to_be_visible()
    expect(chat.page.get_by_role("button", name="Continue")).to_be_enabled()
    expect(chat.retry).to_be_enabled()
    chat.stop.click()
    expect(chat.answers.get_by_text("Stopped.")).to_be_visible()
    expect(chat.stop).to_be_hidden()


def test_after_a_worker_is_killed_in_a_stream_the_answer_goes_on(
    gemini: Emulator, nexus: str, chat: ChatPage, nexus_state: str
) -> None:
    text = numbered(400)
    gemini.behave("*", "answer", text=text, chunks=200, chunk_seconds=0.3)
    chat.ask("Hello")
    expect(chat.answers.get_by_text("w5 w6")).to_be_visible()
    processes = chat_processes(nexus_state)
    [worker] = [process for process in processes if parent(process) in processes]
    gemini.reset()
    gemini.behave("*", "answer", text=text)

    os.kill(worker, signal.SIGKILL)

    expect(chat.status).to_have_text(re.compile("Answer complete"))
    expect(chat.answers).to_have_count(1)
    expect(chat.answers.locator(".prose")).to_have_text(text.strip())
    expect(chat.answers.get_by_text("Interrupted.")).to_have_count(0)
    assert len(gemini.calls()) == 1


def kill_chat_function(state: str) -> None:
    """Kill the processes of the chat function of the Nexus that has this state."""
    for process in chat_processes(state):
        os.kill(process, signal.SIGKILL)


def chat_processes(state: str) -> list[int]:
    """gunicorn's master and its worker, of the chat function of the Nexus that has this state."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        if f"NEXUS_STATE={state}".encode() in environment.split(b"\0") and b"chat" in words:
            found.append(int(process.name))
    return found


def parent(process: int) -> int:
    """The process that has started it."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[1])


NOTIFICATION = """
    window.notified = [];
    window.Notification = class {
        static permission = "default";
        static requestPermission = async () => (this.permission = "granted");
        constructor(title, { body }) {
            notified.push([title, body]);
        }
    };
"""


def test_a_tab_that_was_closed_waits_on_and_tells_of_the_answer_where_nobody_sees_it(
    nexus: str, gemini: Emulator, open_chat: OpenChat
) -> None:
    closed = open_chat(nexus)
    context = closed.page.context
    context.add_init_script(NOTIFICATION)
    refusal = {"error": {"code": "models_exhausted", "retry_after_seconds": 600}}
    context.route(CHAT, lambda route: route.fulfill(status=503, json=refusal))
    # Soon, but not while the tab closes: what is being sent then is not sent again unasked.
    exhausted = {"status": "exhausted", "retry_after_seconds": 6}
    context.route(
        re.compile("/api/check-availability$"), lambda route: route.fulfill(json=exhausted)
    )
    closed.ask("Patience")
    expect(closed.articles.get_by_text("Waiting.")).to_be_visible()
    expect(closed.message).to_have_value("")
    expect(closed.page).to_have_url(re.compile("#/c/"))
    address = closed.page.url
    closed.page.goto("about:blank")  # A page that is left writes what it has.
    closed.page.close()

    chat = ChatPage(context.new_page(), address)
    chat.page.goto(address)
    notify_me = chat.articles.get_by_role("button", name="Notify me")
    notify_me.click()
    expect(chat.status).to_contain_text("You will be notified")
    expect(notify_me).to_have_count(0)
    set_hidden(chat, hidden=True)
    context.unroute_all(behavior="wait")

    expect(chat.answers).to_have_count(1)
    expect(chat.page).to_have_title("Answer ready · Patience · Nexus")
    chat.page.wait_for_function("() => notified.length > 0")
    assert chat.page.evaluate("() => notified") == [["Nexus", "Your answer is ready."]]
    assert asked(gemini) == ["Patience"]
    set_hidden(chat, hidden=False)
    expect(chat.page).to_have_title("Patience · Nexus")

"""The page as it is deployed without a domain: in a bucket, the functions at other origins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, expect

from infra.release.smoke import smoke
from tests.browser.chat_page import ChatPage, until
from tests.browser.nexus_process import ROOT
from tests.infra.bucket import Bucket, objects
from tools.emulator.server import Emulator
from tools.testkit.serving import API_KEY, ServedFunction, serve

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]


@dataclass(frozen=True)
class Deployment:
    """A page and the two functions that it names."""

    bucket: Bucket
    chat: ServedFunction
    availability: ServedFunction


@pytest.fixture(scope="module")
def deployment(web_build: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    folder = tmp_path_factory.mktemp("deployment")
    with ExitStack() as stack:
        gemini = stack.enter_context(Emulator())
        bucket = stack.enter_context(Bucket().serving())
        environ = {
            "GEMINI_API_KEY": API_KEY,
            "GOOGLE_GEMINI_BASE_URL": gemini.url,
            "NEXUS_STATE": f"sqlite:{folder / 'nexus.db'}",
            "NEXUS_ALLOWED_ORIGINS": bucket.origin,
        }
        chat, availability = (
            stack.enter_context(serve(target, environ, folder / f"{target}.log"))
            for target in ("chat", "check_availability")
        )
        bucket.objects = objects(folder / "terraform", chat.url, availability.url)
        yield Deployment(bucket, chat, availability)


def chat_page(context: BrowserContext, url: str) -> tuple[ChatPage, list[str]]:
    """A page that has not been opened, and the list in which its complaints will be."""
    complaints: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return ChatPage(page, url), complaints


def test_a_chat_is_answered_across_origins_and_no_policy_objects(
    deployment: Deployment, new_context: NewContext
) -> None:
    chat, complaints = chat_page(new_context(), deployment.bucket.url)
    requested: set[str] = set()
    chat.page.on("request", lambda request: requested.add(request.url))
    with chat.page.expect_response(f"{deployment.availability.url}/"):
        chat.page.goto(chat.url)

    answer = chat.ask_and_wait("Hello")

    expect(answer.get_by_role("heading", name="Nexus Core")).to_be_visible()
    assert f"{deployment.chat.url}/v1/chat/completions" in requested
    assert complaints == []


def test_the_page_opens_without_a_network(deployment: Deployment, new_context: NewContext) -> None:
    context = new_context(service_worker=True)
    chat, complaints = chat_page(context, deployment.bucket.url)
    chat.page.goto(chat.url)
    chat.page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")
    chat.ask_and_wait("Hello")
    assert complaints == []

    context.set_offline(True)
    chat.page.reload()

    expect(chat.page.locator("p").get_by_text("You are offline")).to_be_visible()
    expect(chat.message).to_be_visible()


def test_a_page_of_another_origin_gets_no_answer(
    deployment: Deployment, new_context: NewContext
) -> None:
    with Bucket().serving() as other:
        other.objects = deployment.bucket.objects
        chat, complaints = chat_page(new_context(), other.url)
        chat.page.goto(chat.url)
        chat.ask("Hello")

        expect(chat.retry).to_be_visible()
        until(chat.page, lambda: any("CORS policy" in complaint for complaint in complaints))


def test_the_policy_names_the_functions_and_no_other_origin(
    deployment: Deployment, new_context: NewContext
) -> None:
    chat, complaints = chat_page(new_context(), deployment.bucket.url)
    chat.page.goto(chat.url)

    reached = chat.page.evaluate(
        "(url) => fetch(url).then(() => true, () => false)", "http://127.0.0.1:9/"
    )

    assert not reached
    until(chat.page, lambda: any("Content Security Policy" in each for each in complaints))


def test_the_smoke_test_passes_on_it(deployment: Deployment) -> None:
    assert smoke(deployment.bucket.url, ROOT / "web/dist")

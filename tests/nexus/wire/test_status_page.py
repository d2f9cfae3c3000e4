"""The status page and its feed say what was recorded, to everybody, and nothing more."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from fallback.core.availability import Availability, ModelState, State, Status
from fallback.core.failure import FailureKind
from nexus.status.core.cause import Cause
from nexus.status.core.history import History, Track, record
from nexus.status.core.incident import Incident
from nexus.status.core.tally import DAYS, QUARTERS
from nexus.status.history_json import from_body, to_body
from nexus.waiting_room.core.line_ahead import LineAhead
from nexus.wire.status_feed import status_feed
from nexus.wire.status_page import status_page
from nexus.wire.status_words import ENGLISH, Share, duration
from tools.serving.status_object import INITIAL
from tools.testkit.serving import REPOSITORY
from tools.testkit.states import (
    FIRST,
    SECOND,
    STAND_IN,
    START,
    WELL,
    after,
    limited,
    service,
    silent,
)

WHOLE = service(WELL, STAND_IN)
DEGRADED = service(limited(FIRST, 7200, FailureKind.QUOTA_EXHAUSTED), STAND_IN)
DOWN = service(limited(FIRST, 7200), limited(SECOND, 90))
_ATOM = "{http://www.w3.org/2005/Atom}"


class Text(HTMLParser):
    """What a person gets of a page, and what it gives a script to say it in other words."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.found = ""
        self.keys: set[str] = set()
        self.unmarked: list[str] = []
        self._marks: list[bool] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        key = dict(attrs).get("data-say")
        if key is not None:
            self.keys.add(key)
        if tag not in ("meta", "link"):
            # The script makes a title of the headline, and names are the same in every language.
            self._marks.append(key is not None or tag in ("title", "bdi"))

    def handle_endtag(self, tag: str) -> None:
        self._marks.pop()

    def handle_data(self, data: str) -> None:
        self.found += data
        if data.strip() and not any(self._marks):
            self.unmarked.append(data)


def recorded(*states: tuple[float, Availability], line: LineAhead | None = None) -> History:
    history = record(None, WHOLE, START, line)
    for seconds, availability in states:
        history = record(history, availability, after(seconds), line)
    return history


def shown(history: History) -> str:
    return " ".join(Text(status_page(history)).found.split())


NOW = {
    "well": ([], "The chat is working Gemini 3.8 Flash is answering."),
    "degraded": (
        [(0, DEGRADED)],
        "The chat is working Another model stands in for Gemini 3.8 Flash. "
        "Expected back on 22 November 2026, 14:00 UTC.",
    ),
    "down": (
        [(0, DOWN)],
        "The chat cannot answer now All models are at their limits. "
        "Expected back on 22 November 2026, 12:01 UTC.",
    ),
    "unavailable": (
        [(0, service(silent(FIRST, 60), silent(SECOND, 60)))],
        "The chat cannot answer now No model answers in time. "
        "Tried again on 22 November 2026, 12:01 UTC.",
    ),
    "misconfigured": (
        [(0, service(silent(FIRST, 60, FailureKind.UNAUTHORIZED), status=Status.MISCONFIGURED))],
        "The chat cannot answer now The service is not set up correctly. "
        "Only its operator can fix this.",
    ),
    "due": (
        [(0, DOWN), (95, service(limited(FIRST, 7200), ModelState(SECOND, State.PROBING)))],
        "The chat is being tried again The next chat will show whether it is back.",
    ),
}


@pytest.mark.parametrize("case", NOW)
def test_the_page_says_how_the_service_is(case: str) -> None:
    states, expected = NOW[case]

    assert expected in shown(recorded(*states))


IN_LINE = LineAhead(waiting=40, comes_at=after(301), is_known=True, until=after(901))
WAITS = "In line on 22 November 2026, 12:00 UTC: about 40. Wait for a new message at that time: "
BEHIND_A_LINE: dict[str, tuple[Availability, LineAhead, str]] = {
    "models answer": (
        WHOLE,
        IN_LINE,
        "New messages have to wait Messages are answered in turn at the moment. "
        f"{WAITS}about 6 min. The chat is working Gemini 3.8 Flash is answering.",
    ),
    "the first model is out": (
        DEGRADED,
        IN_LINE,
        "New messages have to wait Messages are answered in turn at the moment. "
        f"{WAITS}about 6 min. The chat is working Another model stands in for",
    ),
    "all models are out": (
        DOWN,
        IN_LINE,
        "The chat cannot answer now All models are at their limits. Expected back on "
        f"22 November 2026, 12:01 UTC. {WAITS}about 6 min. New messages have to wait",
    ),
    "called within a minute": (WHOLE, replace(IN_LINE, comes_at=after(1)), "about 1 min."),
    "the pace is a guess": (
        WHOLE,
        replace(IN_LINE, is_known=False),
        ": about 40. Nobody could say how long a new message would wait.",
    ),
}


@pytest.mark.parametrize("case", BEHIND_A_LINE)
def test_while_others_wait_the_page_says_what_a_newcomer_meets(case: str) -> None:
    availability, line, expected = BEHIND_A_LINE[case]
    history = recorded((0, availability), line=line)
    page = Text(status_page(history))

    assert expected in " ".join(page.found.split())
    assert page.unmarked == []
    assert page.keys <= ENGLISH.keys()


def test_a_line_makes_no_incident() -> None:
    waited = recorded((600, WHOLE), line=IN_LINE)

    assert "None in the last 90 days." in shown(waited)
    assert "Answering 100 % of the last 24 hours." in shown(waited)
    assert status_feed(waited) == status_feed(recorded())


def test_each_headline_says_until_when_it_holds() -> None:
    page = status_page(recorded((0, DOWN), line=IN_LINE)).decode()

    assert re.findall(r'<section class="now ([^>]*)>\n<h1 data-say="([A-Z_]*)"', page) == [
        ('bad" data-until="2026-11-22T12:01:30Z"', "IS_DOWN"),
        ('warn" data-until="2026-11-22T12:15:01Z" hidden', "MUST_WAIT"),
        ('warn" hidden', "IS_TRIED"),
    ]


def test_a_headline_whose_time_is_up_can_be_withdrawn() -> None:
    page = status_page(recorded((0, DOWN))).decode()

    assert '<section class="now bad" data-until="2026-11-22T12:01:30Z">' in page
    assert '<section class="now warn" hidden>\n<h1 data-say="IS_TRIED">' in page
    assert "data-until=" not in status_page(recorded((0, DEGRADED))).decode()


def test_each_model_is_shown_with_the_reason_that_chats_give() -> None:
    text = shown(recorded((0, DEGRADED)))

    assert "Gemini 3.8 Flash At its limit for the day. Expected back on" in text
    assert "Gemini 3.6 Flash Answering" in text
    tried = recorded((0, DEGRADED), (7300, service(ModelState(FIRST, State.PROBING), STAND_IN)))
    assert "Gemini 3.8 Flash Being tried again" in shown(tried)


def test_a_strip_is_told_in_words() -> None:
    text = shown(recorded((3600, DEGRADED), (5400, WHOLE)))

    assert "100 % of the last 24 hours. Another model stood in for 30 min." in text
    assert "100 % of the last 90 days. Another model stood in for 30 min." in text
    assert "66.66 % of the last 24 hours. At its limit for 30 min." in text
    assert "66.66 % of the last 90 days. At its limit for 30 min." in text
    assert text.endswith("Days begin at midnight UTC.")


def test_a_strip_has_a_bar_for_each_quarter_and_each_day() -> None:
    page = status_page(recorded((3600, DOWN), (3700, WHOLE))).decode()
    quarters, days = re.findall(r'<div class="strip".*?</div>', page)[2:4]

    assert quarters.count("<i") == 96
    assert days.count("<i") == 90
    assert quarters.count('class="none"') == 91
    title = "22 November, 13:00 UTC&#10;At its limit for 1 min."
    assert f'<i class="w1" title="{title}" data-exhausted="100"></i>' in quarters
    before, _, _ = quarters.partition('<i class="w1"')
    first = re.search(r'data-first="(\d+)" data-seconds="900"', before)
    assert first
    assert int(first[1]) + 900 * before.count("<i") == after(3600).timestamp()


def test_what_has_just_begun_is_seen_at_once() -> None:
    page = status_page(recorded((0, DOWN))).decode()

    assert page.count("for less than a minute.") == 6


def test_incidents_are_told_with_their_reason() -> None:
    text = shown(recorded((0, DEGRADED), (7300, WHOLE)))

    assert (
        "Incidents Gemini 3.8 Flash At its limit for the day. "
        "22 November 2026, 12:00 UTC to 22 November 2026, 14:00 UTC (2 h)." in text
    )
    assert "None in the last 90 days." in shown(recorded())
    assert "Since 22 November 2026, 12:00 UTC." in shown(recorded((0, DEGRADED)))


def test_ten_incidents_are_open_and_the_earlier_ones_folded() -> None:
    day = 86_400
    states = [
        state
        for at in range(0, 12 * day, day)
        for state in (
            (at, service(limited(FIRST, at + 600), STAND_IN)),
            (at + 600, WHOLE),
        )
    ]
    page = status_page(recorded(*states)).decode()

    latest, _, earlier = page.partition("Earlier incidents")
    assert (latest.count('class="incident"'), earlier.count('class="incident"')) == (10, 2)
    assert "<details>" not in status_page(recorded(*states[:20])).decode()


def test_the_policy_allows_what_the_build_brings_and_nothing_inline() -> None:
    page = status_page(recorded()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy

    assert policy[1].startswith("default-src 'none'; style-src 'self'; script-src 'self';")
    assert not re.search(r" style=| on\w+=|<style|<script>", page)


@pytest.mark.parametrize("case", NOW)
def test_every_sentence_is_marked_with_its_key(case: str) -> None:
    states, _ = NOW[case]
    page = Text(status_page(recorded(*states)))
    initial = Text((INITIAL / "status.html").read_bytes())

    assert page.unmarked + initial.unmarked == []
    assert page.keys | initial.keys <= ENGLISH.keys()


def test_the_page_s_script_knows_the_same_words() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("missing tool: node")
    script = """
        import { statusWords } from "./web/src/words/status_en.js";
        console.log(JSON.stringify(statusWords));
    """
    said = subprocess.run(
        [node, "--input-type=module", "--eval", script],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    )

    words: dict[str, str | dict[str, str]] = json.loads(said.stdout)
    flat = {key: text for key, text in words.items() if isinstance(text, str)}
    for table, texts in words.items():
        if isinstance(texts, dict):
            flat |= {f"{table}.{key}": text for key, text in texts.items()}
    assert flat == ENGLISH


def test_a_name_cannot_become_markup() -> None:
    name = "<script>alert(1)</script> & Co"
    out = service(ModelState(name, State.EXHAUSTED, after(7200)))
    history = record(None, out, START)

    for written in (status_page(history).decode(), status_feed(history).decode()):
        assert "<script>alert" not in written
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co" in written


def test_the_feed_has_an_entry_for_each_incident_whose_id_stays() -> None:
    running = ElementTree.fromstring(status_feed(recorded((0, DEGRADED))))
    over = ElementTree.fromstring(status_feed(recorded((0, DEGRADED), (3600, WHOLE))))

    (before,), (after_it,) = running.findall(f"{_ATOM}entry"), over.findall(f"{_ATOM}entry")
    assert before.findtext(f"{_ATOM}id") == after_it.findtext(f"{_ATOM}id")
    assert before.findtext(f"{_ATOM}title") == "Gemini 3.8 Flash: At its limit for the day."
    assert before.findtext(f"{_ATOM}updated") == "2026-11-22T12:00:00Z"
    assert after_it.findtext(f"{_ATOM}updated") == "2026-11-22T13:00:00Z"
    assert over.findtext(f"{_ATOM}updated") == "2026-11-22T13:00:00Z"


def test_a_short_outage_leaves_the_feed_as_it_is() -> None:
    out = service(limited(FIRST, 40), STAND_IN)

    assert status_feed(recorded((0, out), (40, WHOLE))) == status_feed(recorded())


def test_the_largest_history_stays_small() -> None:
    worst = {"exhausted": 100, "unavailable": 100}
    names = [f"{'A long name of a model':<60}{number}" for number in range(10)]
    tracks = tuple(
        Track(
            name,
            quarters=dict.fromkeys(QUARTERS.starts(START), worst),
            days=dict.fromkeys(DAYS.starts(START), worst),
        )
        for name in names
    )
    incident = Incident(names[0], State.EXHAUSTED, Cause.DAY_LIMIT, START, after(3600))
    since = START - timedelta(days=100)
    history = History(since, START, replace(tracks[0], name=""), tracks, (incident,) * 50)

    assert len(to_body(history)) < 200_000
    assert len(status_page(history)) < 400_000
    assert len(status_feed(history)) < 50_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"since":1}',
        b'{"since":"2026-11-22T12:00:00","recorded_at":"2026-11-22T12:00:00Z"}',
        b'{"since":"2026-11-22T12:00:00Z","recorded_at":"2026-11-22T12:00:00Z",'
        b'"service":{"outage":null,"quarters":[],"days":{}},"models":[],"incidents":[]}',
    ],
)
def test_what_is_no_history_is_begun_anew(body: bytes) -> None:
    assert from_body(body) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (59, "less than a minute"),
        (60, "1 min"),
        (3600, "1 h"),
        (3660, "1 h 1 min"),
        (86_400 + 60, "1 d 1 min"),
        (90_061, "1 d 1 h"),
    ],
)
def test_a_length_is_told_in_its_largest_units(seconds: int, text: str) -> None:
    assert duration(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 0, "100 %"), (1, 1, "100 %"), (99_999, 100_000, "99.99 %"), (0, 5, "0 %"), (1, 2, "50 %")],
)
def test_a_share_is_only_full_if_nothing_is_missing(part: int, whole: int, text: str) -> None:
    assert str(Share.of(part, whole)) == text

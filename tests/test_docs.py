"""The docs say what the code does: names, numbers, commands, links and snippets are checked."""

from __future__ import annotations

import ast
import json
import re
import shlex
import tomllib
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import fallback
from fallback import configuration as fallback_configuration
from fallback.core.answer import _ENDINGS, known_finish_reason
from fallback.core.failure import Failure, FailureKind
from fallback.core.hierarchy import Model
from fallback.core.refusal import Refusal, RefusalReason
from fallback.core.window_rules import WindowRules, streak_after, window_after
from fallback.crash_report import describe
from fallback.events import LOG_LEVELS, Event
from nexus import configuration as service_configuration
from nexus.configuration import RequestLimits, load_service_configuration
from nexus.wire.error import refusal_error
from tools.emulator.behaviours import catalogue

RULES = {**fallback_configuration.RULES, **service_configuration.RULES}

ROOT = Path(__file__).parents[1]
FUNCTIONS = ROOT / "functions"
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
PAGES += [
    ROOT / f"{folder}/README.md"
    for folder in ("infra", "tools/emulator", "measure/bench", "measure/simulation")
]
PAGES += sorted(DOCS.rglob("*.md"))
RECORDS = sorted((DOCS / "adr").glob("*.md"))

# Read elsewhere than in settings.py: by functions-framework, by proxy.py and by `make run`.
VARIABLES_READ_ELSEWHERE = {
    "GEMINI_API_KEY",
    "NEXUS_DEVICE_ANSWERS",
    "NEXUS_PAGE",
    "PORT",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
}
# Made by a command; `NAME` stands for a name of the reader's choice.
NOT_IN_THE_REPOSITORY = {
    "web/dist",
    "infra/.terraform.lock.hcl",
    "tools/emulator/replies/NAME.json",
}

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_MAKE = re.compile(r"\bmake((?: +(?:[A-Z]+=(?:\"[^\"]*\"|\S+)|[a-z][a-z-]*))+)")
_PATH = re.compile(r"(?<![\w/.-])(?:functions|tests|docs|tools|measure|web|infra)/[\w./-]*")


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def fences(text: str, language: str) -> list[str]:
    return [body for found, body in _FENCE.findall(text) if found == language]


def code_in(text: str) -> str:
    """Everything that is set as code: fenced blocks, and spans outside them."""
    blocks = [body for _, body in _FENCE.findall(text)]
    return "\n".join([*blocks, *_SPAN.findall(_FENCE.sub("", text))])


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one of its level or a higher one."""
    level = heading.partition(" ")[0]
    _, found, rest = text.partition(f"\n{heading}\n")
    assert found, f"there is no heading {heading!r}"
    return re.split(rf"^#{{1,{len(level)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> dict[str, list[str]]:
    """Rows of tables whose first cell is one word of code, by that word."""
    table = {}
    for line in _FENCE.sub("", text).splitlines():
        cells = [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")]
        if line.startswith("|") and (word := re.fullmatch(r"`([^`]+)`", cells[0])):
            table[word[1]] = cells
    return table


def slugs(text: str) -> set[str]:
    """The anchors that GitHub makes of headings."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", text), re.MULTILINE)
    kept = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in kept}


def parametrize_pages(pages: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", pages, ids=name_of)


# Links, paths, commands.


def broken_links(path: Path, text: str) -> list[str]:
    broken = []
    for link in _LINK.findall(_FENCE.sub("", text)):
        target, _, anchor = link.partition("#")
        if "://" in link:
            continue
        file = (path.parent / target).resolve() if target else path
        is_page = file.suffix == ".md" and file.is_file()
        if not file.exists() or (anchor and not (is_page and anchor in slugs(file.read_text()))):
            broken.append(link)
    return broken


@parametrize_pages(PAGES)
def test_links_lead_somewhere(path: Path) -> None:
    assert broken_links(path, path.read_text()) == []


@pytest.mark.parametrize("link", ["docs/no-page.md", "docs/api.md#no-heading", "#no-heading"])
def test_a_broken_link_is_found(link: str) -> None:
    assert broken_links(ROOT / "README.md", f"[x]({link})") == [link]


def missing_paths(text: str) -> set[str]:
    named = {path.rstrip("/.") for path in _PATH.findall(code_in(text))}
    return {path for path in named - NOT_IN_THE_REPOSITORY if path and not (ROOT / path).exists()}


# A decision record names the files of its day.
@parametrize_pages([path for path in PAGES if path not in RECORDS])
def test_files_that_are_named_exist(path: Path) -> None:
    assert missing_paths(path.read_text()) == set()


def test_a_file_that_is_gone_is_found() -> None:
    assert missing_paths("`tests/no_such_test.py`") == {"tests/no_such_test.py"}


def test_code_names_pages_that_exist() -> None:
    named = {
        found
        for folder in ("functions", "tools", "measure", "infra/release")
        for file in (ROOT / folder).rglob("*")
        if file.suffix in {".py", ".toml", ".sh"}
        for found in re.findall(r"docs/[\w/-]+(?:\.[\w-]+)*\.md", file.read_text())
    }

    assert named
    assert [path for path in named if not (ROOT / path).is_file()] == []


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z -]*):(?!=)", page("Makefile"), re.MULTILINE)) | {
        target
        for line in re.findall(r"^\.PHONY:(.*)$", page("Makefile"), re.MULTILINE)
        for target in line.split()
    }


def unknown_targets(text: str) -> set[str]:
    named = {
        word
        for arguments in _MAKE.findall(code_in(text))
        for word in shlex.split(arguments)
        if "=" not in word
    }
    return named - make_targets()


@parametrize_pages(PAGES)
def test_make_has_the_targets_that_are_named(path: Path) -> None:
    assert unknown_targets(path.read_text()) == set()


def test_an_unknown_target_is_found() -> None:
    assert unknown_targets("Run `PORT=1 make run fly`, then\n```sh\nmake soar # x\n```\n") == {
        "fly",
        "soar",
    }


def folder_map() -> list[str]:
    lines = fences(section(page("README.md"), "## What is where"), "text")[0].splitlines()
    return [line.split()[0] for line in lines]


def test_the_folder_map_names_what_exists_and_leaves_no_folder_out() -> None:
    shown = folder_map()
    folders = {
        f"{folder.name}/"
        for folder in ROOT.iterdir()
        if folder.is_dir()
        and not folder.name.startswith((".", "_"))
        and folder.name not in {"htmlcov", "node_modules"}
    }

    assert [path for path in shown if not (ROOT / path).exists()] == []
    assert folders <= set(shown), "add a line to the map in README.md, section What is where"


README_WORDS = 900
PAGES_WORDS = 25_000
_GENERATED = re.compile(r"<!-- (?!end).*?<!-- end", re.DOTALL)


def written_words(path: Path) -> int:
    """Words on a page that somebody has written: without tables that a command writes."""
    text = _GENERATED.sub("", path.read_text(encoding="utf-8"))
    if path.name == "fault-matrix.md":
        text = "\n".join(line for line in text.splitlines() if not line.startswith("|"))
    return len(text.split())


def test_the_readme_takes_five_minutes() -> None:
    assert written_words(ROOT / "README.md") < README_WORDS


def test_the_pages_can_be_read_in_a_day() -> None:
    words = {name_of(path): written_words(path) for path in PAGES if path not in RECORDS}

    assert sum(words.values()) <= PAGES_WORDS, words


# Snippets.


def snippets(language: str) -> list[Any]:
    return [
        pytest.param(body, id=f"{name_of(path)}-{number}")
        for path in PAGES
        for number, body in enumerate(fences(path.read_text(), language))
    ]


@pytest.mark.parametrize("code", snippets("python"))
def test_python_snippets_compile_and_import_what_exists(code: str) -> None:
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "fallback":
            assert {alias.name for alias in node.names} <= set(fallback.__all__)


@pytest.mark.parametrize("toml", snippets("toml"))
def test_toml_snippets_hold_settings_that_exist(toml: str) -> None:
    for name, table in tomllib.loads(toml).items():
        if name in ("hierarchies", "targets"):
            continue
        for key, value in table.items():
            if isinstance(value, dict):
                continue
            check, allowed = RULES[name][key]
            assert check(value), f"{name}.{key} must be {allowed}"


@pytest.mark.parametrize("code", snippets("json"))
def test_json_snippets_parse(code: str) -> None:
    json.loads(code)


@parametrize_pages(PAGES)
def test_the_emulator_knows_the_behaviours_that_are_named(path: Path) -> None:
    named = set(re.findall(r'"behaviour": "([\w-]+)"', path.read_text()))

    assert named <= set(catalogue())


# Names and numbers of the code.


def test_a_model_is_everywhere_where_contributing_says_that_it_must_be_added() -> None:
    models = tomllib.loads(page("functions/nexus.toml"))["hierarchies"]["default"]["models"]
    steps = section(page("CONTRIBUTING.md"), "## Another model")

    for path in (
        "tools/emulator/models.py",
        "tests/functions/conftest.py",
        "docs/MODEL_FALLBACK_SYSTEM.md",
    ):
        assert path in steps
        assert [model["name"] for model in models if model["name"] not in page(path)] == []


def expected_window(kind: FailureKind) -> str:
    """What the table's cell must say of the window, in the default settings."""
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    failure = Failure(kind=kind)
    window = window_after(failure, now, WindowRules())
    if kind is FailureKind.QUOTA_EXHAUSTED:
        return "midnight in California"
    if window is not None:
        return f"{(window.until - now).total_seconds():g} s"
    if streak_after(failure, now, None, WindowRules()) is None:
        return "none"
    return "three in a row" if kind is FailureKind.TIMED_OUT else "four in a row"


def test_every_kind_of_failure_has_its_row() -> None:
    table = rows(section(page("docs/MODEL_FALLBACK_SYSTEM.md"), "## Kinds of failure"))

    assert set(table) == set(FailureKind)
    for kind in FailureKind:
        _, _, _, scope, window, second = table[kind]
        failure = Failure(kind=kind)
        assert (kind, scope, second) == (kind, failure.scope, "yes" if failure.retryable else "no")
        assert expected_window(kind) in window, kind


def test_every_ending_is_named() -> None:
    found = section(page("docs/MODEL_FALLBACK_SYSTEM.md"), "## Endings")

    named = {span for span in _SPAN.findall(found) if span.isupper()}

    assert {name for name in named if known_finish_reason(name)} == set(_ENDINGS)


def test_every_refusal_has_its_row() -> None:
    found = section(page("docs/MODEL_FALLBACK_SYSTEM.md"), "## What a request does next")

    assert set(rows(found)) == set(RefusalReason)


def logged_fields() -> dict[str, set[str]]:
    """The fields with which the code logs each event."""
    logged: dict[str, set[str]] = {event: set() for event in Event}
    for file in [*FUNCTIONS.rglob("*.py"), *(ROOT / "tools" / "operate").glob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            event = node.args[0]
            if (
                isinstance(event, ast.Attribute)
                and isinstance(event.value, ast.Name)
                and event.value.id == "Event"
            ):
                for keyword in node.keywords:
                    is_crash = ast.unparse(keyword.value).startswith("describe(")
                    names = {keyword.arg} if keyword.arg else set(describe(ValueError()))
                    assert keyword.arg or is_crash, "fields are named where they are logged"
                    logged[Event[event.attr]] |= names
    return logged


def test_every_log_event_has_its_row() -> None:
    table = rows(section(page("docs/operations.md"), "## Log events"))
    logged = logged_fields()

    assert set(table) == set(Event)
    for event in Event:
        _, severity, names, meaning, action = table[event]
        assert (event, severity) == (event, event.severity)
        assert set(_SPAN.findall(names)) == logged[event], event
        assert meaning
        assert action


def error_codes() -> set[str]:
    """The codes that the code can send: refusals, and every text that is given as `code`."""
    codes = {refusal_error(Refusal(reason=reason)).code for reason in RefusalReason}
    for file in [FUNCTIONS / "main.py", *(FUNCTIONS / "nexus" / "wire").glob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "code":
                texts = [n.value for n in ast.walk(node.value) if isinstance(n, ast.Constant)]
                codes |= {text for text in texts if isinstance(text, str)}
    return codes


def test_every_error_code_has_its_row() -> None:
    found = section(page("docs/api.md"), "## Errors")

    documented = re.findall(r"^\| \d{3} \| `(\w+)` \|", found, re.MULTILINE)

    assert sorted(documented) == sorted(error_codes())


def codes_in(value: Any) -> set[str]:
    """Every code that the OpenAPI description lets an error have."""
    if isinstance(value, list):
        return set().union(*map(codes_in, value))
    if not isinstance(value, dict):
        return set()
    code = value.get("code")
    found = set(code["enum"]) if isinstance(code, dict) and "enum" in code else set()
    return found | codes_in(list(value.values()))


def test_the_openapi_description_says_what_the_page_says() -> None:
    openapi = json.loads(page("docs/openapi.json"))
    prose = page("docs/api.md")
    fields_of_a_chat = section(prose, "## Chat").partition("### A plain answer")[0]
    words = set(re.findall(r"^\| (`.+?`) \|", fields_of_a_chat, re.MULTILINE))
    named = {word.partition(".")[0] for row in words for word in _SPAN.findall(row)}
    request = openapi["components"]["schemas"]["ChatRequest"]["properties"]

    assert codes_in(openapi) == error_codes()
    assert set(request) == {name for name in named if re.fullmatch(r"[a-z_]+", name)}
    assert request["messages"]["maxItems"] == RequestLimits().max_messages
    for status in openapi["components"]["schemas"]["Availability"]["properties"]["status"]["enum"]:
        assert f"| `{status}` |" in prose


def test_codes_in_the_quick_reference_exist() -> None:
    found = section(page("docs/FALLBACK_QUICK_REFERENCE.md"), "## Codes")

    documented = set(re.findall(r"^\| [^|]+ \| `(\w+)` \|", found, re.MULTILINE))

    assert documented
    assert documented <= error_codes()


def variables_read() -> set[str]:
    """Names of variables in both settings.py: its texts in capitals that are no log levels."""
    texts = {
        node.value
        for package in ("fallback", "nexus")
        for node in ast.walk(ast.parse((FUNCTIONS / package / "settings.py").read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in texts if re.fullmatch(r"[A-Z][A-Z0-9_]+", text)} - set(LOG_LEVELS)


def test_every_variable_has_its_row() -> None:
    table = rows(section(page("docs/configuration.md"), "## Environment"))

    assert set(table) == variables_read() | VARIABLES_READ_ELSEWHERE


@parametrize_pages(PAGES)
def test_variables_that_are_named_exist(path: Path) -> None:
    named = set(re.findall(r"\bNEXUS_[A-Z_]+\b", path.read_text()))

    assert named <= variables_read() | VARIABLES_READ_ELSEWHERE


@pytest.mark.parametrize("name", list(RULES))
def test_every_setting_has_its_row(name: str) -> None:
    configuration = load_service_configuration(FUNCTIONS / "nexus.toml")
    values = {
        "limits": asdict(configuration.fallback.hierarchies["default"].limits),
        "windows": asdict(configuration.fallback.windows),
        "request": asdict(configuration.request),
        "visitors": asdict(replace(configuration.visitors, groups={})),
        "waiting_room": {"enabled": configuration.waiting_room.enabled},
    }
    values["visitors"].pop("groups")
    in_use = {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in values[name].items()
    }
    table = rows(section(page("docs/configuration.md"), f"### [{name}]"))

    assert set(table) == set(RULES[name]) == set(in_use)
    for key, (_, allowed) in RULES[name].items():
        _, default, documented, meaning = table[key]
        assert (key, json.loads(default.strip("`"))) == (key, in_use[key])
        assert _rounded(allowed) == _rounded(documented), key
        assert meaning


def test_the_keys_of_a_model_have_their_rows() -> None:
    found = section(page("docs/configuration.md"), "### [[hierarchies.NAME.models]]")

    assert set(rows(found)) == {field.name for field in fields(Model)}


def _rounded(text: str) -> str:
    """Numbers as the error messages of the code write them."""
    return re.sub(r"\d[\d.]*(?:e\+\d+)?", lambda number: f"{float(number[0]):g}", text)


def test_the_defaults_of_file_and_code_are_the_same(tmp_path: Path) -> None:
    # The pages give one default; a section that is left out must have the same.
    path = tmp_path / "nexus.toml"
    path.write_text('hierarchies.default.models = [{name = "m-1", display_name = "M"}]')
    bare = load_service_configuration(path)
    full = load_service_configuration(FUNCTIONS / "nexus.toml")

    assert bare.fallback.windows == full.fallback.windows
    assert bare.request == full.request
    assert bare.visitors == replace(full.visitors, groups={})
    assert bare.waiting_room == full.waiting_room
    assert (
        bare.fallback.hierarchies["default"].limits == full.fallback.hierarchies["default"].limits
    )


def test_the_quick_reference_shows_the_hierarchies() -> None:
    hierarchies = load_service_configuration(FUNCTIONS / "nexus.toml").fallback.hierarchies
    found = section(page("docs/FALLBACK_QUICK_REFERENCE.md"), "## The hierarchy")

    shown = re.findall(r"^ *(Gemini [\w.-]+(?: [A-Z][\w-]+)*)", fences(found, "text")[0], re.M)

    assert shown == [model.display_name for model in hierarchies["default"].models]
    seed = ", ".join(model.display_name for model in hierarchies["seed"].models)
    assert seed in found


def named_tests(text: str) -> set[str]:
    return set(re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", text))


def missing_tests(names: set[str]) -> set[str]:
    missing = set()
    for name in names:
        file, _, function = name.partition("::")
        path = ROOT / file
        if not path.is_file() or (function and f"def {function}(" not in path.read_text()):
            missing.add(name)
    return missing


def test_every_promise_of_security_names_tests_that_exist() -> None:
    promises = section(page("docs/security.md"), "## What is promised")
    table = [line for line in promises.splitlines() if line.startswith("| ")][2:]

    assert len(table) > 10
    for row in table:
        held_by = named_tests(row)
        assert held_by, row
        assert missing_tests(held_by) == set()


def test_a_promise_without_its_test_is_found() -> None:
    gone = "tests/test_docs.py::test_that_is_gone"

    assert missing_tests({gone, "tests/test_gone.py", "tests/test_docs.py"}) == {
        gone,
        "tests/test_gone.py",
    }


# Forms.


@parametrize_pages(RECORDS)
def test_a_decision_record_has_its_form(path: Path) -> None:
    text = path.read_text()
    number = int(path.name[:4])

    assert [record.name[:5] for record in RECORDS].count(f"{number:04}-") == 1
    assert text.startswith(f"# {number}. ")
    assert re.search(r"^Date: \d{4}-\d\d-\d\d$", text, re.MULTILINE)
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings == ["Status", "Context", "Decision", "Consequences"]
    assert all(section(text, f"## {heading}").strip() for heading in headings)


CHANGES = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]


def changelog_faults(text: str) -> list[str]:
    versions = re.findall(r"^## (.+)$", text, re.MULTILINE)
    faults = [] if versions[:1] == ["[Unreleased]"] else ["the first section is Unreleased"]
    dates = []
    for version in versions[1:]:
        released = re.fullmatch(r"\[\d+\.\d+\.\d+\] - (\d{4}-\d\d-\d\d)", version)
        faults += [] if released else [f"{version}: must be [1.2.3] - 2026-12-31"]
        dates += [date.fromisoformat(released[1])] if released else []
    faults += [] if dates == sorted(dates, reverse=True) else ["newest first"]
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        kinds = re.findall(r"^### (.+)$", part, re.MULTILINE)
        faults += [f"{kind}: is not a kind of change" for kind in set(kinds) - set(CHANGES)]
        faults += [] if kinds == [k for k in CHANGES if k in kinds] else [f"order: {kinds}"]
    return faults


def test_the_changelog_has_its_form() -> None:
    assert changelog_faults(page("CHANGELOG.md")) == []


@pytest.mark.parametrize(
    "text",
    [
        "## [1.0.0] - 2026-11-22\n",
        "## [Unreleased]\n### Fixed\n### Added\n",
        "## [Unreleased]\n### News\n",
        "## [Unreleased]\n## 1.0\n",
        "## [Unreleased]\n## [1.0.0] - 2026-11-22\n## [1.1.0] - 2026-11-23\n",
    ],
)
def test_a_changelog_of_another_form_is_found(text: str) -> None:
    assert changelog_faults(text)


def test_surprises_are_dated_newest_on_top() -> None:
    dates = re.findall(r"^\| (\d{4}-\d\d-\d\d) \|", page("docs/surprises.md"), re.MULTILINE)

    assert dates == sorted(dates, reverse=True)
    assert dates


def drop_row(word: str) -> Callable[[str], str]:
    return lambda name: "\n".join(
        line
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if not (line.startswith("|") and f"`{word}`" in line)
    )


@pytest.mark.parametrize(
    ("word", "test"),
    [
        ("overloaded", test_every_kind_of_failure_has_its_row),
        ("chat.interrupted", test_every_log_event_has_its_row),
        ("answer_interrupted", test_every_error_code_has_its_row),
        ("NEXUS_STATE", test_every_variable_has_its_row),
    ],
)
def test_a_row_that_is_missing_is_found(
    monkeypatch: pytest.MonkeyPatch, word: str, test: Callable[[], None]
) -> None:
    monkeypatch.setitem(globals(), "page", drop_row(word))

    with pytest.raises(AssertionError):
        test()

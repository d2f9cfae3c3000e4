"""docs/deploy.md and google-cloud.md can be followed, as far as that shows without an account."""

from __future__ import annotations

import json
import re

import pytest

from infra.release.costs import counted, dollars, instance_seconds, load, quantities, tables
from measure.bench.firestore_counts import VISIT
from tests.infra.commands import commands, declared, faults, shell_faults
from tests.infra.terraform import ROOT
from tests.test_docs import fences, rows, section

GUIDE = (ROOT / "docs/google-cloud.md").read_text()
COMMAND = (ROOT / "docs/deploy.md").read_text()
PAGES = {
    "deploy.md": COMMAND,
    "google-cloud.md": GUIDE,
    "infra/README.md": (ROOT / "infra/README.md").read_text(),
}
_SPAN = re.compile(r"`((?:gcloud|terraform|\.venv/bin/python|python3) [^`\n]+)`")


def unindented(text: str) -> str:
    """Fences within lists, as those outside."""
    return re.sub(r"^ {2,3}", "", text, flags=re.MULTILINE)


SCRIPTS = [
    pytest.param(script, id=f"{name}-{number}")
    for name, text in PAGES.items()
    for number, script in enumerate([*fences(unindented(text), "sh"), *_SPAN.findall(text)])
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_each_command_is_one_that_exists(script: str) -> None:
    assert shell_faults(script.replace("…", "X")) == ""
    assert [fault for words in commands(script) for fault in faults(words)] == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("gcloud fly me", "gcloud fly me: no such command"),
        ("printf %s x | gcloud secrets versions add nexus --data=-", "no flag --data"),
        ('X=$(gcloud projects describe "$P" --formats=json)', "no flag --formats"),
        (
            'python3 -m infra.release.smoke "$(terraform -chdir=infra output -raw url)"',
            "no output ['url']",
        ),
        (
            "python3 -m infra.release.smoke URL --without 3",
            "infra.release.smoke has no flag --without",
        ),
        ("python3 -m deploy.smock URL", "there is no deploy.smock"),
        ("terraform -chdir=infra/none apply", "no configuration in none"),
        ("terraform -chdir=infra \\\n  applied", "terraform applied is not used here"),
        ("terraform -chdir=infra plan -var=moon=1", "there is no variable moon"),
        ("terraform -chdir=infra plan -var-file=environments/moon.tfvars", "no environments/moon"),
        (
            "terraform -chdir=infra init -backend-config=environments/x",
            "there is no environments/x",
        ),
        ("terraform -chdir=infra apply -target=google_x.y", "there is no resource google_x.y"),
        ("terraform -chdir=infra import google_x.y id", "there is no resource google_x.y"),
    ],
)
def test_a_command_that_does_not_exist_is_found(line: str, fault: str) -> None:
    found = [fault for words in commands(line) for fault in faults(words)]

    assert len(found) >= 1
    assert fault in " ".join(found)


def test_variables_of_the_shell_are_set_before_they_are_read() -> None:
    known = {"PWD"}
    for script in fences(unindented(GUIDE), "sh"):
        for line in script.splitlines():
            read = set(re.findall(r"\$\{?([A-Z_]+)", line))
            assert read <= known, line
            known |= set(re.findall(r"(?:^|\s)(\w+)=", line)) | set(
                re.findall(r"read -rs (\w+)", line)
            )


def test_the_key_is_never_written_into_a_command() -> None:
    assert "AIza" not in COMMAND + GUIDE
    for script in fences(unindented(COMMAND + GUIDE), "sh"):
        assert not re.search(r"GEMINI_API_KEY=|gemini_api_key=|--data-file=[^-]", script)


@pytest.mark.parametrize("snippet", fences(unindented(GUIDE), "hcl"))
def test_settings_that_are_shown_exist(snippet: str) -> None:
    [(name, inner)] = re.findall(r"^(\w+) *= *(.*)", snippet, re.MULTILINE | re.DOTALL)
    assert name in declared("variable")
    variables = "".join(path.read_text() for path in (ROOT / "infra").glob("variables*.tf"))
    body = variables.partition(f'variable "{name}"')[2].partition("\nvariable ")[0]
    for key in re.findall(r"^ +(\w+) *=", inner, re.MULTILINE):
        assert re.search(rf"^ +{key} +=", body, re.MULTILINE), key


def test_every_role_of_the_pipeline_has_its_row() -> None:
    source = (ROOT / "infra/pipeline.tf").read_text()
    code = "\n".join(line.partition("#")[0] for line in source.splitlines())

    table = rows(section(GUIDE, "### What the pipeline may do"))

    assert set(table) == set(re.findall(r'"(roles/[\w.]+)"', code))


def test_roles_outside_that_table_are_those_of_the_code() -> None:
    source = "".join(path.read_text() for path in (ROOT / "infra").glob("*.tf"))
    # For Cloud Build's own identity, and on the billing account.
    by_a_person = {"roles/secretmanager.admin", "roles/billing.viewer"}

    assert set(re.findall(r"roles/[\w.]+", GUIDE)) - by_a_person <= set(
        re.findall(r"roles/[\w.]+", source)
    )


def test_all_ten_pitfalls_are_there() -> None:
    numbers = re.findall(r"^\| (\d+)\. ", section(GUIDE, "## Ten pitfalls"), re.MULTILINE)

    assert numbers == [str(number) for number in range(1, 11)]


def test_the_costs_are_those_that_the_program_computes() -> None:
    assert tables(load()) in GUIDE, (
        "run: .venv/bin/python -m infra.release.costs, and put its tables there"
    )


def test_costs_by_hand() -> None:
    prices = load()

    assert quantities(1_000, prices)["instance-seconds"] == pytest.approx(1_000 * 6 + 2_000 * 0.1)
    assert dollars(1_000, prices)["Cloud Run"] == 0, "within the free tier"
    # 10 M chats of 6 s are 23.15 at once: one instance, and 23.15 / 24 of another.
    assert instance_seconds(10_000_000, prices) == pytest.approx(
        2_592_000 * (1 + 23.148 / 24), rel=1e-4
    )
    assert dollars(10_000_000, prices)["Gemini"] == pytest.approx(
        1e7 * (1500 * 0.75 + 500 * 3.75) / 1e6
    )


def test_what_firestore_costs_follows_from_what_was_counted() -> None:
    counts = json.loads((ROOT / "infra/release/firestore_counts.json").read_text())
    visits = counts[f"chats with limits, {VISIT} of each visitor"]
    prices = load()

    few = quantities(1_000, prices)

    assert prices["use"]["visit_chats"] == VISIT
    assert visits["operations"]["visitors.write"] == visits["requests"], "one for each message"
    # Each chat and each poll finds windows that are older than a second, and reads them.
    reads = 1_000 + 2_000 + 1_000 * visits["operations"]["visitors.read"] / visits["requests"]
    assert few["reads"] == pytest.approx(reads)
    assert few["writes"] == 1_000 + 50 * 2, "a window is opened and leased"
    assert (few["deletes"], few["deletes by the TTL policy"]) == (50, 200)


def test_other_counts_give_other_costs() -> None:
    counts = json.loads((ROOT / "infra/release/firestore_counts.json").read_text())
    before = counted(counts)
    plain = counts["plain chats"]

    plain["operations"]["exhaustion_windows.read"] *= 2

    assert counted(counts)["window reads a second"] == 2 * before["window reads a second"]


@pytest.mark.parametrize("what", ["plain chats", "streamed chats", "polls of check-availability"])
@pytest.mark.parametrize("instances", ["", ", 3 instances"])
def test_healthy_instances_were_seen_to_read_once_a_second_and_no_more(
    what: str, instances: str
) -> None:
    counts = json.loads((ROOT / "infra/release/firestore_counts.json").read_text())
    count = counts[what + instances]

    assert list(count["operations"]) == ["exhaustion_windows.read"]
    assert count["operations"]["exhaustion_windows.read"] <= count["seconds"] * count["instances"]


def test_prices_say_where_they_were_seen() -> None:
    assert all(
        section.get("seen")
        for name, section in load().items()
        if name not in ("use", "size", "counted")
    )


def test_sizes_are_those_of_the_infrastructure() -> None:
    size = load()["size"]
    text = {
        name: (ROOT / f"infra/{name}.tf").read_text()
        for name in ("variables_functions", "functions", "armor")
    }
    [signatures] = re.findall(r"signatures = \[(.*)\]", text["armor"])
    by_hand = text["armor"].count("priority    =") - 2  # Two of them stand for lists.
    models = (ROOT / "functions/nexus.toml").read_text().count("[[hierarchies.default.models]]")

    assert re.findall(r"concurrency     = optional\(number, (\d+)\)", text["variables_functions"])[
        0
    ] == str(size["concurrency"])
    assert f'cpu    = "{size["vcpu"]:g}"' in text["functions"]
    assert f'memory = "{size["gib"] * 1024:g}Mi"' in text["functions"]
    assert size["armor_rules"] == by_hand + signatures.count(",") + 1
    assert size["models"] == models

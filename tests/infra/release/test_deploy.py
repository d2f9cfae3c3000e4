"""`make deploy` and `make destroy` on a made-up cloud, with the failures that are known."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.release.known_errors import FOR_A_PERSON, PASSING, UNKNOWN, diagnose
from infra.release.preflight import build_cpus_in
from infra.release.terraform import ATTEMPTS
from tests.infra.gcloud import faults_of
from tests.infra.release.fake_cloud import EMAIL, KEY, STATE, FakeCloud, fake_cloud, last_line
from tests.infra.terraform import ROOT

ROLE_IS_LATE = """\
╷
│ Error: Error waiting for Creating function: Error code 3, message: Build failed: Access to
│ bucket gcf-v2-sources-1 denied. You must grant Storage Object Viewer
│ permission to nexus-build@acme-chat.iam.gserviceaccount.com.
│
│   with google_cloudfunctions2_function.chat,
╵
"""
METRIC_IS_LATE = """\
Error: Error creating AlertPolicy: googleapi: Error 404: Cannot find metric(s) that match type = \
"logging.googleapis.com/user/nexus". If a metric was created recently, it could take up to 10 min
"""
SCOPE_IS_LATE = """\
Error: Error creating UptimeCheckConfig: googleapi: Error 404: Error while retrieving Metrics \
Scope settings for project
"""
RULES_EXIST = """\
Error: Error creating Release: Resource already exists - apply blocked by lifecycle params: &fire
"""
BROKEN = "Error: Error creating Repository: googleapi: Error 418: I am a teapot"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[FakeCloud]:
    with fake_cloud(tmp_path) as cloud:
        yield cloud


@dataclass(frozen=True)
class Deployed:
    """A project after one `make deploy`, for tests that only look."""

    project: FakeCloud
    done: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with fake_cloud(tmp_path_factory.mktemp("deployed")) as project:
        yield Deployed(project, project.deploy())


def test_one_command_leads_from_an_empty_project_to_a_chat(deployed: Deployed) -> None:
    project, done = deployed.project, deployed.done

    assert done.returncode == 0, done.stdout + done.stderr
    assert {"run.googleapis.com", "cloudbilling.googleapis.com"} <= set(project.cloud["services"])
    assert project.cloud["secrets"]["nexus-gemini-api-key"] == [KEY]
    assert f"{STATE}/releases/production/last-good.tar.gz" in project.cloud["buckets"][STATE]
    assert (project.tree / "web/dist/built").exists()
    assert "Plan: 71 to add" in done.stdout
    for shown in (
        f"Chat       {project.site.page}/",
        "Dashboard  https://console.cloud.google.com/",
        f"Alerts to  {EMAIL}",
        "A month    about $22 for 1,000 chats",
        "Chats pass over gemini-2.5-flash-lite",
        "Pipeline   hashicorp/terraform:1.11.4 (digest not told: no reply)",
    ):
        assert shown in done.stdout, shown
    assert done.stdout.splitlines()[-1].startswith("Commit infra/.terraform.lock.hcl")


def test_run_again_it_asks_nothing_and_changes_nothing(project: FakeCloud) -> None:
    assert project.deploy().returncode == 0
    before = project.cloud

    again = project.deploy(entered="", email="")

    assert again.returncode == 0, again.stdout + again.stderr
    assert "nexus-gemini-api-key holds GEMINI_API_KEY already." in again.stdout
    assert f"Alerts to  {EMAIL}" in again.stdout, "the address of the last time"
    assert project.cloud["secrets"] == before["secrets"]


def test_the_key_is_in_no_argument_file_or_output(deployed: Deployed) -> None:
    project, done = deployed.project, deployed.done

    assert KEY in project.cloud["secrets"]["nexus-gemini-api-key"], "it was stored"
    assert KEY not in done.stdout + done.stderr + json.dumps(project.calls())
    kept = [path for path in project.folder.rglob("*") if path.is_file()]
    assert [path.name for path in kept if KEY.encode() in path.read_bytes()] == ["cloud"]


def test_the_key_is_not_shown_while_it_is_entered(project: FakeCloud) -> None:
    if (setsid := shutil.which("setsid")) is None:
        pytest.skip("missing tool: setsid, which gives a program a terminal")
    ours, theirs = os.openpty()
    os.write(ours, f"{EMAIL}\n".encode())
    with subprocess.Popen(
        [setsid, "--ctty", "--wait", *project.command("deploy")],
        cwd=project.tree,
        env=project.environ,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = b""
        while b"it is not shown" not in shown:
            shown += os.read(ours, 1000)
        os.write(ours, f"{KEY}\n".encode())
        while piece := _read(ours):
            shown += piece
    os.close(ours)

    assert process.returncode == 0, shown.decode()
    assert KEY.encode() not in shown
    assert project.cloud["secrets"]["nexus-gemini-api-key"] == [KEY]
    assert project.cloud["outputs"]["alert_email"] == EMAIL


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1000)
    except OSError:  # Linux says so when the other end is gone.
        return b""


def test_terraform_signs_in_as_whoever_gcloud_is(deployed: Deployed) -> None:
    terraform = [call for call in deployed.project.calls() if call["command"][0] == "terraform"]
    signed_in = {call["has_token"] for call in terraform if call["command"][1] != "version"}
    assert signed_in == {True}


def test_with_nothing_installed_each_tool_has_its_line(project: FakeCloud) -> None:
    for program in ("gcloud", "terraform", "node", "npm"):
        (project.bin / program).unlink()

    done = project.deploy()

    missing = [line for line in done.stdout.splitlines() if line.startswith("- ")]
    assert [line.split()[1] for line in missing] == ["gcloud", "terraform", "node", "npm"]
    assert all("https://" in line for line in missing)
    assert last_line(done) == "Nothing was changed: get what is missing, and run this again."


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"terraform_version": "1.9.8"}, "terraform 1.11 or newer is needed, and this is 1.9.8"),
        ({"signed_in": False}, "run `gcloud auth login`"),
        ({"projects": []}, "run `gcloud projects create acme-chat`"),
        ({"billing": False}, "run `gcloud billing projects link acme-chat --billing-account=…`"),
    ],
)
def test_what_is_missing_is_said_with_how_to_get_it(
    project: FakeCloud, change: dict[str, object], said: str
) -> None:
    project.change(**change)

    done = project.deploy()

    assert done.returncode == 1
    assert said in done.stdout
    assert last_line(done) == "Nothing was changed: get what is missing, and run this again."
    assert project.cloud["services"] == []


def test_with_billing_the_next_run_goes_on(project: FakeCloud) -> None:
    project.change(billing=False)
    assert project.deploy().returncode == 1
    project.change(billing=True)

    assert project.deploy().returncode == 0


def test_a_region_without_functions_is_found_before_anything_is_made(project: FakeCloud) -> None:
    with (project.tree / "infra/environments/production.tfvars").open("a") as file:
        file.write('region = "mars-west1"\n')

    done = project.deploy()

    assert "region mars-west1 has no functions: set `region` in infra/environments" in done.stdout
    assert project.cloud["buckets"] == {}


@pytest.mark.parametrize(
    ("buckets", "cpus"),
    [
        ([{"effectiveLimit": "5"}], 5),
        ([{"effectiveLimit": "5"}, {"effectiveLimit": "0", "dimensions": {"region": "r"}}], 0),
        ([{"effectiveLimit": "5", "dimensions": {"region": "other"}}], None),
        ([{"effectiveLimit": "-1"}], None),
    ],
)
def test_the_quota_of_build_cpus_is_that_of_the_region(
    buckets: list[dict[str, object]], cpus: int | None
) -> None:
    metric = "cloudbuild.googleapis.com/concurrent_public_pool_build_cpus"
    quotas = {"metrics": [{"metric": metric, "consumerQuotaLimits": [{"quotaBuckets": buckets}]}]}

    assert build_cpus_in(quotas, "r") == cpus
    assert build_cpus_in({"error": {}}, "r") is None, "Google did not tell"


def test_a_wrong_key_is_not_stored_and_the_next_run_asks_again(project: FakeCloud) -> None:
    done = project.deploy(entered="another-key")

    assert done.returncode == 1
    assert "GEMINI_API_KEY was not stored: Gemini refuses" in last_line(done)
    assert "https://aistudio.google.com/apikey, and run this again." in last_line(done)
    assert "another-key" not in done.stdout + done.stderr
    assert project.cloud["secrets"]["nexus-gemini-api-key"] == []

    assert project.deploy().returncode == 0


@pytest.mark.parametrize("entered", ["", "two words"])
def test_no_key_ends_in_a_line_that_says_where_keys_are(project: FakeCloud, entered: str) -> None:
    done = project.deploy(entered=entered)

    assert done.returncode == 1
    assert "run this again" in last_line(done)


def test_each_target_with_a_key_of_its_own_is_asked_for(project: FakeCloud) -> None:
    with (project.tree / "functions/nexus.toml").open("a") as file:
        file.write('\n[[targets]]\nname = "main"\n')
        file.write('[[targets]]\nname = "second"\nkey = "GEMINI_API_KEY_SECOND"\n')
        file.write('[[targets]]\nname = "europe"\nvertex_location = "europe-west4"\n')

    done = project.deploy(entered=f"{KEY}\n{KEY}")

    assert done.returncode == 0, done.stdout + done.stderr
    assert project.cloud["secrets"] == {
        "nexus-gemini-api-key": [KEY],
        "nexus-gemini-api-key-second": [KEY],
    }


def test_alerts_need_an_address(project: FakeCloud) -> None:
    for email in ("", "nobody"):
        done = project.deploy(entered="", email=email)

        assert done.returncode == 1
        assert "run this again with ALERT_EMAIL=…" in last_line(done)


@pytest.mark.parametrize(
    "late", [[METRIC_IS_LATE] * 3, [SCOPE_IS_LATE + METRIC_IS_LATE, ROLE_IS_LATE]]
)
def test_it_waits_while_google_needs_time(project: FakeCloud, late: list[str]) -> None:
    project.change(faults=late)

    done = project.deploy()

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Google needs time: ") == len(late)


def test_what_is_late_for_ever_ends_in_a_line_and_the_next_run_goes_on(project: FakeCloud) -> None:
    project.change(faults=[METRIC_IS_LATE] * ATTEMPTS)

    done = project.deploy()

    assert done.returncode == 1
    assert last_line(done).endswith("run this again later.")
    assert project.deploy(entered="").returncode == 0


def test_rules_that_exist_already_are_taken_over(project: FakeCloud) -> None:
    project.change(faults=[RULES_EXIST])

    done = project.deploy()

    assert done.returncode == 0, done.stdout + done.stderr
    assert project.cloud["imported"] == [
        ["google_firebaserules_release.firestore", "projects/acme-chat/releases/cloud.firestore"]
    ]


def test_an_apply_that_breaks_in_the_middle_goes_on_where_it_stopped(project: FakeCloud) -> None:
    project.change(faults=[ROLE_IS_LATE + BROKEN])

    done = project.deploy()

    assert done.returncode == 1
    assert "I am a teapot" in done.stdout, "the reason is above"
    assert last_line(done) == UNKNOWN
    assert project.deploy(entered="").returncode == 0, "without asking for the key again"


@pytest.mark.parametrize("whole_terminal", [False, True])
def test_an_interrupt_lets_terraform_end_in_order(project: FakeCloud, whole_terminal: bool) -> None:
    project.change(faults=["hang"])
    with subprocess.Popen(
        project.command("deploy", f"--alert-email={EMAIL}"),
        cwd=project.tree,
        env=project.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{KEY}\n")
        process.stdin.flush()
        while "Creating..." not in process.stdout.readline():
            assert process.poll() is None
        if whole_terminal:
            os.killpg(process.pid, signal.SIGINT)  # As Ctrl-C does.
        else:
            process.send_signal(signal.SIGINT)
        _, said = process.communicate()

    assert process.returncode == 130
    assert project.cloud["interrupts"] == 1, "at the second one Terraform would drop its state"
    assert said.strip().splitlines()[-1] == (
        "Interrupted. What was made stays: run this again to go on."
    )
    assert project.deploy(entered="").returncode == 0


def test_a_chat_that_is_not_well_is_not_kept_as_a_good_release(project: FakeCloud) -> None:
    project.site.replies["preflight"].status = 403

    done = project.deploy()

    assert done.returncode == 1
    assert "FAIL pre-flight" in done.stdout
    assert last_line(done).startswith("The chat is deployed, but not well")
    project.site.heal()
    assert project.deploy(entered="").returncode == 0


def test_a_plan_that_loses_something_is_asked_about(project: FakeCloud) -> None:
    replaced = "  # google_storage_bucket_object.source must be replaced\n"
    lost = "  # google_firestore_database.state will be destroyed\n"

    project.change(plan=replaced)
    assert project.deploy().returncode == 0, "every release replaces its bundle"
    project.change(plan=replaced + lost)
    done = project.deploy(entered="no")

    assert done.returncode == 1
    assert "This destroys google_firestore_database.state. Go on?" in done.stdout
    assert last_line(done).startswith("Nothing was changed")
    assert project.deploy(entered="yes").returncode == 0


def test_a_version_that_is_not_there_is_named(project: FakeCloud) -> None:
    assert project.deploy().returncode == 0
    path = project.tree / "infra/environments/production.tfvars"
    path.write_text(path.read_text().replace("version = 1", "version = 2"))

    done = project.deploy(entered="")

    assert "nexus-gemini-api-key has no enabled version 2, but 1: set" in last_line(done)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "PROJECT=… is missing: `gcloud projects list`"),
        (("PROJECT=Acme",), "PROJECT=Acme is no project's id"),
        (("PROJECT=acme-chat", "ENVIRONMENT=moon"), "must be one of production, staging."),
    ],
)
@pytest.mark.parametrize("target", ["deploy", "destroy"])
def test_make_says_what_it_was_not_told(target: str, arguments: tuple[str, ...], said: str) -> None:
    done = subprocess.run(
        ["make", target, f"PYTHON={sys.executable}", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


# What Terraform says.


def names() -> dict[str, str]:
    return {"project": "acme-chat", "release": "cloud.firestore", "variable_file": "x.tfvars"}


def test_advice_counts_more_than_waiting() -> None:
    taken = "Error: Error creating Database: googleapi: Error 409: Database already exists. Please"

    found = diagnose(f"{ROLE_IS_LATE}\n{taken}", names())

    assert found.waits
    assert found.advice.startswith("The project has a database of this name")


def test_a_lock_is_named_by_its_id() -> None:
    found = diagnose("Error: Error acquiring the state lock\nLock Info:\n  ID:  17-4\n", names())

    assert "force-unlock 17-4`" in found.advice


def test_an_error_that_nobody_knows_is_not_repeated() -> None:
    assert diagnose(BROKEN, names()).advice == UNKNOWN
    assert diagnose("killed", names()).advice == UNKNOWN


# As the sources in known_errors.py have them.
SEEN = [
    "Firestore API has not been used in project 1 before or it is disabled. Enable it by visiting",
    "Build failed: Access to bucket b denied. You must grant Storage Object Viewer permission to x",
    "could not build the function due to a missing permission on the build service account",
    'denied: Permission "artifactregistry.repositories.uploadArtifacts" denied on resource',
    "Unable to retrieve the repository metadata for projects/p/locations/l/repositories/r",
    "Exception calling IAM: There were concurrent policy changes. Please retry",
    "Permission denied on secret: projects/1/secrets/s/versions/1 for Revision service account x",
    "googleapi: Error 400: Service account x@p.iam.gserviceaccount.com does not exist.",
    "Permission 'iam.serviceaccounts.actAs' denied on service account x (or it may not exist)",
    METRIC_IS_LATE,
    "googleapi: Error 404: The metric referenced by the provided filter is unknown.",
    SCOPE_IS_LATE,
    "googleapi: Error 400: 'projects/p' is not a workspace.",
    "Error: Saved plan is stale",
    "googleapi: Error 503: The service is currently unavailable., backendError",
]


@pytest.mark.parametrize("text", SEEN)
def test_what_passes_by_itself_is_known_by_its_words(text: str) -> None:
    found = diagnose(text, names())

    assert found.waits
    assert not found.advice


def test_each_known_error_was_seen() -> None:
    assert all(any(re.search(row[0], text) for text in SEEN) for row in PASSING)


@pytest.mark.parametrize("advice", [row[1] for row in FOR_A_PERSON] + [UNKNOWN])
def test_each_advice_is_one_line_that_ends_in_running_it_again(advice: str) -> None:
    assert "\n" not in advice
    assert advice.endswith(("run this again.", "un this again."))


# Destroy.


def test_destroy_is_the_opposite_of_deploy_and_needs_the_projects_id(project: FakeCloud) -> None:
    assert project.deploy().returncode == 0

    refused = project.destroy("yes")

    assert refused.returncode == 1
    for lost in ("the database", "the keys of Gemini", "every access code", "the state"):
        assert lost in refused.stdout
    assert last_line(refused).startswith("Nothing was destroyed")
    assert project.cloud["outputs"]

    done = project.destroy("acme-chat")

    assert done.returncode == 0, done.stdout + done.stderr
    cloud = project.cloud
    assert (cloud["outputs"], cloud["secrets"], cloud["buckets"]) == ({}, {}, {})
    assert "There is nothing to destroy" in last_line(project.destroy("acme-chat"))
    commands = [call["command"] for call in project.calls() if call["command"][0] == "gcloud"]
    assert len(commands) > 20
    assert [fault for command in commands for fault in faults_of(command)] == []
    assert project.deploy().returncode == 0, "and back"


def test_destroy_leaves_the_state_of_another_environment(project: FakeCloud) -> None:
    assert project.deploy().returncode == 0
    cloud = project.cloud
    cloud["buckets"][STATE].append(other := f"{STATE}/nexus/staging/default.tfstate")
    project.write(cloud)

    assert project.destroy("acme-chat").returncode == 0

    assert project.cloud["buckets"] == {STATE: [other]}

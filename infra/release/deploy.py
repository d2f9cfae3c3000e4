"""Deploys Nexus, or goes on where it stopped: `make deploy PROJECT=…`, docs/deploy.md."""

import argparse
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from infra.release.costs import a_month
from infra.release.deployment import Deployment, deployment
from infra.release.gemini_keys import store_missing_keys
from infra.release.images import pinned
from infra.release.preflight import missing_access, missing_in_region, missing_tools
from infra.release.programs import StopError, run
from infra.release.rollout import WITHIN_SECONDS, keep
from infra.release.smoke import smoke
from infra.release.terraform import PAUSE_SECONDS, Terraform

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")  # As in infra/variables_operations.tf.
_SECRETS = (
    "google_secret_manager_secret.gemini_api_key",
    "google_secret_manager_secret.further_key",
)
# Replaced with each release, and made again from the repository.
_REPLACEABLE = ("google_storage_bucket_object.", "google_firebaserules_")
_LIFECYCLE = Path(__file__).with_name("state_lifecycle.json")


def deploy(
    target: Deployment, *, alert_email: str, pause_seconds: float, within_seconds: float
) -> None:
    """Brings a project from whatever state it is in to a public chat.

    Args:
        target: what to deploy, and where.
        alert_email: the address for alerts; empty to keep the last one, or to ask.
        pause_seconds: between two attempts, while Google needs time.
        within_seconds: how long the chat may take to be well.

    Raises:
        StopError: it cannot go on; running it again does.
    """
    require(lambda: missing_tools() + missing_access(target))
    say(f"Google's APIs in {target.project}")
    enabled = target.gcloud("services", "enable", *target.services)
    if enabled.status:
        raise StopError(
            f"The APIs cannot be turned on ({enabled.reason}): run this again as an owner."
        )
    require(lambda: missing_in_region(target))
    say(f"state in gs://{target.state_bucket}")
    make_state_bucket(target)
    terraform = Terraform(target, pause_seconds)
    has_new_lock_file = terraform.init()
    terraform.variables.append(f"alert_email={_alert_email(target, terraform, alert_email)}")
    say("page")
    target.build_page()
    say("secrets and keys")
    secrets = [f"-target={address}" for address in _SECRETS]
    terraform.plan(*secrets, shown=False)
    terraform.apply(*secrets)
    store_missing_keys(target)
    say("plan")
    confirm_losses(terraform.plan())
    say("apply")
    terraform.apply()
    if target.setting("domain"):
        say("DNS records, which the certificate waits for")
        terraform.show_output("dns_records")
    say("smoke test")
    if not smoke(terraform.output("web_url"), target.page, within_seconds):
        raise StopError(
            "The chat is deployed, but not well: correct what FAIL says above, and run this again "
            "(docs/google-cloud.md, Rollback, has the way back)."
        )
    if not keep(target.tree, target.releases):
        raise StopError("The chat is public, but this release was not stored: run this again.")
    say("done")
    _summarise(target, terraform)
    if has_new_lock_file or not _is_committed(target.tree / "infra/.terraform.lock.hcl"):
        print("Commit infra/.terraform.lock.hcl: everybody then deploys with these providers.")


def require(check: Callable[[], list[str]]) -> None:
    """Ends the command if something is missing.

    Raises:
        StopError: with a line for each thing, after they are printed.
    """
    if lines := check():
        for line in lines:
            print(f"- {line}.", flush=True)
        raise StopError("Nothing was changed: get what is missing, and run this again.")


def say(what: str) -> None:
    """Begins a step."""
    print(f"\n── {what}", flush=True)


def make_state_bucket(target: Deployment) -> None:
    """Makes the bucket of Terraform's state, private and versioned, where there is none.

    Raises:
        StopError: it cannot be made.
    """
    url = f"gs://{target.state_bucket}"
    if target.gcloud("storage", "buckets", "describe", url).status:
        made = target.gcloud(
            *("storage", "buckets", "create", url, f"--location={target.setting('region')}"),
            *("--uniform-bucket-level-access", "--public-access-prevention"),
        )
        if made.status:
            raise StopError(
                f"{url} cannot be made ({made.reason}): correct that, and run this again."
            )
    kept = target.gcloud(
        *("storage", "buckets", "update", url, "--versioning", f"--lifecycle-file={_LIFECYCLE}")
    )
    if kept.status:
        raise StopError(
            f"{url} cannot be changed ({kept.reason}): correct that, and run this again."
        )


def confirm_losses(plan: str) -> None:
    """Asks before a plan destroys or replaces something that a release does not replace anyway.

    Raises:
        StopError: the person does not agree.
    """
    found = re.findall(r"# (\S+) (?:will be destroyed|must be replaced)", plan)
    lost = [address for address in found if not address.startswith(_REPLACEABLE)]
    if lost and entered(f"This destroys {', '.join(lost)}. Go on? (yes/no) ") != "yes":
        raise StopError("Nothing was changed: restore what the plan destroys, and run this again.")


def entered(question: str) -> str:
    """A line that a person enters; empty if nobody can."""
    try:
        return input(question).strip()
    except EOFError:
        return ""


def _alert_email(target: Deployment, terraform: Terraform, given: str) -> str:
    address = given or target.setting("alert_email") or terraform.output("alert_email")
    address = address or entered("Alerts wake an operator. Their e-mail address: ")
    if not _ADDRESS.fullmatch(address):
        raise StopError(
            "Alerts need an address: run this again with ALERT_EMAIL=… (operator@example.org)."
        )
    return address


def _summarise(target: Deployment, terraform: Terraform) -> None:
    costs = ", ".join(
        f"${dollars:,.0f} for {chats:,} chats"
        for chats, dollars in a_month(
            has_instances=bool(
                re.search(r"min_instances *= *[1-9]", target.variable_file.read_text())
            ),
            has_domain=bool(target.setting("domain")),
        ).items()
    )
    print(f"Chat       {terraform.output('web_url')}")
    print(f"For code   {terraform.output('openai_base_url')}")
    print(f"Dashboard  {terraform.output('dashboard_url')}")
    print(f"Alerts to  {terraform.output('alert_email')}")
    print(f"A month    about {costs}; docs/google-cloud.md, Costs, has the assumptions")
    for image in pinned(target.tree / "cloudbuild.yaml"):
        print(f"Pipeline   {image}")


def _is_committed(path: Path) -> bool:
    if shutil.which("git") is None:
        return True  # Nobody can tell, so nobody is reminded.
    listed = run("git", "-C", str(path.parent), "ls-files", "--error-unmatch", path.name)
    return listed.status == 0


def main(arguments: Sequence[str]) -> int:
    """Runs the command line; returns the exit status."""
    parser = parser_for("deploy", __doc__)
    parser.add_argument("--alert-email", default="")
    parser.add_argument("--within", type=float, default=WITHIN_SECONDS, metavar="SECONDS")
    given = parser.parse_args(arguments)
    return ending(
        lambda target: deploy(
            target,
            alert_email=given.alert_email,
            pause_seconds=given.pause,
            within_seconds=given.within,
        ),
        given,
    )


def parser_for(command: str, description: str | None) -> argparse.ArgumentParser:
    """The options of every command on a whole environment."""
    parser = argparse.ArgumentParser(
        prog=f"python -m infra.release.{command}", description=description
    )
    parser.add_argument("--project", required=True)
    parser.add_argument("--environment", required=True)
    parser.add_argument("--pause", type=float, default=PAUSE_SECONDS, metavar="SECONDS")
    return parser


def ending(act: Callable[[Deployment], None], given: argparse.Namespace) -> int:
    """Runs a command; if it fails, its last line says what to do. Returns the exit status."""
    try:
        act(deployment(Path.cwd(), given.project, given.environment))
    except StopError as stop:
        print(f"\n{stop}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. What was made stays: run this again to go on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Destroys what `make deploy` has made: `make destroy PROJECT=…`, docs/deploy.md."""

import sys
from collections.abc import Sequence

from infra.release.deploy import ending, entered, parser_for, require, say
from infra.release.deployment import Deployment
from infra.release.preflight import missing_access, missing_tools
from infra.release.programs import StopError
from infra.release.terraform import Terraform

# What protects itself; see `deletion_protection` in infra/variables.tf.
_PROTECTED = (
    "google_firestore_database.state",
    "google_storage_bucket.source",
    "google_storage_bucket.web",
)
_LOST = """\
This cannot be undone. {project} ({environment}) will lose:
- the chat and its page: their addresses stop working, and links to them break;
- the database: what is known of models' quotas, visitors' counts, revoked access codes;
- the keys of Gemini and the signing secret: every access code stops working;
- alerts, dashboard, log metrics and, where there is one, the pipeline;
- the state and the last good release.
It keeps its APIs, its log for 30 days, and Google's buckets gcf-v2-…
Delete DNS records yourself."""


def destroy(target: Deployment, pause_seconds: float) -> None:
    """Destroys an environment, and its state last.

    Args:
        target: what to destroy.
        pause_seconds: between two attempts, while Google needs time.

    Raises:
        StopError: it cannot go on, or the person does not agree.
    """
    require(lambda: missing_tools() + missing_access(target))
    bucket = f"gs://{target.state_bucket}"
    if target.gcloud("storage", "buckets", "describe", bucket).status:
        raise StopError(f"There is nothing to destroy: {target.project} has no {bucket}.")
    print(_LOST.format(project=target.project, environment=target.environment), flush=True)
    if entered(f"Enter the project's id, {target.project}, to go on: ") != target.project:
        raise StopError("Nothing was destroyed: run this again, and enter the project's id.")
    terraform = Terraform(target, pause_seconds)
    terraform.init()
    terraform.variables.append("deletion_protection=false")
    say("page, which every plan reads")
    target.build_page()
    say("protection off")
    protected = [f"-target={address}" for address in _PROTECTED]
    terraform.plan(*protected, shown=False)
    terraform.apply(*protected)
    say("destroy")
    terraform.plan("-destroy")
    terraform.apply("-destroy")
    say("state")
    _remove_state(target, bucket)
    print(f"{target.project} ({target.environment}) holds nothing of Nexus any more.")


def _remove_state(target: Deployment, bucket: str) -> None:
    own = (f"{bucket}/nexus/{target.environment}/", f"{bucket}/releases/{target.environment}/")
    listed = target.gcloud("storage", "ls", f"{bucket}/**")
    others = [path for path in listed.said.split() if not path.startswith(own)]
    for place in own if others else (bucket,):
        removed = target.gcloud("storage", "rm", "--recursive", "--all-versions", place)
        if removed.status and "matched no objects" not in removed.reason:
            raise StopError(f"{place} was not removed ({removed.reason}): run this again.")


def main(arguments: Sequence[str]) -> int:
    """Runs the command line; returns the exit status."""
    given = parser_for("destroy", __doc__).parse_args(arguments)
    return ending(lambda target: destroy(target, given.pause), given)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What Google and Terraform say when a first deployment stops, and what helps.

Each is known by its words; the comment above it says where they were seen.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_ROLE = "a new role takes a minute to be known everywhere"
_IDENTITY = "a new identity takes a minute to be known everywhere"
_METRIC = "a new metric takes up to ten minutes"
_MONITORING = "monitoring of a new project takes a minute"
_SILENCE = "Google does not answer"

# Passes by itself, within ten minutes at most. Words, and what they mean.
PASSING = (
    # hashicorp/terraform-provider-google#10510, #16883
    (r"has not been used in project \S+ before or it is disabled", "an API is not on everywhere"),
    # hashicorp/terraform-provider-google#18956
    (r"You must grant .* permission to", _ROLE),
    # GoogleCloudPlatform/terraform-google-cloud-functions#129, terraform-example-foundation#1269
    (r"missing permissions? on the build service account", _ROLE),
    # firebase/firebase-tools#8431, #9563
    (r"Permission \W?artifactregistry\.\S+ denied", _ROLE),
    # FlutterFlow/flutterflow-issues#2397
    (r"Unable to retrieve the repository metadata", _ROLE),
    (r"There were concurrent policy changes", "somebody else has changed roles at the same time"),
    # sourcegraph/sourcegraph-public-snapshot#59045
    (r"Permission denied on secret: .* for Revision service account", _ROLE),
    # hashicorp/vault-plugin-secrets-gcp#237, hashicorp/terraform-provider-google#15042
    (r"[Ss]ervice account \S+ does not exist", _IDENTITY),
    # privacysandbox/aggregation-service#47
    (r"iam\.service[Aa]ccounts\.actAs\W+ denied on service account", _IDENTITY),
    # hashicorp/terraform-provider-google#11102
    (r"Cannot find metric\(s\) that match", _METRIC),
    # hashicorp/terraform-provider-google#10325
    (r"metric referenced by the provided filter is unknown", _METRIC),
    # hashicorp/terraform-provider-google#17964
    (r"Error while retrieving Metrics Scope settings", _MONITORING),
    # hashicorp/terraform-provider-google#2605
    (r"is not a workspace", _MONITORING),
    # Terraform's own words, after another deployment was first.
    (r"Saved plan is stale", "another deployment has changed the state"),
    # Google's servers, or the way to them.
    (r"Error 50[0234]|connection reset by peer|TLS handshake timeout|i/o timeout", _SILENCE),
)

# Exists already, and belongs to this deployment: Terraform has to be told. Words, address, id.
IMPORTED = (
    # hashicorp/terraform-provider-google#20917: some new projects have rules from the start.
    (
        r"Error creating Release: Resource already exists",
        "google_firebaserules_release.firestore",
        "projects/{project}/releases/{release}",
    ),
)

# Needs a person. Words, and what to do.
FOR_A_PERSON = (
    # hashicorp/terraform-provider-google#13891
    (
        r"Database already exists",
        "The project has a database of this name: set firestore_database to another name in "
        "{variable_file}, or import it (docs/google-cloud.md, An existing database). Then run this "
        "again.",
    ),
    # terraform-google-modules/terraform-example-foundation#1454
    (
        r"do not belong to a permitted customer|constraints/iam\.allowedPolicyMemberDomains",
        "A policy of the organisation forbids public access: set public = false in "
        "{variable_file}, follow infra/README.md (Where a policy forbids allUsers). Then run this "
        "again.",
    ),
    # https://cloud.google.com/build/quotas, Region restrictions for some projects
    (
        r"cannot run builds in this region|no concurrent builds quota available",
        "This project may not build in its region: set region in {variable_file} to us-central1 or "
        "europe-west1, and run this again.",
    ),
    (
        r"BILLING_DISABLED|billing to be enabled|billing account .* (?:is disabled|not found)",
        "Billing is off: link an account with `gcloud billing projects link {project} "
        "--billing-account=…`, and run this again.",
    ),
    (
        r"Error acquiring the state lock",
        "Another deployment holds the state. If none is running, unlock it with "
        "`terraform -chdir=infra force-unlock {lock}`, and run this again.",
    ),
    (
        r"PERMISSION_DENIED|does not have permission|Required '\S+' permission",
        "Your account lacks a role that the lines above name; an owner of {project} has all. "
        "Then run this again.",
    ),
    (
        r"Failed to query available provider packages|could not connect to registry",
        "Terraform's registry cannot be reached: check the network, and run this again.",
    ),
)
UNKNOWN = (
    "Terraform has stopped, for the reason above. What it made stays: correct that, and run this "
    "again."
)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What helps after a command of Terraform has failed.

    Attributes:
        advice: one line for a person; empty if trying again is enough.
        waits: what has to pass by itself, in words.
        imports: addresses and ids of what exists already.
    """

    advice: str = ""
    waits: tuple[str, ...] = ()
    imports: tuple[tuple[str, str], ...] = ()


def diagnose(said: str, names: dict[str, str]) -> Diagnosis:
    """Reads each error in Terraform's output: one that needs a person counts most.

    Args:
        said: all that Terraform printed.
        names: `project`, `release` and `variable_file`, for the advice.
    """
    waits: dict[str, None] = {}
    imports = []
    lock = re.search(r"ID:\s+(\S+)", said)
    names = names | {"lock": lock[1] if lock else "ID"}
    advice = ""
    for error in _errors(said):
        if meaning := _first(PASSING, error):
            waits[meaning[1]] = None
        elif known := _first(IMPORTED, error):
            imports.append((known[1], known[2].format(**names)))
        elif known := _first(FOR_A_PERSON, error):
            advice = known[1].format(**names)
        else:
            advice = advice or UNKNOWN
    return Diagnosis(advice, tuple(waits), tuple(imports))


def _errors(said: str) -> list[str]:
    """One text for each error; its lines joined, because Terraform breaks them anywhere."""
    plain = re.sub(r"[│╷╵]", " ", said)
    parts = re.split(r"^\s*Error: ", plain, flags=re.MULTILINE)[1:]
    return [" ".join(f"Error: {part}".split()) for part in parts] or [" ".join(plain.split())]


def _first(table: Sequence[tuple[str, ...]], error: str) -> tuple[str, ...] | None:
    return next((row for row in table if re.search(row[0], error)), None)

"""What a deployment lacks before it can begin, one line for each thing, with how to get it."""

import json
import re
import shutil
from typing import Any

from infra.release.deployment import Deployment
from infra.release.exchange import exchange
from infra.release.programs import run

# With none, no function can be built.
BUILD_CPUS = 1
_QUOTA = "cloudbuild.googleapis.com/concurrent_public_pool_build_cpus"
_TOOLS = {
    "gcloud": ((), "https://cloud.google.com/sdk/docs/install"),
    "terraform": ((1, 11), "https://developer.hashicorp.com/terraform/install"),
    "node": ((20,), "https://nodejs.org/"),
    "npm": ((), "https://nodejs.org/"),
}


def missing_tools() -> list[str]:
    """Programs that are missing or too old."""
    lines = []
    for tool, (least, source) in _TOOLS.items():
        wanted = " ".join([tool, ".".join(map(str, least))]).strip()
        if shutil.which(tool) is None:
            lines.append(
                f"{wanted}{' or newer' if least else ''} is missing: install it from {source}"
            )
        elif least and (found := _version(tool)) < least:
            shown = ".".join(map(str, found)) or "no version"
            lines.append(
                f"{wanted} or newer is needed, and this is {shown}: install it from {source}"
            )
    return lines


def missing_access(deployment: Deployment) -> list[str]:
    """Login, project or billing: the first that is missing, since each needs the one before."""
    project = deployment.project
    if shutil.which("gcloud") is None:
        return []  # Nothing can tell.
    if run("gcloud", "auth", "print-access-token", "--quiet").status:
        return ["gcloud is not signed in: run `gcloud auth login`"]
    if run("gcloud", "projects", "describe", project, "--quiet").status:
        account = run("gcloud", "config", "get-value", "account", "--quiet").said.strip()
        return [
            f"project {project} does not exist, or {account or 'your account'} cannot see it: "
            f"run `gcloud projects create {project}`, or sign in as its owner"
        ]
    billing = run(
        *("gcloud", "billing", "projects", "describe", project),
        *("--format=value(billingEnabled)", "--quiet"),
    )
    if billing.status:
        return [f"billing of {project} cannot be read ({billing.reason}): sign in as its owner"]
    if "true" not in billing.said.lower():
        return [
            f"project {project} has no billing account: run `gcloud billing projects link "
            f"{project} --billing-account=…` (`gcloud billing accounts list` shows yours)"
        ]
    return []


def missing_in_region(deployment: Deployment) -> list[str]:
    """What the region lacks, once the APIs are on. What Google does not tell counts as there."""
    region = deployment.setting("region")
    file = deployment.variable_file.relative_to(deployment.tree)
    regions = deployment.gcloud("functions", "regions", "list", "--format=value(locationId)")
    known = re.findall(r"[a-z]+-[a-z]+\d+", regions.said)
    if regions.status == 0 and known and region not in known:
        return [
            f"region {region} has no functions: set `region` in {file} to one of {', '.join(known)}"
        ]
    cpus = _build_cpus(deployment, region)
    if cpus is not None and cpus < BUILD_CPUS:
        return [
            f"project {deployment.project} may use {cpus} CPUs for builds in {region}, and needs "
            f"{BUILD_CPUS}: set `region` in {file} to us-central1, or ask for more at "
            f"https://console.cloud.google.com/iam-admin/quotas?project={deployment.project}"
        ]
    return []


def _version(tool: str) -> tuple[int, ...]:
    if tool == "terraform":
        said = run(tool, "version", "-json").said
        try:
            text = str(json.loads(said)["terraform_version"])
        except (ValueError, KeyError, TypeError):
            text = said
    else:
        text = run(tool, "--version").said
    found = re.search(r"\d+(?:\.\d+)*", text)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def _build_cpus(deployment: Deployment, region: str) -> int | None:
    """CPUs that builds may use at once in a region; None if Google does not tell.

    Source: https://cloud.google.com/service-usage/docs/reference/rest/v1beta1/services.consumerQuotaMetrics
    """
    token = run("gcloud", "auth", "print-access-token", "--quiet").said.strip()
    reply = exchange(
        "https://serviceusage.googleapis.com/v1beta1/projects/"
        f"{deployment.project}/services/cloudbuild.googleapis.com/consumerQuotaMetrics",
        headers={"Authorization": f"Bearer {token}", "X-Goog-User-Project": deployment.project},
    )
    return build_cpus_in(reply.json(), region) if reply.status == 200 else None


def build_cpus_in(quotas: Any, region: str) -> int | None:
    """Reads the limit of a region, or else of every region, from Google's list of quotas."""
    try:
        buckets = [
            bucket
            for metric in quotas["metrics"]
            if metric["metric"] == _QUOTA
            for limit in metric["consumerQuotaLimits"]
            for bucket in limit["quotaBuckets"]
        ]
        limits = {
            bucket.get("dimensions", {}).get("region", ""): int(bucket["effectiveLimit"])
            for bucket in buckets
        }
    except (KeyError, TypeError, ValueError):
        return None
    found = limits.get(region, limits.get(""))
    return None if found is None or found < 0 else found  # -1 is no limit.

"""gcloud and terraform on a made-up cloud, as executables: `fake_programs.py PROGRAM ARGUMENTS…`.

$FAKE_CLOUD is a folder: `cloud` has all that there is, `calls` each call, both as `marshal` writes.
The programs start two thousand times in a test run, so they import only what is built in.
"""

from __future__ import annotations

import marshal
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CLOUD = os.environ["FAKE_CLOUD"]
say = sys.stdout.write
SECRETS = {
    "google_secret_manager_secret.gemini_api_key": "nexus-gemini-api-key",
    "google_secret_manager_secret.further_key": "nexus-gemini-api-key-second",
}


class RefusedError(Exception):
    """What the program says when it fails."""


def main(program: str, *arguments: str) -> int:
    cloud = read(f"{CLOUD}/cloud")
    call = {
        "command": [program, *arguments],
        "has_token": "GOOGLE_OAUTH_ACCESS_TOKEN" in os.environ,
    }
    write(call, f"{CLOUD}/calls", "ab")
    try:
        said = {"gcloud": gcloud, "terraform": terraform, "node": node, "npm": node}[program](
            cloud, [word for word in arguments if not word.startswith("--project=")]
        )
    except RefusedError as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    finally:
        write(cloud, f"{CLOUD}/cloud")
    say(f"{said}\n")
    return 0


def read(path: str) -> Any:
    with open(path, "rb") as file:  # noqa: PTH123 - pathlib is not built in
        return marshal.load(file)


def write(value: Any, path: str, mode: str = "wb") -> None:
    with open(path, mode) as file:  # noqa: PTH123 - pathlib is not built in
        marshal.dump(value, file)


def node(_: dict[str, Any], __: list[str]) -> str:
    return "v22.20.0"


def gcloud(cloud: dict[str, Any], arguments: list[str]) -> str:  # noqa: PLR0912 - one for each command
    words = [word for word in arguments if not word.startswith("--")]
    if not cloud["signed_in"]:
        raise RefusedError("ERROR: You do not currently have an active account selected.")
    match words:
        case ["auth", "print-access-token"]:
            return "made-up-token"
        case ["config", "get-value", "account"]:
            return "operator@example.org"
        case ["projects", "describe", project]:
            if project not in cloud["projects"]:
                raise RefusedError("ERROR: The caller does not have permission.")
            return f"projectId: {project}"
        case ["billing", "projects", "describe", _]:
            return str(cloud["billing"])
        case ["services", "enable", *services]:
            cloud["services"] = services
            return ""
        case ["functions", "regions", "list"]:
            return "europe-west1\nus-central1"
        case ["storage", "buckets", "describe", bucket]:
            if bucket not in cloud["buckets"]:
                raise RefusedError(f"ERROR: {bucket} not found: 404.")
            return ""
        case ["storage", "buckets", "create", bucket]:
            cloud["buckets"][bucket] = []
            return ""
        case ["storage", "buckets", "update", _]:
            return ""
        case ["storage", "cp", _, target]:
            cloud["buckets"]["gs://acme-chat-nexus-state"].append(target)
            return ""
        case ["storage", "ls", place]:
            return "\n".join(cloud["buckets"][place.removesuffix("/**")])
        case ["storage", "rm", place]:
            removed(cloud, place)
            return ""
        case ["secrets", "versions", "list", secret]:
            if secret not in cloud["secrets"]:
                raise RefusedError(f"ERROR: NOT_FOUND: Secret [{secret}] not found.")
            return "\n".join(str(n) for n in range(1, len(cloud["secrets"][secret]) + 1))
        case ["secrets", "versions", "add", secret]:
            cloud["secrets"][secret].append(sys.stdin.read())
            return ""
    raise RefusedError(f"ERROR: unknown: gcloud {' '.join(words)}")


def removed(cloud: dict[str, Any], place: str) -> None:
    if place in cloud["buckets"]:
        del cloud["buckets"][place]
    for objects in cloud["buckets"].values():
        objects[:] = [name for name in objects if not name.startswith(place)]


def terraform(cloud: dict[str, Any], arguments: list[str]) -> str:
    if arguments[0] == "version":
        return f'{{"terraform_version": "{cloud["terraform_version"]}"}}'
    folder = arguments[0].removeprefix("-chdir=")
    command, rest = arguments[1], arguments[2:]
    if not (cloud["services"] and "gs://acme-chat-nexus-state" in cloud["buckets"]):
        raise RefusedError("Error: Failed to get existing workspaces: bucket doesn't exist")
    match command:
        case "init":
            write(None, f"{folder}/.terraform.lock.hcl")
        case "plan":
            [plan] = [word.removeprefix("-out=") for word in rest if word.startswith("-out=")]
            write(rest, f"{folder}/{plan}")
            return str(cloud["plan"])
        case "apply":
            return apply(cloud, read(f"{folder}/{rest[-1]}"))
        case "import":
            cloud["imported"].append(rest[-2:])
        case "output":
            if rest[-1] not in cloud["outputs"]:
                raise RefusedError(f'Error: Output "{rest[-1]}" not found')
            return str(cloud["outputs"][rest[-1]])
    return ""


def apply(cloud: dict[str, Any], plan: list[str]) -> str:
    targets = [word.removeprefix("-target=") for word in plan if word.startswith("-target=")]
    if targets:
        for target in set(targets) & set(SECRETS):
            cloud["secrets"].setdefault(SECRETS[target], [])
        return "Apply complete!"
    if "-destroy" in plan:
        cloud["outputs"], cloud["secrets"] = {}, {}
        return "Destroy complete!"
    if cloud["faults"]:
        fault = cloud["faults"].pop(0)
        if fault == "hang":
            hang(cloud)
        raise RefusedError(fault)
    emails = [word.removeprefix("-var=alert_email=") for word in plan if "alert_email=" in word]
    cloud["outputs"] = cloud["to_output"] | {"alert_email": emails[0]}
    cloud["buckets"]["gs://acme-chat-nexus-state"].append(
        "gs://acme-chat-nexus-state/nexus/production/default.tfstate"
    )
    return "Apply complete!"


def hang(cloud: dict[str, Any]) -> None:
    """Waits for an interrupt and ends in order, as Terraform does."""
    import signal  # noqa: PLC0415 - it is not built in as a whole

    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    say("google_cloudfunctions2_function.chat: Creating...\n")
    sys.stdout.flush()
    signal.sigwait({signal.SIGINT})
    is_alone = signal.sigtimedwait({signal.SIGINT}, 0.5) is None
    cloud["interrupts"] = 1 if is_alone else 2
    raise RefusedError("Interrupt received. Gracefully shutting down...\nError: operation canceled")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""Asks for the keys of Gemini, tries them, and stores them: in no file, argument or state."""

import getpass
import os
import re

from fallback.gemini.endpoint import DeveloperApi
from infra.release.deployment import MAIN_KEY, Deployment
from infra.release.programs import StopError
from tools.operate.model_list import ModelList, ModelListError

_GEMINI_URL = "https://generativelanguage.googleapis.com"
_SOURCE = "https://aistudio.google.com/apikey"


def store_missing_keys(deployment: Deployment) -> None:
    """Asks for each key whose secret has no version yet.

    Raises:
        StopError: a key is not one that Gemini takes, or cannot be stored.
    """
    for variable in deployment.key_variables():
        secret = deployment.secret(variable)
        enabled = _enabled_versions(deployment, secret)
        wanted = deployment.setting("gemini_api_key_version") if variable == MAIN_KEY else ""
        if not enabled:
            _store(deployment, secret, _entered(variable, deployment.models()))
        elif wanted and wanted not in enabled:
            file = deployment.variable_file.relative_to(deployment.tree)
            raise StopError(
                f"{secret} has no enabled version {wanted}, but {', '.join(enabled)}: "
                f"set gemini_api_key_version in {file}, and run this again."
            )
        else:
            print(f"{secret} holds {variable} already.", flush=True)


def _enabled_versions(deployment: Deployment, secret: str) -> list[str]:
    listed = deployment.gcloud(
        *("secrets", "versions", "list", secret),
        *("--filter=state=ENABLED", "--format=value(name)"),
    )
    if listed.status:
        raise StopError(f"{secret} cannot be read ({listed.reason}): run this again in a minute.")
    return [line.rpartition("/")[2] for line in listed.said.split()]


def _entered(variable: str, models: list[str]) -> str:
    try:
        key = getpass.getpass(f"{variable}, from {_SOURCE} (it is not shown): ").strip()
    except EOFError:
        raise StopError(
            f"{variable} is needed: run this again in a terminal, and paste it."
        ) from None
    if not re.fullmatch(r"[!-~]+", key):
        raise StopError(f"That is no key. Copy {variable} from {_SOURCE}, and run this again.")
    base_url = os.environ.get("GOOGLE_GEMINI_BASE_URL", _GEMINI_URL).strip().rstrip("/")
    try:
        seen = ModelList(DeveloperApi(base_url=base_url, api_key=key)).all()
    except ModelListError as error:
        raise StopError(
            f"{variable} was not stored: {error}. Copy a key from {_SOURCE}, and run this again."
        ) from None
    absent = [model for model in models if model not in seen]
    if len(absent) == len(models):
        raise StopError(
            f"{variable} was not stored: it sees none of {', '.join(models)}. "
            f"Copy a key that does from {_SOURCE}, and run this again."
        )
    print(f"Gemini takes {variable}: it sees {len(models) - len(absent)} of {len(models)} models.")
    if absent:
        print(f"Chats pass over {', '.join(absent)}; `make models` says more.")
    return key


def _store(deployment: Deployment, secret: str, key: str) -> None:
    added = deployment.gcloud("secrets", "versions", "add", secret, "--data-file=-", entered=key)
    if added.status:
        raise StopError(f"The key was not stored ({added.reason}): run this again in a minute.")

"""What the environment says about the page."""

import json
from collections.abc import Mapping
from pathlib import Path

from tools.serving.processes import StartError

_SWITCHES = {"NEXUS_DEVICE_ANSWERS": "deviceAnswers", "NEXUS_FEEDBACK": "feedback"}


def page_settings(environ: Mapping[str, str]) -> dict[str, object]:
    """Return what the environment says about the page, by the names of its `config.json`.

    Raises:
        StartError: a variable has a wrong value.
    """
    switches = {}
    for variable, name in _SWITCHES.items():
        text = environ.get(variable, "")
        if text not in {"", "on", "off"}:
            raise StartError(f"{variable}: {text!r} must be on or off")
        if text:
            switches[name] = text == "on"
    settings = _operator_settings(environ)
    logo = page_logo(environ)
    return {**settings, **({"logo": f"logo{logo.suffix}"} if logo else {}), **switches}


def page_logo(environ: Mapping[str, str]) -> Path | None:
    """Return the image that `logo` in the file of `NEXUS_PAGE` names, where it is a file there.

    Raises:
        StartError: the file cannot be read.
    """
    logo = _operator_settings(environ).get("logo")
    if not isinstance(logo, str) or logo.startswith("data:"):
        return None
    path = Path(environ["NEXUS_PAGE"]).parent / logo
    return path.resolve() if path.is_file() else None


def _operator_settings(environ: Mapping[str, str]) -> dict[str, object]:
    if not environ.get("NEXUS_PAGE"):
        return {}
    try:
        settings = json.loads(Path(environ["NEXUS_PAGE"]).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise StartError(f"NEXUS_PAGE: {environ['NEXUS_PAGE']} cannot be read: {error}") from error
    if not isinstance(settings, dict):
        raise StartError(f"NEXUS_PAGE: {environ['NEXUS_PAGE']} must hold a JSON object")
    return settings

"""Answers the control URLs, with which a script or a person directs the emulator over HTTP."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from tools.emulator.behaviours import OPTIONS, catalogue
from tools.emulator.emulation import Emulation

PREFIX = "/control"
_SECRET_HEADERS = ("x-goog-api-key", "authorization")


def control(emulation: Emulation, method: str, path: str, raw: bytes) -> tuple[int, Any]:
    """Return status and JSON body of the response to a control request."""
    action = _ACTIONS.get((method, path.rstrip("/")))
    if action is None:
        known = ", ".join(f"{method} {path}" for method, path in _ACTIONS)
        return 404, {"error": f"There is no {method} {path}; there are {known}."}
    try:
        body = json.loads(raw) if raw.strip() else {}
        if not isinstance(body, dict):
            raise ValueError("the body must be a JSON object")
        return 200, action(emulation, body)
    except (ValueError, TypeError) as error:
        return 400, {"error": f"{error}."}


def _help(_emulation: Emulation, _body: Mapping[str, Any]) -> Any:
    """This help."""
    return {
        "requests": {
            f"{method} {path}": action.__doc__ for (method, path), action in _ACTIONS.items()
        },
        "behaviours": {
            name: {"about": description.about, "options": description.options}
            for name, description in catalogue().items()
        },
        "options": {name: f"{option.about}: {option.takes}" for name, option in OPTIONS.items()},
    }


def _behave(emulation: Emulation, body: dict[str, Any]) -> Any:
    """Tell a model what to do: model (or *), behaviour, caller, times, seconds, and options."""
    model, behaviour = _text(body, "model"), _text(body, "behaviour")
    emulation.behave(model, behaviour, **body)
    return {"model": model, "behaviour": behaviour, "times": None, **body}


def _quota(emulation: Emulation, body: dict[str, Any]) -> Any:
    """Limit a model: model (or *), caller, per_minute, per_day, input_tokens_per_minute, minute."""
    model = _text(body, "model")
    _check_known(body, "caller", "per_minute", "per_day", "input_tokens_per_minute", "minute")
    emulation.quota(model, **body)
    return {"model": model, **body}


def _key(emulation: Emulation, body: dict[str, Any]) -> Any:
    """Say something of a key or a token: key, name, project, revoked."""
    key = _text(body, "key")
    _check_known(body, "name", "project", "revoked")
    caller = emulation.key(key, **body)
    return {"name": caller.name, "project": caller.project, "revoked": caller.is_revoked}


def _reset(emulation: Emulation, _body: Mapping[str, Any]) -> Any:
    """Forget keys, behaviours, quotas, cached prompts and calls."""
    emulation.reset()
    return {}


def _calls(emulation: Emulation, _body: Mapping[str, Any]) -> Any:
    """The calls so far, in order."""
    return {
        "calls": [
            {
                "caller": call.caller,
                "model": call.model,
                "method": call.method,
                "at": call.at,
                "body": call.body,
                # A developer's real key may have come by mistake: it is not shown again.
                "headers": {
                    name: value
                    for name, value in call.headers.items()
                    if name not in _SECRET_HEADERS
                },
            }
            for call in emulation.calls()
        ]
    }


def _invoice(emulation: Emulation, _body: Mapping[str, Any]) -> Any:
    """What the calls have cost, by caller, model, tier, ending, and whether counts were sent."""
    return {"rows": emulation.invoice()}


def _check_known(body: Mapping[str, Any], *names: str) -> None:
    if unknown := body.keys() - set(names):
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}; known are {', '.join(names)}")


def _text(body: dict[str, Any], name: str) -> str:
    value = body.pop(name, None)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} must be a name")
    return value


_ACTIONS: Mapping[tuple[str, str], Callable[[Emulation, dict[str, Any]], Any]] = {
    ("GET", PREFIX): _help,
    ("POST", f"{PREFIX}/behave"): _behave,
    ("POST", f"{PREFIX}/quota"): _quota,
    ("POST", f"{PREFIX}/key"): _key,
    ("POST", f"{PREFIX}/reset"): _reset,
    ("GET", f"{PREFIX}/calls"): _calls,
    ("GET", f"{PREFIX}/invoice"): _invoice,
}

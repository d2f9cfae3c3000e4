"""LiteLLM and Portkey, installed into .local/ and configured as documented.

Both fall back over the same five models as Nexus. LiteLLM also runs as well as it can be tuned: no
retries of its own, and a model that failed once is skipped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from measure.bench.subjects import API_KEY, REPOSITORY, Environment, Subject

LITELLM_VERSION = "1.106.12"
"""The newest whose extra `proxy` could be installed: those after it need packages that are not on
PyPI."""

PORTKEY_VERSION = "1.15.2"
LITELLM_FOLDER = REPOSITORY / f".local/litellm-{LITELLM_VERSION}"
PORTKEY_FOLDER = REPOSITORY / f".local/portkey-{PORTKEY_VERSION}"
_PORTKEY_START = "node_modules/@portkey-ai/gateway/build/start-server.js"
_MASTER_KEY = "sk-made-up"
_MODELS = (
    "gemini-3.8-flash",
    "gemini-3.6-flash",
    "gemini-3.5-flash-lite",
    "gemini-3.1-flash-lite",
    "gemini-2.5-flash-lite",
)


def litellm(settings: Mapping[str, object]) -> Callable[[int, Path], tuple[str, ...]]:
    """The command, with more settings of its router.

    Its configuration is JSON, which is YAML, with the upstream's URL left open.
    """

    def argv(port: int, folder: Path) -> tuple[str, ...]:
        configuration = {
            "model_list": [
                {
                    "model_name": model,
                    "litellm_params": {
                        "model": f"gemini/{model}",
                        "api_key": API_KEY,
                        "api_base": "os.environ/GEMINI_API_BASE",
                    },
                }
                for model in _MODELS
            ],
            "router_settings": {"fallbacks": [{_MODELS[0]: list(_MODELS[1:])}], **settings},
        }
        file = folder / "litellm.yaml"
        file.write_text(json.dumps(configuration, indent=2))
        return (
            *(str(LITELLM_FOLDER / "bin/litellm"), "--config", str(file)),
            *("--host", "127.0.0.1", "--port", str(port)),
        )

    return argv


def _portkey(port: int, _folder: Path) -> tuple[str, ...]:
    return ("node", str(PORTKEY_FOLDER / _PORTKEY_START), f"--port={port}", "--headless")


def portkey_headers(
    settings: Mapping[str, object],
) -> Callable[[Environment], Mapping[str, str]]:
    """What tells Portkey its models and its upstream, with more settings of each model."""
    return lambda environment: _portkey_headers(environment, settings)


def _portkey_headers(environment: Environment, settings: Mapping[str, object]) -> dict[str, str]:
    targets = [
        {
            "provider": "google",
            "api_key": API_KEY,
            "custom_host": environment.upstream,
            "override_params": {"model": model},
            **settings,
        }
        for model in _MODELS
    ]
    config = {"strategy": {"mode": "fallback"}, "targets": targets}
    return {"x-portkey-config": json.dumps(config)}


LITELLM = Subject(
    name="LiteLLM proxy, as documented",
    argv=litellm({}),
    env={"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MASTER_KEY": _MASTER_KEY},
    body={"model": _MODELS[0]},
    headers=lambda _: {"Authorization": f"Bearer {_MASTER_KEY}"},
    needs=LITELLM_FOLDER / "bin/litellm",
)
LITELLM_TUNED = replace(
    LITELLM,
    name="LiteLLM proxy, tuned",
    argv=litellm({"num_retries": 0, "allowed_fails": 0, "cooldown_time": 60}),
)
PORTKEY = Subject(
    name="Portkey gateway",
    argv=_portkey,
    env={"TRUSTED_CUSTOM_HOSTS": "127.0.0.1"},
    body={"model": _MODELS[0]},
    headers=portkey_headers({}),
    says_done=False,  # Gemini sends no [DONE], and Portkey adds none.
    needs=PORTKEY_FOLDER / _PORTKEY_START,
)

"""Decides what to run, where and with which environment."""

import contextlib
import json
import random
import shutil
import socket
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.serving.processes import Program, StartError

HOST = "127.0.0.1"
# Requests a minute for each emulated model: low, so that a person who chats fast sees the fallback.
EMULATED_PER_MINUTE = "6"
# Below the range that systems use for outgoing connections: one of those could take a port after it
# was found free and before the program listens on it.
INNER_PORTS = range(20_000, 32_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where each program listens."""

    gateway: int
    chat: int
    availability: int
    gemini: int
    firestore: int


def listen(port: int) -> socket.socket:
    """Take the gateway's port first, so that nobody else can while the rest starts."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise StartError(
            f"port {port} cannot be used ({error.strerror});"
            f" choose another: make run PORT={port + 1}"
        ) from error
    return listener


@contextlib.contextmanager
def held_ports(gateway: int) -> Iterator[Ports]:
    """Find free ports for the inner programs, and keep them from others until the block ends.

    functions-framework takes a number, not a socket.
    """
    candidates = random.SystemRandom().sample(INNER_PORTS, len(INNER_PORTS))
    with contextlib.ExitStack() as holders:
        free = (port for port in candidates if _is_held(port, holders))
        yield Ports(
            gateway=gateway,
            chat=next(free),
            availability=next(free),
            gemini=next(free),
            firestore=next(free),
        )


def _is_held(port: int, holders: contextlib.ExitStack) -> bool:
    holder = holders.enter_context(socket.socket())
    try:
        holder.bind((HOST, port))
    except OSError:
        return False
    # Now a program may listen there beside it, as Linux has it. Elsewhere nobody shares a port.
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if sys.platform != "linux":
        holder.close()
    return True


def backends(
    environ: Mapping[str, str], ports: Ports, *, root: Path, source: Path, firestore: bool
) -> list[Program]:
    """Return the programs behind the gateway: emulators and the two functions."""
    env = {name: value for name, value in environ.items() if name != "PORT"}
    env["PYTHONUNBUFFERED"] = "1"
    programs = []
    env_of_firestore = dict(env)
    if not env.get("GEMINI_API_KEY"):
        programs.append(_gemini_emulator(env, ports.gemini))
        env.pop("GOOGLE_API_KEY", None)  # The library would prefer it.
        env |= _emulated(_targets(env, source), f"{HOST}:{ports.gemini}", root)
    if firestore:
        log = root / ".local/firestore.log"
        programs.append(_firestore_emulator(env_of_firestore, ports.firestore, log))
        env["FIRESTORE_EMULATOR_HOST"] = f"{HOST}:{ports.firestore}"
        env["GOOGLE_CLOUD_PROJECT"] = "nexus-local"
        env["NEXUS_STATE"] = "firestore"
    origins = [f"http://{host}:{ports.gateway}" for host in (HOST, "localhost")]
    env.setdefault("NEXUS_STATE", f"sqlite:{root / '.local/nexus.db'}")
    env.setdefault("NEXUS_ALLOWED_ORIGINS", ",".join(origins))
    env.setdefault("NEXUS_TRUSTED_PROXIES", "1")  # The gateway.
    env["NEXUS_STATUS_OBJECT"] = f"file:{status_file(root, ports)}"
    return [
        *programs,
        _function("chat", env, ports.chat, source),
        _function("check_availability", env, ports.availability, source),
    ]


def _targets(env: Mapping[str, str], source: Path) -> list[dict[str, Any]]:
    """Return the tables `[[targets]]` of the configuration, as far as there are any."""
    file = Path(env.get("NEXUS_CONFIG") or source.with_name("nexus.toml"))
    targets: Any = []
    with contextlib.suppress(OSError, ValueError):  # The functions say what is wrong with it.
        targets = tomllib.loads(file.read_text(encoding="utf-8-sig")).get("targets", [])
    return [t for t in targets if isinstance(t, dict)] if isinstance(targets, list) else []


def _emulated(targets: Sequence[Mapping[str, Any]], emulator: str, root: Path) -> Mapping[str, str]:
    """Return what makes the emulator answer for all targets: each has a key of its own."""
    keys = [target["key"] for target in targets if isinstance(target.get("key"), str)]
    env = {name: f"emulator-{number}" for number, name in enumerate(keys, start=2)}
    env |= {"GEMINI_API_KEY": "emulator", "GOOGLE_GEMINI_BASE_URL": f"http://{emulator}"}
    if any("vertex_location" in target for target in targets):
        env |= {
            "GOOGLE_CLOUD_PROJECT": "nexus-local",
            "GOOGLE_VERTEX_BASE_URL": f"http://{emulator}",
            # It is the metadata server, too; this machine's own credentials stay out of it.
            "GCE_METADATA_HOST": emulator,
            "GCE_METADATA_IP": emulator,
            "GOOGLE_APPLICATION_CREDENTIALS": "",
            "CLOUDSDK_CONFIG": str(root / ".local/no-credentials"),
        }
    return env


def status_file(root: Path, ports: Ports) -> Path:
    """Return where the chat writes the status object, and the gateway reads it."""
    return root / f".local/status-{ports.gateway}.json"


def gateway(
    environ: Mapping[str, str],
    ports: Ports,
    *,
    fd: int,
    web: Path,
    status: Path,
    settings: Mapping[str, object] | None = None,
    logo: Path | None = None,
) -> Program:
    """Return the gateway, which takes over the listening socket `fd`."""
    argv = (
        *(sys.executable, "-m", "tools.serving.gateway", "--fd", str(fd), "--web", str(web)),
        *("--chat", str(ports.chat), "--availability", str(ports.availability)),
        *("--settings", json.dumps(settings or {}), "--status", str(status)),
        *(("--logo", str(logo)) if logo else ()),
    )
    return Program(name="the gateway", argv=argv, env=dict(environ), port=ports.gateway, fd=fd)


def _function(target: str, env: dict[str, str], port: int, source: Path) -> Program:
    argv = (
        *(sys.executable, "-m", "functions_framework", "--source", str(source)),
        *("--target", target, "--host", HOST, "--port", str(port)),
    )
    return Program(name=f"the function {target}", argv=argv, env=env, port=port)


def _gemini_emulator(env: dict[str, str], port: int) -> Program:
    argv = (
        *(sys.executable, "-m", "tools.emulator", "--port", str(port)),
        *("--per-minute", EMULATED_PER_MINUTE),
    )
    return Program(name="the Gemini emulator", argv=argv, env=dict(env), port=port)


def _firestore_emulator(env: dict[str, str], port: int, log: Path) -> Program:
    for tool, package in (("gcloud", "the Google Cloud CLI"), ("java", "a Java runtime")):
        if shutil.which(tool, path=env.get("PATH")) is None:
            raise StartError(f"the Firestore emulator needs {package} ({tool} is not on PATH).")
    argv = ("gcloud", "emulators", "firestore", "start", f"--host-port={HOST}:{port}")
    return Program(name="the Firestore emulator", argv=argv, env=dict(env), port=port, log=log)

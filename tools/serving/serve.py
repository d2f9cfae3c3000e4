"""Serves all of Nexus on this machine until Ctrl-C: the program of `make run`."""

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from tools.serving.page_settings import page_logo, page_settings
from tools.serving.processes import Processes, StartError
from tools.serving.programs import (
    HOST,
    backends,
    gateway,
    held_ports,
    listen,
    status_file,
)

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_PORT = 8080
POLL_SECONDS = 0.1


class Stop:
    """True after the first signal to stop, or when the `make` that started this process is gone."""

    def __init__(self) -> None:
        self._signalled = False
        self._make = os.getppid() if "MAKELEVEL" in os.environ else None
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # nohup ignores SIGHUP, and so must we.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self._signalled = True

    def __call__(self) -> bool:
        """Whether to stop."""
        return self._signalled or (self._make is not None and os.getppid() != self._make)


def serve(options: argparse.Namespace, stop: Stop) -> None:
    """Run all programs until told to stop.

    Raises:
        StartError: a program cannot start, or has died.
    """
    if not (options.web / "index.html").is_file():
        raise StartError(f"there is no {options.web / 'index.html'}; build it with: make run")
    settings = page_settings(os.environ)
    listener = listen(requested_port())
    with held_ports(listener.getsockname()[1]) as ports, Processes(ROOT) as processes:
        (ROOT / ".local").mkdir(exist_ok=True)
        programs = backends(
            os.environ, ports, root=ROOT, source=options.source, firestore=options.firestore
        )
        if not os.environ.get("GEMINI_API_KEY"):
            where = f"the Gemini emulator at http://{HOST}:{ports.gemini}"
            print(f"GEMINI_API_KEY is not set: answers come from {where}.", flush=True)
        if options.firestore:
            print(f"State is in FIRESTORE_EMULATOR_HOST={HOST}:{ports.firestore}", flush=True)
        for program in programs:
            processes.start(program)
        processes.wait_until_ready(stop)
        # Last, so that a client that has connected meanwhile finds functions that are up.
        processes.start(
            gateway(
                os.environ,
                ports,
                fd=listener.fileno(),
                web=options.web,
                status=status_file(ROOT, ports),
                settings=settings,
                logo=page_logo(os.environ),
            )
        )
        listener.close()
        processes.wait_until_ready(stop)
        if not stop():
            print(f"Nexus is at http://{HOST}:{ports.gateway} (Ctrl-C stops it)", flush=True)
        while not stop():
            processes.check()
            time.sleep(POLL_SECONDS)
    print("\nNexus has stopped.", flush=True)


def requested_port() -> int:
    """Return the port of the gateway: PORT, or the default.

    Raises:
        StartError: PORT is no port number.
    """
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    if text.isdecimal() and int(text) < 65_536:
        return int(text)
    raise StartError(f"PORT is no port number: {text!r}")


def main() -> int:
    """Parse the command line, serve, and say in one line what went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tools.serving.serve", description=__doc__)
    parser.add_argument("--check-port", action="store_true", help="only see if the port is free")
    parser.add_argument("--firestore", action="store_true", help="state in the Firestore emulator")
    parser.add_argument("--source", type=Path, default=ROOT / "functions/main.py", metavar="FILE")
    parser.add_argument("--web", type=Path, default=ROOT / "web/dist", metavar="FOLDER")
    options = parser.parse_args()
    try:
        if options.check_port:
            listen(requested_port()).close()
        else:
            serve(options, Stop())
    except StartError as error:
        print(f"Nexus: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Command: `python -m emulator --port 8085`; runs until SIGTERM or SIGINT."""

import argparse
import signal
import sys

from tools.emulator.server import Emulator

_STOP_SIGNALS = {signal.SIGTERM, signal.SIGINT}


def main() -> None:
    """Run the emulator that the command line describes."""
    arguments = _parser().parse_args()
    # Blocked before any thread starts, so that only sigwait below receives them.
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)
    try:
        emulator = Emulator(**vars(arguments))
        emulator.start()
    except (OSError, ValueError) as error:
        sys.exit(f"The emulator cannot start: {error}.")
    print(f"Gemini emulator at {emulator.url}", flush=True)
    signal.sigwait(_STOP_SIGNALS)
    emulator.stop()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m emulator", description="A Gemini emulator.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8085, help="port; 0 is a free one")
    parser.add_argument(
        "--chunk-seconds", type=float, default=0.025, help="pause between two chunks of a stream"
    )
    parser.add_argument("--per-minute", type=int, help="requests a minute of each model")
    parser.add_argument("--per-day", type=int, help="requests a day (Pacific) of each model")
    return parser


if __name__ == "__main__":
    main()

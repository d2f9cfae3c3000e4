"""Shows the line of those who wait; starts, stops or drains it: `make waiting-room`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from fallback.bootstrap import window_store
from fallback.ports import StoreUnavailableError
from fallback.settings import InvalidSettingError
from nexus.event_log import JsonEventLog
from nexus.settings import ServiceSettings, read_service_settings
from nexus.waiting_room.bootstrap import line_store
from nexus.waiting_room.core.line import Mode, new_line
from tools.operate import FUNCTIONS
from tools.operate.line_editor import LineEditor, LineEditorError
from tools.operate.operator_name import operator_name
from tools.operate.publish import publish
from tools.operate.report import line_row, table
from tools.operate.store import store_in_use


def main(arguments: Sequence[str]) -> int:
    """Runs the command line; returns the exit status."""
    action = _parser().parse_args(arguments).action
    mode = None if action is None else Mode(action)
    try:
        service = read_service_settings(os.environ, default_config=FUNCTIONS / "nexus.toml")
        state = store_in_use(os.environ, service.fallback, will_change=mode is not None)
    except InvalidSettingError as error:
        return _failed(str(error))
    if not service.waiting_room.enabled:
        return _failed("There is no waiting room: nexus.toml has waiting_room.enabled = false.")
    try:
        if mode is not None:
            _set_mode(service, mode)
        now = datetime.now(UTC)
        line = (None if _is_new(service) else line_store(service).read()) or new_line(now)
        print(f"{state}\n\n{table([line_row(line, now)])}")
    except LineEditorError as error:
        return _failed(str(error))
    except StoreUnavailableError as error:
        return _failed(f"{state} cannot be used: {error}")
    return 0


def _set_mode(service: ServiceSettings, mode: Mode) -> None:
    lines, windows = line_store(service), window_store(service.fallback)
    who, log = operator_name(service.fallback), JsonEventLog("INFO")
    editor = LineEditor(lines=lines, windows=windows, log=log, who=who)
    editor.set_mode(mode, datetime.now(UTC))
    publish(service, windows, lines)


def _is_new(service: ServiceSettings) -> bool:
    path = service.fallback.sqlite_path
    return path is not None and not path.exists()


def _failed(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tools.operate.waiting_room", description=__doc__)
    actions = [mode.value for mode in Mode]
    parser.add_argument("action", nargs="?", choices=actions, help="without one, show the line")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Stops chats; lists, isolates and restores models and targets: `make windows`."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from fallback.bootstrap import demand_store, limit_store, window_store
from fallback.core.forecast import Forecast
from fallback.core.hierarchy import Hierarchy
from fallback.core.meter import Meter
from fallback.core.windows import EVERY_MODEL, Windows
from fallback.ports import StoreUnavailableError
from fallback.settings import InvalidSettingError, Settings
from nexus.event_log import JsonEventLog
from nexus.settings import read_service_settings
from nexus.waiting_room.bootstrap import line_store
from nexus.waiting_room.core.line import Line, Mode
from nexus.waiting_room.core.supply import supply
from tools.operate import FUNCTIONS
from tools.operate.line_editor import LineEditor, LineEditorError
from tools.operate.operator_name import operator_name
from tools.operate.publish import publish
from tools.operate.report import limit_rows, line_row, pasted, rows_of, summary, table, verdict
from tools.operate.store import store_in_use
from tools.operate.window_editor import WindowEditor, WindowEditorError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"([1-9]\d{0,5})([smhd])")
_MAX = timedelta(days=30)
_JSON = "print JSON instead of a table"


def main(arguments: Sequence[str]) -> int:
    """Runs the command line; returns the exit status."""
    asked = _parser().parse_args(arguments)
    try:
        service = read_service_settings(os.environ, default_config=FUNCTIONS / "nexus.toml")
        settings = service.fallback
        if asked.action == "classify":
            print(_classified(asked, settings))
            return 0
        state = store_in_use(os.environ, settings, will_change=asked.action != "list")
    except InvalidSettingError as error:
        return _failed(str(error))
    try:
        # With the targets that have no key here, too: those of the functions count.
        hierarchy = settings.configuration.hierarchies[settings.hierarchy.name]
        windows, lines = window_store(settings), line_store(service)
        who, log = operator_name(settings) if asked.action != "list" else "", JsonEventLog("INFO")
        editor = WindowEditor(store=windows, hierarchy=hierarchy, log=log, who=who)
        _act(editor, asked)
        if asked.action != "list":
            now, meters = datetime.now(UTC), limit_store(settings).read_all()
            taken = supply(hierarchy, editor.windows(), lambda key: meters.get(key, Meter()), now)
            LineEditor(lines=lines, windows=windows, log=log, who=who).set_pace(taken, now)
            publish(service, windows, lines)
        is_new = settings.sqlite_path is not None and not settings.sqlite_path.exists()
        found = {} if is_new else editor.windows()
        limits = {} if is_new else limit_store(settings).read_all()
        forecasts = () if is_new else demand_store(settings).read().forecasts
        line = None if is_new else lines.read()
        _show(found, limits, hierarchy, state, as_json=asked.json, forecasts=forecasts, line=line)
    except (WindowEditorError, LineEditorError) as error:
        return _failed(str(error))
    except StoreUnavailableError as error:
        return _failed(f"{state} cannot be used: {error}")
    return 0


def _failed(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


def _act(editor: WindowEditor, asked: argparse.Namespace) -> None:
    now = datetime.now(UTC)
    match asked.action:
        case "isolate" | "close" | "stop":
            editor.isolate(asked.model, now + asked.duration)
        case "pin":
            editor.pin(asked.model, now + asked.duration)
        case "restore" | "reopen" | "start":
            for name in editor.by_hand() if asked.by_hand else asked.model:
                editor.restore(name)


def _show(
    windows: Windows,
    limits: Mapping[str, Meter],
    hierarchy: Hierarchy,
    state: str,
    *,
    as_json: bool,
    forecasts: Sequence[Forecast],
    line: Line | None,
) -> None:
    now = datetime.now(UTC)
    rows = rows_of(windows, hierarchy, now, forecasts)
    if as_json:
        print(json.dumps(rows, indent=1))
    else:
        print(f"{summary(windows, hierarchy, now)}\n{state}\n\n{table(rows)}")
        if learned := limit_rows(limits):
            print(f"\nLearned limits\n\n{table(learned)}")
        if line is not None and (line.waiting(now) or line.mode is not Mode.AUTO):
            print(f"\nWaiting room\n\n{table([line_row(line, now)])}")


def _classified(asked: argparse.Namespace, settings: Settings) -> str:
    headers = dict(header.split(":", 1) for header in asked.header)
    found = verdict(
        asked.status,
        pasted(sys.stdin.buffer.read().decode("utf-8", errors="replace")),
        {name.strip(): value.strip() for name, value in headers.items()},
        settings.configuration.windows,
        datetime.now(UTC),
    )
    if asked.json:
        return json.dumps(found, indent=1)
    width = max(map(len, found))
    return "\n".join(f"{name.ljust(width)}  {value}" for name, value in found.items())


def _duration(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    duration = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else timedelta()
    if not timedelta() < duration <= _MAX:
        raise argparse.ArgumentTypeError(
            f"{text!r} must be a number with s, m, h or d, as in 90m, and at most 30d"
        )
    return duration


def _header(text: str) -> str:
    if ":" not in text:
        raise argparse.ArgumentTypeError(f"{text!r} must be as in 'Retry-After: 7'")
    return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tools.operate.windows", description=__doc__)
    parser.add_argument("--json", action="store_true", help=_JSON)
    # Without a default, which would undo a --json before the action.
    output = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    output.add_argument("--json", action="store_true", help=_JSON)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    parser.set_defaults(action="list")
    lasting = argparse.ArgumentParser(add_help=False, parents=[output])
    lasting.add_argument("--for", dest="duration", type=_duration, required=True, metavar="TIME",
                         help="a number with s, m, h or d, as in 90m")  # fmt: skip
    what = "a model, a model at one target as MODEL@TARGET, or a whole target"
    timed = argparse.ArgumentParser(add_help=False, parents=[lasting])
    timed.add_argument("model", metavar="MODEL", help=what)

    actions.add_parser("list", parents=[output], help="list all windows (the default)")
    stop = actions.add_parser("stop", parents=[lasting], help="stop all chats")
    stop.set_defaults(model=EVERY_MODEL)
    start = actions.add_parser("start", parents=[output], help="start them again")
    start.set_defaults(model=[EVERY_MODEL], by_hand=False)
    actions.add_parser("isolate", aliases=["close"], parents=[timed], help="set models aside")
    actions.add_parser("pin", parents=[timed], help="use one model only: set all others aside")
    restore = actions.add_parser(
        "restore", aliases=["reopen"], parents=[output], help="use models again"
    )
    which = restore.add_mutually_exclusive_group(required=True)
    which.add_argument("model", metavar="MODEL", nargs="*", default=[], help=what)
    which.add_argument("--by-hand", action="store_true", help="undo every isolate and pin")
    dry = actions.add_parser(
        "classify", parents=[output], help="tell how Nexus would treat an error on standard input"
    )
    dry.add_argument("--status", type=int, metavar="CODE", help="its HTTP status")
    dry.add_argument("--header", type=_header, action="append", default=[], metavar="'NAME: VALUE'")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

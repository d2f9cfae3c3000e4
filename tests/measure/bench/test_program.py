"""A program that is measured: its cost is that of all its processes, and none outlives it."""

from __future__ import annotations

import os
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from measure.bench.load import Target
from measure.bench.program import Program, Running, free_port, run

PARENT_AND_CHILD = """
import http.server, os, pathlib, signal, sys
is_child = os.fork() == 0
sum(range(3_000_000))
if is_child:
    pathlib.Path("written").write_text(str(os.getpid()))
    os.rename("written", "child")
    signal.pause()
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        ready = os.path.exists("child")
        self.send_response(200 if ready else 503)
        self.send_header("Content-Length", "0")
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def program(folder: Path, code: str) -> Program:
    port = free_port()
    argv = (sys.executable, "-c", textwrap.dedent(code), str(port))
    return Program(argv=argv, env=dict(os.environ), port=port, folder=folder, log=folder / "log")


def started(running: Running) -> Target:
    target = Target(running.url)
    running.wait_for_200(target)
    return target


def test_its_cost_is_that_of_all_its_processes(tmp_path: Path) -> None:
    with run(program(tmp_path, PARENT_AND_CHILD)) as running:
        started(running)
        child = int((tmp_path / "child").read_text())

        ticks_before = _ticks(running.pid) + _ticks(child)
        counted = running.cpu_seconds()
        ticks_after = _ticks(running.pid) + _ticks(child)

        second = os.sysconf("SC_CLK_TCK")
        rounding = 4 / second  # User and system time of two processes, each cut off.
        assert _ticks(child) > 1
        assert ticks_before / second - rounding <= counted <= ticks_after / second + rounding


def test_its_memory_is_that_of_all_its_processes(tmp_path: Path) -> None:
    with run(program(tmp_path, PARENT_AND_CHILD)) as running:
        started(running)
        child = int((tmp_path / "child").read_text())
        one = [
            int(line.split()[1]) * 1024
            for pid in (running.pid, child)
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            if line.startswith("Pss:")
        ]

        assert running.memory_bytes() == pytest.approx(sum(one), rel=0.1)
        assert min(one) > 0.1 * sum(one)


def test_it_ends_with_all_its_processes(tmp_path: Path) -> None:
    with run(program(tmp_path, PARENT_AND_CHILD)) as running:
        started(running)
        child = int((tmp_path / "child").read_text())

    give_up_at = time.monotonic() + 60
    while _is_alive(child):
        assert time.monotonic() < give_up_at
        threading.Event().wait(0.01)


def test_a_program_that_dies_is_reported_with_what_it_said(tmp_path: Path) -> None:
    dies = program(tmp_path, "import sys; sys.exit('no such luck')")

    with run(dies) as running, pytest.raises(RuntimeError, match="no such luck"):
        running.wait_for_200(Target(running.url))


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"

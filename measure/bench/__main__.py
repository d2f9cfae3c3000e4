"""`python -m measure.bench` measures Nexus, `python -m measure.bench --peers` its peers as well.

Name rows to measure only those. Each row is written as soon as it is complete.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace

from measure.bench import page
from measure.bench.catalogue import NEXUS, PEERS
from measure.bench.peers.gateways import LITELLM_VERSION, PORTKEY_VERSION
from measure.bench.results import keep
from measure.bench.rig import missing_tools, set_up_rig
from measure.bench.row import Measured


def main() -> None:
    """Measures, prints what was measured, and writes it into the docs."""
    parser = argparse.ArgumentParser(prog="python -m measure.bench", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW")
    parser.add_argument("--peers", action="store_true", help="measure the peers, too")
    options = parser.parse_args()
    catalogue = {row.name: row for row in (PEERS if options.peers else NEXUS)}
    if unknown := set(options.rows) - set(catalogue):
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(catalogue)}")
    file = page.PEERS_RESULTS if options.peers else page.RESULTS
    versions = {"litellm": LITELLM_VERSION, "portkey": PORTKEY_VERSION} if options.peers else {}
    wanted = [catalogue[name] for name in options.rows or catalogue]
    lacking = missing_tools()
    on_firestore = any(subject.on_firestore for row in wanted for subject in row.subjects)
    with set_up_rig(firestore=on_firestore and not lacking) as rig:
        for measured in wanted:
            started = time.monotonic()
            possible, remarks = _possible(measured, lacking)
            row = measured.measure(rig, possible.subjects)
            row.remarks |= remarks
            keep(file, measured.name, row, versions)
            page.write()
            print(page.sections([measured], {measured.name: row}), flush=True)
            print(f"({time.monotonic() - started:.0f} s)\n", file=sys.stderr, flush=True)


def _possible(measured: Measured, lacking: list[str]) -> tuple[Measured, dict[str, str]]:
    """A row without those that cannot be measured here, and why they cannot."""
    remarks = {
        subject.name: f"not measured: missing {', '.join(lacking)}"
        for subject in measured.subjects
        if subject.on_firestore and lacking
    } | {
        subject.name: "not measured: it could not be installed"
        for subject in measured.subjects
        if subject.needs and not subject.needs.exists()
    }
    left = [subject for subject in measured.subjects if subject.name not in remarks]
    return replace(measured, subjects=left), remarks


if __name__ == "__main__":
    main()

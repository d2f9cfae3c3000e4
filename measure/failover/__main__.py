"""`python -m measure.failover` plays the sixteen faults against Nexus and its installed peers.

Name subjects to play only those. Results and page are written after each; others keep theirs.
"""

from __future__ import annotations

import argparse
import sys
import time

from measure.bench.peers.gateways import LITELLM_VERSION, PORTKEY_VERSION
from measure.failover import page
from measure.failover.results import keep
from measure.failover.subjects import NEXUS, PEERS, play_all
from tools.emulator.scenarios import scenarios

_VERSIONS = {"LiteLLM": LITELLM_VERSION, "Portkey": PORTKEY_VERSION}


def main() -> int:
    """Plays, prints and writes; returns how many scenarios Nexus has failed."""
    subjects = {subject.name: subject for subject in (NEXUS, *PEERS)}
    parser = argparse.ArgumentParser(prog="python -m measure.failover", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=", ".join(subjects))
    names = parser.parse_args().subjects or list(subjects)
    if unknown := set(names) - set(subjects):
        parser.error(f"no such subject: {', '.join(sorted(unknown))}")
    failed = 0
    for name in names:
        subject = subjects[name]
        if subject.needs and not subject.needs.exists():
            print(f"{name}: not installed", flush=True)
            continue
        started = time.monotonic()
        results = play_all(subject, scenarios())
        keep(name, _VERSIONS.get(name, ""), results)
        page.write()
        missed = [f"{id_} {one.why}" for id_, one in results.items() if not one.passes]
        print(f"{name}: {len(results) - len(missed)} of {len(results)}", *missed, sep="\n  ")
        print(f"({time.monotonic() - started:.0f} s)", file=sys.stderr, flush=True)
        failed += len(missed) if subject is NEXUS else 0
    return failed


if __name__ == "__main__":
    sys.exit(main())

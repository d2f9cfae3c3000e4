"""`python -m measure.simulation` plays everything and writes docs/simulation/; with names, those.

What is named (scenarios, sweeps, `drill`) is printed as JSON, and nothing is written. The report of
the rules has a command of its own: `python -m measure.simulation.report`.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from measure.simulation.page import write_page
from measure.simulation.results import results

DOCS = Path(__file__).parents[2] / "docs"


def main(names: list[str]) -> None:
    """Plays, and writes or prints."""
    began = time.monotonic()
    found = results(names)
    if names:
        print(json.dumps(found, indent=1))
        return
    folder = DOCS / "simulation"
    folder.mkdir(exist_ok=True)
    (folder / "results.json").write_text(json.dumps(found, separators=(",", ":")) + "\n")
    write_page(DOCS / "simulation.md", found)
    print(f"played in {time.monotonic() - began:.0f} s; see docs/simulation.md")


if __name__ == "__main__":
    main(sys.argv[1:])

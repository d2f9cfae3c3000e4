"""`python -m measure.drills` runs all drills but the soak; name some to run only those."""

from __future__ import annotations

import sys

from measure.drills.scenarios import DRILLS, Failed


def main(names: list[str]) -> int:
    """Runs drills one after another; returns how many failed."""
    unknown = set(names) - set(DRILLS)
    if unknown:
        sys.exit(f"no such drill: {', '.join(sorted(unknown))}; there are {', '.join(DRILLS)}")
    failed = 0
    for name in names or [name for name in DRILLS if name != "soak"]:
        print(f"{name}: {DRILLS[name].__doc__}", flush=True)
        try:
            DRILLS[name]()
        except Failed as failure:
            print(f"  NOT {failure}", flush=True)
            failed += 1
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m drills` runs all drills but the soak; `python -m drills NAME …` runs some."""

from __future__ import annotations

import sys

from measure.drills.scenarios import DRILLS, Failed


def main(names: list[str]) -> int:
    """Runs drills, one after another; says how many did not show what they promise."""
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

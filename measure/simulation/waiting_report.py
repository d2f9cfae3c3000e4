"""`python -m measure.simulation.waiting_report` plays people in line, and writes a page.

It writes docs/simulation/waiting-room.md. With `hundred-thousand` it plays that case alone, which
takes minutes, prints it, and what it costs.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from measure.simulation.waiting_room import Found, RoomPlan, play

PAGE = Path(__file__).parents[2] / "docs" / "simulation" / "waiting-room.md"

CASES = {
    "nothing else happens": RoomPlan(),
    "250 come within a second": RoomPlan(people=250, arrive_seconds=1),
    "five models of 12 return, 5 s apart": RoomPlan(models=5, apart_seconds=5),
    "five models of 12 return, 30 s apart": RoomPlan(models=5, apart_seconds=30),
    "fixed minutes": RoomPlan(is_sliding=False),
    "refusals name no limit": RoomPlan(names_limit=False),
    "30 a minute go past the line": RoomPlan(others=30),
    "the same outside of Nexus": RoomPlan(others=30, are_known=False),
    "the same with fixed minutes": RoomPlan(others=30, are_known=False, is_sliding=False),
    "30 of 100 leave": RoomPlan(gone=0.3),
    "50 of 100 leave": RoomPlan(gone=0.5),
    "70 of 100 leave": RoomPlan(gone=0.7),
    "exhausted again for 90 s": RoomPlan(exhausted_again=(150, 240)),
    "an instance is killed": RoomPlan(killed_at=120.0),
    "every fifth has a head start of 50": RoomPlan(urgent=0.2, ahead=50),
}

HUNDRED_THOUSAND = RoomPlan(
    people=100_000, per_minute=5_000, instances=50, arrive_seconds=600, returns=660
)

# US dollars for one operation: Firestore and Cloud Storage in one region, list prices.
READ, WRITE, DELETE = 0.03e-5, 0.09e-5, 0.01e-5
OBJECT_READ, OBJECT_WRITE = 0.4e-6, 5e-6

_ROW = (
    "| {title} | {found.answered} of {found.stayed} | {found.last_seconds:.0f} |"
    " {found.refused_calls} | {found.overtaken} | {found.lost_places} |"
    " {told} | {right} | {right_later} |"
)
_TEXT = """# People in line, simulated

A model of 60 requests a minute returns to 300 on eight instances, unless said otherwise.
`python -m measure.simulation.waiting_report` plays the real decisions.

<!-- table: waiting -->

| Case | Answered | Last after (s) | 429 | Overtaken by | Lost | Told (%) | Right (%) | Later |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{rows}

<!-- end: waiting -->

Told and right (within 20 %) are first times since models last changed; later, those of 30 s after.
"""


def main(names: list[str]) -> None:
    """Plays, and writes or prints."""
    if names:
        found = play(HUNDRED_THOUSAND)
        sys.stdout.write(f"{found}\n{dollars(found)}\n")
        return
    with ProcessPoolExecutor() as pool:
        found_by_title = dict(zip(CASES, pool.map(play, CASES.values()), strict=True))
    PAGE.write_text(page(found_by_title), encoding="utf-8")


def page(found: dict[str, Found]) -> str:
    """The page with what was found, by the titles of the cases."""
    rows = (
        _ROW.format(
            title=title,
            found=f,
            told=_percent(f.told),
            right=_percent(f.right),
            right_later=_percent(f.right_later),
        )
        for title, f in found.items()
    )
    return _TEXT.format(rows="\n".join(rows))


def dollars(found: Found) -> dict[str, float]:
    """What a run costs: Firestore for the line, and the status object."""
    counts = found.counts
    firestore = (
        READ * (counts["line_reads"] + counts["meter_reads"])
        + WRITE * (counts["line_writes"] + counts["ticket_writes"])
        + DELETE * counts["ticket_writes"]
    )
    status = OBJECT_READ * counts["polls"] + OBJECT_WRITE * counts["status_writes"]
    return {"firestore": round(firestore, 3), "status_object": round(status, 3)}


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f}"


if __name__ == "__main__":
    main(sys.argv[1:])

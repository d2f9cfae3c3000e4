"""`python -m measure.accounts` plays CHATS chats (10,000) and prints the log beside the invoice."""

from __future__ import annotations

import os
import sys
import time

from measure.accounts.play import play


def main() -> int:
    """Plays, and returns 1 if the two do not agree."""
    began = time.monotonic()
    accounts = play(int(os.environ.get("CHATS", "10000")))
    print(f"{'tokens':56}{'log':>12}{'invoice':>12}")
    for title, logged, billed in (
        ("told", accounts.told, accounts.billed),
        ("estimated", accounts.estimated, accounts.billed_untold),
    ):
        for key in sorted({*logged, *billed}):
            print(f"{title + ': ' + ' '.join(key):56}{logged[key]:12,}{billed[key]:12,}")
    print(f"calls: {accounts.calls:,}; played in {time.monotonic() - began:.0f} s")
    return 0 if accounts.agree else 1


if __name__ == "__main__":
    sys.exit(main())

"""The log's sum of tokens is the emulator's invoice: to the token, where tokens were told."""

from __future__ import annotations

from measure.accounts.play import WITHIN, play


def test_the_log_adds_up_to_the_invoice() -> None:
    accounts = play(400)

    assert accounts.told == accounts.billed
    assert accounts.estimated.keys() == accounts.billed_untold.keys()
    for key, billed in accounts.billed_untold.items():
        assert abs(accounts.estimated[key] - billed) <= WITHIN * billed
    assert accounts.billed_untold.total() > 0
    assert accounts.agree

"""Quotas count in a sliding minute and in a Pacific day."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from google.genai import errors

from tests.tools.emulator.sdk import MODEL, Sdk
from tools.emulator.quotas import Quota, Quotas
from tools.emulator.server import Emulator

PACIFIC = ZoneInfo("America/Los_Angeles")


class Clock:
    """Unix seconds that stand still until told to go on."""

    def __init__(self, *moment: int) -> None:
        self.now = datetime(*moment, tzinfo=PACIFIC).timestamp()  # type: ignore[arg-type, misc]

    def __call__(self) -> float:
        return self.now

    def tick(self, seconds: float) -> None:
        self.now += seconds


def outcomes(quotas: Quotas, count: int) -> list[str]:
    excesses = [quotas.take("m") for _ in range(count)]
    return [excess.reply if excess else "granted" for excess in excesses]


def test_the_minute_slides_and_the_delay_is_true() -> None:
    clock = Clock(2026, 3, 1, 12)
    quotas = Quotas(Quota(per_minute=2), clock)
    quotas.take("m")
    clock.tick(20)
    quotas.take("m")

    excess = quotas.take("m")
    assert excess is not None
    assert (excess.reply, excess.retry_delay) == ("per-minute", "40.000000000s")
    clock.tick(39.9)
    assert outcomes(quotas, 1) == ["per-minute"]
    clock.tick(0.1)
    assert outcomes(quotas, 2) == ["granted", "per-minute"]


@pytest.mark.parametrize(
    ("month", "day", "hours"),
    [(1, 15, 24), (3, 8, 23), (11, 1, 25)],
    ids=["winter", "clocks-forward", "clocks-back"],
)
def test_the_day_ends_at_midnight_pacific(month: int, day: int, hours: int) -> None:
    clock = Clock(2026, month, day)
    quotas = Quotas(Quota(per_day=1), clock)

    assert outcomes(quotas, 2) == ["granted", "per-day"]
    clock.tick(hours * 3600 - 1)
    assert outcomes(quotas, 1) == ["per-day"]
    clock.tick(1)
    assert outcomes(quotas, 1) == ["granted"]


def test_a_model_has_its_own_quota_else_that_of_all_else_the_default() -> None:
    quotas = Quotas(Quota(per_minute=1), Clock(2026, 3, 1))
    assert outcomes(quotas, 2) == ["granted", "per-minute"]

    quotas.set("*", Quota(per_minute=2))
    assert outcomes(quotas, 2) == ["granted", "per-minute"]
    quotas.set("m", Quota())
    assert outcomes(quotas, 1) == ["granted"]
    quotas.reset()
    assert outcomes(quotas, 2) == ["granted", "per-minute"]


def test_a_quota_of_zero_was_never_granted() -> None:
    assert outcomes(Quotas(Quota(per_day=0), Clock(2026, 3, 1)), 1) == ["limit-zero"]


def test_a_fixed_minute_begins_with_the_minute_of_the_clock() -> None:
    clock = Clock(2026, 3, 1, 12)
    quotas = Quotas(Quota(per_minute=1, minute="fixed"), clock)
    clock.tick(50)

    assert outcomes(quotas, 1) == ["granted"]
    excess = quotas.take("m")
    assert excess is not None
    assert excess.retry_delay == "10.000000000s"
    clock.tick(10)
    assert outcomes(quotas, 2) == ["granted", "per-minute"]


def test_input_tokens_are_counted_and_the_delay_is_true() -> None:
    clock = Clock(2026, 3, 1, 12)
    quotas = Quotas(Quota(input_tokens_per_minute=100), clock)
    for tokens in (40, 30, 30):
        assert quotas.take("m", input_tokens=tokens) is None
        clock.tick(10)

    excess = quotas.take("m", input_tokens=60)
    assert excess is not None
    assert (excess.reply, excess.limit) == ("tokens-per-minute", 100)
    assert excess.retry_delay == "40.000000000s"
    clock.tick(40)
    assert quotas.take("m", input_tokens=60) is None


def test_a_request_above_the_whole_quota_is_refused_and_uses_nothing() -> None:
    quotas = Quotas(Quota(input_tokens_per_minute=100), Clock(2026, 3, 1, 12))

    excess = quotas.take("m", input_tokens=101)

    assert excess is not None
    assert (excess.reply, excess.retry_delay) == ("tokens-per-minute", None)
    assert quotas.take("m", input_tokens=100) is None


@pytest.mark.parametrize("limit", [-1, 1.5, True, "5"])
def test_a_limit_must_be_a_whole_number(limit: int) -> None:
    with pytest.raises(ValueError, match="per_day must be a whole number"):
        Quota(per_day=limit)


def test_over_its_quota_a_model_refuses_and_keeps_its_script(
    connect: Callable[..., Sdk],
) -> None:
    clock = Clock(2026, 3, 1, 12)
    with Emulator(clock=clock) as gemini:
        gemini.quota(MODEL, per_minute=1, per_day=2)
        sdk = connect(gemini.url)
        assert sdk.ask().text
        gemini.behave(MODEL, "overloaded", times=1)

        with pytest.raises(errors.ClientError, match=r"limit: 1, .*retry in 60\.000000000s"):
            sdk.ask()
        clock.tick(60)
        with pytest.raises(errors.ServerError):
            sdk.ask()
        clock.tick(60)
        with pytest.raises(errors.ClientError, match="PerDay") as caught:
            sdk.ask()

        assert "'quotaValue': '2'" in str(caught.value.details)

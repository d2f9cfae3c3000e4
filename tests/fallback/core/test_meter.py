"""What refusals teach, and what they fill."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fallback.core.failure import Failure, FailureKind
from fallback.core.meter import MAX_METERED_REQUESTS, Meter, after_refusal, starts_metering
from fallback.core.quota import Dimension, LearnedLimit, Quota
from fallback.core.sliding_log import SPAN, Entry, SlidingLog

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
REQUESTS = Dimension.REQUESTS_PER_MINUTE
TOKENS = Dimension.INPUT_TOKENS_PER_MINUTE
DAY = Dimension.REQUESTS_PER_DAY


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def minute(limit: int | None, delay: float | None = None) -> Failure:
    return Failure(
        kind=FailureKind.RATE_LIMITED,
        quotas=(Quota(REQUESTS, limit),),
        retry_delay_seconds=delay,
    )


def input_quota(limit: int | None) -> Failure:
    return Failure(kind=FailureKind.INPUT_QUOTA, quotas=(Quota(TOKENS, limit),))


def refused(meter: Meter, failure: Failure, seconds: float, *, tokens: int = 0) -> Meter:
    was_metered = meter.counted_from is not None
    return after_refusal(meter, failure, tokens, at(seconds), was_metered=was_metered)


def test_a_first_refusal_teaches_the_limit_and_fills_the_minute() -> None:
    meter = refused(Meter(), minute(10), 0)

    assert meter.limits == {REQUESTS: LearnedLimit(10, NOW)}
    assert meter.fits_at(at(1), 0) == NOW + SPAN
    assert meter.share_left(at(1)) == 0


@pytest.mark.parametrize("delay", [2.0, 37.0, 60.0])
def test_the_minute_is_full_until_the_provider_asks_to_return(delay: float) -> None:
    meter = refused(Meter(), minute(10, delay), 0)

    assert meter.fits_at(at(1), 0) == at(delay)


def test_then_two_thirds_may_be_used_at_once_and_the_rest_evenly() -> None:
    meter, now = refused(Meter(), minute(12, 20), 0), at(20)
    went_at: list[float] = []
    while len(went_at) < 13:
        now = meter.fits_at(now, 0)
        went_at.append((now - at(20)).total_seconds())
        meter = meter.plus(Entry(now, 1))

    assert went_at[:8] == [0] * 8
    assert went_at[8:] == pytest.approx([10, 10, 10, 20, 60.5], abs=0.01)


def test_a_later_refusal_fills_only_what_the_log_lacks() -> None:
    meter = refused(Meter(), minute(10), -120).latest(NOW).plus(Entry(NOW, 7))

    meter = refused(meter, minute(10), 1)

    assert meter.log == SlidingLog((Entry(NOW, 7), Entry(at(1), 3)))


def test_a_refusal_for_tokens_leaves_room_for_smaller_requests() -> None:
    meter = refused(Meter(), input_quota(1000), 0, tokens=400)

    assert meter.fits_at(at(1), 400) == NOW + SPAN
    assert meter.fits_at(at(1), 300) == at(1)


def test_a_request_above_the_whole_limit_fills_nothing() -> None:
    assert refused(Meter(), input_quota(1000), 0, tokens=5000).log == SlidingLog()


def test_three_percent_of_a_limit_of_tokens_are_kept_for_wrong_estimates() -> None:
    meter = Meter({TOKENS: LearnedLimit(1000, NOW)}, SlidingLog((Entry(NOW, 1, 900),)))

    assert meter.fits_at(at(11), 70) == at(11)
    assert meter.fits_at(at(11), 71) == NOW + SPAN


def test_a_limit_that_is_not_named_is_counted() -> None:
    """The provider's second minute begins at 12:01, and its first refusal in it is at 12:01:35."""
    meter = refused(Meter(), minute(None, 10.0), 0)
    assert meter.limits == {}
    meter = meter.plus(*(Entry(at(seconds), 1) for seconds in (10, 50, 61, 62, 63)))

    meter = refused(meter, minute(None, 25.0), 95)

    assert meter.limits == {REQUESTS: LearnedLimit(3, at(95), is_told=False)}


def test_calls_from_before_the_first_refusal_are_not_counted() -> None:
    meter = refused(Meter(), minute(None, 50.0), 0).plus(Entry(at(1), 3))

    assert refused(meter, minute(None, 45.0), 5).limits == {}


def test_what_was_not_metered_meanwhile_is_not_counted() -> None:
    meter = refused(Meter(), minute(None, 10.0), 0).plus(Entry(at(7200), 3))

    meter = after_refusal(meter, minute(None, 10.0), 0, at(7230), was_metered=False)

    assert (meter.limits, meter.counted_from) == ({}, at(7230))


def test_a_named_limit_is_worth_more_than_a_counted_one() -> None:
    meter = refused(Meter(), minute(10), 0).plus(Entry(at(70), 4))

    assert refused(meter, minute(None, 10), 110).limits == {REQUESTS: LearnedLimit(10, NOW)}


def test_after_an_hour_one_request_tries_to_pass_the_limit_and_its_refusal_renews_it() -> None:
    meter = refused(Meter(), minute(2), 0).plus(Entry(at(3590), 2))
    assert meter.fits_at(at(3599), 0) > at(3599)
    assert meter.fits_at(at(3600), 0) == at(3600)

    meter = refused(meter, minute(2), 3600.2)

    assert meter.limits == {REQUESTS: LearnedLimit(2, at(3600.2))}
    assert meter.fits_at(at(3601), 0) == at(3590) + SPAN


def test_a_limit_for_the_day_is_learned_and_not_metered() -> None:
    day = Failure(kind=FailureKind.QUOTA_EXHAUSTED, quotas=(Quota(DAY, 250), Quota(REQUESTS, 10)))

    meter = after_refusal(Meter(), day, 0, NOW, was_metered=False)

    assert not starts_metering(day)
    assert meter == Meter({DAY: LearnedLimit(250, NOW), REQUESTS: LearnedLimit(10, NOW)})


@pytest.mark.parametrize(
    ("failure", "starts"),
    [
        (minute(10), True),
        (minute(None), True),
        (minute(MAX_METERED_REQUESTS), True),
        (minute(MAX_METERED_REQUESTS + 1), False),
        (input_quota(250_000), True),
        (Failure(kind=FailureKind.INPUT_QUOTA, is_per_day=True), False),
        (Failure(kind=FailureKind.UNNAMED_QUOTA, retry_delay_seconds=30), False),
        (Failure(kind=FailureKind.OVERLOADED), False),
    ],
)
def test_which_refusals_ask_for_permits_from_then_on(failure: Failure, starts: bool) -> None:
    assert starts_metering(failure) is starts


def test_what_is_left_of_a_minute_is_the_scarcest_of_its_limits() -> None:
    limits = {REQUESTS: LearnedLimit(10, NOW), TOKENS: LearnedLimit(1000, NOW)}

    assert Meter().share_left(NOW) == 1
    assert Meter(limits).share_left(NOW) == 1
    few = Meter(limits, SlidingLog((Entry(NOW, 2, 97),)))
    large = Meter(limits, SlidingLog((Entry(NOW, 2, 485),)))
    assert few.share_left(at(1)) == pytest.approx(0.8)
    assert large.share_left(at(1)) == pytest.approx(0.5)
    assert large.share_left(NOW + SPAN) == 1

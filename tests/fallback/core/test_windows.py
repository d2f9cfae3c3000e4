"""What a window means, and how windows are merged and stored."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fallback.core.windows import (
    Phase,
    Window,
    after_failed_probe,
    from_epoch_ms,
    longer,
    merge,
    outlasts,
    to_epoch_ms,
)

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)

# Hypothesis takes its bounds without a zone.
instants = st.datetimes(
    datetime(2000, 1, 1),
    datetime(2100, 1, 1),
    timezones=st.just(UTC),
)
windows = st.builds(Window, until=instants, reason=st.text(max_size=8))


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@given(instants)
def test_stored_milliseconds_never_end_a_window_early(instant: datetime) -> None:
    stored = from_epoch_ms(to_epoch_ms(instant))

    assert timedelta(0) <= stored - instant < timedelta(milliseconds=1)


@given(st.dictionaries(st.text(), windows), st.dictionaries(st.text(), windows))
def test_merging_loses_nothing_and_shortens_nothing(
    one: dict[str, Window], other: dict[str, Window]
) -> None:
    merged = merge(one, other)

    assert merged.keys() == one.keys() | other.keys()
    for name, window in merged.items():
        ends = [known[name].until for known in (one, other) if name in known]
        assert window.until == max(ends)


def test_the_longer_window_stays() -> None:
    short, long = Window(after(1), "a"), Window(after(2), "b")

    assert longer(short, long) is long
    assert longer(long, short) is long
    assert longer(None, short) is short
    assert longer(short, None) is short
    assert longer(None, None) is None


def test_windows_that_end_within_a_second_say_the_same() -> None:
    standing = Window(after(10), "x")

    assert outlasts(Window(after(10), "x"), None)
    assert outlasts(Window(after(11.001), "x"), standing)
    assert not outlasts(Window(after(11), "x"), standing)
    assert not outlasts(Window(after(9), "x"), standing)


def test_a_probe_that_fails_makes_a_window_longer() -> None:
    again = Window(after(40), "new", failed_probes=1)

    assert after_failed_probe(Window(after(10), "x", leased_until=after(30)), again) is again


def test_a_probe_that_fails_early_shortens_nothing_and_puts_off_the_next() -> None:
    standing = Window(after(7200), "day", probe_at=after(0), leased_until=after(20))

    soon = after_failed_probe(standing, Window(after(30), "minute", failed_probes=1))
    later = after_failed_probe(
        standing, Window(after(7200), "day", probe_at=after(1800), failed_probes=1)
    )
    last = after_failed_probe(standing, Window(after(7200), "day", failed_probes=1))

    assert soon == Window(after(7200), "day", probe_at=after(30), failed_probes=1)
    assert later == Window(after(7200), "day", probe_at=after(1800), failed_probes=1)
    assert last == Window(after(7200), "day", failed_probes=1)


def test_a_window_is_open_until_its_instant() -> None:
    window = Window(NOW, "x")

    assert window.is_open(NOW - timedelta(microseconds=1))
    assert not window.is_open(NOW)


def test_a_window_that_is_over_is_due_for_one_probe() -> None:
    window = Window(after(10), "x")

    assert window.phase(after(9.9)) is Phase.OPEN
    assert window.phase(after(10)) is Phase.DUE


def test_while_a_probe_holds_the_lease_nobody_else_probes() -> None:
    window = Window(after(10), "x", leased_until=after(30))

    assert window.phase(after(10)) is Phase.PROBING
    assert window.phase(after(29.9)) is Phase.PROBING
    assert window.phase(after(30)) is Phase.DUE


def test_a_long_window_is_due_before_its_end_and_stays_open() -> None:
    window = Window(after(7200), "x", probe_at=after(1800), leased_until=after(20))

    assert window.phase(after(10)) is Phase.OPEN
    assert window.phase(after(1800)) is Phase.DUE
    assert window.is_open(after(1800))


@given(windows, instants, st.none() | instants, st.none() | instants)
def test_nobody_passes_before_the_window_or_its_probe_is_due(
    window: Window, now: datetime, probe_at: datetime | None, leased_until: datetime | None
) -> None:
    window = Window(window.until, window.reason, probe_at=probe_at, leased_until=leased_until)

    if window.phase(now) is not Phase.OPEN:
        assert now >= min(probe_at or window.until, window.until)
    if window.phase(now) is Phase.DUE:
        assert leased_until is None or now >= leased_until

"""Who sends a request: ids and codes that cannot be made up, networks that cannot be told."""

from __future__ import annotations

import itertools
import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus.fairness.core.allowance import Allowance
from nexus.fairness.core.ledger import TOTAL
from nexus.fairness.core.network import UNKNOWN, client_address, network_of
from nexus.fairness.core.rules import VisitorRules
from nexus.fairness.core.signing import CODE_PREFIX
from nexus.fairness.identity import ANONYMOUS, CodeFault, Identities, Visitor

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FRIENDS = Allowance(burst=30, per_minute=60, per_day=5000)
RULES = VisitorRules(groups={"friends": FRIENDS})
SECRET = b"made-up-key-for-tests"
_numbers = itertools.count()


def counting(size: int) -> bytes:
    return next(_numbers).to_bytes(size, "big")


ids = Identities(SECRET, RULES, counting)


def visitor(
    visitor_id: str | None = None,
    bearer: str | None = None,
    address: str = "192.0.2.1",
    now: datetime = NOW,
    identities: Identities = ids,
) -> Visitor:
    found = identities.of(visitor_id=visitor_id, bearer=bearer, address=address, now=now)
    assert isinstance(found, Visitor)
    return found


def issued() -> str:
    new_id = visitor().new_id
    assert new_id is not None
    return new_id


def test_whoever_has_no_id_gets_one_that_is_known_again() -> None:
    new_id = issued()

    known = visitor(new_id)

    assert known.new_id is None
    assert known == visitor(new_id)
    assert known.name != visitor(issued()).name
    assert known.allowances == {known.name: RULES.visitor, TOTAL: RULES.network}


def test_all_without_an_id_are_one_visitor_of_their_network() -> None:
    assert visitor().name == visitor("nonsense").name == ANONYMOUS
    assert visitor().record == visitor(issued()).record


@given(st.data())
def test_an_id_with_any_sign_changed_is_worth_nothing(data: st.DataObject) -> None:
    good = issued()
    position = data.draw(st.integers(0, len(good) - 1))
    sign = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_. ü"))
    forged = good[:position] + sign + good[position + 1 :]

    assert (visitor(forged).new_id is None) == (forged == good)


@pytest.mark.parametrize(
    "text", ["v1", "v1...", f"v1.{'A' * 22}.20261123.{'A' * 43}", "v1." * 200, "\n", "٣" * 70]
)
def test_what_was_never_issued_is_no_id(text: str) -> None:
    assert visitor(text).new_id is not None


def test_an_id_of_another_secret_is_worth_nothing() -> None:
    other = Identities(b"another secret", RULES)

    assert visitor(issued(), identities=other).new_id is not None


def test_an_id_lasts_four_hundred_days() -> None:
    new_id = issued()

    assert visitor(new_id, now=NOW + timedelta(days=400)).new_id is None
    assert visitor(new_id, now=NOW + timedelta(days=401)).new_id is not None


def test_neither_a_network_nor_a_visitor_can_be_followed_over_midnight() -> None:
    new_id = issued()
    today, tomorrow = visitor(new_id), visitor(new_id, now=NOW + timedelta(days=1))

    assert today.record != tomorrow.record
    assert today.name != tomorrow.name


def test_names_tell_nothing_of_address_or_id() -> None:
    new_id = issued()
    found = visitor(new_id, address="192.0.2.1")

    assert new_id.split(".")[1] not in found.name + found.record
    assert "192" not in found.record
    assert visitor(address="192.0.2.2").record != found.record


def test_a_code_opens_the_limits_of_its_group() -> None:
    code = ids.issue("friends", NOW + timedelta(days=1))
    other = ids.issue("friends", NOW + timedelta(days=1))

    holder = visitor(bearer=code)

    assert (holder.group, holder.allowances) == ("friends", {TOTAL: FRIENDS})
    assert holder.new_id is None
    assert holder == visitor(bearer=code, address="198.51.100.7", now=NOW + timedelta(hours=13))
    assert holder.record != visitor(bearer=other).record


def test_a_bearer_that_is_no_code_means_nothing() -> None:
    for bearer in ("sk-anything", "AIza", "unused"):
        assert visitor(bearer=bearer).name == ANONYMOUS


@given(st.data())
def test_a_code_with_any_sign_changed_is_refused(data: st.DataObject) -> None:
    good = ids.issue("friends", NOW + timedelta(days=1))
    position = data.draw(st.integers(len(CODE_PREFIX), len(good) - 1))
    sign = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_."))
    forged = good[:position] + sign + good[position + 1 :]

    found = ids.of(visitor_id=None, bearer=forged, address="192.0.2.1", now=NOW)

    assert (found is CodeFault.INVALID) == (forged != good)


def test_a_code_that_is_over_and_one_of_a_group_that_is_gone_are_refused() -> None:
    code = ids.issue("friends", NOW + timedelta(days=1))
    bare = Identities(SECRET, VisitorRules())

    def found(identities: Identities, now: datetime) -> Visitor | CodeFault:
        return identities.of(visitor_id=None, bearer=code, address="", now=now)

    assert isinstance(found(ids, NOW + timedelta(hours=23)), Visitor)
    assert found(ids, NOW + timedelta(days=1)) is CodeFault.EXPIRED
    assert found(bare, NOW) is CodeFault.INVALID


def test_a_visitor_s_id_is_no_code_and_a_code_no_id() -> None:
    code = ids.issue("friends", NOW + timedelta(days=1))

    assert visitor(visitor_id=code).name == ANONYMOUS
    assert visitor(bearer=issued()).name == ANONYMOUS


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "address"),
    [
        ("10.0.0.1", [], 0, "10.0.0.1"),
        ("10.0.0.1", ["6.6.6.6"], 0, "10.0.0.1"),
        ("10.0.0.1", ["6.6.6.6", "192.0.2.1"], 1, "192.0.2.1"),
        ("10.0.0.1", ["6.6.6.6", "192.0.2.1", "35.191.0.1"], 2, "192.0.2.1"),
        ("10.0.0.1", ["192.0.2.1"], 2, "192.0.2.1"),
        ("10.0.0.1", [], 1, "10.0.0.1"),
        (None, [], 0, UNKNOWN),
    ],
)
def test_only_what_our_own_proxies_have_written_is_believed(
    peer: str | None, forwarded: list[str], trusted: int, address: str
) -> None:
    assert client_address(peer, forwarded, trusted) == address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", UNKNOWN),
        ("192.0.2.1, 6.6.6.6", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_a_network_shares_a_limit(address: str, network: str) -> None:
    assert network_of(address) == network

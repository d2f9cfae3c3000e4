"""Who sends a request: ids and codes that cannot be made up, networks that cannot be told."""

from __future__ import annotations

import base64
import hmac
import itertools
import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus.fairness.core.allowance import Allowance
from nexus.fairness.core.ledger import TOTAL
from nexus.fairness.core.network import UNKNOWN, client_address, networks_of
from nexus.fairness.core.rules import NEWCOMERS_SHARE, VisitorRules
from nexus.fairness.core.signing import CODE_PREFIX, derived_key
from nexus.fairness.identity import NEWCOMERS, CodeFault, Identities, Visitor

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FRIENDS = Allowance(burst=30, per_minute=60, per_day=5000)
RULES = VisitorRules(groups={"friends": FRIENDS})
NETWORK, BLOCK = RULES.networks
SECRETS = [b"made-up-secret-for-tests"]
MINUTE = timedelta(minutes=1)
_numbers = itertools.count()


def counting(size: int) -> bytes:
    return next(_numbers).to_bytes(size, "big")


ids = Identities(SECRETS, RULES, counting)


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


def issued(now: datetime = NOW - MINUTE) -> str:
    new_id = ids.new_id(None, now)
    assert new_id is not None
    return new_id


def is_good(visitor_id: str, now: datetime = NOW, identities: Identities = ids) -> bool:
    return identities.new_id(visitor_id, now) is None


def test_whoever_has_no_id_gets_one_that_is_known_again() -> None:
    new_id = issued()

    known = visitor(new_id)

    assert is_good(new_id)
    assert known == visitor(new_id)
    assert known.name != visitor(issued()).name
    assert known.allowances == {known.name: RULES.visitor, TOTAL: NETWORK}


def test_whoever_has_no_id_counts_for_the_network_alone() -> None:
    newcomers = NETWORK.times(NEWCOMERS_SHARE)

    assert visitor() == visitor("nonsense")
    assert visitor().allowances == {NEWCOMERS: newcomers, TOTAL: NETWORK}
    assert not visitor().has_id
    assert visitor().record == visitor(issued()).record


def test_an_id_is_a_newcomer_s_for_a_minute() -> None:
    new_id = issued(NOW)
    young, old = visitor(new_id, now=NOW + MINUTE / 2), visitor(new_id, now=NOW + MINUTE)

    assert young.allowances == {**visitor().allowances, young.name: RULES.visitor}
    assert young.newcomer_until == visitor().newcomer_until == NOW + MINUTE
    assert old.newcomer_until is None
    assert old.allowances == {young.name: RULES.visitor, TOTAL: NETWORK}


def test_an_ipv6_address_counts_for_its_64_and_its_48() -> None:
    one, near, far, other = (
        visitor(address=address)
        for address in ("2001:db8:1:1::1", "2001:db8:1:1::2", "2001:db8:1:2::1", "2001:db8:2:1::1")
    )

    assert one == near
    assert one.record == far.record != other.record
    assert set(one.allowances) & set(far.allowances) == {NEWCOMERS, TOTAL}
    assert one.allowances[TOTAL] == BLOCK
    assert one.allowances[one.name] == NETWORK.times(NEWCOMERS_SHARE)
    assert sorted(allowance.burst for allowance in one.allowances.values()) == [40, 50, 400, 500]
    assert len(visitor(issued(), address="2001:db8:1:1::1").allowances) == 3


@given(st.data())
def test_an_id_with_any_sign_changed_is_worth_nothing(data: st.DataObject) -> None:
    good = issued()
    position = data.draw(st.integers(0, len(good) - 1))
    sign = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_. ü"))
    forged = good[:position] + sign + good[position + 1 :]

    assert is_good(forged) == (forged == good)


@pytest.mark.parametrize(
    "text", ["v1", "v1...", f"v1.{'A' * 22}.20261123.{'A' * 43}", "v1." * 200, "\n", "٣" * 70]
)
def test_what_was_never_issued_is_no_id(text: str) -> None:
    assert not is_good(text)


def test_an_id_of_another_secret_is_worth_nothing() -> None:
    other = Identities([b"another secret"], RULES)

    assert not is_good(issued(), identities=other)


def test_ids_and_codes_outlive_a_secret_that_is_rotated() -> None:
    code = ids.issue("friends", NOW + timedelta(days=1))
    rotated = Identities([b"a new secret", *SECRETS], RULES, counting)
    replaced = Identities([b"a new secret"], RULES, counting)

    assert is_good(issued(), identities=rotated)
    assert visitor(bearer=code, identities=rotated).group == "friends"
    assert not is_good(issued(), identities=replaced)
    new_id = rotated.new_id(None, NOW)
    assert new_id is not None
    assert is_good(new_id, identities=replaced)
    assert not is_good(new_id, identities=ids)


def test_an_id_of_an_older_release_is_known() -> None:
    key = derived_key(SECRETS[0], "visitor id")
    said = f"v1.{'A' * 22}.20261123"
    signature = base64.urlsafe_b64encode(hmac.digest(key, said.encode(), "sha256"))

    old = f"{said}.{signature.decode().rstrip('=')}"

    assert is_good(old)
    assert visitor(old).newcomer_until is None


def test_an_id_lasts_four_hundred_days() -> None:
    new_id = issued()

    assert is_good(new_id, now=NOW + timedelta(days=400))
    assert not is_good(new_id, now=NOW + timedelta(days=401))


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
    assert holder.newcomer_until is None
    assert holder == visitor(bearer=code, address="198.51.100.7", now=NOW + timedelta(hours=13))
    assert holder.record != visitor(bearer=other).record


def test_a_bearer_that_is_no_code_means_nothing() -> None:
    for bearer in ("sk-anything", "AIza", "unused"):
        assert visitor(bearer=bearer) == visitor()


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
    bare = Identities(SECRETS, VisitorRules())

    def found(identities: Identities, now: datetime) -> Visitor | CodeFault:
        return identities.of(visitor_id=None, bearer=code, address="", now=now)

    assert isinstance(found(ids, NOW + timedelta(hours=23)), Visitor)
    assert found(ids, NOW + timedelta(days=1)) is CodeFault.EXPIRED
    assert found(bare, NOW) is CodeFault.INVALID


def test_a_visitor_s_id_is_no_code_and_a_code_no_id() -> None:
    code = ids.issue("friends", NOW + timedelta(days=1))

    assert visitor(visitor_id=code) == visitor()
    assert visitor(bearer=issued()) == visitor()


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
    ("address", "networks"),
    [
        ("192.0.2.1", ("192.0.2.1",)),
        ("192.0.2.1:5678", ("192.0.2.1",)),
        ("::ffff:192.0.2.1", ("192.0.2.1",)),
        ("[::ffff:192.0.2.1]:443", ("192.0.2.1",)),
        ("2001:db8:1:2:3:4:5:6", ("2001:db8:1:2::/64", "2001:db8:1::/48")),
        ("2001:db8:1:2::9", ("2001:db8:1:2::/64", "2001:db8:1::/48")),
        ("[2001:db8:1:2::9]", ("2001:db8:1:2::/64", "2001:db8:1::/48")),
        ("[2001:db8:1:2::9]:443", ("2001:db8:1:2::/64", "2001:db8:1::/48")),
        ("[fe80::1%eth0]:443", ("fe80::/64", "fe80::/48")),
        ("fe80::1%eth0", ("fe80::/64", "fe80::/48")),
        ("unknown", (UNKNOWN,)),
        ("192.0.2.1:", (UNKNOWN,)),
        ("1.2.3:80", (UNKNOWN,)),
        ("[2001:db8::1", (UNKNOWN,)),
        ("192.0.2.1, 6.6.6.6", (UNKNOWN,)),
        ("", (UNKNOWN,)),
    ],
)
def test_the_networks_of_an_address_share_limits(address: str, networks: tuple[str, ...]) -> None:
    assert networks_of(address) == networks

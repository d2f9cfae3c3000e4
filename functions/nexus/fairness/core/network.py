"""Which network a request comes from."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

UNKNOWN = "unknown"
"""The network of everybody whose address cannot be parsed."""

_IPV6_PREFIX = 64
"""A household or device gets a whole /64, and may use any address in it."""


def client_address(peer: str | None, forwarded: Sequence[str], trusted_proxies: int) -> str:
    """The address that the outermost trusted proxy saw.

    Each proxy appends its caller's address, so only the entries on the right can be trusted: a
    client can write anything to the left of them.

    Args:
        peer: The other end of the connection.
        forwarded: The entries of X-Forwarded-For, from left to right.
        trusted_proxies: How many entries our own proxies have written.
    """
    if trusted_proxies == 0 or not forwarded:
        return peer or UNKNOWN
    return forwarded[-min(trusted_proxies, len(forwarded))].strip()


def network_of(address: str) -> str:
    """The network that shares a limit: an IPv4 address, or the first half of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return UNKNOWN
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, _IPV6_PREFIX), strict=False))
    return str(parsed)

"""Which network a request comes from."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

UNKNOWN = "unknown"
"""The network of everybody whose address cannot be parsed."""

_IPV6_PREFIXES = (64, 48)
"""A device gets a whole /64, and may use any address in it; a site gets up to a /48 (RFC 6177)."""

_WITH_PORT = re.compile(r"(?P<v4>[\d.]+):\d+|\[(?P<v6>[^\]]+)\](?::\d+)?", re.ASCII)


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


def networks_of(address: str) -> tuple[str, ...]:
    """The networks that share limits, the smallest first.

    An IPv4 address is one; an IPv6 address is in a /64 and in a /48. A port or a scope does not
    matter.
    """
    try:
        parsed = ipaddress.ip_address(_host(address).partition("%")[0])
    except ValueError:
        return (UNKNOWN,)
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return (str(parsed.ipv4_mapped),)
        return tuple(
            str(ipaddress.ip_network((parsed, prefix), strict=False)) for prefix in _IPV6_PREFIXES
        )
    return (str(parsed),)


def _host(address: str) -> str:
    match = _WITH_PORT.fullmatch(address)
    return match["v4"] or match["v6"] if match else address

"""Addresses that the environment names, and the HTTP proxy for one."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """An HTTP proxy.

    Attributes:
        host: Its name or address.
        port: Its port.
        authorization: Value of `Proxy-Authorization`; None if its address names no user.
    """

    host: str
    port: int
    authorization: str | None = field(default=None, repr=False)

    def headers(self) -> dict[str, str]:
        """The credentials for the proxy."""
        return {"Proxy-Authorization": self.authorization} if self.authorization else {}


def split_address(url: str) -> SplitResult | None:
    """The parts of a URL; None if no connection can be opened to its host and port."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if not host.isascii():
            host = host.encode("idna").decode()
        # RFC 1035, section 2.3.4: what stands between two dots.
        labels = host.removesuffix(".").split(".")
        can_exist = parts.port != 0 and all(0 < len(label) < 64 for label in labels)
    except ValueError:
        return None
    return parts if can_exist else None


def proxy_for(url: str, environ: Mapping[str, str]) -> Proxy | None:
    """The proxy of `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY`, unless `NO_PROXY` names the host.

    Upper or lower case; lower wins, as in urllib and httpx.

    Raises:
        ValueError: The proxy's address cannot be used; the message names the variable, and keeps
            the value, which may hold a password, to itself.
    """
    parts = urlsplit(url)
    for name in (f"{parts.scheme}_proxy", "all_proxy"):
        address = _variable(name, environ)
        if address:
            excepted = _variable("no_proxy", environ)
            return None if _is_named(parts, excepted) else _proxy(name.upper(), address)
    return None


def _variable(name: str, environ: Mapping[str, str]) -> str:
    return (environ.get(name) or environ.get(name.upper()) or "").strip()


def _is_named(address: SplitResult, hosts: str) -> bool:
    """Whether a list such as `localhost,.example.com,10.0.0.1:8080` names a host; `*` names all."""
    host = address.hostname or ""
    names = {name.strip().lower().lstrip(".") for name in hosts.split(",")} - {""}
    return any(
        name in ("*", host, address.netloc.lower()) or host.endswith(f".{name}") for name in names
    )


def _proxy(name: str, address: str) -> Proxy:
    parts = split_address(address if "://" in address else f"http://{address}")
    if parts is None or parts.scheme != "http":
        raise ValueError(f"{name}: must be a URL such as http://proxy.example.com:3128")
    host, port = parts.hostname or "", parts.port or 80
    if parts.username is None:
        return Proxy(host=host, port=port)
    user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return Proxy(
        host=host,
        port=port,
        authorization=f"Basic {base64.b64encode(user.encode()).decode()}",
    )

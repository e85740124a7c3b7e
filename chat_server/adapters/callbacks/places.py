"""Which addresses a callback may go to. The URL is a partner's word.

Hosts must be named by the settings. A name that resolves to an address inside is refused at the
moment of connecting; on this machine itself only a demonstration calls.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from chat_server.domain.errors import InvalidValue

_PORTS = frozenset({80, 443})
_LOCAL_NAMES = frozenset({"localhost"})
_MAX_URL = 1024


class Places:
    """`hosts` as `example.com`, `example.com:8443` or `*.example.com`; `*` is every host."""

    def __init__(self, hosts: Sequence[str], inside: Sequence[str], *, loopback: bool) -> None:
        self._hosts = tuple(host.lower() for host in hosts)
        self._inside = tuple(ipaddress.ip_network(each) for each in inside)
        self._loopback = loopback

    def check(self, url: str) -> None:
        """Raises InvalidValue."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").rstrip(".").lower(), parts.port
        except ValueError as exc:
            raise InvalidValue("callback: not a URL") from exc
        if len(url) > _MAX_URL or not url.isascii() or any(each.isspace() for each in url):
            raise InvalidValue("callback: at most 1024 ASCII characters, without spaces")
        if parts.scheme not in {"http", "https"} or not host:
            raise InvalidValue("callback: http or https, and a host")
        if parts.username is not None or parts.password is not None or parts.fragment:
            raise InvalidValue("callback: without a user, a password or a fragment")
        if self._loopback and _is_local(host):
            return
        if not any(_matches(host, port, known) for known in self._hosts):
            raise InvalidValue(f"callback: {host} is not one of callback_hosts")
        address = _literal(host)
        if address is not None and not self.allowed(address):
            raise InvalidValue(f"callback: {host} is an address inside")

    def allowed(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
        mapped = getattr(address, "ipv4_mapped", None) or address
        if mapped.is_loopback:
            return self._loopback
        if any(mapped in network for network in self._inside):
            return True
        return mapped.is_global and not mapped.is_multicast


class PlacesResolver(AbstractResolver):
    """Names resolve to the addresses that may be called, and to no others."""

    def __init__(self, places: Places) -> None:
        self._places, self._resolver = places, ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        right = [one for one in found if self._places.allowed(ipaddress.ip_address(one["host"]))]
        if not right:
            raise OSError(f"{host} is an address inside")
        return right

    async def close(self) -> None:
        await self._resolver.close()


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_local(host: str) -> bool:
    address = _literal(host)
    return host in _LOCAL_NAMES or (address is not None and address.is_loopback)


def _matches(host: str, port: int | None, known: str) -> bool:
    name, _, stated = known.partition(":")
    right_port = str(port) == stated if stated else port is None or port in _PORTS
    if name == "*":
        return right_port
    same = host.endswith(name[1:]) if name.startswith("*.") else host == name
    return same and right_port

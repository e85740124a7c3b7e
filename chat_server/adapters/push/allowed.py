"""Whom a push may be sent to. The address is a URL that a device chose.

Only https, only to hosts that the settings name, and never to an address inside: a name
that resolves to one is refused at the moment of connecting, whatever it resolved to before.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from chat_server.domain.errors import InvalidValue

_HTTPS = 443


class Allowed:
    """`services` are hosts, `*.example.com` any host below one. `loopback` is for tests."""

    def __init__(self, services: Sequence[str], *, loopback: bool = False) -> None:
        self._services = tuple(each.lower() for each in services)
        self.loopback = loopback

    def check(self, url: str) -> None:
        """Raise InvalidValue unless a push may go there."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").rstrip("."), parts.port
        except ValueError as exc:
            raise InvalidValue("endpoint: not an address") from exc
        if self.loopback and host == "127.0.0.1":
            return
        plain = parts.username is None and parts.password is None and not parts.fragment
        if parts.scheme != "https" or port not in {None, _HTTPS} or not plain:
            raise InvalidValue("endpoint: https to a push service is needed")
        with suppress(ValueError):
            ipaddress.ip_address(host)
            raise InvalidValue("endpoint: a push service has a name")
        if not any(_matches(host, service) for service in self._services):
            raise InvalidValue("endpoint: not a push service that this server knows")


def _matches(host: str, service: str) -> bool:
    if service.startswith("*."):
        return host.endswith(service[1:])
    return host == service


class OutsideResolver(AbstractResolver):
    """Names that resolve to an address inside do not resolve."""

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        outside = [each for each in found if ipaddress.ip_address(each["host"]).is_global]
        if not outside:
            raise OSError(f"{host} is not outside")
        return outside

    async def close(self) -> None:
        await self._resolver.close()

"""Whose address a request counts for, and how fast one address may come.

What stands in `X-Forwarded-For` is believed only from proxies that are trusted, read from
the right: the first address that is no such proxy is the visitor's. Who comes from this
machine itself, by no proxy, is not slowed.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from chat_server.ports.clock import Clock
from chat_server.usecases.messaging.pace import Buckets, Pace

_SITE = 64  # bits of an IPv6 address that one household has to itself


class Addresses:
    def __init__(self, trusted: Sequence[str] = ()) -> None:
        self._trusted = [ipaddress.ip_network(each) for each in trusted]

    def of(self, peer: str, forwarded: str) -> str:
        """The visitor's address; that of the last proxy when what it forwards is none."""
        found = peer
        for hop in reversed(forwarded.split(",")):
            if not self._trusts(found):
                return found
            try:
                found = str(ipaddress.ip_address(hop.strip()))
            except ValueError:
                return found
        return found

    def _trusts(self, address: str) -> bool:
        if not self._trusted:
            return False
        try:
            at = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(at in network for network in self._trusted)


class Visits:
    """How often one address came; a whole IPv6 site counts as one."""

    def __init__(self, pace: Pace, clock: Clock) -> None:
        self._buckets, self._clock = Buckets(pace), clock

    def take(self, address: str) -> None:
        """Raises RateLimited."""
        site = _site(address)
        if site:
            self._buckets.take(site, self._clock.now_ms())


def _site(address: str) -> str:
    """Empty for this machine, and for what is no address at all."""
    try:
        at = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(at, ipaddress.IPv6Address):
        at = at.ipv4_mapped or at
    if at.is_loopback:
        return ""
    if isinstance(at, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((at, _SITE), strict=False))
    return address

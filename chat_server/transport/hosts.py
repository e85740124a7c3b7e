"""By which names this server may be asked for.

A page of anywhere may point its own name at this machine, and a browser would then take it
for ours. Where passwords are known to all, in demonstration mode, only names of this machine
count, and those of the origins that were allowed.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit


class Hosts:
    """Without `only_here` every name is good: a proxy in front knows them."""

    def __init__(self, *, only_here: bool, origins: Collection[str] = ()) -> None:
        self._only_here = only_here
        self._allowed = {urlsplit(origin).netloc.lower() for origin in origins}

    def ours(self, host: str) -> bool:
        """`host` is the header, with its port."""
        return not self._only_here or host.lower() in self._allowed or _is_here(host)


def _is_here(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


ANY_HOST = Hosts(only_here=False)

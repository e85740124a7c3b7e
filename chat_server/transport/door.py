"""The door: from where and by which name the chat socket may be opened, and how often."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from http import HTTPStatus

from chat_server.domain.errors import RateLimited
from chat_server.transport.addresses import Addresses, Visits
from chat_server.transport.handshake import Refusal, Welcomed, examine
from chat_server.transport.hosts import ANY_HOST, Hosts


class Door:
    """`origins` are allowed beside the server's own host."""

    def __init__(
        self,
        *,
        origins: Collection[str] = (),
        hosts: Hosts = ANY_HOST,
        addresses: Addresses | None = None,
        visits: Visits | None = None,
    ) -> None:
        self._origins, self._hosts = frozenset(origins), hosts
        self._addresses, self._visits = addresses or Addresses(), visits

    def let_in(self, target: str, headers: Mapping[str, str], peer: str) -> Welcomed:
        """Raises Refusal. `headers` finds its keys in any case."""
        if self._visits is not None:
            try:
                self._visits.take(self._addresses.of(peer, headers.get("X-Forwarded-For", "")))
            except RateLimited as exc:
                raise Refusal(
                    HTTPStatus.TOO_MANY_REQUESTS,
                    "too many sockets from one address",
                    retry_after_s=exc.retry_after_s,
                ) from exc
        if not self._hosts.ours(headers.get("Host", "")):
            raise Refusal(HTTPStatus.FORBIDDEN, "asked for by a name that is not ours")
        return examine(target, headers, self._origins)

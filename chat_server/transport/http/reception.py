"""The reception: whose requests are taken at all, and how many of them.

Stands before every use case. An address is slowed before anything is read, a person as soon
as the token has said who it is.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from chat_server.domain.errors import ChatError, Forbidden
from chat_server.domain.people import StaffRole
from chat_server.ports.clock import Clock
from chat_server.transport.addresses import Addresses, Visits
from chat_server.transport.hosts import ANY_HOST, Hosts
from chat_server.transport.http.answering import error_answer
from chat_server.usecases.identity.tokens import Claims
from chat_server.usecases.messaging.pace import Buckets, Pace

_WATCHED = frozenset({"/healthz", "/readyz", "/metrics"})  # who looks after the house may look


class Reception:
    """One for a process, so that the buckets are."""

    def __init__(
        self,
        clock: Clock,
        *,
        person: Pace,
        staff: Pace,
        address: Pace,
        addresses: Addresses | None = None,
        hosts: Hosts = ANY_HOST,
    ) -> None:
        self._clock, self._hosts = clock, hosts
        self._people = Buckets(person), Buckets(staff)
        self._visits = Visits(address, clock)
        self._addresses = addresses or Addresses()

    def address(self, scope: Scope, headers: Headers) -> str:
        peer = scope.get("client") or ("", 0)
        return self._addresses.of(peer[0], headers.get("x-forwarded-for", ""))

    def receive(self, scope: Scope, headers: Headers, address: str) -> None:
        """Raises Forbidden and RateLimited."""
        if not self._hosts.ours(headers.get("host", "")):
            raise Forbidden("asked for by a name that is not ours")
        if scope["path"] not in _WATCHED:
            self._visits.take(address)

    def admit(self, claims: Claims) -> None:
        """Raises RateLimited."""
        staff = claims.role is not StaffRole.CUSTOMER
        self._people[staff].take(claims.user, self._clock.now_ms())


class Received:
    """ASGI middleware. From here on `client` is the visitor, whoever passed the request on."""

    def __init__(self, app: ASGIApp, reception: Reception) -> None:
        self._app, self._reception = app, reception

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        address = self._reception.address(scope, headers)
        try:
            self._reception.receive(scope, headers, address)
        except ChatError as exc:
            await error_answer(exc)(scope, receive, send)
            return
        scope["client"] = (address, 0)  # in place: the route found later is counted outside
        await self._app(scope, receive, send)

"""Being told while not connected: whether this device is, what it shows, and when it is not."""

from __future__ import annotations

from chat_server.domain.devices import PushAddress, PushKind
from chat_server.domain.notifying import Wishes
from chat_server.transport.http.notifying_shapes import (
    NotificationState,
    NotificationWishes,
    PushSubscription,
)
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.identity.tokens import Claims


async def notifications(cases: UseCases, claims: Claims) -> NotificationState:
    """How one is told, and whether on this device."""
    found = await cases.notifications.look(claims.user, claims.session_id)
    wishes = found.wishes
    shown = NotificationWishes(
        wishes.hide_content, wishes.quiet_from, wishes.quiet_until, wishes.zone
    )
    return NotificationState(shown, found.subscribed, found.public_key)


async def wish(cases: UseCases, claims: Claims, body: NotificationWishes) -> None:
    """Change how one is told, on all devices."""
    wishes = Wishes(claims.user, body.hide_content, body.quiet_from, body.quiet_until, body.zone)
    await cases.notifications.wish(wishes)


async def subscribe(cases: UseCases, claims: Claims, body: PushSubscription) -> None:
    """Tell this device when it is not connected, until it is logged out."""
    address = PushAddress(PushKind(body.kind), body.endpoint, body.key, body.secret)
    await cases.notifications.subscribe(claims.session_id, address)


async def unsubscribe(cases: UseCases, claims: Claims) -> None:
    """Tell this device no longer."""
    await cases.notifications.unsubscribe(claims.session_id)

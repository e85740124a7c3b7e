"""Gifts in the chat: shown where they were sent to, taken by who is there, told when taken.

The bank decides who gets what; here it is only asked, and only by members of the place.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from bank_bridge.contract import BankEvent, BankRefusal, RefusalCode
from bank_bridge.product_contract import Gift, GiftKind, Gifts
from chat_server.domain import bodies
from chat_server.domain.errors import Forbidden, NotFound, StoreUnavailable
from chat_server.domain.message import Draft, EventKind
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.assist.settle import HashBody


class GiftView(msgspec.Struct, frozen=True):
    """A gift and the names of those who have to do with it."""

    gift: Gift
    names: Mapping[str, str]


class ChatGifts:
    """Looks and takes for a member; `bank` none: this bank sells no gifts."""

    def __init__(self, store: Store, bank: object, clock: Clock, hash_body: HashBody) -> None:
        self._store, self._clock, self._hash_body = store, clock, hash_body
        self._bank = bank if isinstance(bank, Gifts) else None

    async def look(self, user: str, gift: str) -> GiftView:
        """Raises NotFound, also for who is not a member of its place."""
        return await self._view(await self._for_member(user, gift))

    async def take(self, user: str, gift: str) -> GiftView:
        """One share, once; who comes too late sees that. Raises NotFound, Forbidden."""
        await self._for_member(user, gift)
        try:
            taken = await self._counter().take_gift(gift, user)
        except BankRefusal as refusal:
            if refusal.code in (RefusalCode.CORE_UNAVAILABLE, RefusalCode.WRITES_STOPPED):
                raise StoreUnavailable from refusal
            raise Forbidden("meant for another, or no account to take it into") from refusal
        return await self._view(taken)

    async def on_event(self, event: BankEvent) -> None:
        """Write what happened to a gift into its place, once whatever is repeated."""
        if self._bank is None or event.type not in ("gift.sent", "gift.taken"):
            return
        gift = await self._bank.gift(event.trace_id)
        if await self._store.conversations.conversation(gift.place) is None:
            return
        if event.type == "gift.sent":
            shown = bodies.Gift(
                gift=gift.gift,
                kind=gift.kind,
                greeting=gift.greeting,
                shares=gift.shares,
                amount=gift.amount.fen if gift.kind is GiftKind.P2P else 0,
                taker=gift.taker,
            )
            await self._append(gift.place, event, msgspec.json.encode(shown), counts=True)
        else:
            told = bodies.GiftTaken(gift=gift.gift, sender=gift.sender)
            await self._append(gift.place, event, msgspec.json.encode(told), counts=False)

    async def _append(self, conv: str, event: BankEvent, body: bytes, *, counts: bool) -> None:
        await self._store.messages.append(
            Draft(
                conv=conv,
                sender=event.customer,
                mid=f"gift:{event.event_id}",
                kind=EventKind.MESSAGE,
                body=body,
                body_hash=self._hash_body(event.event_id.encode()),
                at_ms=self._clock.now_ms(),
                counts=counts,
            )
        )

    async def _for_member(self, user: str, gift: str) -> Gift:
        try:
            found = await self._counter().gift(gift)
        except BankRefusal as refusal:
            if refusal.code is RefusalCode.CORE_UNAVAILABLE:
                raise StoreUnavailable from refusal
            raise NotFound("no such gift") from refusal
        member = await self._store.conversations.membership(found.place, user)
        if member is None or member.left_seq is not None:
            raise NotFound("no such gift")
        return found

    async def _view(self, gift: Gift) -> GiftView:
        users = {gift.sender, *(share.taker for share in gift.taken)}
        people = await self._store.people.people(users)
        return GiftView(gift, {person.user: person.name for person in people})

    def _counter(self) -> Gifts:
        if self._bank is None:
            raise NotFound("no gifts here")
        return self._bank

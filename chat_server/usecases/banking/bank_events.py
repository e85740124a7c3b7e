"""Every event of the bank's outbox: a notice for the customer, an observation, an occasion.

Called by the relay, at least once and in order. A notice's name is derived from the
event, so it is written once whatever is repeated.
"""

from __future__ import annotations

import msgspec

from bank_bridge.contract import BankEvent
from bots.contract import Herald, Language
from chat_server.domain.bodies import Notice
from chat_server.domain.ids import service_conversation
from chat_server.domain.message import Draft, EventKind
from chat_server.domain.people import Person
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.assist.settle import HashBody
from chat_server.usecases.banking.account_changes import AccountChanges
from chat_server.usecases.banking.gifts import ChatGifts
from chat_server.usecases.marketing.next_offer import NextOffer


class BankEvents:
    """The chat's side of the bank's outbox. Customers whom the chat does not know are skipped."""

    def __init__(
        self,
        store: Store,
        herald: Herald,
        next_offer: NextOffer,
        clock: Clock,
        hash_body: HashBody,
        gifts: ChatGifts,
        account_changes: AccountChanges,
        *,
        account: str,
    ) -> None:
        self._gifts, self._account_changes = gifts, account_changes
        self._store, self._herald, self._next_offer = store, herald, next_offer
        self._clock, self._hash_body, self._account = clock, hash_body, account

    async def on_event(self, event: BankEvent) -> None:
        person = await self._store.people.person(event.customer)
        if person is None:
            return
        language = Language(person.language)
        if event.type == "posting":
            await self._account_changes(event, person)
        elif event.type in ("gift.sent", "gift.taken"):
            await self._gifts.on_event(event)
        elif told := self._herald.product_notice(event, language):
            await self._notify(event, person, told)
        else:
            await self._next_offer.on_occasion(event, person)

    async def on_history(self, event: BankEvent) -> None:
        """What happened before the house opened: observed, but neither news nor an occasion."""
        if event.type != "posting" and await self._store.people.person(event.customer):
            await self._next_offer.observe(event)

    async def _notify(self, event: BankEvent, person: Person, text: str) -> None:
        conv = service_conversation(self._account, person.user)
        if await self._store.conversations.conversation(conv) is None:
            return
        body = msgspec.json.encode(Notice(text=text, topic="balance"))
        await self._store.messages.append(
            Draft(
                conv=conv,
                sender=self._account,
                mid=f"posting:{event.event_id}",  # of every kind: the event's id is enough
                kind=EventKind.MESSAGE,
                body=body,
                body_hash=self._hash_body(event.event_id.encode()),
                at_ms=self._clock.now_ms(),
            )
        )

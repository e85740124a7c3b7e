"""The next offer: an event with its consents goes to the recommender, and a card may come back."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import structlog

from bank_bridge.contract import BankEvent
from bots.contract import Card, Herald, Language
from chat_server.domain.errors import VersionConflict
from chat_server.domain.facts import Dialogue, Fact
from chat_server.domain.ids import service_conversation
from chat_server.domain.people import Person
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.assist.effects import ConsentSwitch
from chat_server.usecases.assist.settle import HashBody, Writer
from recommender.contract import Event, FeedbackKind, Occasion, Recommender, Silence, Suggestion

log = structlog.get_logger()

FRESH = timedelta(hours=1)  # an occasion older than this has passed: the server was away
OCCASIONS = frozenset({"purchase"})
_TAKEN = {"deposit": "taken"}  # the bank's word for a product that was opened, and ours


class NextOffer:
    """Observes what happened and, on an occasion, shows at most one offer for it."""

    def __init__(
        self,
        store: Store,
        recommender: Recommender,
        herald: Herald,
        consents: ConsentSwitch,
        clock: Clock,
        hash_body: HashBody,
        *,
        account: str,
    ) -> None:
        self._store, self._recommender, self._herald = store, recommender, herald
        self._consents, self._clock, self._hash_body = consents, clock, hash_body
        self._account = account

    async def on_occasion(self, happened: BankEvent, person: Person) -> None:
        """Repeating it shows nothing twice: the recommender decides once for each trigger."""
        event = await self.observe(happened)
        now = self._clock.now()
        if event.type not in OCCASIONS or now - event.occurred_at > FRESH:
            return
        answer = await self._recommender.suggest(Occasion(trigger=event, now=now))
        if isinstance(answer, Silence):
            await self._store.audit.record(
                Fact(
                    "offer_suppressed",
                    "recommender",
                    person.user,
                    self._clock.now_ms(),
                    {"reason": str(answer), "trigger": event.event_id},
                )
            )
            return
        await self._show(answer, person)

    async def observe(self, happened: BankEvent) -> Event:
        """Hand it to the recommender with the consents that hold now."""
        event = Event(
            event_id=happened.event_id,
            type=_TAKEN.get(happened.type, happened.type),
            customer=happened.customer,
            occurred_at=happened.occurred_at,
            product=happened.product,
            amount_band=happened.amount_band,
            channel=happened.channel,
            consents=await self._consents.snapshot(happened.customer),
        )
        await self._recommender.observe([event])
        return event

    async def _show(self, suggestion: Suggestion, person: Person) -> None:
        conv = service_conversation(self._account, person.user)
        card = self._herald.offer(suggestion, Language(person.language))
        while not await self._post(conv, card, person.user):
            log.info("dialogue_moved_elsewhere", conversation=conv)
        shown = FeedbackKind.SHOWN
        await self._recommender.feedback(suggestion.offer_id, shown, self._clock.now())

    async def _post(self, conv: str, card: Card, customer: str) -> bool:
        """Add the card to the dialogue; False when a turn was committed meanwhile."""
        stored = await self._store.dialogues.dialogue(conv)
        dialogue = stored or Dialogue(conv=conv, account=self._account, customer=customer)
        if await self._store.messages.find(conv, self._account, card.card_id):
            return True
        writer = Writer(dialogue, card.card_id, self._clock.now_ms(), self._hash_body)
        writer.write([card])
        after = msgspec.structs.replace(
            dialogue, cards=writer.open_cards, version=dialogue.version + 1
        )
        try:
            await self._store.dialogues.commit_turn(after, writer.drafts, ())
        except VersionConflict:
            return False
        return True

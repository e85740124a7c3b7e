"""Everything of one process, and what works in it behind the outbox until it stops."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from starlette.applications import Starlette

from bank_bridge.contract import BankCore, BankEvent
from bots.open import Bots
from chat_server.bootstrap.rooms import LOOK_S, Rooms
from chat_server.delivery.relay import Item, Relay
from chat_server.domain.facts import Change
from chat_server.domain.ids import SERVICE_PREFIX
from chat_server.platform.open import OpenPlatform
from chat_server.transport.health import Check
from chat_server.transport.websocket import SocketRoom
from chat_server.usecases.assist.turns import BotTurns
from chat_server.usecases.banking.bank_events import BankEvents
from chat_server.usecases.banking.chores import BankChores
from chat_server.usecases.banking.day_ends import BankDays
from chat_server.usecases.banking.payments import CampaignPayments
from chat_server.usecases.compliance.consents import ForgetWithdrawn
from chat_server.usecases.identity.seen import NoteSeen
from chat_server.usecases.learning.open import BotLearning
from chat_server.usecases.marketing.observe import ObserveFacts
from chat_server.usecases.marketing.topics import HearTopics, topic_sources
from chat_server.usecases.messaging.seats import SeatMembers
from chat_server.usecases.notifying.open import Notifying
from chat_server.usecases.public_accounts.presses import NotePresses
from chat_server.usecases.public_accounts.publish import PublishBroadcast
from recommender.contract import Recommender, TopicReport
from recommender.open import directory_of, load_population, train, train_topics

BANK_ACCOUNT = "@service"  # the public account through which the bank itself speaks
BANK_CONSUMER = "bank_events"
PAID_CONSUMER = "campaign_payments"
PAGE = 500


@dataclass(frozen=True, kw_only=True)
class House:
    """Everything of one process: rooms, neighbours, and what runs behind the outbox."""

    socket: SocketRoom
    http: Starlette
    checks: Mapping[str, Check]
    rooms: Rooms
    bank: BankCore
    recommender: Recommender
    bots: Bots
    learning: BotLearning
    bank_events: BankEvents
    bank_days: BankDays
    turns: BotTurns
    notifying: Notifying
    partners: OpenPlatform

    async def take_bank_history(self) -> None:
        """Observe what the bank's outbox holds already; none of it is news, or an occasion."""
        changes = self.rooms.store.changes
        position = await changes.cursor(BANK_CONSUMER)
        while events := await self.bank.events(position, PAGE):
            for event in events:
                await self.bank_events.on_history(event)
            position = events[-1].position
            await changes.advance_cursor(BANK_CONSUMER, position)

    async def learn_from_population(self, *, customers: int, seed: int) -> None:
        """Write the demonstration's population into the event log and train on it."""
        directory = directory_of(self.rooms.settings.recommender_url)
        now = self.rooms.clock.now
        await asyncio.to_thread(load_population, directory, customers=customers, seed=seed, now=now)
        await asyncio.to_thread(train, directory, now=now, seed=seed)

    async def learn_topics(self, *, seed: int) -> TopicReport:
        """Learn topics from published articles and consented chat. RecommenderError: too little."""
        sources = [source async for source in topic_sources(self.rooms.store)]
        directory = directory_of(self.rooms.settings.recommender_url)
        now = self.rooms.clock.now
        return await asyncio.to_thread(train_topics, directory, sources, now=now, seed=seed)

    async def run(self) -> None:
        """What works behind the outbox, until cancelled."""
        self.rooms.store.watch(self.turns.ring)
        async with asyncio.TaskGroup() as tasks:
            for relay in self._relays():
                tasks.create_task(relay.run())
            tasks.create_task(self._bank_relay(BANK_CONSUMER, self.bank_events.on_event).run())
            outcomes = self.rooms.account_work.campaign_outcomes
            paid = CampaignPayments(outcomes)
            tasks.create_task(self._bank_relay(PAID_CONSUMER, paid.on_event).run())
            tasks.create_task(outcomes.run())
            tasks.create_task(BankChores(self.bank, self.rooms.clock).run())
            tasks.create_task(self.bank_days.run())
            tasks.create_task(self.turns.run())
            tasks.create_task(self.learning.run())
            tasks.create_task(self.rooms.expire_media.run())
            tasks.create_task(self.rooms.indexer.run())
            tasks.create_task(self.rooms.desk.clockwork.run())
            tasks.create_task(self.notifying.watch.run())
            tasks.create_task(self.notifying.tell.run())
            tasks.create_task(self.partners.run())
            tasks.create_task(self.rooms.account_work.run_campaigns.run())
            rooms = self.rooms
            seen = NoteSeen(rooms.store.devices, rooms.bus, rooms.clock, self.socket.sessions)
            tasks.create_task(seen.run())

    def _relays(self) -> list[Relay[Change]]:
        """Facts have few readers and are read apart; of messages, bots want the service ones."""
        rooms = self.rooms
        store = rooms.store
        on_facts = {
            "seats": SeatMembers(store.conversations, rooms.bus).on_change,
            "broadcasts": PublishBroadcast(store.accounts, store.messages, rooms.clock).on_change,
            "welcome": rooms.account_work.welcome.on_change,
            "notices": rooms.account_work.notices.on_change,
            "campaign_outcomes": rooms.account_work.campaign_outcomes.on_change,
            "observed_facts": ObserveFacts(store, self.recommender, rooms.consents).on_change,
            "withdrawn_consents": ForgetWithdrawn(
                self.recommender, store.audit, rooms.clock
            ).on_change,
            "withdrawn_sentences": self.learning.sentences.on_change,
            "partners_events": self.partners.on_fact,
        }
        relays = [
            self._relay(name, lambda after: store.audit.facts(after=after, limit=PAGE), handle)
            for name, handle in on_facts.items()
        ]
        said = partial(store.changes.changes, limit=PAGE, only=SERVICE_PREFIX)
        desk = rooms.desk
        return [
            *relays,
            self._relay("bots", said, self.turns.on_change),
            self._relay("topics", said, HearTopics(self.recommender, rooms.consents).on_change),
            self._relay("presses", said, NotePresses(store.audit).on_change),
            self._relay("partners", said, self.partners.on_said),
            self._relay("desk", said, desk.hear.on_change),
            self._relay("desk_managers", desk.stand_in.fetch, desk.stand_in.on_change),
        ]

    def _bank_relay(
        self, consumer: str, handle: Callable[[BankEvent], Awaitable[None]]
    ) -> Relay[BankEvent]:
        return self._relay(consumer, partial(self.bank.events, limit=PAGE), handle)

    def _relay(
        self,
        consumer: str,
        fetch: Callable[[int], Awaitable[Sequence[Item]]],
        handle: Callable[[Item], Awaitable[None]],
    ) -> Relay[Item]:
        return Relay(
            consumer,
            fetch,
            handle,
            cursors=self.rooms.store.changes,
            audit=self.rooms.store.audit,
            clock=self.rooms.clock,
            idle_s=LOOK_S,
        )

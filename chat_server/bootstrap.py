"""The only builder: settings in, a house out, room by room from the vault to the street.

The command line comes in here; nothing else knows which adapter stands behind a port.
`open_rooms` is enough for a command that keeps records; `open_house` adds the bank, the
bots and the recommender; `House.serve_forever` runs what works in the background.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from secrets import token_urlsafe

from prometheus_client import CollectorRegistry
from starlette.applications import Starlette

from bank_bridge.contract import BankCore, BankEvent
from bank_bridge.open import Rules as BankRules
from bank_bridge.open import open_bank
from bots.open import Bots, open_bots
from chat_server.adapters.clock import SystemClock, new_uuid7
from chat_server.adapters.open import (
    CALENDARS,
    open_allowed_sms,
    open_blobs,
    open_bus,
    open_carriers,
    open_scanner,
    open_search,
    open_sms_inbox,
    open_store,
)
from chat_server.adapters.pictures.reader import ProcessPictureReader
from chat_server.delivery.indexer import Indexer
from chat_server.delivery.relay import Item, Relay
from chat_server.domain.facts import Change
from chat_server.domain.ids import SERVICE_PREFIX
from chat_server.domain.texting import SmsPurpose
from chat_server.ports.blob import BlobStore
from chat_server.ports.bus import Bus
from chat_server.ports.clock import Clock
from chat_server.ports.search import SearchIndex
from chat_server.ports.store import Store
from chat_server.settings import Settings
from chat_server.transport.allowances import door, paces, reception, socket_limits
from chat_server.transport.health import Check
from chat_server.transport.http.app import build_http
from chat_server.transport.http.use_cases import UseCases
from chat_server.transport.websocket import SocketRoom
from chat_server.usecases.assist.effects import Effects
from chat_server.usecases.assist.settle import HashBody
from chat_server.usecases.assist.submit import SubmitCard, SubmittedValues
from chat_server.usecases.assist.turns import BotTurns
from chat_server.usecases.banking.bank_events import BankEvents
from chat_server.usecases.compliance.audit import ReadAudit
from chat_server.usecases.compliance.consents import Consents, ForgetWithdrawn
from chat_server.usecases.contacts.change import ChangeTie
from chat_server.usecases.contacts.open import open_contacts
from chat_server.usecases.desk.open import AssistDesk, open_desk
from chat_server.usecases.files.downloads import Downloads
from chat_server.usecases.files.expiry import ExpireMedia
from chat_server.usecases.files.uploads import Uploads
from chat_server.usecases.groups.open import open_groups
from chat_server.usecases.identity.devices import Authenticate, Devices
from chat_server.usecases.identity.login import LogIn
from chat_server.usecases.identity.managers import AssignManager, OwnCustomers
from chat_server.usecases.identity.passwords import Passwords
from chat_server.usecases.identity.people import AddBranch, AddPerson, People
from chat_server.usecases.identity.refresh import RefreshTokens
from chat_server.usecases.identity.seen import NoteSeen
from chat_server.usecases.identity.tokens import AccessTokens
from chat_server.usecases.marketing.next_offer import NextOffer
from chat_server.usecases.marketing.observe import ObserveFacts
from chat_server.usecases.media import Media
from chat_server.usecases.messaging.act import Windows
from chat_server.usecases.messaging.search import Search
from chat_server.usecases.messaging.seats import SeatMembers
from chat_server.usecases.notifying.open import Notifying, open_notifying
from chat_server.usecases.public_accounts.articles import ReadArticle
from chat_server.usecases.public_accounts.broadcasts import Broadcasts
from chat_server.usecases.public_accounts.follow import Accounts
from chat_server.usecases.public_accounts.publish import PublishBroadcast
from chat_server.usecases.public_accounts.register import RegisterAccount
from recommender.contract import Recommender
from recommender.open import Rules, directory_of, load_population, open_recommender, train

BANK_ACCOUNT = "@service"  # the public account through which the bank itself speaks
BANK_CONSUMER = "bank_events"
LOOK_S = 0.25  # how often an outbox is looked at: its rows come from other processes too
PAGE = 500


@dataclass(frozen=True, kw_only=True)
class Rooms:
    """The chat's own records and the use cases over them; no bank, no bots."""

    settings: Settings
    clock: Clock
    store: Store
    bus: Bus
    blobs: BlobStore
    expire_media: ExpireMedia
    index: SearchIndex
    indexer: Indexer
    hash_body: HashBody
    passwords: Passwords
    add_person: AddPerson
    add_branch: AddBranch
    assign_manager: AssignManager
    register_account: RegisterAccount
    accounts: Accounts
    broadcasts: Broadcasts
    consents: Consents
    desk: AssistDesk


@asynccontextmanager
async def open_rooms(settings: Settings) -> AsyncIterator[Rooms]:
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings.store_url, clock=clock))
        bus = await stack.enter_async_context(open_bus(settings.bus_url, clock=clock))
        index = await stack.enter_async_context(open_search(settings.search_url))
        blobs = open_blobs(settings.blob_url)
        passwords = Passwords()
        hash_body = _keyed_hash(settings.body_key.reveal().encode())
        yield Rooms(
            settings=settings,
            clock=clock,
            store=store,
            bus=bus,
            blobs=blobs,
            expire_media=ExpireMedia(store, blobs, clock),
            index=index,
            indexer=Indexer(store.changes, index, clock, idle_s=LOOK_S),
            hash_body=hash_body,
            passwords=passwords,
            add_person=AddPerson(store.people, passwords, clock),
            add_branch=AddBranch(store.people, clock),
            assign_manager=AssignManager(store.people, ChangeTie(store, bus, clock), clock),
            register_account=RegisterAccount(store.accounts, store.conversations, clock),
            accounts=Accounts(store, bus, clock),
            broadcasts=Broadcasts(store.accounts, store.people, blobs, clock, new_uuid7),
            consents=Consents(store.consents, store.people, clock),
            desk=open_desk(store, bus, clock, new_uuid7, hash_body, CALENDARS),
        )


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
    bank_events: BankEvents
    turns: BotTurns
    notifying: Notifying

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

    async def run(self) -> None:
        """What works behind the outbox, until cancelled."""
        self.rooms.store.watch(self.turns.ring)
        async with asyncio.TaskGroup() as tasks:
            for relay in self._relays():
                tasks.create_task(relay.run())
            tasks.create_task(self._bank_relay().run())
            tasks.create_task(self.turns.run())
            tasks.create_task(self.rooms.expire_media.run())
            tasks.create_task(self.rooms.indexer.run())
            tasks.create_task(self.rooms.desk.clockwork.run())
            tasks.create_task(self.notifying.watch.run())
            tasks.create_task(self.notifying.tell.run())
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
            "observed_facts": ObserveFacts(self.recommender, rooms.consents).on_change,
            "withdrawn_consents": ForgetWithdrawn(self.recommender).on_change,
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
            self._relay("desk", said, desk.hear.on_change),
            self._relay("desk_managers", desk.stand_in.fetch, desk.stand_in.on_change),
        ]

    def _bank_relay(self) -> Relay[BankEvent]:
        read = partial(self.bank.events, limit=PAGE)
        return self._relay(BANK_CONSUMER, read, self.bank_events.on_event)

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


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        rooms = await stack.enter_async_context(open_rooms(settings))
        store, clock, hash_body = rooms.store, rooms.clock, rooms.hash_body
        sms = open_allowed_sms(settings.sms_url, SmsPurpose.ONE_TIME_CODE, clock=clock)
        bank = await stack.enter_async_context(
            open_bank(
                settings.bank_url,
                now=clock.now,
                new_id=new_uuid7,
                send_sms=sms.send,
                rules=BankRules(code_life_s=settings.sms_code_s),
            )
        )
        recommender = await stack.enter_async_context(
            open_recommender(settings.recommender_url, now=clock.now, rules=_rules(settings))
        )
        bots = open_bots(bank)
        values = SubmittedValues(clock)
        persons = rooms.desk.attention
        effects = Effects(store, rooms.consents, recommender, clock, hash_body, persons)
        offers = NextOffer(
            store,
            recommender,
            bots.herald,
            rooms.consents,
            clock,
            hash_body,
            account=BANK_ACCOUNT,
        )
        carriers = open_carriers(settings, settings.data / "secrets", clock=clock)
        notifying = open_notifying(
            store, await stack.enter_async_context(carriers), clock, settings
        )
        tokens = AccessTokens(settings.token_key.reveal().encode(), clock, settings.access_token_s)
        checks: Mapping[str, Check] = {
            "store": store.ping,
            "bus": rooms.bus.ping,
            "bank": lambda: bank.events(0, 1),
        }
        registry = CollectorRegistry()
        yield House(
            socket=SocketRoom(
                store,
                rooms.bus,
                clock,
                authenticate=tokens.verify,
                submit=SubmitCard(store, values, clock, hash_body, rooms.desk.rate),
                hash_body=hash_body,
                paces=paces(settings),
                limits=socket_limits(settings),
                windows=Windows(settings.edit_s, settings.recall_s, settings.staff_recall_s),
                door=door(
                    settings, clock, origins=settings.allowed_origins, only_here=settings.demo
                ),
                registry=registry,
            ),
            http=build_http(
                _use_cases(rooms, tokens, notifying),
                checks=checks,
                registry=registry,
                web_dist=settings.web_dist,
                allowed_origins=settings.allowed_origins,
                reception=reception(
                    settings, clock, origins=settings.allowed_origins, only_here=settings.demo
                ),
            ),
            checks=checks,
            rooms=rooms,
            bank=bank,
            recommender=recommender,
            bots=bots,
            bank_events=BankEvents(
                store, bots.herald, offers, clock, hash_body, account=BANK_ACCOUNT
            ),
            notifying=notifying,
            turns=BotTurns(
                store, bots.bot, bots.herald, effects, values, clock, hash_body, persons
            ),
        )


def _use_cases(rooms: Rooms, tokens: AccessTokens, notifying: Notifying) -> UseCases:
    settings, store, clock, bus = rooms.settings, rooms.store, rooms.clock, rooms.bus
    refresh_life_s = settings.refresh_token_days * 86_400
    return UseCases(
        authenticate=Authenticate(tokens, store.devices),
        log_in=LogIn(
            store.people,
            store.devices,
            store.audit,
            rooms.passwords,
            tokens,
            bus,
            clock,
            new_uuid7,
            refresh_life_s=refresh_life_s,
            most_devices=settings.devices_per_person,
        ),
        refresh=RefreshTokens(
            store.people, store.devices, tokens, bus, clock, refresh_life_s=refresh_life_s
        ),
        devices=Devices(store.devices, bus, clock),
        people=People(store.people, store.conversations, store.accounts, clock),
        own_customers=OwnCustomers(store.people),
        groups=open_groups(
            store, clock, new_uuid7, rooms.hash_body, link_key=settings.token_key.reveal().encode()
        ),
        contacts=open_contacts(
            store,
            bus,
            clock,
            token_urlsafe,
            rooms.hash_body,
            ticket_key=settings.token_key.reveal().encode(),
        ),
        desk=rooms.desk,
        consents=rooms.consents,
        accounts=rooms.accounts,
        broadcasts=rooms.broadcasts,
        read_article=ReadArticle(store, clock),
        media=Media(rooms.blobs, store, clock),
        uploads=Uploads(
            store,
            rooms.blobs,
            open_scanner(settings.scanner_url),
            ProcessPictureReader(),
            clock,
            new_uuid7,
            quota=settings.media_quota,
        ),
        downloads=Downloads(store, rooms.blobs, clock, settings.token_key.reveal().encode()),
        audit=ReadAudit(store.audit, store.people, clock),
        notifications=notifying.ask,
        search=Search(rooms.index, store.conversations, store.people, clock),
        sms_inbox=open_sms_inbox(settings.sms_url, clock=clock) if settings.demo else None,
    )


def _rules(settings: Settings) -> Rules:
    return Rules(
        per_day=settings.offers_per_day,
        per_week=settings.offers_per_week,
        quiet_from=settings.quiet_from,
        quiet_until=settings.quiet_until,
        quiet_hours_exempt_triggers=frozenset(settings.quiet_exempt),
    )


def _keyed_hash(key: bytes) -> HashBody:
    """What decides whether a resent body is the same one; 16 bytes."""
    mixed = hashlib.blake2b(key, digest_size=32).digest()
    return lambda body: hashlib.blake2b(body, key=mixed, digest_size=16).digest()

"""The chat's own records and the use cases over them: for commands, and below every house."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from secrets import token_urlsafe

from chat_server.adapters.clock import SystemClock, new_uuid7
from chat_server.adapters.open import (
    CALENDARS,
    open_allowed_sms,
    open_blobs,
    open_bus,
    open_search,
    open_store,
)
from chat_server.adapters.sheets.reader import ProcessSheetReader
from chat_server.delivery.indexer import Indexer
from chat_server.domain.texting import SmsPurpose
from chat_server.ports.blob import BlobStore
from chat_server.ports.bus import Bus
from chat_server.ports.clock import Clock
from chat_server.ports.search import SearchIndex
from chat_server.ports.store import Store
from chat_server.settings import Settings
from chat_server.usecases.assist.settle import HashBody
from chat_server.usecases.compliance.consents import Consents
from chat_server.usecases.contacts.change import ChangeTie
from chat_server.usecases.desk.open import AssistDesk, open_desk
from chat_server.usecases.files.expiry import ExpireMedia
from chat_server.usecases.identity.managers import AssignManager
from chat_server.usecases.identity.passwords import Passwords
from chat_server.usecases.identity.people import AddBranch, AddPerson
from chat_server.usecases.marketing.likely import RecommendedScores
from chat_server.usecases.public_accounts.broadcasts import Broadcasts
from chat_server.usecases.public_accounts.follow import Accounts
from chat_server.usecases.public_accounts.open import AccountWork, open_account_work
from chat_server.usecases.public_accounts.register import RegisterAccount

LOOK_S = 0.25  # how often an outbox is looked at: its rows come from other processes too


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
    account_work: AccountWork
    scores: RecommendedScores
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
        scores = RecommendedScores(store.consents)
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
            account_work=open_account_work(
                store,
                bus,
                clock,
                new_uuid7,
                token_urlsafe,
                hash_body,
                sheets=ProcessSheetReader(),
                scores=scores,
                sms=open_allowed_sms(settings.sms_url, SmsPurpose.SERVICE_NOTICE, clock=clock),
                quiet=(settings.quiet_from, settings.quiet_until),
            ),
            scores=scores,
            broadcasts=Broadcasts(store.accounts, store.people, blobs, clock, new_uuid7),
            consents=Consents(store.consents, store.people, clock),
            desk=open_desk(store, bus, clock, new_uuid7, hash_body, CALENDARS),
        )


def _keyed_hash(key: bytes) -> HashBody:
    """What decides whether a resent body is the same one; 16 bytes."""
    mixed = hashlib.blake2b(key, digest_size=32).digest()
    return lambda body: hashlib.blake2b(body, key=mixed, digest_size=16).digest()

"""What HTTP asks for: each use case over the rooms, built once a process."""

from __future__ import annotations

from secrets import token_urlsafe

from bank_bridge.contract import BankCore
from chat_server.adapters.clock import new_uuid7
from chat_server.adapters.open import (
    open_scanner,
    open_sms_inbox,
)
from chat_server.adapters.pictures.reader import ProcessPictureReader
from chat_server.bootstrap.rooms import Rooms
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.banking.day_ends import BankDays
from chat_server.usecases.banking.gifts import ChatGifts
from chat_server.usecases.banking.lost_devices import LostDevices
from chat_server.usecases.compliance.audit import ReadAudit
from chat_server.usecases.contacts.open import open_contacts
from chat_server.usecases.files.downloads import Downloads
from chat_server.usecases.files.uploads import Uploads
from chat_server.usecases.groups.open import open_groups
from chat_server.usecases.identity.devices import Authenticate, Devices
from chat_server.usecases.identity.login import LogIn
from chat_server.usecases.identity.managers import OwnCustomers
from chat_server.usecases.identity.people import People
from chat_server.usecases.identity.refresh import RefreshTokens
from chat_server.usecases.identity.tokens import AccessTokens
from chat_server.usecases.learning.open import BotLearning
from chat_server.usecases.marketing.open import Recommending
from chat_server.usecases.media import Media
from chat_server.usecases.messaging.search import Search
from chat_server.usecases.notifying.open import Notifying
from chat_server.usecases.public_accounts.articles import ReadArticle


def use_cases(
    rooms: Rooms,
    tokens: AccessTokens,
    notifying: Notifying,
    gifts: ChatGifts,
    learning: BotLearning,
    recommending: Recommending,
    bank: BankCore,
) -> UseCases:
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
        devices=Devices(store.devices, bus, clock, LostDevices(bank)),
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
        recommending=recommending,
        gifts=gifts,
        bank_days=BankDays(bank, clock),
        learning=learning,
        consents=rooms.consents,
        accounts=rooms.accounts,
        account_work=rooms.account_work,
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

"""The SQLite store, put together: one writer, a reader for points, a reader for pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chat_server.adapters.sqlite.connection import path_of, prepare
from chat_server.adapters.sqlite.contacts import SqliteContactStore, SqliteSightingStore
from chat_server.adapters.sqlite.conversations import SqliteConversationStore
from chat_server.adapters.sqlite.desk import SqliteDeskStore
from chat_server.adapters.sqlite.devices import SqliteDeviceStore
from chat_server.adapters.sqlite.dialogues import SqliteDialogueStore
from chat_server.adapters.sqlite.followers import SqliteFollowerStore
from chat_server.adapters.sqlite.groups import SqliteGroupStore
from chat_server.adapters.sqlite.media import SqliteMedia
from chat_server.adapters.sqlite.messages import (
    SqliteAuditTrail,
    SqliteChangeFeed,
    SqliteMessageStore,
)
from chat_server.adapters.sqlite.notifying import SqlitePushStore
from chat_server.adapters.sqlite.own import SqliteOwnStore
from chat_server.adapters.sqlite.people import SqlitePeopleStore
from chat_server.adapters.sqlite.publishing import SqliteConsentLedger, SqlitePublicAccountStore
from chat_server.adapters.sqlite.reader import Reader
from chat_server.adapters.sqlite.recipients import SqliteRecipientLedger
from chat_server.adapters.sqlite.shelf import SqliteShelf
from chat_server.adapters.sqlite.writer import Writer
from chat_server.ports.clock import Clock
from chat_server.ports.contacts import ContactStore, SightingStore
from chat_server.ports.desk import CaseStore, DeskStore
from chat_server.ports.followers import FollowerStore
from chat_server.ports.media import MediaStore, UploadStore
from chat_server.ports.own import OwnStore
from chat_server.ports.push import PushStore
from chat_server.ports.recipients import RecipientLedger
from chat_server.ports.shelf import Shelf
from chat_server.ports.store import (
    AuditTrail,
    ChangeFeed,
    ConsentLedger,
    ConversationStore,
    DeviceStore,
    DialogueStore,
    GroupStore,
    MessageStore,
    PeopleStore,
    PublicAccountStore,
    Ring,
    Store,
)


class SqliteStore:
    def __init__(self, writer: Writer, points: Reader, pages: Reader, clock: Clock) -> None:
        self._writer = writer
        self._points = points
        self.messages: MessageStore = SqliteMessageStore(writer, points, pages)
        self.changes: ChangeFeed = SqliteChangeFeed(writer, pages)
        self.conversations: ConversationStore = SqliteConversationStore(writer, points, pages)
        self.groups: GroupStore = SqliteGroupStore(writer, pages)
        self.own: OwnStore = SqliteOwnStore(writer, points, pages)
        self.people: PeopleStore = SqlitePeopleStore(writer, points, pages)
        self.contacts: ContactStore = SqliteContactStore(writer, points, pages)
        self.sightings: SightingStore = SqliteSightingStore(writer, pages)
        self.devices: DeviceStore = SqliteDeviceStore(writer, points, clock)
        self.accounts: PublicAccountStore = SqlitePublicAccountStore(writer, points, pages)
        self.followers: FollowerStore = SqliteFollowerStore(writer, pages)
        self.recipients: RecipientLedger = SqliteRecipientLedger(writer, pages)
        self.consents: ConsentLedger = SqliteConsentLedger(writer, pages)
        self.dialogues: DialogueStore = SqliteDialogueStore(writer, points, pages)
        desk = SqliteDeskStore(writer, points, pages)
        self.desks: DeskStore = desk
        self.cases: CaseStore = desk
        media = SqliteMedia(writer, points, pages)
        self.uploads: UploadStore = media
        self.media: MediaStore = media
        self.pushes: PushStore = SqlitePushStore(writer, points)
        self.shelf: Shelf = SqliteShelf(writer, points, pages)
        self.audit: AuditTrail = SqliteAuditTrail(writer, pages)

    async def ping(self) -> None:
        await self._points.ask(lambda conn: conn.execute("SELECT 1 FROM cursors").fetchone())

    def watch(self, ring: Ring) -> None:
        self._writer.watch(ring)


@asynccontextmanager
async def open_store(url: str, *, clock: Clock) -> AsyncIterator[Store]:
    """Open or make the file; on leaving, what waits is written out."""
    path = path_of(url)
    await asyncio.to_thread(prepare, path)
    loop = asyncio.get_running_loop()
    writer = Writer(path, loop)
    points, pages = Reader(path, loop, "sqlite-points"), Reader(path, loop, "sqlite-pages")
    threads = (writer, points, pages)
    for thread in threads:
        thread.start()
    try:
        yield SqliteStore(writer, points, pages, clock)
    finally:
        await asyncio.gather(*(thread.close() for thread in threads))

"""The memory store, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chat_server.adapters.memory.contacts import MemoryContactStore, MemorySightingStore
from chat_server.adapters.memory.conversations import MemoryConversationStore
from chat_server.adapters.memory.desk import MemoryDeskStore
from chat_server.adapters.memory.devices import MemoryDeviceStore
from chat_server.adapters.memory.followers import MemoryFollowerStore
from chat_server.adapters.memory.groups import MemoryGroupStore
from chat_server.adapters.memory.log import MemoryLog
from chat_server.adapters.memory.media import MemoryMedia
from chat_server.adapters.memory.notifying import MemoryPushStore
from chat_server.adapters.memory.own import MemoryOwnStore
from chat_server.adapters.memory.recipients import MemoryRecipientLedger
from chat_server.adapters.memory.records import (
    MemoryConsentLedger,
    MemoryDialogueStore,
    MemoryPeopleStore,
    MemoryPublicAccountStore,
)
from chat_server.adapters.memory.shelf import MemoryShelf
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


class MemoryStore:
    def __init__(self, clock: Clock) -> None:
        log = MemoryLog()
        conversations = MemoryConversationStore(log)
        self._log = log
        self.messages: MessageStore = log
        self.changes: ChangeFeed = log
        self.audit: AuditTrail = log
        self.conversations: ConversationStore = conversations
        self.groups: GroupStore = MemoryGroupStore(log, conversations)
        self.own: OwnStore = MemoryOwnStore(log, conversations)
        people = MemoryPeopleStore(log)
        self.people: PeopleStore = people
        self.contacts: ContactStore = MemoryContactStore(log, conversations, people)
        self.sightings: SightingStore = MemorySightingStore()
        self.devices: DeviceStore = MemoryDeviceStore(log, clock)
        self.accounts: PublicAccountStore = MemoryPublicAccountStore(log, conversations)
        self.followers: FollowerStore = MemoryFollowerStore(log, conversations)
        self.recipients: RecipientLedger = MemoryRecipientLedger(log)
        self.consents: ConsentLedger = MemoryConsentLedger(log)
        desk = MemoryDeskStore(log, conversations)
        self.desks: DeskStore = desk
        self.cases: CaseStore = desk
        media = MemoryMedia(log, conversations)
        self.uploads: UploadStore = media
        self.media: MediaStore = media
        self.pushes: PushStore = MemoryPushStore(log)
        self.shelf: Shelf = MemoryShelf(log)
        self.dialogues: DialogueStore = MemoryDialogueStore(log)

    async def ping(self) -> None:
        """Memory is always there."""

    def watch(self, ring: Ring) -> None:
        self._log.watch(ring)


@asynccontextmanager
async def open_store(url: str, *, clock: Clock) -> AsyncIterator[Store]:
    """A store of its own for each opening; `url` says no more than `memory://`."""
    del url
    yield MemoryStore(clock)

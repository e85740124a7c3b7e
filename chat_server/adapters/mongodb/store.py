"""The MongoDB store, put together, and its opening: options, schema, and a set-up that can
keep the promises.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pymongo.errors import ConfigurationError, InvalidURI, OperationFailure
from pymongo.uri_parser import parse_uri

from chat_server.adapters.mongodb.appender import Appender
from chat_server.adapters.mongodb.changes import MongoChangeFeed
from chat_server.adapters.mongodb.consents import MongoConsentLedger
from chat_server.adapters.mongodb.contacts import MongoContactStore, MongoSightingStore
from chat_server.adapters.mongodb.conversations import MongoConversationStore
from chat_server.adapters.mongodb.database import DEFAULTS, PROMISES, Database, answered, translated
from chat_server.adapters.mongodb.desk import MongoDeskStore
from chat_server.adapters.mongodb.devices import MongoDeviceStore
from chat_server.adapters.mongodb.dialogues import MongoDialogueStore
from chat_server.adapters.mongodb.driver import DRIVER, Client, Connect, disconnect
from chat_server.adapters.mongodb.facts import MongoAuditTrail
from chat_server.adapters.mongodb.followers import MongoFollowerStore
from chat_server.adapters.mongodb.groups import MongoGroupStore
from chat_server.adapters.mongodb.log import Log
from chat_server.adapters.mongodb.media import MongoMedia
from chat_server.adapters.mongodb.messages import MongoMessageStore
from chat_server.adapters.mongodb.notifying import MongoPushStore
from chat_server.adapters.mongodb.own import MongoOwnStore
from chat_server.adapters.mongodb.people import MongoPeopleStore
from chat_server.adapters.mongodb.publishing import MongoPublicAccountStore
from chat_server.adapters.mongodb.recipients import MongoRecipientLedger
from chat_server.adapters.mongodb.schema import migrate
from chat_server.adapters.mongodb.shelf import MongoShelf
from chat_server.adapters.mongodb.stamps import Stamps
from chat_server.domain.errors import ConfigError
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

AUTHENTICATION_FAILED = 18


class MongoStore:
    def __init__(self, database: Database, appender: Appender, log: Log, clock: Clock) -> None:
        stamps = Stamps(database)
        self._meta = database.collection("meta")
        self._appender = appender
        self.messages: MessageStore = MongoMessageStore(database, log, appender)
        self.changes: ChangeFeed = MongoChangeFeed(database, stamps)
        self.audit: AuditTrail = MongoAuditTrail(database, stamps)
        conversations = MongoConversationStore(database, log)
        self.conversations: ConversationStore = conversations
        self.groups: GroupStore = MongoGroupStore(database, log, appender, conversations)
        self.own: OwnStore = MongoOwnStore(database, log, conversations)
        self.people: PeopleStore = MongoPeopleStore(database)
        self.contacts: ContactStore = MongoContactStore(database, conversations)
        self.sightings: SightingStore = MongoSightingStore(database)
        self.devices: DeviceStore = MongoDeviceStore(database, clock)
        self.accounts: PublicAccountStore = MongoPublicAccountStore(database)
        self.followers: FollowerStore = MongoFollowerStore(database, log, conversations)
        self.recipients: RecipientLedger = MongoRecipientLedger(database)
        self.consents: ConsentLedger = MongoConsentLedger(database)
        desk = MongoDeskStore(database, log, appender, conversations)
        self.desks: DeskStore = desk
        self.cases: CaseStore = desk
        media = MongoMedia(database)
        self.uploads: UploadStore = media
        self.media: MediaStore = media
        self.pushes: PushStore = MongoPushStore(database)
        self.shelf: Shelf = MongoShelf(database)
        self.dialogues: DialogueStore = MongoDialogueStore(database, log, appender)

    async def ping(self) -> None:
        await answered(self._meta.find_one({"_id": "schema"}))

    def watch(self, ring: Ring) -> None:
        self._appender.watch(ring)


@asynccontextmanager
async def open_store(url: str, *, clock: Clock, connect: Connect = DRIVER) -> AsyncIterator[Store]:
    """The store in the database that the URL names; leaving writes out what waits."""
    client, name = _client(url, connect)
    try:
        await _check(client)
        database = Database(client, name, clock)
        await migrate(database)
        log = Log(database)
        appender = Appender(log)
        try:
            yield MongoStore(database, appender, log, clock)
        finally:
            await appender.close()
    finally:
        await disconnect(client)


def _client(url: str, connect: Connect) -> tuple[Client, str]:
    try:
        parsed = parse_uri(url)
        database = parsed["database"]
        if not database:
            raise ConfigError("store URL: name the database, as in mongodb://host:27017/elian")
        said = {option.lower() for option in parsed["options"]}
        defaults = {name: value for name, value in DEFAULTS.items() if name.lower() not in said}
        return connect(url, {**defaults, **PROMISES}), database
    except (InvalidURI, ConfigurationError, ValueError) as exc:
        raise ConfigError(f"store URL: {exc}") from exc


async def _check(client: Client) -> None:
    """Whether this MongoDB lets us in and has transactions."""
    with translated():
        try:
            hello = await client.admin.command("hello")
        except OperationFailure as exc:
            if exc.code == AUTHENTICATION_FAILED:
                raise ConfigError("store URL: MongoDB refuses this user or password") from exc
            raise
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise ConfigError(
            "store URL: this MongoDB stands alone and has no transactions; make it a replica set "
            "(one member is enough: mongod --replSet rs0, then rs.initiate())"
        )

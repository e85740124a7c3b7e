"""The schema of the database: numbered steps that bring it to what this code expects.

Each step may be done twice, since two processes can start at once or one can die halfway.
Steps are only ever added; a database of newer code is refused.

Sharding, when it is wanted: `events`, `forms` and `memberships` by `conv`, the rest by `_id`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from chat_server.adapters.mongodb.acquainted import tie_acquainted
from chat_server.adapters.mongodb.database import Database, answered
from chat_server.adapters.mongodb.driver import Document
from chat_server.domain.errors import ConfigError
from chat_server.domain.ids import SERVICE_PREFIX

UNSTAMPED = {"position": 0}
STAMPED: Document = {"position": {"$gt": 0}}


def starting_with(prefix: str) -> Document:
    """Conversations whose id begins so, in words that an index can be limited by."""
    return {"conv": {"$gte": prefix, "$lt": prefix[:-1] + chr(ord(prefix[-1]) + 1)}}


def _index(*keys: str, **options: object) -> IndexModel:
    """An index by these fields; `-field` counts down."""
    directions = [
        (key.lstrip("-"), DESCENDING if key.startswith("-") else ASCENDING) for key in keys
    ]
    name = options.pop("name", "_".join(key for key, _ in directions))
    return IndexModel(directions, name=name, **options)


INDEXES_1 = {
    "events": [
        _index("conv", "seq", unique=True),
        _index("conv", "sender", "mid", unique=True),
        _index("order", partialFilterExpression=UNSTAMPED, name="unstamped"),
        _index("position", partialFilterExpression=STAMPED, name="stamped"),
        _index(
            "position",
            partialFilterExpression=STAMPED | starting_with(SERVICE_PREFIX),
            name="stamped_service",
        ),
    ],
    "facts": [
        _index("order", partialFilterExpression=UNSTAMPED, name="unstamped"),
        _index("position", partialFilterExpression=STAMPED, name="stamped"),
        _index("subject", "position"),
    ],
    "memberships": [
        _index("conv", "user", unique=True),
        _index("conv", "present", "role"),
        _index("user", "version"),
    ],
    "assignments": [_index("manager")],
    "sessions": [
        _index("user", "device", unique=True, partialFilterExpression={"live": True}, name="live"),
        _index("user", "created_ms"),
    ],
    "broadcasts": [_index("account", "-submitted_ms")],
    "consents": [_index("customer")],
    "dialogues": [
        _index("wake_ms"),
        _index("cards.customer"),
    ],
}


async def _first(database: Database) -> None:
    for name, indexes in INDEXES_1.items():
        await answered(database.collection(name).create_indexes(indexes))
    # Made beforehand: two first readers of the feed need not both insert it.
    await _at_least(database, "counters", "position", "count", 0)


async def _forms(database: Database) -> None:
    index = _index("conv", "seq", unique=True)
    await answered(database.collection("forms").create_indexes([index]))


async def _media(database: Database) -> None:
    await answered(
        database.collection("events").create_indexes(
            [_index("media", partialFilterExpression={"media": {"$exists": True}})]
        )
    )
    for name, indexes in (
        ("uploads", [_index("user"), _index("created_ms")]),
        ("media", [_index("touched_ms"), _index("condemned")]),
    ):
        await answered(database.collection(name).create_indexes(indexes))


async def _groups(database: Database) -> None:
    indexes = [_index("conv", "user", unique=True), _index("conv", "at_ms", "user")]
    await answered(database.collection("join_requests").create_indexes(indexes))


async def _own(database: Database) -> None:
    for name, indexes in (
        ("drafts", [_index("user", "conv", unique=True)]),
        ("stars", [_index("user", "conv", "seq", unique=True), _index("user", "-number")]),
    ):
        await answered(database.collection(name).create_indexes(indexes))


async def _facts_of_kind(database: Database) -> None:
    await answered(database.collection("facts").create_indexes([_index("kind", "position")]))


async def _devices(database: Database) -> None:
    for name, indexes in (
        ("sessions", [_index("push.endpoint", sparse=True)]),
        ("knocks", [_index("due_ms")]),
    ):
        await answered(database.collection(name).create_indexes(indexes))


async def _contacts(database: Database) -> None:
    for name, indexes in (
        ("ties", [_index("one", "other", unique=True), _index("other", "one")]),
        ("privacy", [_index("card", unique=True, partialFilterExpression={"card": {"$gt": ""}})]),
        ("people", [_index("phone")]),
    ):
        await answered(database.collection(name).create_indexes(indexes))
    await tie_acquainted(database)


async def _desk(database: Database) -> None:
    for name, indexes in (
        (
            "cases",
            [
                _index("conv", unique=True, partialFilterExpression={"open": True}, name="open"),
                _index("conv", "opened_seq"),
                _index("desk", "state", "closed_ms"),
                _index("agent", "state"),
                _index("open", "look_ms"),
            ],
        ),
        ("case_notes", [_index("case_id", "at_ms")]),
    ):
        await answered(database.collection(name).create_indexes(indexes))


async def _shelf(database: Database) -> None:
    indexes = [_index("owner", "kind", "name", unique=True), _index("kind", "at_ms")]
    await answered(database.collection("shelf").create_indexes(indexes))


async def _followers(database: Database) -> None:
    for name, indexes in (
        ("memberships", [_index("conv", "present", "role", "user")]),
        (
            "followers",
            [
                _index("account", "customer", unique=True),
                _index("account", "tags", "customer"),
                _index("account", "blocked", "customer"),
            ],
        ),
        ("account_tags", [_index("account", "tag", unique=True)]),
    ):
        await answered(database.collection(name).create_indexes(indexes))


async def _recipients(database: Database) -> None:
    indexes = [
        _index("campaign", "customer", unique=True),
        _index("campaign", "state", "customer"),
        _index("customer", "at_ms"),
    ]
    await answered(database.collection("recipients").create_indexes(indexes))


MIGRATIONS: tuple[Callable[[Database], Awaitable[None]], ...] = (
    _first,
    _forms,
    _media,
    _groups,
    _facts_of_kind,
    _own,
    _contacts,
    _devices,
    _desk,
    _shelf,
    _followers,
    _recipients,
)


async def migrate(database: Database) -> None:
    meta = database.collection("meta")
    found = await answered(meta.find_one({"_id": "schema"}))
    version = found["version"] if found else 0
    if version > len(MIGRATIONS):
        raise ConfigError(
            f"store URL: the database has schema {version}, this program knows {len(MIGRATIONS)}; "
            "use the newer program"
        )
    for number, step in enumerate(MIGRATIONS[version:], start=version + 1):
        await step(database)
        await _at_least(database, "meta", "schema", "version", number)


async def _at_least(database: Database, name: str, key: str, field: str, value: int) -> None:
    """Create the document or raise its number; two at once are as good as one."""
    change = {"$max": {field: value}}
    for upsert in (True, False):
        try:
            collection = database.collection(name)
            await answered(collection.update_one({"_id": key}, change, upsert=upsert))
        except DuplicateKeyError:
            continue  # another has just created it, so it can be raised
        return

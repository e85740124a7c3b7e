"""The driver, chosen here and nowhere else.

It is motor, in the part of its API that PyMongo's own async client shares, so that the one
can follow the other by changing `DRIVER`. What they spell differently is smoothed here.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient, ReadPreference
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

Document = dict[str, Any]  # what BSON holds
Client = AsyncMongoClient[Document]
Collection = AsyncCollection[Document]
Session = AsyncClientSession
Connect = Callable[[str, Mapping[str, Any]], Client]


def connect_motor(url: str, options: Mapping[str, Any]) -> Client:
    return cast("Client", AsyncIOMotorClient(url, **options))


def connect_pymongo(url: str, options: Mapping[str, Any]) -> Client:
    return AsyncMongoClient(url, **options)


DRIVER: Connect = connect_motor


@asynccontextmanager
async def session_of(client: Client) -> AsyncIterator[Session]:
    started: Any = client.start_session()  # motor: a coroutine; PyMongo: the session itself
    session: Session = await started if inspect.isawaitable(started) else started
    async with session:
        yield session


async def begin(session: Session, reads: ReadConcern, writes: WriteConcern) -> None:
    begun: Any = session.start_transaction(reads, writes, ReadPreference.PRIMARY)
    if inspect.isawaitable(begun):  # PyMongo; motor has begun it
        await begun


async def aggregated(collection: Collection, pipeline: Sequence[Document]) -> list[Document]:
    begun: Any = collection.aggregate(pipeline)  # motor: the cursor; PyMongo: a coroutine of it
    cursor = await begun if inspect.isawaitable(begun) else begun
    found: list[Document] = await cursor.to_list(None)
    return found


async def disconnect(client: Client) -> None:
    ended: Any = client.close()  # motor: at once; PyMongo: a coroutine
    if inspect.isawaitable(ended):
        await ended

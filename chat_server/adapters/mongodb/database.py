"""One MongoDB database: its collections, its transactions, and what its errors mean to us.

Every room of this adapter goes through here, so that no driver error leaves it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import pymongo
import structlog
from bson.errors import BSONError
from pymongo import ReadPreference, ReturnDocument
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from chat_server.adapters.mongodb.driver import Client, Collection, Session, session_of
from chat_server.domain.errors import InvalidValue, StoreUnavailable
from chat_server.ports.clock import Clock

T = TypeVar("T")

ANSWER_MS = 10_000  # how long one operation may take, with the driver's own retries
TRANSACTION_S = 15.0
RACES = 20  # how often a transaction may meet a row that another has just inserted
DUPLICATE_KEY = 11000

OPTIONS: Mapping[str, object] = {
    "appname": "elian",
    "w": "majority",
    "journal": True,
    "readConcernLevel": "majority",
    "readPreference": "primary",
    "retryWrites": True,
    "timeoutMS": ANSWER_MS,
    "serverSelectionTimeoutMS": 5_000,
}

log = structlog.get_logger()


@contextmanager
def translated() -> Iterator[None]:
    """Driver errors as the domain's. A duplicate key passes: it is an answer, not a failure."""
    try:
        yield
    except DuplicateKeyError:
        raise
    except PyMongoError as exc:
        if isinstance(exc, BulkWriteError) and lost_race(exc):
            raise DuplicateKeyError("in a bulk", DUPLICATE_KEY) from exc
        log.warning("mongodb_failed", error=type(exc).__name__, code=getattr(exc, "code", None))
        raise StoreUnavailable("MongoDB did not answer for certain") from exc
    except (BSONError, OverflowError, UnicodeError) as exc:
        raise InvalidValue(f"not storable: {type(exc).__name__}") from exc


async def answered(operation: Awaitable[T]) -> T:
    """What MongoDB answers to one operation."""
    with translated():
        return await operation


class Database:
    def __init__(self, client: Client, name: str, clock: Clock) -> None:
        self._client = client
        self._database = client[name]
        self._clock = clock
        self._last_order = 0

    def collection(self, name: str) -> Collection:
        return self._database[name]

    def order(self) -> int:
        """Grows with each call: in what order this process wrote, as others can compare it."""
        self._last_order = max(self._last_order + 1, self._clock.now_ms() * 1000)
        return self._last_order

    async def transact(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """Do the work in one commit, again from its start when another commit came between.

        The work reads before it inserts: a duplicate key then means that somebody was
        faster, and the second reading shows it.
        """
        for _ in range(RACES):
            try:
                return await self._attempt(work)
            except DuplicateKeyError:
                continue
        raise StoreUnavailable("too many others write the same rows")

    async def _attempt(self, work: Callable[[Session], Awaitable[T]]) -> T:
        with translated():
            async with session_of(self._client) as session:
                with pymongo.timeout(TRANSACTION_S):
                    return await session.with_transaction(
                        work,
                        read_concern=ReadConcern("snapshot"),
                        write_concern=WriteConcern("majority", j=True),
                        read_preference=ReadPreference.PRIMARY,
                    )


async def next_number(counters: Collection, key: str, session: Session) -> int:
    """The counter's next number, in this transaction: taken in the order of the commits."""
    counter = await counters.find_one_and_update(
        {"_id": key},
        {"$inc": {"count": 1}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
        session=session,
    )
    number: int = counter["count"] if counter else 1
    return number


def lost_race(exc: BulkWriteError) -> bool:
    """Whether the one thing wrong with a bulk is a duplicate key."""
    details = exc.details
    return not details["writeConcernErrors"] and all(
        error["code"] == DUPLICATE_KEY for error in details["writeErrors"]
    )

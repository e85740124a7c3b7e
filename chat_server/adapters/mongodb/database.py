"""One MongoDB database: its collections, its transactions, and what its errors mean to us.

Every room of this adapter goes through here, so that no driver error leaves it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import TypeVar

import pymongo
import structlog
from bson.errors import BSONError
from pymongo import ReturnDocument
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from chat_server.adapters.mongodb.driver import Client, Collection, Session, begin, session_of
from chat_server.domain.errors import InvalidValue, StoreUnavailable
from chat_server.ports.clock import Clock

T = TypeVar("T")

LONGEST_PAUSE_S = 0.1
SNAPSHOT = ReadConcern("snapshot")
MAJORITY = WriteConcern("majority", j=True)
DUPLICATE_KEY = 11000

# What the store's promises rest on, whatever the URL says.
PROMISES: Mapping[str, object] = {
    "w": "majority",
    "journal": True,
    "readConcernLevel": "majority",
    "readPreference": "primary",
    "retryWrites": True,
}
# What holds unless the URL says otherwise.
DEFAULTS: Mapping[str, object] = {
    "appname": "elian",
    "timeoutMS": 10_000,  # for one operation or one transaction, with all its repetitions
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
        self._patience_s: float = client.options.timeout or 10.0

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
        give_up_at = monotonic() + self._patience_s
        pause_s = 0.001
        with translated(), pymongo.timeout(self._patience_s):
            while True:
                try:
                    async with session_of(self._client) as session:
                        await begin(session, SNAPSHOT, MAJORITY)
                        done = await work(session)
                        await _commit(session, give_up_at)
                        return done
                except PyMongoError as exc:
                    if not _worth_repeating(exc):
                        raise
                    if monotonic() > give_up_at:
                        raise StoreUnavailable("too many others write the same rows") from exc
                await asyncio.sleep(random.uniform(0, pause_s))  # noqa: S311 - parts two rivals
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)


async def _commit(session: Session, give_up_at: float) -> None:
    """Commit; ask again while it is not known whether that was done."""
    while True:
        try:
            await session.commit_transaction()
        except PyMongoError as exc:
            unknown = exc.has_error_label("UnknownTransactionCommitResult")
            if not unknown or monotonic() > give_up_at:
                raise
        else:
            return


def _worth_repeating(exc: PyMongoError) -> bool:
    """Whether the transaction certainly changed nothing, and might do better the next time."""
    if isinstance(exc, BulkWriteError) and lost_race(exc):
        return True
    return isinstance(exc, DuplicateKeyError) or exc.has_error_label("TransientTransactionError")


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

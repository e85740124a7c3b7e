"""The one hand that writes: a thread that commits all waiting operations together.

Every operation runs in a savepoint of its own, so that one refusal undoes only itself,
and all of them share one transaction and one fsync. Answers are given only after the
commit. Never commits books that break an invariant: then it stops, and says so.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import structlog

from bank_bridge.contract import BankError, BankRefusal, OutcomeUnknown, RefusalCode
from bank_bridge.ledger.database import to_us
from bank_bridge.ledger.invariants import InvariantViolated, check_commit
from bank_bridge.ledger.journal import head_seq
from bank_bridge.ledger.stops import stop_reason, stop_writes

T = TypeVar("T")
Operation = Callable[[sqlite3.Connection], T | BankRefusal]
WAITING_LIMIT = 10_000
BATCH_LIMIT = 256

log = structlog.get_logger()


class _Waiting(Generic[T]):
    def __init__(self, about: str, operation: Operation[T]) -> None:
        self.about = about
        self.operation = operation
        self.answer: asyncio.Future[T | BankRefusal] = asyncio.get_running_loop().create_future()


class Writer:
    """Made and closed on the event loop whose callers it answers."""

    def __init__(self, conn: sqlite3.Connection, now: Callable[[], datetime]) -> None:
        self._conn = conn
        self._now = now
        self._loop = asyncio.get_running_loop()
        # Operations of many result types share one queue.
        self._waiting: deque[_Waiting[Any]] = deque()
        self._bell: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._rung = False
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="bank-writer", daemon=True)
        self._thread.start()

    async def write(self, about: str, operation: Operation[T]) -> T:
        """Run the operation in a transaction and return its result once that is durable.

        What it raises undoes it; a refusal that it returns is raised here, and what it
        wrote is kept. `about` is the id to ask by if the outcome cannot be known.
        """
        waiting = _Waiting(about, operation)
        if self._closed:
            raise BankRefusal(RefusalCode.CORE_UNAVAILABLE, "the bank is closed")
        if len(self._waiting) >= WAITING_LIMIT:
            raise BankRefusal(RefusalCode.CORE_UNAVAILABLE, "too much is waiting")
        self._waiting.append(waiting)
        if not self._rung:  # once for all that this turn of the loop brings
            self._rung = True
            self._loop.call_soon(self._ring)
        result = await waiting.answer
        if isinstance(result, BankRefusal):
            raise result
        return result

    async def close(self) -> None:
        """Finish what waits, then end the thread and its connection."""
        self._closed = True
        self._bell.put(None)
        await asyncio.to_thread(self._thread.join)
        self._conn.close()

    def _ring(self) -> None:
        self._rung = False
        self._bell.put(None)

    def _run(self) -> None:
        while self._waiting or not self._closed:
            self._bell.get()
            while self._waiting:
                size = min(len(self._waiting), BATCH_LIMIT)
                batch = [self._waiting.popleft() for _ in range(size)]
                self._loop.call_soon_threadsafe(_deliver, batch, self._commit(batch))

    def _commit(self, batch: Sequence[_Waiting[Any]]) -> Sequence[object]:
        """Carry the batch out in one transaction; one outcome each, an exception or a result."""
        try:
            outcomes = self._carry_out(batch)
        except InvariantViolated as violated:
            self._undo()
            self._stop(str(violated))
            return [_stopped()] * len(batch)
        except BankRefusal as refusal:
            self._undo()
            return [refusal] * len(batch)
        except sqlite3.Error as exc:  # full disk, lost disk, another process too long at it
            log.error("bank_batch_refused", error=str(exc), operations=len(batch))  # noqa: TRY400 - a trace could quote values
            self._undo()
            return [BankRefusal(RefusalCode.CORE_UNAVAILABLE, "nothing was done")] * len(batch)
        try:
            self._conn.execute("COMMIT")
        except sqlite3.Error as exc:
            log.error("bank_commit_unknown", error=str(exc), operations=len(batch))  # noqa: TRY400 - as above
            self._undo()
            return [
                o if isinstance(o, Exception) else OutcomeUnknown(w.about)
                for w, o in zip(batch, outcomes, strict=True)
            ]
        return outcomes

    def _carry_out(self, batch: Sequence[_Waiting[Any]]) -> Sequence[object]:
        self._conn.execute("BEGIN IMMEDIATE")
        if stop_reason(self._conn) is not None:
            raise _stopped()
        before = head_seq(self._conn)
        outcomes = [self._attempt(waiting) for waiting in batch]
        check_commit(self._conn, before)
        return outcomes

    def _attempt(self, waiting: _Waiting[Any]) -> object:
        self._conn.execute("SAVEPOINT operation")
        try:
            result: object = waiting.operation(self._conn)
        except sqlite3.IntegrityError as exc:
            # The code was sure of this and the schema says no: that is a broken invariant.
            raise InvariantViolated("schema", str(exc)) from exc
        except (sqlite3.Error, InvariantViolated):
            raise
        except Exception as exc:  # noqa: BLE001 - it is the caller's to see, not this thread's end
            if not isinstance(exc, BankError):
                # The caller gets the trace; here it could quote values.
                log.error("bank_operation_failed", about=waiting.about, error=type(exc).__name__)  # noqa: TRY400
            self._conn.execute("ROLLBACK TO operation")
            result = exc
        self._conn.execute("RELEASE operation")
        return result

    def _stop(self, reason: str) -> None:
        log.critical("bank_writes_stopped", reason=reason)
        try:
            stop_writes(self._conn, reason, to_us(self._now()))
        except sqlite3.Error as exc:
            log.critical("bank_stop_not_recorded", error=str(exc))

    def _undo(self) -> None:
        if self._conn.in_transaction:
            self._conn.execute("ROLLBACK")


def _stopped() -> BankRefusal:
    return BankRefusal(RefusalCode.WRITES_STOPPED, "the books await an operator")


def _deliver(batch: Sequence[_Waiting[Any]], outcomes: Sequence[object]) -> None:
    for waiting, outcome in zip(batch, outcomes, strict=True):
        if waiting.answer.done():  # the caller stopped waiting
            continue
        if isinstance(outcome, Exception) and not isinstance(outcome, BankRefusal):
            waiting.answer.set_exception(outcome)
        else:
            waiting.answer.set_result(outcome)

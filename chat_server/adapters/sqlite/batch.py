"""What waits at one moment, and its one commit.

Appends come first, then positions, then everything else: of calls that were not awaited
one after the other only appends have an order, and they keep it.
"""

from __future__ import annotations

import sqlite3
from asyncio import Future
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from chat_server.adapters.sqlite.log import MOST_ROWS, Log
from chat_server.adapters.sqlite.positions import Move, advance_all
from chat_server.domain.errors import ChatError, InvalidValue
from chat_server.domain.message import Draft

T = TypeVar("T")
Waiting = tuple[Future[Any], T]

# What is wrong with one row only: a name that is taken, a value that cannot be bound (a lone
# surrogate, 2**70). A full disk is not among them.
_UNSTORABLE = (
    ValueError,
    OverflowError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
)


class Batch:
    def __init__(
        self,
        drafts: Sequence[Waiting[Draft]],
        moves: Sequence[Waiting[Move]],
        works: Sequence[Waiting[Callable[[Log], Any]]],
    ) -> None:
        self.futures = [future for waiting in (drafts, moves, works) for future, _ in waiting]
        self.drafts = [draft for _, draft in drafts]
        self.moves = [move for _, move in moves]
        self.works = [work for _, work in works]
        self.body_bytes = sum(len(draft.body) for draft in self.drafts)
        others = moves or works or any(draft.media for draft in self.drafts)
        self.only_sends = not others and 0 < len(drafts) <= MOST_ROWS


def commit(log: Log, batch: Batch) -> list[object]:
    """An answer or an error for each future. Raises when nothing was done for anybody; the
    connection is then to be closed.

    Mostly it is sends and nothing else. Names that are taken are rare, so it is tried without
    looking for them first; a value that cannot be stored is rarer still, and then each draft
    is tried for itself.
    """
    if batch.only_sends and (answers := _append_alone(log, batch.drafts)) is not None:
        return answers
    for append in (_append_unseen, _append_looking):
        try:
            return _attempt(log, batch, append)
        except _UNSTORABLE:
            log.roll_back()
    return _attempt(log, batch, _append_singly)


def _attempt(
    log: Log, batch: Batch, append: Callable[[Log, Sequence[Draft]], Sequence[object]]
) -> list[object]:
    log.begin()
    answers: list[object] = []
    if batch.drafts:
        answers += append(log, batch.drafts)
    if batch.moves:
        answers += advance_all(log, batch.moves)
    answers += [_kept_or_undone(log, work) for work in batch.works]
    log.conn.execute("COMMIT")
    return answers


def _append_alone(log: Log, drafts: Sequence[Draft]) -> list[object] | None:
    """None, with nothing done, when it takes more than that one statement."""
    try:
        return log.append_alone(drafts)
    except _UNSTORABLE:
        log.roll_back()
        return None


def _append_unseen(log: Log, drafts: Sequence[Draft]) -> Sequence[object]:
    return log.append(drafts, look=False)


def _append_looking(log: Log, drafts: Sequence[Draft]) -> Sequence[object]:
    return log.append(drafts, look=True)


def _append_singly(log: Log, drafts: Sequence[Draft]) -> Sequence[object]:
    return [
        _kept_or_undone(log, lambda inner, draft=draft: inner.append([draft], look=True)[0])  # type: ignore[misc]
        for draft in drafts
    ]


def _kept_or_undone(log: Log, work: Callable[[Log], object]) -> object:
    """The work's answer; or what it raised, after taking back all that it did."""
    mark = len(log.appended)
    log.conn.execute("SAVEPOINT work")
    try:
        answer = work(log)
    except (ChatError, *_UNSTORABLE) as exc:
        log.conn.execute("ROLLBACK TO work")
        del log.appended[mark:]
        log.forget()
        answer = exc if isinstance(exc, ChatError) else InvalidValue("a value cannot be stored")
    log.conn.execute("RELEASE work")
    return answer

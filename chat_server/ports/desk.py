"""What the assist desk keeps: desks, cases, notes, and what staff say of themselves.

As everywhere in the store, a mutating method is one atomic, durable commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from chat_server.domain.desk.case import Case, CaseState, Note
from chat_server.domain.desk.choosing import AgentStatus
from chat_server.domain.desk.settings import Desk
from chat_server.domain.desk.step import CaseStep
from chat_server.domain.facts import Fact
from chat_server.domain.message import Event


class DeskStore(Protocol):
    """Few desks, many cases. A conversation has at most one case that is open."""

    async def put_desk(self, desk: Desk, fact: Fact) -> None:
        """VersionConflict unless `version` is one above the stored one (1: a new desk);
        AlreadyExists if the account has another desk.
        """

    async def desks(self) -> Sequence[Desk]:
        """All of them, by id."""


class CaseStore(Protocol):
    """The claim of a case is decided here: of several commits on one version, one is made."""

    async def commit(self, step: CaseStep) -> Sequence[Event]:
        """Store the case with its note, append the drafts and change the seats, in one commit.

        VersionConflict, changing nothing, unless `case.version` is one above the stored one
        (1: no such case, and no open case of that conversation). AgentUnavailable if who is
        seated serves `capacity` cases already, however many are seated at the same time.
        """

    async def case(self, case_id: str) -> Case | None: ...

    async def latest(self, conv: str) -> Case | None:
        """The case of this conversation that was opened last."""

    async def cases(
        self, desk: str, state: CaseState, *, agent: str = "", since_ms: int = 0, limit: int = 500
    ) -> Sequence[Case]:
        """Waiting ones in the order of their `place`, those served by their `assigned_ms`,
        closed ones (since then, only those) newest first; of one agent if given.
        """

    async def due(self, now_ms: int, limit: int) -> Sequence[Case]:
        """Open ones whose `look_ms` has come, earliest first."""

    async def serving(self, agents: Iterable[str]) -> Mapping[str, int]:
        """How many cases each of them serves; who serves none is left out."""

    async def notes(self, case_id: str) -> Sequence[Note]:
        """Oldest first."""

    async def set_status(self, status: AgentStatus, fact: Fact) -> None:
        """`assigned_ms` stays what it was."""

    async def statuses(self, users: Iterable[str]) -> Sequence[AgentStatus]:
        """Of those who ever said one, by user."""

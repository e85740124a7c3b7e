"""Reading the audit trail; looking at one person's is itself put on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from chat_server.domain.errors import Forbidden
from chat_server.domain.facts import Fact
from chat_server.domain.ids import is_person_id
from chat_server.domain.people import StaffRole
from chat_server.ports.clock import Clock
from chat_server.ports.store import AuditTrail, PeopleStore

PAGE = 100


class Told(msgspec.Struct, frozen=True):
    """A fact in its place, with the names of those among actor and subject who are people."""

    position: int
    fact: Fact
    actor_name: str
    subject_name: str


class ReadAudit:
    """A page of facts, newest first, for administrators."""

    def __init__(self, audit: AuditTrail, people: PeopleStore, clock: Clock) -> None:
        self._audit, self._people, self._clock = audit, people, clock

    async def __call__(
        self, reader: str, *, subject: str = "", kind: str = "", before: int = 0
    ) -> Sequence[Told]:
        """Those before a position; 0: the newest."""
        person = await self._people.person(reader)
        if person is None or person.role is not StaffRole.ADMINISTRATOR:
            raise Forbidden("only administrators read the audit trail")
        page = await self._audit.newest(before=before, subject=subject, kind=kind, limit=PAGE)
        if subject and not before:
            await self._audit.record(Fact("audit_viewed", reader, subject, self._clock.now_ms()))
        facts = [(change.position, change.fact) for change in page if change.fact]
        names = await self._names(fact for _, fact in facts)
        return [
            Told(position, fact, names.get(fact.actor, ""), names.get(fact.subject, ""))
            for position, fact in facts
        ]

    async def _names(self, facts: Iterable[Fact]) -> Mapping[str, str]:
        users = {user for fact in facts for user in (fact.actor, fact.subject)}
        people = await self._people.people(filter(is_person_id, users))
        return {person.user: person.name for person in people}

"""Reading the audit trail; looking at one person's is itself put on it."""

from __future__ import annotations

from collections.abc import Sequence

from chat_server.domain.errors import Forbidden
from chat_server.domain.facts import Change, Fact
from chat_server.domain.people import StaffRole
from chat_server.ports.clock import Clock
from chat_server.ports.store import AuditTrail, PeopleStore

PAGE = 100


class ReadAudit:
    """A page of facts, oldest first, for administrators."""

    def __init__(self, audit: AuditTrail, people: PeopleStore, clock: Clock) -> None:
        self._audit, self._people, self._clock = audit, people, clock

    async def __call__(self, reader: str, *, subject: str | None, after: int) -> Sequence[Change]:
        person = await self._people.person(reader)
        if person is None or person.role is not StaffRole.ADMINISTRATOR:
            raise Forbidden("only administrators read the audit trail")
        page = await self._audit.facts(subject=subject, after=after, limit=PAGE)
        if subject is not None and after == 0:
            await self._audit.record(Fact("audit_viewed", reader, subject, self._clock.now_ms()))
        return page

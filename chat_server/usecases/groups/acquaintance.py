"""Whom one may bring into a group: an account manager, their own customers and colleagues."""

from __future__ import annotations

from collections.abc import Iterable

from chat_server.domain.errors import Forbidden
from chat_server.domain.people import StaffRole
from chat_server.ports.store import PeopleStore


class Acquaintance:
    def __init__(self, people: PeopleStore) -> None:
        self._people = people

    async def manager(self, user: str) -> None:
        """Raise Forbidden unless it is an account manager."""
        person = await self._people.person(user)
        if person is None or person.role is not StaffRole.MANAGER:
            raise Forbidden("only account managers may do this")

    async def vouch(self, inviter: str, users: Iterable[str]) -> None:
        """Raise Forbidden unless the inviter may bring all of them."""
        await self.manager(inviter)
        own = {each.customer for each in await self._people.assigned_to(inviter)}
        wanted = set(users)
        found = {
            person.user
            for person in await self._people.people(wanted)
            if person.user in own or person.role is not StaffRole.CUSTOMER
        }
        if strangers := sorted(wanted - found):
            named = ", ".join(strangers[:5])
            raise Forbidden(f"only your own customers and colleagues: not {named}")

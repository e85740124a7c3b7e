"""Whom one may bring into a group: an account manager, their own customers and colleagues;
a customer, their contacts and their own account manager.
"""

from __future__ import annotations

from collections.abc import Iterable

from chat_server.domain.errors import Forbidden
from chat_server.domain.people import StaffRole
from chat_server.ports.contacts import ContactStore
from chat_server.ports.store import PeopleStore


class Acquaintance:
    def __init__(self, people: PeopleStore, contacts: ContactStore) -> None:
        self._people, self._contacts = people, contacts

    async def manager(self, user: str) -> None:
        """Raise Forbidden unless it is an account manager."""
        if await self._role(user) is not StaffRole.MANAGER:
            raise Forbidden("only account managers may do this")

    async def vouch(self, inviter: str, users: Iterable[str]) -> None:
        """Raise Forbidden unless the inviter may bring all of them."""
        wanted = set(users)
        role = await self._role(inviter)
        if role is StaffRole.MANAGER:
            known, whom = await self._known_to_manager(inviter, wanted), "customers and colleagues"
        elif role is StaffRole.CUSTOMER:
            known = await self._known_to_customer(inviter, wanted)
            whom = "contacts and account manager"
        else:
            raise Forbidden("only account managers and customers bring people into groups")
        if strangers := sorted(wanted - known):
            named = ", ".join(strangers[:5])
            raise Forbidden(f"only your own {whom}: not {named}")

    async def _known_to_manager(self, manager: str, wanted: set[str]) -> set[str]:
        own = {each.customer for each in await self._people.assigned_to(manager)}
        return {
            person.user
            for person in await self._people.people(wanted)
            if person.user in own or person.role is not StaffRole.CUSTOMER
        }

    async def _known_to_customer(self, customer: str, wanted: set[str]) -> set[str]:
        ties = await self._contacts.ties_among(customer, wanted)
        known = {tie.peer(customer) for tie in ties if tie.friends_ms and not tie.blocked}
        assigned = await self._people.assignment(customer)
        return known | {assigned.manager} if assigned else known

    async def _role(self, user: str) -> StaffRole | None:
        person = await self._people.person(user)
        return person.role if person else None

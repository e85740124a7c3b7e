"""Account managers: who looks after whom, and what this opens between the two."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from chat_server.domain.contacts import Tie
from chat_server.domain.errors import Forbidden, InvalidValue
from chat_server.domain.facts import Fact
from chat_server.domain.ids import direct_conversation
from chat_server.domain.people import Assignment, StaffRole
from chat_server.ports.clock import Clock
from chat_server.ports.store import PeopleStore
from chat_server.usecases.contacts.change import ChangeTie, Move
from chat_server.usecases.identity.people import branch_names


class AssignManager:
    """Gives a customer their primary account manager. Doing it again changes nothing."""

    def __init__(self, people: PeopleStore, ties: ChangeTie, clock: Clock) -> None:
        self._people, self._ties, self._clock = people, ties, clock

    async def __call__(self, customer: str, manager: str, *, actor: str) -> None:
        """The conversation first: were we killed between, an assignment never lacks one."""
        branch = await self._checked(customer, manager)
        now = self._clock.now_ms()
        await self._open(customer, manager, actor)
        current = await self._people.assignment(customer)
        if current is None or current.manager != manager:
            fact = Fact("manager_assigned", actor, customer, now, {"manager": manager})
            await self._people.assign(Assignment(customer, manager, branch, now), fact)

    async def _checked(self, customer: str, manager: str) -> str:
        served, serving = await self._people.person(customer), await self._people.person(manager)
        if served is None or served.role is not StaffRole.CUSTOMER:
            raise InvalidValue(f"{customer!r} is not a customer")
        if serving is None or serving.role is not StaffRole.MANAGER:
            raise InvalidValue(f"{manager!r} is not an account manager")
        return serving.branch

    async def _open(self, customer: str, manager: str, actor: str) -> None:
        """They are contacts from now on, whatever was between them before."""

        async def plan(tie: Tie) -> Move | None:
            if tie.revision and tie.talks:
                return None
            sides = tuple(replace(side, blocks=False) for side in tie.sides)
            reconciled = replace(tie, sides=sides).befriended(self._clock.now_ms())
            return Move("conversation_opened", reconciled)

        await self._ties(actor, customer, manager, plan)


class OwnCustomer(msgspec.Struct, frozen=True):
    """`branch` is its name."""

    user: str
    name: str
    branch: str
    conv: str


class OwnCustomers:
    """A manager's own customers, and nobody else's."""

    def __init__(self, people: PeopleStore) -> None:
        self._people = people

    async def __call__(self, manager: str) -> Sequence[OwnCustomer]:
        person = await self._people.person(manager)
        if person is None or person.role is not StaffRole.MANAGER:
            raise Forbidden("only account managers have customers of their own")
        assigned = [each.customer for each in await self._people.assigned_to(manager)]
        named = branch_names(await self._people.branches())
        return [
            OwnCustomer(
                each.user,
                each.name,
                named.get(each.branch, each.branch),
                direct_conversation(each.user, manager),
            )
            for each in sorted(await self._people.people(assigned), key=lambda p: p.user)
        ]

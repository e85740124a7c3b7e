"""Account managers: who looks after whom, and the conversation that this opens."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.errors import Forbidden, InvalidValue
from chat_server.domain.facts import Fact
from chat_server.domain.ids import direct_conversation
from chat_server.domain.people import Assignment, StaffRole
from chat_server.ports.bus import Bus, MembershipChanged
from chat_server.ports.clock import Clock
from chat_server.ports.store import ConversationStore, PeopleStore
from chat_server.usecases.identity.people import branch_names


class AssignManager:
    """Gives a customer their primary account manager. Doing it again changes nothing."""

    def __init__(
        self, people: PeopleStore, conversations: ConversationStore, bus: Bus, clock: Clock
    ) -> None:
        self._people, self._conversations = people, conversations
        self._bus, self._clock = bus, clock

    async def __call__(self, customer: str, manager: str, *, actor: str) -> None:
        """The conversation first: were we killed between, an assignment never lacks one."""
        branch = await self._checked(customer, manager)
        now = self._clock.now_ms()
        await self._open(customer, manager, actor, now)
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

    async def _open(self, customer: str, manager: str, actor: str, now: int) -> None:
        conv = direct_conversation(customer, manager)
        opened = await self._conversations.open_conversation(
            Conversation(conv, ConversationKind.DIRECT),
            [Membership(conv, user, Role.MEMBER) for user in (customer, manager)],
            Fact("conversation_opened", actor, conv, now, {"kind": "direct"}),
        )
        if opened:
            for user in (customer, manager):
                self._bus.publish(MembershipChanged(conv, user))


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

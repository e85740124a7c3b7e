"""One's contacts: the list, a remark and tags of one's own, delete, block.

A customer's account manager stays: the bank must be able to tell its customer what it owes
them to tell, and the customer must always reach somebody who answers for the bank. Who wants
quiet mutes the conversation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from chat_server.domain.contacts import Side, Tie, fit_remark, fit_tags
from chat_server.domain.errors import BankDuty, NotFound
from chat_server.domain.ids import direct_conversation
from chat_server.domain.people import Person, StaffRole
from chat_server.ports.store import Store
from chat_server.usecases.contacts.change import ChangeTie, Move


class Contact(msgspec.Struct, frozen=True):
    """`fixed`: one's own account manager, who stays; `name` is the person's, not the remark."""

    user: str
    name: str
    badge: str
    conv: str
    since_ms: int
    side: Side
    fixed: bool = False


class Contacts:
    def __init__(self, store: Store, ties: ChangeTie) -> None:
        self._store, self._ties = store, ties

    async def page(self, user: str, *, after: str, limit: int) -> tuple[Sequence[Contact], str]:
        """Contacts and whom one has blocked, by id, and where to read on: empty at the end."""
        ties = await self._store.contacts.ties(user, after=after, limit=limit)
        shown = [tie for tie in ties if tie.friends_ms or tie.side(user).blocks]
        people = await self._store.people.people([tie.peer(user) for tie in shown])
        manager = await self._manager(user)
        named = {person.user: person for person in people}
        found = [
            _contact(user, tie, named[tie.peer(user)], manager)
            for tie in shown
            if tie.peer(user) in named
        ]
        return found, ties[-1].peer(user) if len(ties) == limit else ""

    async def names(self, users: Sequence[str]) -> Mapping[str, str]:
        return {person.user: person.name for person in await self._store.people.people(users)}

    async def note(
        self, user: str, peer: str, *, remark: str | None, tags: Sequence[str] | None
    ) -> None:
        """One's own name for a contact, and tags; what is None stays. Raises NotFound."""
        fitted = None if remark is None else fit_remark(remark)
        sorted_under = None if tags is None else fit_tags(tags)

        async def plan(tie: Tie) -> Move | None:
            _known(tie)
            side = tie.side(user)
            noted = Side(
                remark=side.remark if fitted is None else fitted,
                tags=tuple(side.tags) if sorted_under is None else sorted_under,
                blocks=side.blocks,
            )
            if noted == replace(side, tags=tuple(side.tags)):
                return None
            return Move("contact_noted", tie.with_side(user, noted), private=True)

        await self._ties(user, user, peer, plan)

    async def remove(self, user: str, peer: str) -> None:
        """For both; what was said stays readable. Raises NotFound and BankDuty."""
        await self._on_duty(user, peer)

        async def plan(tie: Tie) -> Move:
            _known(tie)
            ended = replace(tie, friends_ms=0, ended=True)
            blocks = tie.side(user).blocks
            return Move("contact_removed", ended.with_side(user, Side(blocks=blocks)))

        await self._ties(user, user, peer, plan)

    async def block(self, user: str, peer: str) -> None:
        """No messages, no presence, no requests from then on; again changes nothing.

        Of contacts and of who has asked; raises NotFound and BankDuty.
        """
        await self._on_duty(user, peer)

        async def plan(tie: Tie) -> Move | None:
            side = tie.side(user)
            if side.blocks:
                return None
            if not (tie.friends_ms or tie.ended or tie.asker == peer):
                raise NotFound("no such contact")
            hushed = replace(tie, refused=True) if tie.asker == peer else tie
            return Move("contact_blocked", hushed.with_side(user, replace(side, blocks=True)))

        await self._ties(user, user, peer, plan)

    async def unblock(self, user: str, peer: str) -> None:
        async def plan(tie: Tie) -> Move | None:
            side = tie.side(user)
            if not side.blocks:
                return None
            return Move("contact_unblocked", tie.with_side(user, replace(side, blocks=False)))

        await self._ties(user, user, peer, plan)

    async def _on_duty(self, user: str, peer: str) -> None:
        if peer == await self._manager(user) or user == await self._manager(peer):
            raise BankDuty("an account manager and their customer stay in touch")

    async def _manager(self, user: str) -> str:
        assignment = await self._store.people.assignment(user)
        return assignment.manager if assignment else ""


def _known(tie: Tie) -> None:
    if not tie.friends_ms:
        raise NotFound("no such contact")


def _contact(user: str, tie: Tie, person: Person, manager: str) -> Contact:
    return Contact(
        user=person.user,
        name=person.name,
        badge="" if person.role is StaffRole.CUSTOMER else "manager",
        conv=direct_conversation(user, person.user),
        since_ms=tie.friends_ms,
        side=tie.side(user),
        fixed=person.user == manager,
    )

"""Finding somebody by their whole number or by the card they show: one at a time, not too fast.

Who does not exist, does not want to be found or has blocked the asker looks the same. What
is found is named by a ticket, so that nobody can be asked who was not found first.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chat_server.domain.contacts import Tie, masked_name, numbers_of
from chat_server.domain.errors import NotFound
from chat_server.domain.people import Person, StaffRole
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.contacts.change import ChangeTie
from chat_server.usecases.contacts.tickets import Tickets
from chat_server.usecases.identity.attempts import Allowance, Attempts

PER_PERSON = Allowance(burst=20, every_s=60.0)
PER_ADDRESS = Allowance(burst=100, every_s=10.0)


class Found(msgspec.Struct, frozen=True):
    """`state`: stranger, asked, contact, blocked or self; `user` is told of who is known."""

    name: str
    state: str
    ticket: str
    user: str = ""


class FindPeople:
    def __init__(self, store: Store, ties: ChangeTie, tickets: Tickets, clock: Clock) -> None:
        self._store, self._ties, self._tickets, self._clock = store, ties, tickets, clock
        self._of_person = Attempts(PER_PERSON, clock)
        self._of_address = Attempts(PER_ADDRESS, clock)

    async def by_number(self, user: str, address: str, number: str) -> Sequence[Found]:
        """Raises RateLimited, InvalidValue, NotFound."""
        self._count(user, address)
        holders = await self._store.contacts.holders(numbers_of(number))
        said = await self._store.contacts.privacy([each.user for each in holders])
        willing = [each for each in holders if said[each.user].findable or each.user == user]
        found = [await self._seen(user, each, masked=True) for each in willing]
        if met := [each for each in found if each is not None]:
            return met
        raise NotFound("nobody is found by this number")

    async def by_card(self, user: str, address: str, card: str) -> Found:
        """Raises RateLimited and NotFound, for a card that was renewed as well."""
        self._count(user, address)
        holder = await self._store.contacts.card_holder(card)
        person = await self._store.people.person(holder) if holder else None
        found = await self._seen(user, person, masked=False) if person else None
        if found is None:
            raise NotFound("this code is no longer valid")
        return found

    async def _seen(self, user: str, person: Person, *, masked: bool) -> Found | None:
        if person.user == user:
            return Found(person.name, "self", "", user)
        if person.role is not StaffRole.CUSTOMER:
            return None
        tie = await self._ties.between(user, person.user)
        if tie.side(person.user).blocks:
            return None
        state = self._state(user, tie)
        known = state in {"contact", "blocked"}
        name = masked_name(person.name) if masked and not known else person.name
        ticket = self._tickets.issue(user, person.user)
        return Found(name, state, ticket, person.user if known else "")

    def _state(self, user: str, tie: Tie) -> str:
        if tie.side(user).blocks:
            return "blocked"
        if tie.friends_ms:
            return "contact"
        return "asked" if tie.asked_by(user, self._clock.now_ms()) else "stranger"

    def _count(self, user: str, address: str) -> None:
        """Every look counts, whatever comes of it."""
        self._of_person.check(user)
        self._of_address.check(address)
        self._of_person.failed(user)
        self._of_address.failed(address)

"""What somebody lets others do: find them by number, see whether they are there, read their card.

A card is a word that says nothing of its holder; renewing it makes every copy of the former
worthless.
"""

from __future__ import annotations

from collections.abc import Callable

from chat_server.domain.contacts import Audience, Privacy
from chat_server.domain.errors import VersionConflict
from chat_server.domain.facts import Fact
from chat_server.ports.bus import Bus, ContactsChanged
from chat_server.ports.clock import Clock
from chat_server.ports.contacts import ContactStore

_TRIES = 4


class OwnPrivacy:
    """`new_card` gives a word that nobody can guess."""

    def __init__(
        self, contacts: ContactStore, bus: Bus, clock: Clock, new_card: Callable[[], str]
    ) -> None:
        self._contacts, self._bus, self._clock = contacts, bus, clock
        self._new_card = new_card

    async def of(self, user: str) -> Privacy:
        return (await self._contacts.privacy([user]))[user]

    async def change(self, user: str, *, findable: bool, audience: Audience) -> Privacy:
        detail = {"findable": findable, "privacy": audience.value}
        fact = Fact("privacy_changed", user, user, self._clock.now_ms(), detail)
        await self._contacts.set_privacy(user, findable=findable, audience=audience, fact=fact)
        self._bus.publish(ContactsChanged((user,)))
        return await self.of(user)

    async def card(self, user: str) -> str:
        """The one there is, or a first one."""
        return (await self.of(user)).card or await self._renewed(user, first=True)

    async def renew_card(self, user: str) -> str:
        return await self._renewed(user, first=False)

    async def _renewed(self, user: str, *, first: bool) -> str:
        for _ in range(_TRIES):
            former = (await self.of(user)).card
            if former and first:
                return former
            card = self._new_card()
            fact = Fact("card_renewed", user, user, self._clock.now_ms())
            if await self._contacts.renew_card(user, former, card, fact):
                return card
        raise VersionConflict("the card is being renewed elsewhere")

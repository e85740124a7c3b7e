"""From customers to openids and back. An openid cannot be undone, so each that was told is kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping

import msgspec

from chat_server.domain.ids import feed_conversation
from chat_server.platform.apps import App
from chat_server.platform.drawers import Drawer
from chat_server.platform.faults import BAD_OPENID, NOT_FOLLOWING, Refused
from chat_server.platform.keys import OPENID, Keys
from chat_server.ports.clock import Clock
from chat_server.ports.shelf import Shelf
from chat_server.ports.store import ConversationStore

_REMEMBERED = 200_000  # openids that this process knows to be kept


class _Whose(msgspec.Struct, frozen=True):
    customer: str


class Openids:
    def __init__(
        self, shelf: Shelf, conversations: ConversationStore, keys: Keys, clock: Clock
    ) -> None:
        self._shelf, self._conversations, self._keys = shelf, conversations, keys
        self._kept = Drawer(shelf, clock, "openid", _Whose)
        self._known: OrderedDict[str, str] = OrderedDict()

    async def of(self, account: str, customer: str) -> str:
        return (await self.of_many(account, [customer]))[customer]

    async def of_many(self, account: str, customers: Iterable[str]) -> Mapping[str, str]:
        """Their openids; each can be traced back from now on."""
        openids = {customer: self._keys.openid(account, customer) for customer in customers}
        new = [
            self._kept.kept(account, openid, _Whose(customer))
            for customer, openid in openids.items()
            if openid not in self._known
        ]
        if new:
            await self._shelf.add(new)
        for customer, openid in openids.items():
            self._remember(openid, customer)
        return openids

    def unionid(self, customer: str) -> str:
        return self._keys.unionid(customer)

    async def find(self, account: str, openids: Iterable[str]) -> Mapping[str, str]:
        """The customers of those openids that are this account's."""
        asked = {each for each in openids if OPENID.fullmatch(each)}
        found = {}
        for openid in asked & self._known.keys():
            if self._keys.openid(account, self._known[openid]) == openid:
                found[openid] = self._known[openid]
        for openid, whose in (await self._kept.get_many(account, asked - found.keys())).items():
            self._remember(openid, whose.customer)
            found[openid] = whose.customer
        return found

    async def customer(self, app: App, openid: str, field: str = "openid") -> str:
        """Raises Refused, naming the field."""
        found = await self.find(app.account, [openid])
        if openid not in found:
            raise Refused(BAD_OPENID, f"invalid openid: {field}")
        return found[openid]

    async def follower(self, app: App, openid: str, field: str = "touser") -> str:
        """As `customer`, of somebody who follows now."""
        customer = await self.customer(app, openid, field)
        if not await self.follows(app.account, customer):
            raise Refused(NOT_FOLLOWING, f"require subscribe: {field}")
        return customer

    async def follows(self, account: str, customer: str) -> bool:
        place = await self._conversations.membership(feed_conversation(account), customer)
        return place is not None and place.left_seq is None

    def _remember(self, openid: str, customer: str) -> None:
        self._known[openid] = customer
        self._known.move_to_end(openid)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

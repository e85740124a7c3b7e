"""Contacts over HTTP: finding, asking and answering, what one keeps of them, privacy.

The client hands out one of these as `client.contacts`. All of it may be asked again while
nobody answers, for what is done twice is done once; only looks are counted each time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from chat_server.client.inbox import Inbox
from chat_server.client.road import Road

T = TypeVar("T")
_CONTACTS, _REQUESTS = "/v1/contacts", "/v1/contact-requests"
_SEARCH, _CARD, _PRIVACY = "/v1/contact-search", "/v1/contact-card", "/v1/privacy"


class Contact(msgspec.Struct, frozen=True):
    """`remark`, `tags` and `blocked` are one's own; `fixed`: one's account manager."""

    user: str
    name: str
    badge: str
    conv: str
    since: int
    remark: str
    tags: Sequence[str]
    blocked: bool
    fixed: bool


class FoundContact(msgspec.Struct, frozen=True):
    """`state`: stranger, asked, contact, blocked or self; ask them by their `ticket`."""

    name: str
    state: str
    ticket: str
    user: str


class Asking(msgspec.Struct, frozen=True):
    """A request that waits: by `user`, or, without one, by oneself."""

    name: str
    greeting: str
    at: int
    expires: int
    user: str = ""


class Requests(msgspec.Struct, frozen=True):
    theirs: Sequence[Asking]
    mine: Sequence[Asking]


class Outcome(msgspec.Struct, frozen=True):
    """`state`: asked or contact."""

    state: str
    user: str
    conv: str


class Privacy(msgspec.Struct, frozen=True):
    findable: bool
    presence: Literal["conversations", "contacts", "nobody"]


class _Page(msgspec.Struct, frozen=True):
    contacts: Sequence[Contact]
    next: str


class _Card(msgspec.Struct, frozen=True):
    card: str


class ContactRoad:
    def __init__(self, road: Road, inbox: Inbox) -> None:
        self._road, self._inbox = road, inbox

    def on_change(self, tell: Callable[[object], object]) -> None:
        """Call `tell` whenever contacts or requests are no longer what they were."""
        self._inbox.on_contacts = tell

    async def all(self) -> list[Contact]:
        found: list[Contact] = []
        after = ""
        while True:
            page = await self._ask(_Page, "GET", f"{_CONTACTS}?{urlencode({'after': after})}")
            found += page.contacts
            after = page.next
            if not after:
                return found

    async def note(
        self, user: str, *, remark: str | None = None, tags: Sequence[str] | None = None
    ) -> None:
        """One's own name for a contact, and tags; what is not given stays."""
        given = {"remark": remark, "tags": tags}
        changes = {name: value for name, value in given.items() if value is not None}
        await self._do("PATCH", _of(user), changes)

    async def remove(self, user: str) -> None:
        await self._do("DELETE", _of(user))

    async def block(self, user: str) -> None:
        await self._do("PUT", f"{_of(user)}/block")

    async def unblock(self, user: str) -> None:
        await self._do("DELETE", f"{_of(user)}/block")

    async def find(self, number: str) -> list[FoundContact]:
        """By a whole phone or user number. Raises Refused: not_found, rate_limited."""
        return await self._ask(list[FoundContact], "POST", _SEARCH, {"number": number})

    async def find_by_card(self, card: str) -> FoundContact:
        return await self._ask(FoundContact, "POST", f"{_SEARCH}/card", {"card": card})

    async def ask(self, ticket: str, greeting: str = "") -> Outcome:
        wish = {"ticket": ticket, "greeting": greeting}
        return await self._ask(Outcome, "POST", _REQUESTS, wish)

    async def requests(self) -> Requests:
        return await self._ask(Requests, "GET", _REQUESTS)

    async def accept(self, user: str) -> Outcome:
        return await self._ask(Outcome, "POST", f"{_REQUESTS}/{quote(user)}")

    async def refuse(self, user: str) -> None:
        await self._do("DELETE", f"{_REQUESTS}/{quote(user)}")

    async def card(self) -> str:
        """What one's own QR code says."""
        return (await self._ask(_Card, "GET", _CARD)).card

    async def renew_card(self) -> str:
        return (await self._ask(_Card, "POST", _CARD)).card

    async def privacy(self) -> Privacy:
        return await self._ask(Privacy, "GET", _PRIVACY)

    async def set_privacy(self, privacy: Privacy) -> Privacy:
        return await self._ask(Privacy, "PUT", _PRIVACY, privacy)

    async def _ask(self, kind: type[T], method: str, path: str, body: object = None) -> T:
        return msgspec.json.decode(await self._do(method, path, body), type=kind)

    async def _do(self, method: str, path: str, body: object = None) -> bytes:
        content = None if body is None else msgspec.json.encode(body)
        return await self._road.insist(method, path, content)


def _of(user: str) -> str:
    return f"{_CONTACTS}/{quote(user)}"

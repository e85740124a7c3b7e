"""Groups over HTTP: making and running them, coming in and going out, who is there, who has read.

The client hands out one of these as `client.groups`. What is read, or set to what it should be,
is asked again while nobody answers. What must not be done twice is asked once: `Unreached` then
says that it is not known, and reading the group tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from chat_server.client.road import Road

T = TypeVar("T")
_GROUPS = "/v1/groups"


class Group(msgspec.Struct, frozen=True):
    """As this person sees it: `role` and `silenced` are their own."""

    conv: str
    title: str
    announcement: str
    members: int
    silent: bool
    approval: bool
    role: str
    silenced: bool


class Member(msgspec.Struct, frozen=True):
    user: str
    name: str
    badge: str
    role: str
    silenced: bool
    present: bool


class Members(msgspec.Struct, frozen=True):
    """A page by id; the next one is `after` its last."""

    members: Sequence[Member]
    more: bool


class Readers(msgspec.Struct, frozen=True):
    read: Sequence[Member]
    unread: Sequence[Member]


class InviteLink(msgspec.Struct, frozen=True):
    """`token` goes into a QR code or a message."""

    token: str
    expires: int


class Welcome(msgspec.Struct, frozen=True):
    """`state`: inside, outside, or asked: waiting to be let in."""

    conv: str
    title: str
    members: int
    inviter: str
    approval: bool
    state: str


class JoinRequest(msgspec.Struct, frozen=True):
    user: str
    name: str
    inviter: str
    at: int


class Groups:
    def __init__(self, road: Road) -> None:
        self._road = road

    async def create(
        self, title: str, members: Sequence[str] = (), *, approval: bool = False
    ) -> Group:
        body = {"title": title, "members": members, "approval": approval}
        return _read(await self._road.ask("POST", _GROUPS, _json(body)), Group)

    async def view(self, conv: str) -> Group:
        return _read(await self._road.insist("GET", _at(conv)), Group)

    async def change(
        self,
        conv: str,
        *,
        title: str | None = None,
        announcement: str | None = None,
        silent: bool | None = None,
        approval: bool | None = None,
    ) -> Group:
        """What is not given stays as it is; `silent`: only owner and admins may write."""
        asked = {
            "title": title,
            "announcement": announcement,
            "silent": silent,
            "approval": approval,
        }
        return _read(await self._road.insist("PATCH", _at(conv), _given(asked)), Group)

    async def members(self, conv: str, *, after: str = "", limit: int = 100) -> Members:
        query = urlencode({"after": after, "limit": limit})
        return _read(await self._road.insist("GET", f"{_at(conv)}/members?{query}"), Members)

    async def invite(self, conv: str, users: Sequence[str]) -> Group:
        """Who is there already stays as they are."""
        body = _json({"users": users})
        return _read(await self._road.insist("POST", f"{_at(conv)}/members", body), Group)

    async def set_role(self, conv: str, user: str, role: Literal["admin", "member"]) -> None:
        await self._road.insist("PATCH", _member(conv, user), _json({"role": role}))

    async def silence(self, conv: str, user: str, *, silenced: bool = True) -> None:
        """They go on reading."""
        await self._road.insist("PATCH", _member(conv, user), _json({"silenced": silenced}))

    async def remove(self, conv: str, user: str) -> None:
        await self._road.ask("DELETE", _member(conv, user))

    async def hand_over(self, conv: str, user: str) -> Group:
        """Make another member the owner."""
        body = _json({"user": user})
        return _read(await self._road.ask("POST", f"{_at(conv)}/owner", body), Group)

    async def leave(self, conv: str) -> None:
        """The owner hands the group over first."""
        await self._road.ask("POST", f"{_at(conv)}/leave")

    async def dissolve(self, conv: str) -> None:
        await self._road.ask("DELETE", _at(conv))

    async def invite_link(self, conv: str, *, days: int = 7) -> InviteLink:
        body = _json({"days": days})
        return _read(await self._road.insist("POST", f"{_at(conv)}/links", body), InviteLink)

    async def withdraw_links(self, conv: str) -> None:
        """No link that was given out until now is valid any longer."""
        await self._road.ask("DELETE", f"{_at(conv)}/links")

    async def look(self, token: str) -> Welcome:
        """What a link leads to."""
        body = _json({"token": token})
        return _read(await self._road.insist("POST", f"{_GROUPS}/look", body), Welcome)

    async def join(self, token: str) -> Welcome:
        """Come in, or ask to where the group wants to be asked."""
        body = _json({"token": token})
        return _read(await self._road.insist("POST", f"{_GROUPS}/join", body), Welcome)

    async def requests(self, conv: str) -> list[JoinRequest]:
        """Who waits to be let in, oldest first."""
        answer = await self._road.insist("GET", f"{_at(conv)}/requests")
        return _read(answer, list[JoinRequest])

    async def approve(self, conv: str, user: str) -> None:
        await self._road.ask("POST", _request(conv, user))

    async def refuse(self, conv: str, user: str) -> None:
        """They may ask again."""
        await self._road.ask("DELETE", _request(conv, user))

    async def readers(self, conv: str, seq: int) -> Readers:
        """Who has read a message and who has not, in groups of up to 500."""
        return _read(await self._road.insist("GET", f"{_at(conv)}/readers/{seq}"), Readers)


def _at(conv: str) -> str:
    return f"{_GROUPS}/{quote(conv, safe='')}"


def _member(conv: str, user: str) -> str:
    return f"{_at(conv)}/members/{quote(user, safe='')}"


def _request(conv: str, user: str) -> str:
    return f"{_at(conv)}/requests/{quote(user, safe='')}"


def _json(body: object) -> bytes:
    return msgspec.json.encode(body)


def _given(asked: dict[str, str | bool | None]) -> bytes:
    return _json({name: value for name, value in asked.items() if value is not None})


def _read(answer: bytes, kind: type[T]) -> T:
    return msgspec.json.decode(answer, type=kind)

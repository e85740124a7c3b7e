"""What requests and answers about groups look like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chat_server.domain.groups import MAX_ANNOUNCEMENT, MAX_TITLE, MOST_AT_ONCE
from chat_server.usecases.groups.links import MOST_DAYS

_User = Annotated[str, Meta(min_length=1, max_length=64)]
_Users = Annotated[Sequence[_User], Meta(max_length=MOST_AT_ONCE)]
_Title = Annotated[str, Meta(min_length=1, max_length=MAX_TITLE)]


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class _Answer(msgspec.Struct, frozen=True):
    pass


class GroupDraft(_Body, frozen=True):
    title: _Title
    members: _Users = ()
    approval: bool = False


class GroupChanges(_Body, frozen=True):
    """What is not given stays as it is."""

    title: _Title | None = None
    announcement: Annotated[str, Meta(max_length=MAX_ANNOUNCEMENT)] | None = None
    silent: bool | None = None
    approval: bool | None = None


class MemberChanges(_Body, frozen=True):
    """What is not given stays as it is."""

    role: Literal["admin", "member"] | None = None
    silenced: bool | None = None


class UserList(_Body, frozen=True):
    users: Annotated[Sequence[_User], Meta(min_length=1, max_length=MOST_AT_ONCE)]


class NewOwner(_Body, frozen=True):
    user: _User


class LinkDraft(_Body, frozen=True):
    days: Annotated[int, Meta(ge=1, le=MOST_DAYS)] = 7


class GroupTicket(_Body, frozen=True):
    token: Annotated[str, Meta(min_length=1, max_length=1000)]


class GroupItem(_Answer, frozen=True):
    """`role` and `silenced` are one's own; when `silent`, only owner and admins may write."""

    conv: str
    title: str
    announcement: str
    members: int
    silent: bool
    approval: bool
    role: str  # owner, admin, member
    silenced: bool


class GroupMember(_Answer, frozen=True):
    """`present` is false for who was in the group and left it."""

    user: str
    name: str
    badge: str
    role: str
    silenced: bool
    present: bool


class GroupMembers(_Answer, frozen=True):
    members: Sequence[GroupMember]
    more: bool


class GroupReaders(_Answer, frozen=True):
    read: Sequence[GroupMember]
    unread: Sequence[GroupMember]


class GroupLink(_Answer, frozen=True):
    token: str
    expires: int  # milliseconds


class GroupWelcome(_Answer, frozen=True):
    """`state`: inside, outside, or asked: waiting to be let in."""

    conv: str
    title: str
    members: int
    inviter: str  # their name
    approval: bool
    state: str


class JoinRequestItem(_Answer, frozen=True):
    user: str
    name: str
    inviter: str  # their name
    at: int

"""Conversations, who is in them, and what each may do there."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from chat_server.domain.errors import NotAccepting, NotAMember, ReadOnly, Silenced
from chat_server.domain.ids import TWO_SIDED


class ConversationKind(StrEnum):
    DIRECT = "direct"
    GROUP = "group"
    SERVICE = "service"
    FEED = "feed"


class Role(StrEnum):
    """What a member may do. Followers of a feed only read; its publisher only writes.

    A group has one owner and any number of admins.
    """

    MEMBER = "member"
    ADMIN = "admin"
    OWNER = "owner"
    FOLLOWER = "follower"
    PUBLISHER = "publisher"


class Conversation(msgspec.Struct, frozen=True):
    conv: str
    kind: ConversationKind
    account: str = ""  # the public account of a service or feed conversation
    title: str = ""  # only groups have one of their own
    # what follows is of groups only, and changed by `GroupStore.change`
    announcement: str = ""
    size: int = 0  # how many are in it
    silent: bool = False  # only owner and admins may write
    approval: bool = False  # whoever comes by a link must be let in
    links: int = 0  # only invite links of this issue are valid
    dissolved: bool = False
    revision: int = 0


class Membership(msgspec.Struct, frozen=True):
    """One person's place in one conversation.

    `first_seq` is the first event they may read; `left_seq` the last, once they left.
    `version` grows over all of one person's memberships, when their membership or
    positions change, and never because somebody wrote.
    """

    conv: str
    user: str
    role: Role
    first_seq: int = 1
    left_seq: int | None = None
    read: int = 0
    delivered: int = 0
    version: int = 0
    silenced: bool = False  # may read and not write (of groups)
    # what follows is the person's own affair, see `own.py`
    pinned: bool = False
    muted: bool = False
    marked: bool = False  # as unread
    hidden_seq: int = 0  # not in the list until the log gets there

    def may_send(self) -> None:
        """Unless this person may write here: NotAMember, Silenced, NotAccepting or ReadOnly."""
        if self.left_seq is not None:
            raise NotAMember
        if self.silenced:
            if self.conv.startswith(TWO_SIDED):  # closed, see `contacts.py`; or on the black list
                raise NotAccepting("they do not take messages from you now")
            raise Silenced("you were silenced in this group")
        if self.role is Role.FOLLOWER:
            raise ReadOnly

    def last_readable(self, head: int) -> int:
        return head if self.left_seq is None else min(head, self.left_seq)


class Positions(msgspec.Struct, frozen=True):
    """How far a person has read, and how far their devices have received."""

    conv: str
    user: str
    read: int
    delivered: int
    version: int

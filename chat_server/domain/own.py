"""What is a person's own in a conversation: how it stands in their list, what they have not
sent yet, what they starred, from where on they still see it. Nobody else is told.

These are rules only; stores apply them in their own commit.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec
from msgspec.structs import replace

from chat_server.domain.bodies import About
from chat_server.domain.conversation import Membership

EVERYONE = "*"
MAX_DRAFT = 4000  # characters, as a text message
MOST_STARS = 5000  # of one person


class Settle(msgspec.Struct, frozen=True):
    """Change how a conversation stands in one's list; what is None stays as it is."""

    pinned: bool | None = None
    muted: bool | None = None
    marked: bool | None = None
    hidden: bool | None = None


class Clear(msgspec.Struct, frozen=True):
    """Read nothing up to `seq` any more, on any device. The log itself stays as it is."""

    seq: int


class Unsent(msgspec.Struct, frozen=True):
    """What somebody has begun to write. Without a text there is none.

    `mid` is what it will be sent under: once the log holds that, the draft is gone, whoever
    died in between. The one with the highest `version` of its membership is the last.
    """

    conv: str
    user: str
    mid: str
    text: str
    reply_to: int = 0


class Star(msgspec.Struct, frozen=True):
    """A message that somebody starred. `number` grows with each of a person's stars."""

    user: str
    conv: str
    seq: int
    at_ms: int
    number: int = 0


class StarState(StrEnum):
    SHOWN = "shown"
    RECALLED = "recalled"
    WITHHELD = "withheld"  # cleared, or from after one has left


Wish = Settle | Clear


def settled(membership: Membership, wish: Wish, head: int) -> Membership:
    """The membership as it is wished, its version left as it was; the same if nothing changes."""
    end = membership.last_readable(head)
    if isinstance(wish, Clear):
        first_seq = max(membership.first_seq, min(wish.seq, end) + 1)
        return replace(membership, first_seq=first_seq)
    hidden_seq = membership.hidden_seq
    if wish.hidden is not None:
        hidden_seq = end + 1 if wish.hidden else 0
    return replace(
        membership,
        pinned=membership.pinned if wish.pinned is None else wish.pinned,
        muted=membership.muted if wish.muted is None else wish.muted,
        marked=membership.marked if wish.marked is None else wish.marked,
        hidden_seq=hidden_seq,
    )


def names(about: About | None, user: str) -> bool:
    """Whether a message calls this person by name, or everybody: then it makes itself heard, by
    a push and in the badge, in a muted conversation too.
    """
    return about is not None and (user in about.mentions or EVERYONE in about.mentions)


def carried_over(former: Membership | None, fresh: Membership) -> Membership:
    """Somebody's place when they come back: what was their own stays, what they cleared too."""
    if former is None:
        return fresh
    return replace(
        fresh,
        first_seq=max(fresh.first_seq, former.first_seq),
        pinned=former.pinned,
        muted=former.muted,
    )

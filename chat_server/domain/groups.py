"""Groups: what changes in one step, who may do what to whom, and who comes and goes by it.

A step is a conversation's new state, its members' new places and the event that tells of
them. The store commits them together, so that whoever reads the log in its order knows at
each event who was there.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chat_server.domain.bodies import Assign, MemberChange
from chat_server.domain.conversation import Conversation, Membership, Role
from chat_server.domain.errors import Forbidden, InvalidValue
from chat_server.domain.facts import Fact
from chat_server.domain.message import Draft, Event, EventKind

MOST_MEMBERS = 5_000
MOST_AT_ONCE = 500  # people named in one step: its event must fit into a frame
MOST_TOLD = 100  # members of a group in which all see who has read, and who is typing
MOST_COUNTED = 500  # members of a group in which readers can be listed
MAX_TITLE = 64
MAX_ANNOUNCEMENT = 500

_ADDING = frozenset({"created", "invited", "joined"})
_TAKING = frozenset({"left", "removed"})
_RANK = {Role.MEMBER: 0, Role.ADMIN: 1, Role.OWNER: 2}
_decoder = msgspec.json.Decoder(MemberChange)
_assign_decoder = msgspec.json.Decoder(Assign)


class Place(msgspec.Struct, frozen=True):
    """What a member may do, without their positions, which move by themselves."""

    user: str
    role: Role
    silenced: bool = False


class GroupChange(msgspec.Struct, frozen=True, kw_only=True):
    """One step. `conversation.revision` is one above the stored one, 1 for a new group.

    Who is `joining` may read from the event on, who is `leaving` up to it; without a `draft`
    nobody joins or leaves.
    """

    conversation: Conversation
    fact: Fact
    draft: Draft | None = None
    joining: Sequence[Place] = ()
    leaving: Sequence[str] = ()
    places: Sequence[Place] = ()

    @property
    def users(self) -> list[str]:
        """Everybody whose membership it touches, each once."""
        named = [place.user for place in (*self.joining, *self.places)]
        return list(dict.fromkeys((*named, *self.leaving)))


class JoinRequest(msgspec.Struct, frozen=True):
    """Somebody who came by a link of `inviter`'s and waits to be let in."""

    conv: str
    user: str
    inviter: str
    at_ms: int


class Passage(msgspec.Struct, frozen=True):
    """Who comes and who goes with one event; `ended`: everybody goes."""

    coming: Sequence[str] = ()
    going: Sequence[str] = ()
    ended: bool = False


def passage_of(event: Event) -> Passage:
    """Of an event of kind `member` or `assign`."""
    if event.kind is EventKind.ASSIGN:
        assign = _assign_decoder.decode(event.body)
        return Passage(coming=[assign.agent] if assign.agent else (), going=assign.former)
    body = _decoder.decode(event.body)
    return Passage(
        coming=body.whom if body.what in _ADDING else (),
        going=body.whom if body.what in _TAKING else (),
        ended=body.what == "dissolved",
    )


def governing(member: Membership) -> Membership:
    """The member, if they run the group; raises Forbidden."""
    if _RANK.get(member.role, 0) < _RANK[Role.ADMIN]:
        raise Forbidden("only the group's owner and admins may do this")
    return member


def owning(member: Membership) -> Membership:
    if member.role is not Role.OWNER:
        raise Forbidden("only the group's owner may do this")
    return member


def outranking(member: Membership, other: Membership) -> Membership:
    """The other, if the member may act on them; raises Forbidden."""
    if _RANK.get(member.role, 0) <= _RANK.get(other.role, 0):
        raise Forbidden("not on somebody of the same or a higher role")
    return other


def fit_title(text: str) -> str:
    title = " ".join(text.split())
    if not 0 < len(title) <= MAX_TITLE:
        raise InvalidValue(f"title: 1 to {MAX_TITLE} characters")
    return title

"""The bus: a doorbell between the processes of one house. It never holds the truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from chat_server.domain.contacts import Presence
from chat_server.domain.conversation import Membership
from chat_server.domain.message import Event
from chat_server.domain.own import Unsent


class MessageStored(msgspec.Struct, frozen=True, tag="stored"):
    """An event is in the log. Carried whole, so that a node need not read it back."""

    event: Event


class PositionsMoved(msgspec.Struct, frozen=True, tag="positions"):
    """`shared`: all of a small group are told. `author`: in a large one, whose words were read."""

    conv: str
    user: str
    read: int
    delivered: int
    shared: bool = False
    author: str = ""


class Typing(msgspec.Struct, frozen=True, tag="typing"):
    conv: str
    user: str
    on: bool


class MembershipChanged(msgspec.Struct, frozen=True, tag="membership"):
    """Somebody joined or left; nodes read the store for what it now is."""

    conv: str
    user: str


class OwnChanged(msgspec.Struct, frozen=True, tag="own"):
    """Somebody changed how a conversation stands with them; only their own devices are told.
    The one with the higher version of the membership is the later one.
    """

    membership: Membership
    unsent: Unsent | None = None


class StarChanged(msgspec.Struct, frozen=True, tag="star"):
    conv: str
    user: str
    seq: int
    on: bool


class ContactsChanged(msgspec.Struct, frozen=True, tag="contacts"):
    """What is between these people, or what one of them lets be seen, is no longer what it was."""

    users: Sequence[str]


class PresenceAsked(msgspec.Struct, frozen=True, tag="presence_asked"):
    """A node asks the others which of these people are with them."""

    node: str
    users: Sequence[str]


class PresenceTold(msgspec.Struct, frozen=True, tag="presence"):
    """How people stand at one node, on a change or because somebody asked."""

    node: str
    states: Mapping[str, Presence]
    at_ms: int


class SessionEnded(msgspec.Struct, frozen=True, tag="session_ended"):
    """A device was logged out; its connection closes with 4409."""

    session_id: str


class CaseMoved(msgspec.Struct, frozen=True, tag="case_moved"):
    """Something at a desk is not as it was: its `staff` look again.

    A `customer` who waits is told where they stand; `position` 0: they wait no longer.
    """

    desk: str
    staff: Sequence[str] = ()
    case_id: str = ""
    customer: str = ""
    conv: str = ""
    position: int = 0
    estimate_s: int | None = None


Signal = (
    MessageStored
    | PositionsMoved
    | Typing
    | MembershipChanged
    | OwnChanged
    | StarChanged
    | ContactsChanged
    | PresenceAsked
    | PresenceTold
    | SessionEnded
    | CaseMoved
)


class Bus(Protocol):
    """At most once, in order for one conversation and publisher, to every process's handlers.

    A lost signal is repaired by comparing heads with the store; so publishing never waits
    and never raises.
    """

    def publish(self, signal: Signal) -> None:
        """Ring everywhere, this process included."""

    def subscribe(self, handler: Callable[[Signal], None]) -> None:
        """Handlers run on the event loop, must not block, and are called in order."""

    def on_reconnect(self, handler: Callable[[], None]) -> None:
        """Called after a gap in which signals may have been lost."""

    async def ping(self) -> None:
        """Raise StoreUnavailable unless the bus is connected."""

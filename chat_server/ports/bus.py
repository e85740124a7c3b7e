"""The bus: a doorbell between the processes of one house. It never holds the truth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from chat_server.domain.message import Event


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


class SessionEnded(msgspec.Struct, frozen=True, tag="session_ended"):
    """A device was logged out; its connection closes with 4409."""

    session_id: str


Signal = MessageStored | PositionsMoved | Typing | MembershipChanged | SessionEnded


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

"""A callback: what happened, told to the partner's backend, and how that went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from chat_server.platform.drawers import Drawer
from chat_server.ports.clock import Clock
from chat_server.ports.shelf import Shelf

WAITING = "callback_waiting"
LOG = "callback_log"
ATTEMPTS = 3
_SLOTS = 500


class State(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class Attempt(msgspec.Struct, frozen=True):
    at_ms: int
    took_ms: int
    outcome: str
    status: int = 0  # HTTP; 0: no answer


class Callback(msgspec.Struct, frozen=True, kw_only=True):
    """A message is named by where it stands, and read when it is sent; an event has its fields.

    An event with a place had the customer do something more, which is read there.
    """

    msg_id: int
    customer: str
    at_ms: int
    conv: str = ""
    seq: int = 0
    event: str = ""
    fields: Mapping[str, Any] = {}
    state: State = State.WAITING
    attempts: Sequence[Attempt] = ()
    reply: str = ""  # the MsgType of what was answered

    @property
    def name(self) -> str:
        return name_of(self.msg_id)

    @property
    def asks(self) -> bool:
        """Whether the customer waits for an answer."""
        return not self.event or self.event in {"CLICK", "scancode_waitmsg"}


def name_of(msg_id: int) -> str:
    return f"{msg_id:019d}"


def number_of_change(at_ms: int, position: int) -> int:
    """MsgId of something in the house's history: the same however often it is read; below 2^53."""
    return at_ms * 1000 + position % _SLOTS * 2


def number_of_job(at_ms: int, number: int) -> int:
    """Of what only the platform knows; never one of `number_of_change`."""
    return at_ms * 1000 + number % _SLOTS * 2 + 1


def waiting(shelf: Shelf, clock: Clock) -> Drawer[Callback]:
    return Drawer(shelf, clock, WAITING, Callback)


def delivered(shelf: Shelf, clock: Clock) -> Drawer[Callback]:
    return Drawer(shelf, clock, LOG, Callback)

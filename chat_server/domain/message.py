"""Messages: what a sender drafts, and the event the log keeps of it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec


class EventKind(StrEnum):
    MESSAGE = "message"
    CARD_STATE = "card_state"
    MEMBER = "member"
    ASSIGN = "assign"
    EDIT = "edit"
    RECALL = "recall"
    REACTION = "reaction"


def moves_members(kind: EventKind) -> bool:
    """Whether somebody may come in or go out by an event of this kind."""
    return kind is EventKind.MEMBER or kind is EventKind.ASSIGN


ACTIONS = {EventKind.EDIT, EventKind.RECALL, EventKind.REACTION}


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a message stands."""

    conv: str
    seq: int


class Refers(msgspec.Struct, frozen=True):
    """What a sender says that a message refers to; `bodies.About` is what becomes of it."""

    reply_to: int = 0
    mentions: Sequence[str] = ()
    forwarded: Place | None = None


class Draft(msgspec.Struct, frozen=True):
    """What is to be appended. `body` is the JSON that will be stored and pushed.

    `body_hash` is the keyed hash of the body as received, which decides whether a second
    send under the same (`conv`, `sender`, `mid`) is the same one.
    """

    conv: str
    sender: str
    mid: str
    kind: EventKind
    body: bytes
    body_hash: bytes
    at_ms: int
    counts: bool = True  # whether it makes the conversation unread
    key_id: str = ""  # which key encrypts `body`; empty: none
    media: Sequence[str] = ()  # digests that whoever reads the message may read


class Event(msgspec.Struct, frozen=True):
    """One line of a conversation's log."""

    conv: str
    seq: int
    mid: str
    sender: str
    ts: int  # milliseconds, never decreasing within a conversation
    kind: EventKind
    n: int  # unread-counting messages so far
    body: bytes
    key_id: str = ""


class Appended(msgspec.Struct, frozen=True):
    """The answer to an append; a duplicate brings the first event back."""

    event: Event
    duplicate: bool = False


class Head(msgspec.Struct, frozen=True):
    """Where a conversation's log stands; seq 0 is an empty one."""

    seq: int = 0
    n: int = 0
    ts: int = 0

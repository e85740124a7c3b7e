"""What a device wants, once its frames made sense. Transport acts on these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from chat_server.domain.bodies import Action, ClientBody
from chat_server.domain.message import Refers
from chat_server.domain.own import Wish
from chat_server.wire.close_codes import CloseCode


class Join(msgspec.Struct, frozen=True, gc=False):
    token: str
    device: str
    request: str


class Post(msgspec.Struct, frozen=True, gc=False):
    conv: str
    mid: str
    body: ClientBody
    request: str
    refers: Refers | None = None


class Act(msgspec.Struct, frozen=True, gc=False):
    """Edit, recall or react to a message."""

    conv: str
    mid: str
    action: Action
    request: str


class Press(msgspec.Struct, frozen=True, gc=False):
    """A button of a card; `values` may hold secrets and live in memory only."""

    conv: str
    mid: str
    card_seq: int
    action: str
    values: Mapping[str, str]
    request: str


class CatchUp(msgspec.Struct, frozen=True, gc=False):
    cursors: Mapping[str, int]
    request: str


class TurnPage(msgspec.Struct, frozen=True, gc=False):
    conv: str
    after: int | None
    before: int | None
    limit: int
    request: str


class ListMine(msgspec.Struct, frozen=True, gc=False):
    after: int
    limit: int
    request: str


class Move(msgspec.Struct, frozen=True, gc=False):
    conv: str
    read: int = 0
    delivered: int = 0


class Type(msgspec.Struct, frozen=True, gc=False):
    conv: str
    on: bool


class Keep(msgspec.Struct, frozen=True, gc=False):
    """Change how a conversation stands with oneself."""

    conv: str
    wish: Wish
    request: str


class Begin(msgspec.Struct, frozen=True, gc=False):
    """Keep what one has begun to write."""

    conv: str
    mid: str
    text: str
    reply_to: int
    request: str


class Point(msgspec.Struct, frozen=True, gc=False):
    """Star a message, or take the star away."""

    conv: str
    seq: int
    on: bool
    request: str


class ListStarred(msgspec.Struct, frozen=True, gc=False):
    conv: str
    before: int | None
    limit: int
    request: str


class WatchPeople(msgspec.Struct, frozen=True, gc=False):
    """Be told who of these is there; replaces whom one watched before."""

    users: Sequence[str]
    request: str


class Step(msgspec.Struct, frozen=True, gc=False):
    """Somebody left this device alone, or is back at it."""

    away: bool


class Echo(msgspec.Struct, frozen=True, gc=False):
    request: str


class Refuse(msgspec.Struct, frozen=True, gc=False):
    """Tell why a frame was not understood, and go on."""

    message: str
    request: str


class Hang(msgspec.Struct, frozen=True, gc=False):
    """Close the connection."""

    code: CloseCode
    reason: str


Own = Keep | Begin | Point | ListStarred
Attend = WatchPeople | Step
Request = Post | Act | Press | CatchUp | TurnPage | ListMine | Move | Type | Own | Attend | Echo
Intent = Join | Request | Refuse | Hang

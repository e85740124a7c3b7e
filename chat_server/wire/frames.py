"""Frames: one object each, `type` names it. See `docs/asyncapi.yaml`, generated from here.

From clients unknown types and fields are refused; clients ignore what they do not know.
`id` is the client's own name for a request and comes back in its answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta, Raw

from chat_server.domain.bodies import ClientBody, Emoji, Text
from chat_server.domain.message import Place
from chat_server.wire.own_frames import (
    ChangeSettings,
    ClearHistory,
    DraftText,
    ListStars,
    Settings,
    StarMark,
    StarMessage,
    WriteDraft,
)
from chat_server.wire.presence_frames import Appear, ContactsMoved, PresenceState, Watch
from chat_server.wire.primitives import Answer, Conv, Id, Mid, Named, Request, Seq

MAX_FRAME = 64 * 1024  # bytes
SYNC_CONVERSATIONS = 500  # cursors in one `sync`
SYNC_EVENTS_EACH = 100  # events pushed for one conversation by one `sync`
SYNC_EVENTS = 1000  # events pushed by one `sync`
HISTORY_LIMIT = 200


class Hello(Request, frozen=True, tag="hello"):
    """The first frame. `token` may come in an `Authorization` header instead."""

    device: Annotated[str, Meta(min_length=1, max_length=64)]
    id: Id = ""
    token: str = ""
    features: Sequence[str] = ()


class Sync(Request, frozen=True, tag="sync"):
    """Catch up: for each conversation, the last `seq` held. May be repeated for more."""

    cursors: Annotated[dict[Conv, Seq], Meta(max_length=SYNC_CONVERSATIONS)]
    id: Id = ""


class Send(Request, frozen=True, tag="send"):
    """Say something. `reply_to` is a message of this conversation; `mentions` are members of this
    group, or `*`; `forwarded` is where the body was copied from. They come back as `body.about`.
    """

    conv: Conv
    mid: Mid
    body: ClientBody
    id: Id = ""
    reply_to: Seq = 0
    mentions: Annotated[Sequence[Named], Meta(max_length=50)] = ()
    forwarded: Place | None = None


class EditMessage(Request, frozen=True, tag="edit"):
    """One's own message at `target` is to read differently."""

    conv: Conv
    mid: Mid
    target: Seq
    body: Text
    id: Id = ""


class RecallMessage(Request, frozen=True, tag="recall"):
    """Take one's own message at `target` back."""

    conv: Conv
    mid: Mid
    target: Seq
    id: Id = ""


class React(Request, frozen=True, tag="react"):
    """One's one emoji on the message at `target`; without one, it is taken back."""

    conv: Conv
    mid: Mid
    target: Seq
    emoji: Emoji = ""
    id: Id = ""


class Read(Request, frozen=True, tag="read"):
    conv: Conv
    seq: Seq


class Delivered(Request, frozen=True, tag="delivered"):
    conv: Conv
    seq: Seq


class Typing(Request, frozen=True, tag="typing"):
    conv: Conv
    on: bool


class History(Request, frozen=True, tag="history"):
    """A page of the log: right after `after`, or right before `before`; exactly one of them."""

    conv: Conv
    id: Id = ""
    after: Seq | None = None
    before: Seq | None = None
    limit: Annotated[int, Meta(ge=1, le=HISTORY_LIMIT)] = 50


class Conversations(Request, frozen=True, tag="conversations"):
    """My conversations that changed since version `after`."""

    id: Id = ""
    after: Seq = 0
    limit: Annotated[int, Meta(ge=1, le=200)] = 100


class Submit(Request, frozen=True, tag="submit"):
    """Press a button of the card at `seq`. Secret values live in memory only."""

    conv: Conv
    mid: Mid
    seq: Seq
    action: Annotated[str, Meta(min_length=1, max_length=64)]
    values: Annotated[
        dict[Annotated[str, Meta(max_length=64)], Annotated[str, Meta(max_length=1000)]],
        Meta(max_length=32),
    ] = {}  # noqa: RUF012 - a struct copies it for each
    id: Id = ""


class Ping(Request, frozen=True, tag="ping"):
    id: Id = ""


ClientFrame = (
    Hello
    | Sync
    | Send
    | EditMessage
    | RecallMessage
    | React
    | Read
    | Delivered
    | Typing
    | History
    | Conversations
    | Submit
    | ChangeSettings
    | ClearHistory
    | WriteDraft
    | StarMessage
    | ListStars
    | Watch
    | Appear
    | Ping
)


class Limits(msgspec.Struct, frozen=True):
    frame_bytes: int
    text_chars: int
    sync_conversations: int
    history: int
    edit_s: int  # how long after sending one's own message may be edited
    recall_s: int  # … and recalled by a customer
    staff_recall_s: int  # … and recalled by staff


class Welcome(Answer, frozen=True, tag="welcome"):
    """From here every conversation this person may see is live."""

    user: str
    device: str
    session: str
    server_time: int
    heartbeat_s: int
    limits: Limits
    features: Sequence[str]
    id: str = ""


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """One person's positions in one conversation."""

    conv: str
    user: str
    read: int = 0
    delivered: int = 0


class Synced(Answer, frozen=True, tag="synced"):
    """The sync's pushes are out; `marks` are everyone's positions a client may see there."""

    marks: Sequence[Mark]
    id: str = ""


class Ack(Answer, frozen=True, tag="ack"):
    """Durable. `body` comes back when the server changed it (masked a card number)."""

    conv: str
    mid: str
    seq: int
    ts: int
    id: str = ""
    duplicate: bool = False
    body: Raw | msgspec.UnsetType = msgspec.UNSET


class ReactionCount(msgspec.Struct, frozen=True, omit_defaults=True):
    emoji: str
    count: int
    mine: bool = False


class Event(Answer, frozen=True, tag="event"):
    """One line of a log, pushed as it came or in a history page as it reads now."""

    conv: str
    seq: int
    mid: str
    from_: str = msgspec.field(name="from")
    ts: int
    kind: str  # message, card_state, edit, recall, reaction
    n: int  # unread-counting messages so far: unread = n(head) - n(read)
    body: Raw
    changed_seq: int = 0  # of the last event that is in this form already
    edited: bool = False
    reactions: Sequence[ReactionCount] = ()


class Events(Answer, frozen=True, tag="events"):
    """A history page, ascending; `more` beyond it in the direction asked."""

    conv: str
    events: Sequence[Event]
    head: int
    first_seq: int
    more: bool
    id: str = ""


class StarItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A starred message: `shown` with its `event`, `recalled`, or `withheld` when it may no
    longer be read.
    """

    conv: str
    seq: int
    at: int  # when it was starred, in milliseconds
    number: int
    state: str
    event: Event | None = None


class Stars(Answer, frozen=True, tag="stars"):
    items: Sequence[StarItem]
    more: bool
    id: str = ""


class ConversationItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of the conversation list. `peer` is the other person or the public account."""

    conv: str
    kind: str
    title: str
    head: int
    read: int
    unread: int
    version: int
    first_seq: int
    peer: str = ""
    badge: str = ""  # manager, verified: given by the server only
    writable: bool = True
    members: int = 0  # how many are in a group that one is in
    role: str = ""  # one's own in a group: owner, admin, member
    last: Event | None = None
    pinned: bool = False
    muted: bool = False
    marked: bool = False  # as unread
    hidden_seq: int = 0  # not in the list while the head is lower
    mention: int = 0  # the newest unread message that names this person
    draft: DraftText | None = None


class ConversationPage(Answer, frozen=True, tag="conversations"):
    items: Sequence[ConversationItem]
    more: bool
    id: str = ""


class Marks(Answer, frozen=True, tag="marks"):
    conv: str
    user: str
    read: int
    delivered: int


class TypingState(Answer, frozen=True, tag="typing"):
    conv: str
    user: str
    on: bool


class Waiting(Answer, frozen=True, tag="waiting"):
    """Where a customer stands in a desk's queue now; 1 is next, 0 waits no longer. Never stored."""

    conv: str
    case: str
    position: int
    estimate_s: int | None  # seconds; null: nobody can say


class DeskMoved(Answer, frozen=True, tag="desk"):
    """To a desk's staff: what they show of it (of one `case`) is no longer so; ask again."""

    desk: str
    case: str


class Lagging(Answer, frozen=True, tag="lagging"):
    """Push stopped here (everywhere, without `conv`): read on with `history`.

    The page that reaches the head makes the conversation live again, without a gap.
    """

    conv: str = ""
    head: int = 0


class Error(Answer, frozen=True, tag="error"):
    code: str
    message: str
    id: str = ""
    retry_after: float | None = None  # seconds


class Pong(Answer, frozen=True, tag="pong"):
    id: str = ""


ServerFrame = (
    Welcome
    | Synced
    | Ack
    | Event
    | Events
    | ConversationPage
    | Marks
    | TypingState
    | Settings
    | StarMark
    | Stars
    | Waiting
    | DeskMoved
    | PresenceState
    | ContactsMoved
    | Lagging
    | Error
    | Pong
)

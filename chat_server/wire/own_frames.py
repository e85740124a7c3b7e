"""Frames about what is a person's own in a conversation; the server tells all their devices."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from chat_server.domain.conversation import Membership
from chat_server.domain.own import MAX_DRAFT, Unsent
from chat_server.wire.primitives import Answer, Conv, Id, Mid, Request, Seq


class ChangeSettings(Request, frozen=True, tag="settings"):
    """How a conversation stands in one's own list; what is not given stays as it is.

    `marked`: as unread, until it is taken back. `hidden`: until the log goes on.
    """

    conv: Conv
    id: Id = ""
    pinned: bool | None = None
    muted: bool | None = None
    marked: bool | None = None
    hidden: bool | None = None


class ClearHistory(Request, frozen=True, tag="clear"):
    """Read nothing up to `seq` any more, on none of one's devices; the others keep theirs."""

    conv: Conv
    seq: Seq
    id: Id = ""


class WriteDraft(Request, frozen=True, tag="draft"):
    """What one has begun to write; the last one counts. `mid` is what it will be sent under:
    sending under it takes the draft away, and so does an empty text.
    """

    conv: Conv
    mid: Mid
    text: Annotated[str, Meta(max_length=MAX_DRAFT)]
    reply_to: Seq = 0
    id: Id = ""


class StarMessage(Request, frozen=True, tag="star"):
    """Star the message at `seq`, or take the star away."""

    conv: Conv
    seq: Seq
    on: bool
    id: Id = ""


class ListStars(Request, frozen=True, tag="stars"):
    """One's stars, newest first: those with a `number` below `before`, of one conversation if
    it is given.
    """

    id: Id = ""
    before: Seq | None = None
    conv: Conv = ""
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


OwnFrame = ChangeSettings | ClearHistory | WriteDraft | StarMessage | ListStars


class DraftText(msgspec.Struct, frozen=True, omit_defaults=True):
    """A draft that waits to be sent under `mid`."""

    mid: str
    text: str
    reply_to: int = 0


class Settings(Answer, frozen=True, tag="settings"):
    """The answer to `settings`, `clear` and `draft`, and what one's other devices hear of it:
    all of it as it is now. The one with the highest `version` is the last.
    """

    conv: str
    version: int
    first_seq: int  # nothing earlier may be read any more
    pinned: bool = False
    muted: bool = False
    marked: bool = False
    hidden_seq: int = 0  # not in the list while the head is lower
    draft: DraftText | None = None
    id: str = ""


class StarMark(Answer, frozen=True, tag="star"):
    """One's own star on a message came or went."""

    conv: str
    seq: int
    on: bool
    id: str = ""


def settings_frame(membership: Membership, unsent: Unsent | None, request: str = "") -> Settings:
    return Settings(
        conv=membership.conv,
        version=membership.version,
        first_seq=membership.first_seq,
        pinned=membership.pinned,
        muted=membership.muted,
        marked=membership.marked,
        hidden_seq=membership.hidden_seq,
        draft=draft_text(unsent),
        id=request,
    )


def draft_text(unsent: Unsent | None) -> DraftText | None:
    return None if unsent is None else DraftText(unsent.mid, unsent.text, unsent.reply_to)

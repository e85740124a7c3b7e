"""What requests and answers about contacts and privacy look like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chat_server.domain.contacts import MAX_GREETING, MAX_REMARK, MAX_TAG, MOST_TAGS


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class _Answer(msgspec.Struct, frozen=True):
    pass


class ContactNumber(_Body, frozen=True):
    """A whole phone number or user number."""

    number: Annotated[str, Meta(min_length=1, max_length=64)]


class ContactCard(_Body, frozen=True):
    """What somebody's QR code says, without the address around it."""

    card: Annotated[str, Meta(min_length=1, max_length=128)]


class ContactRequestDraft(_Body, frozen=True):
    """`ticket` is of somebody who was found."""

    ticket: Annotated[str, Meta(min_length=1, max_length=1000)]
    greeting: Annotated[str, Meta(max_length=MAX_GREETING)] = ""


class ContactChanges(_Body, frozen=True):
    """What is not given stays as it is."""

    remark: Annotated[str, Meta(max_length=MAX_REMARK)] | None = None
    tags: (
        Annotated[
            Sequence[Annotated[str, Meta(min_length=1, max_length=MAX_TAG)]],
            Meta(max_length=MOST_TAGS),
        ]
        | None
    ) = None


class PrivacyChange(_Body, frozen=True):
    findable: bool
    presence: Literal["conversations", "contacts", "nobody"]


class ContactItem(_Answer, frozen=True):
    """`remark`, `tags` and `blocked` are one's own; `fixed`: one's account manager, who stays."""

    user: str
    name: str
    badge: str
    conv: str
    since: int
    remark: str
    tags: Sequence[str]
    blocked: bool
    fixed: bool


class ContactPage(_Answer, frozen=True):
    """Read on with `after` = `next` until that is empty."""

    contacts: Sequence[ContactItem]
    next: str


class FoundContact(_Answer, frozen=True):
    """`state`: stranger, asked, contact, blocked or self. `user` is told of who is known."""

    name: str
    state: str
    ticket: str
    user: str


class ContactRequestItem(_Answer, frozen=True):
    """Somebody who asked; answered under their `user`."""

    user: str
    name: str
    greeting: str
    at: int
    expires: int


class ContactAskedItem(_Answer, frozen=True):
    """Somebody whom one has asked."""

    name: str
    greeting: str
    at: int
    expires: int


class ContactRequests(_Answer, frozen=True):
    theirs: Sequence[ContactRequestItem]
    mine: Sequence[ContactAskedItem]


class ContactOutcome(_Answer, frozen=True):
    """`state`: asked, or contact when they had asked, too; then `user` and `conv` are told."""

    state: str
    user: str
    conv: str


class OwnCard(_Answer, frozen=True):
    card: str


class PrivacyItem(_Answer, frozen=True):
    """`presence`: who sees whether one is there: conversations, contacts or nobody."""

    findable: bool
    presence: str

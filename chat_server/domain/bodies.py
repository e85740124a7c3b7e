"""What an event says: bodies, tagged by `type`. They cross the wire as they are stored.

`ClientBody` is what a person's device may send; the rest only the house and its
bots write. Bodies are stored as the JSON that these structs encode to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

MAX_TEXT = 4000  # characters
Title = Annotated[str, Meta(min_length=1, max_length=64)]


class Text(msgspec.Struct, frozen=True, tag="text", forbid_unknown_fields=True):
    text: Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]


class Menu(msgspec.Struct, frozen=True, tag="menu", forbid_unknown_fields=True):
    """The customer pressed a button of the public account's menu; `title` as they saw it."""

    key: Annotated[str, Meta(min_length=1, max_length=64)]
    title: Title


class ArticleItem(msgspec.Struct, frozen=True):
    """One article; its text is at `GET /v1/broadcasts/{broadcast}/articles/{index}`."""

    title: str
    digest: str
    cover: str = ""


class Article(msgspec.Struct, frozen=True, tag="article"):
    broadcast: str
    items: Sequence[ArticleItem]


class Card(msgspec.Struct, frozen=True, tag="card"):
    """An Adaptive Card 1.6. `secret_inputs` are sent in a `submit` and never stored."""

    card_id: str
    card: dict[str, Any]
    fallback: str
    expires_at: int | None = None
    secret_inputs: Sequence[str] = ()


class Notice(msgspec.Struct, frozen=True, tag="notice"):
    """The bank tells something, for instance that money moved on an account."""

    text: str
    topic: str  # balance, offer, system


class CardState(msgspec.Struct, frozen=True, tag="card_state"):
    """What became of a card. Values are never kept.

    `submitted` names the button and the device that pressed it; `open` means that the card
    takes answers again (a wrong code); every other state is final.
    """

    card: int  # the card's seq
    card_id: str
    state: str  # submitted, open, done, confirmed, cancelled, expired, failed, replaced, refused
    action: str = ""
    device: str = ""


ClientBody = Text | Menu
Body = Text | Menu | Article | Card | Notice | CardState

"""Public accounts and their broadcasts: menus, articles, and four eyes on each send."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from enum import StrEnum

import msgspec


class MenuButton(msgspec.Struct, frozen=True):
    """A button under the chat: `key` goes to the account's bot; `children` make it a sub-menu."""

    title: str
    key: str = ""
    children: Sequence[MenuButton] = ()


class PublicAccount(msgspec.Struct, frozen=True):
    account: str  # `@service`
    name: str
    description: str
    verified: bool  # only the server gives the badge
    bot: str = ""  # which bot answers; empty: nobody
    menu: Sequence[MenuButton] = ()


class Article(msgspec.Struct, frozen=True):
    """One piece of a broadcast. `paragraphs` are plain text; `cover` is a media digest."""

    title: str
    digest: str
    paragraphs: Sequence[str]
    cover: str = ""


class BroadcastState(StrEnum):
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"


class Broadcast(msgspec.Struct, frozen=True):
    """What an operator wants to send to all followers, and what became of it."""

    broadcast_id: str
    account: str
    articles: Sequence[Article]
    content_hash: str
    state: BroadcastState
    maker: str
    submitted_ms: int
    reviewer: str = ""
    decided_ms: int = 0
    reason: str = ""
    version: int = 1


def hash_content(account: str, articles: Sequence[Article]) -> str:
    """SHA-256 over the exact content: what a reviewer approves is this and nothing else."""
    return hashlib.sha256(msgspec.json.encode([account, list(articles)])).hexdigest()

"""What requests and answers about articles look like. Times are ms, digests are of media."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chat_server.domain.accounts.articles import (
    MAX_ARTICLES,
    MAX_ATTACHMENTS,
    MAX_AUTHOR,
    MAX_COMMENT,
    MAX_DIGEST,
    MAX_HTML,
    MAX_SOURCE,
    MAX_TITLE,
)

_Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
_Rule = Literal["closed", "open", "followers"]


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class _Answer(msgspec.Struct, frozen=True):
    pass


class AttachmentItem(_Body, frozen=True):
    """A file to keep, at `/a/media/{media}`."""

    media: _Digest
    name: Annotated[str, Meta(min_length=1, max_length=128)]
    mime: Annotated[str, Meta(max_length=128)]
    size: Annotated[int, Meta(ge=0, le=2**31)]


class StoryDraft(_Body, frozen=True):
    """An article as it is written. Of `html` is kept what may be shown; `comments`: who may."""

    title: Annotated[str, Meta(max_length=MAX_TITLE)] = ""
    author: Annotated[str, Meta(max_length=MAX_AUTHOR)] = ""
    digest: Annotated[str, Meta(max_length=MAX_DIGEST)] = ""
    cover: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")] = ""
    html: Annotated[str, Meta(max_length=MAX_HTML)] = ""
    source: Annotated[str, Meta(max_length=MAX_SOURCE)] = ""
    attachments: Annotated[Sequence[AttachmentItem], Meta(max_length=MAX_ATTACHMENTS)] = ()
    comments: _Rule = "closed"


class DraftBody(_Body, frozen=True):
    """`revision` is the one that was read; 0 for a new draft."""

    articles: Annotated[Sequence[StoryDraft], Meta(min_length=1, max_length=MAX_ARTICLES)]
    revision: Annotated[int, Meta(ge=0, le=2**31)] = 0


class DraftItem(_Answer, frozen=True):
    draft: str
    revision: int
    editor: str
    created: int
    edited: int
    articles: Sequence[StoryDraft]


class DraftLine(_Answer, frozen=True):
    """A draft in the list, without its text; `title` and `cover` are the first article's."""

    draft: str
    revision: int
    title: str
    cover: str
    count: int
    editor: str
    edited: int


class PreviewTo(_Body, frozen=True):
    customer: Annotated[str, Meta(min_length=1, max_length=64)]


class SubmitDraft(_Body, frozen=True):
    revision: Annotated[int, Meta(ge=1, le=2**31)]


class ArticleNumbers(_Answer, frozen=True):
    """Each person is counted once."""

    reads: int
    likes: int
    shares: int
    comments: int


class OwnArticle(_Answer, frozen=True):
    """A published article as its account's staff sees it. `path` of this server shows it."""

    broadcast: str
    index: int
    title: str
    cover: str
    path: str
    published: int
    comments: str
    withdrawn: bool
    numbers: ArticleNumbers


class ArticleDecision(_Body, frozen=True):
    """What is not said stays."""

    comments: _Rule | None = None
    withdrawn: bool | None = None


class CommentDraft(_Body, frozen=True):
    text: Annotated[str, Meta(min_length=1, max_length=MAX_COMMENT)]


class CommentItem(_Answer, frozen=True):
    """`elected` comments are seen by all, others by their writer and the desk."""

    number: int
    user: str
    name: str
    text: str
    at: int
    elected: bool
    reply: str
    replied: int
    own: bool


class CommentStep(_Body, frozen=True):
    """`reply` says `text` as the account, or without a text takes the reply away."""

    step: Literal["elect", "unelect", "reply"]
    text: Annotated[str, Meta(max_length=MAX_COMMENT)] = ""


class ArticleTalkPage(_Answer, frozen=True):
    """What stands under an article, for one reader."""

    numbers: ArticleNumbers
    liked: bool
    may_comment: bool
    elected: Sequence[CommentItem]
    own: Sequence[CommentItem]

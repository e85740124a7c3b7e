"""Articles beside their text: drafts, previews, how they stand, comments; and their limits."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec

from chat_server.domain.errors import InvalidValue, TooLong
from chat_server.domain.publishing import Article, CommentRule

MAX_ARTICLES = 8  # in one draft
MAX_DRAFTS = 1000  # of an account
MAX_TITLE = 64
MAX_AUTHOR = 32
MAX_DIGEST = 120
DIGEST = 54  # characters taken from the text where none was written
MAX_HTML = 200_000  # characters; partners may write more
MAX_SOURCE = 1024
MAX_ATTACHMENTS = 10
MAX_ATTACHMENT = 20 * 1024 * 1024  # bytes
MAX_COMMENT = 600
MAX_OWN = 10  # comments of one person on one article
MAX_ELECTED = 100
PREVIEWS = 100  # of an account in a day
PREVIEW_MS = 12 * 3_600_000


class ArticleDraft(msgspec.Struct, frozen=True, kw_only=True):
    """One to eight articles that are still written. `version` goes up with each edit."""

    draft_id: str
    account: str
    articles: Sequence[Article]
    editor: str
    created_ms: int
    edited_ms: int
    version: int = 1


class Preview(msgspec.Struct, frozen=True):
    """A draft as it stood, shown to one person until it expires."""

    account: str
    customer: str
    articles: Sequence[Article]
    expires_ms: int


class Standing(msgspec.Struct, frozen=True):
    """What was decided about a published article since. Withdrawn, nobody reads it."""

    comments: CommentRule
    withdrawn: bool = False
    version: int = 1


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """A reader's comment. Others see it once it is elected; `reply` is the account's."""

    number: int
    customer: str
    text: str
    at_ms: int
    elected: bool = False
    reply: str = ""
    replied_ms: int = 0
    version: int = 1


def article_place(broadcast_id: str, index: int) -> str:
    """The name of one article of a broadcast; `index` from 0."""
    return f"{broadcast_id}/{index}"


def article_path(broadcast_id: str, index: int) -> str:
    """Where this server shows it to everybody."""
    return f"/a/{broadcast_id}/{index}" if index else f"/a/{broadcast_id}"


def check_articles(articles: Sequence[Article]) -> None:
    """A draft may be unfinished, but not of what no article can have. InvalidValue, TooLong."""
    if not 1 <= len(articles) <= MAX_ARTICLES:
        raise InvalidValue(f"articles: 1 to {MAX_ARTICLES}")
    for each in articles:
        _check_length("title", each.title, MAX_TITLE)
        _check_length("digest", each.digest, MAX_DIGEST)
        if each.story is None:
            continue
        _check_length("author", each.story.author, MAX_AUTHOR)
        _check_length("source", each.story.source, MAX_SOURCE)
        if len(each.story.attachments) > MAX_ATTACHMENTS:
            raise TooLong(f"attachments: at most {MAX_ATTACHMENTS}")
        check_source(each.story.source)


def check_source(source: str) -> None:
    """A web page, or nothing. InvalidValue."""
    try:
        parts = urlsplit(source)
    except ValueError as exc:
        raise InvalidValue("source: no address of a web page") from exc
    if source and (parts.scheme not in {"http", "https"} or not parts.netloc):
        raise InvalidValue("source: an address with http or https")


def check_comment(text: str) -> str:
    words = text.strip()
    if not words:
        raise InvalidValue("text: must not be empty")
    _check_length("text", words, MAX_COMMENT)
    return words


def _check_length(name: str, text: str, most: int) -> None:
    if len(text) > most:
        raise TooLong(f"{name}: at most {most} characters")

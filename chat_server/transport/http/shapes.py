"""What HTTP requests and answers look like; the OpenAPI document is generated from these.

An error answer is `ErrorAnswer` with the status and word of `wire/error_table.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chat_server.transport.http.article_shapes import AttachmentItem

Name = Annotated[str, Meta(min_length=1, max_length=64)]


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class _Answer(msgspec.Struct, frozen=True):
    pass


class LoginRequest(_Body, frozen=True):
    """`instead_of`: the session of the device that goes when this would be one too many."""

    user: Name
    password: Annotated[str, Meta(min_length=1, max_length=256)]
    device: Name
    instead_of: Annotated[str, Meta(max_length=64)] = ""


class RefreshRequest(_Body, frozen=True):
    refresh_token: Annotated[str, Meta(min_length=1, max_length=256)]
    device: Name


class Tokens(_Answer, frozen=True):
    """`expires_in` is seconds of the access token."""

    access_token: str
    refresh_token: str
    expires_in: int
    user: str


class Me(_Answer, frozen=True):
    user: str
    name: str
    role: str  # customer, manager, operator, reviewer, administrator
    language: str
    branch: str  # its name
    demo: bool  # demonstration mode: the screen says so


class LanguageChoice(_Body, frozen=True):
    """What notices and bots' answers are written in."""

    language: Literal["zh-CN", "en"]


class PersonCard(_Answer, frozen=True):
    """Somebody one shares a conversation with, or a public account. `badge`: manager, verified."""

    user: str
    name: str
    badge: str


class FoundMessage(_Answer, frozen=True):
    """`text` is a piece of the message, or the name of a file; each of `marks` is the start
    and end, in characters, of what was looked for in it.
    """

    conv: str
    seq: int
    sender: str
    ts: int
    file: bool
    text: str
    marks: Sequence[tuple[int, int]]


class FoundPerson(_Answer, frozen=True):
    """`conv` is what one shares with them: the direct conversation, or else a group."""

    user: str
    name: str
    badge: str
    conv: str


class SearchAnswer(_Answer, frozen=True):
    """`more`, where there is more, is what the next page's `before` should be."""

    messages: Sequence[FoundMessage] = ()
    people: Sequence[FoundPerson] = ()
    more: int | None = None


class DeviceItem(_Answer, frozen=True):
    """A logged-in device: what its person calls it, and what it said of itself at log-in.

    `active` is when it was last there, as far as is known; `push`: it is told when offline.
    """

    session: str
    device: str
    name: str
    kind: str  # phone, tablet, desk, program; empty: it did not say
    browser: str
    system: str
    created: int
    refreshed: int
    active: int
    push: bool
    current: bool


class DeviceName(_Body, frozen=True):
    """Empty: it is called by what it is."""

    name: Annotated[str, Meta(max_length=200)]


class ConsentItem(_Answer, frozen=True):
    """One switch; the words for purpose, data and period are in the screen's catalogue.

    `text_hash` is what `PUT` must send back: SHA-256 of the words shown.
    """

    purpose: str
    granted: bool
    changed: int  # milliseconds; 0: never


class ConsentChange(_Body, frozen=True):
    granted: bool
    text_hash: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class MenuItem(_Answer, frozen=True):
    title: str
    key: str = ""
    children: Sequence[MenuItem] = ()
    kind: str = "click"  # `view` opens `url`
    url: str = ""


class AccountItem(_Answer, frozen=True):
    """A public account as a customer sees it."""

    account: str
    name: str
    description: str
    verified: bool
    following: bool
    followers: int
    service: str  # conversation ids
    feed: str
    menu: Sequence[MenuItem]


class PageOpened(_Body, frozen=True):
    """The address of a button of the menu."""

    url: Annotated[str, Meta(min_length=1, max_length=1024)]


class ArticleDraft(_Body, frozen=True):
    title: Annotated[str, Meta(min_length=1, max_length=64)]
    digest: Annotated[str, Meta(max_length=120)]
    paragraphs: Annotated[
        Sequence[Annotated[str, Meta(min_length=1, max_length=2000)]],
        Meta(min_length=1, max_length=100),
    ]
    cover: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")] = ""


class BroadcastDraft(_Body, frozen=True):
    account: Name
    articles: Annotated[Sequence[ArticleDraft], Meta(min_length=1, max_length=8)]


class BroadcastArticle(_Answer, frozen=True):
    """`rich`: it has a rich text beside its paragraphs, which the article's page gives."""

    title: str
    digest: str
    paragraphs: Sequence[str]
    cover: str
    rich: bool


class BroadcastItem(_Answer, frozen=True):
    """`content_hash` is what an approval must name."""

    broadcast: str
    account: str
    state: str  # submitted, approved, rejected, recalled
    articles: Sequence[BroadcastArticle]
    content_hash: str
    audience: int  # followers now
    maker: str
    maker_name: str
    submitted: int
    reviewer: str
    reviewer_name: str
    decided: int
    reason: str


class Approval(_Body, frozen=True):
    content_hash: str


class Rejection(_Body, frozen=True):
    reason: Annotated[str, Meta(min_length=1, max_length=200)]


class ArticlePage(_Answer, frozen=True):
    """`html` is sanitised, and empty for an article of paragraphs alone. `path` of this server
    shows it to everybody, if it has a page. `comments`: closed, open, followers.
    """

    account: str
    account_name: str
    title: str
    digest: str
    paragraphs: Sequence[str]
    cover: str
    published: int
    author: str
    html: str
    source: str
    attachments: Sequence[AttachmentItem]
    comments: str
    path: str
    preview: bool


class CustomerItem(_Answer, frozen=True):
    """One of a manager's own customers."""

    user: str
    name: str
    branch: str  # its name
    conv: str  # their direct conversation


class MediaStored(_Answer, frozen=True):
    digest: str


class UploadRequest(_Body, frozen=True):
    """`sha256`, if stated, is checked when the upload is finished."""

    conv: Annotated[str, Meta(min_length=1, max_length=128)]
    size: Annotated[int, Meta(ge=0)]
    name: Annotated[str, Meta(max_length=255)] = ""
    sha256: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")] = ""


class UploadItem(_Answer, frozen=True):
    """The next piece goes to `received`; `digest` is there once it is finished."""

    upload: str
    size: int
    received: int
    piece: int  # bytes that one request may bring
    digest: str


class MediumItem(_Answer, frozen=True):
    """What the bytes are; a picture that can be shown has a size and a thumbnail."""

    digest: str
    mime: str
    size: int
    width: int
    height: int
    thumbnail: str


class MediaLink(_Answer, frozen=True):
    """`url` is a path of this server; `name` may be added to it as a query."""

    url: str
    expires: int  # milliseconds


class AuditItem(_Answer, frozen=True):
    """Names are empty where actor or subject is nobody who logs in."""

    position: int
    kind: str
    actor: str
    actor_name: str
    subject: str
    subject_name: str
    at: int
    detail: Mapping[str, str | int | bool]


class SmsItem(_Answer, frozen=True):
    """A text on the demonstration's phone."""

    phone: str
    text: str
    at: int


class ErrorAnswer(_Answer, frozen=True):
    """`devices` come with `too_many_devices`: one of them is named when asking again."""

    code: str
    message: str
    retry_after: float | None = None
    devices: Sequence[DeviceItem] | msgspec.UnsetType = msgspec.UNSET

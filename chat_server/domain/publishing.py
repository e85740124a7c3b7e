"""Public accounts and their broadcasts: standing, menus, articles, four eyes on each send."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec


class MenuButton(msgspec.Struct, frozen=True):
    """A button under the chat: `key` goes to the account's bot; `children` make it a sub-menu.

    A button of kind `view` opens `url`. `more` is what other kinds need, as partners name it.
    """

    title: str
    key: str = ""
    children: Sequence[MenuButton] = ()
    kind: str = "click"
    url: str = ""
    more: Mapping[str, str] = {}


PARTNER = "partner"  # the `bot` of an account whose partner's backend answers


class AccountKind(StrEnum):
    SERVICE = "service"  # few broadcasts, bots and transactions
    SUBSCRIPTION = "subscription"  # content


class AccountState(StrEnum):
    """Only an active account is in the directory, can be followed and says anything."""

    APPLIED = "applied"  # waits for its review
    ACTIVE = "active"
    REJECTED = "rejected"
    SUSPENDED = "suspended"


class Capability(StrEnum):
    """What an account may do; each kind has its own, less what is withheld from one."""

    BROADCAST = "broadcast"
    MENU = "menu"
    REPLIES = "replies"
    TAGS = "tags"
    BOT = "bot"
    CODES = "codes"  # QR codes with scene
    TEMPLATES = "templates"
    API = "api"  # the open platform


class AccountRole(StrEnum):
    """An owner appoints the account's staff; an editor prepares what it says."""

    OWNER = "owner"
    EDITOR = "editor"


class AccountStaff(msgspec.Struct, frozen=True):
    user: str
    role: AccountRole


_OF_KIND = {
    AccountKind.SERVICE: frozenset(Capability),
    AccountKind.SUBSCRIPTION: frozenset(Capability) - {Capability.TEMPLATES},
}


class PublicAccount(msgspec.Struct, frozen=True):
    """An account without `staff` is the bank's own: every operator works on it.

    What was said to it before `answers_from_ms` is not answered by bots or rules.
    """

    account: str  # `@service`
    name: str
    description: str
    verified: bool  # only the server gives the badge
    bot: str = ""  # which bot answers; empty: nobody
    menu: Sequence[MenuButton] = ()
    kind: AccountKind = AccountKind.SERVICE
    state: AccountState = AccountState.ACTIVE
    applicant: str = ""
    reason: str = ""  # why it was rejected or suspended
    staff: Sequence[AccountStaff] = ()
    withheld: Sequence[Capability] = ()
    answers_from_ms: int = 0

    @property
    def has_bot(self) -> bool:
        """Whether a bot of this house answers; a partner's backend is called elsewhere."""
        return self.bot not in {"", PARTNER}

    @property
    def active(self) -> bool:
        return self.state is AccountState.ACTIVE

    @property
    def capabilities(self) -> frozenset[Capability]:
        return _OF_KIND[self.kind] - set(self.withheld)

    def role_of(self, user: str) -> AccountRole | None:
        return next((each.role for each in self.staff if each.user == user), None)


class CommentRule(StrEnum):
    """Who may comment on an article."""

    CLOSED = "closed"
    OPEN = "open"  # every customer
    FOLLOWERS = "followers"


class Attachment(msgspec.Struct, frozen=True):
    """A file that whoever reads the article may keep. `media` is its digest, `size` in bytes."""

    media: str
    name: str
    mime: str
    size: int


class Story(msgspec.Struct, frozen=True):
    """What an article with a page of its own has beside its words. `html` is sanitised.

    `source` is the original's address. `more` is what partners name and nobody here reads.
    """

    html: str
    author: str = ""
    source: str = ""
    attachments: Sequence[Attachment] = ()
    comments: CommentRule = CommentRule.CLOSED
    more: Mapping[str, str] = {}


class Article(msgspec.Struct, frozen=True):
    """One piece of a broadcast. `paragraphs` are plain text; `cover` is a media digest.

    With a story it has a page for everybody; without, its followers read the paragraphs.
    """

    title: str
    digest: str
    paragraphs: Sequence[str]
    cover: str = ""
    story: Story | None = None


class BroadcastState(StrEnum):
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    RECALLED = "recalled"  # taken back from the feed; its articles are nowhere any more


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
    told = [
        {name: said for name, said in msgspec.to_builtins(each).items() if said is not None}
        for each in articles
    ]
    return hashlib.sha256(msgspec.json.encode([account, told])).hexdigest()

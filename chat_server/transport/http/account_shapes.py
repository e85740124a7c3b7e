"""What requests and answers about a public account's own desk look like. Times are ms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chat_server.domain.accounts.codes import LONGEST_S, MAX_SCENE
from chat_server.domain.accounts.conduct import MAX_REPLY, MAX_RULES, MAX_WORD, MAX_WORDS
from chat_server.domain.accounts.following import MAX_BATCH, MAX_REMARK
from chat_server.domain.accounts.menus import MAX_BUTTONS, MAX_CHILDREN
from chat_server.domain.accounts.notices import MAX_FIELDS, MAX_LABEL, MAX_TITLE
from chat_server.transport.http.shapes import AccountItem, MenuItem

Name = Annotated[str, Meta(min_length=1, max_length=64)]
_Words = Annotated[str, Meta(max_length=MAX_REPLY)]
_Reason = Annotated[str, Meta(max_length=200)]
_Url = Annotated[str, Meta(max_length=2048)]
_Kind = Literal["text", "number", "amount", "date", "time", "code", "phone"]


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class _Answer(msgspec.Struct, frozen=True):
    pass


class Application(_Body, frozen=True):
    """A new account; it is seen once another person approved it."""

    account: Annotated[str, Meta(pattern="^@[a-z0-9][a-z0-9_.-]{0,31}$")]
    name: Name
    kind: Literal["service", "subscription"]
    description: Annotated[str, Meta(max_length=200)] = ""


class StaffSeat(_Body, frozen=True):
    user: Name
    role: Literal["owner", "editor"]


class AccountChange(_Body, frozen=True):
    """What is not said stays. `staff` is everybody who then works on it; none: the bank's own."""

    name: Name | None = None
    description: Annotated[str, Meta(max_length=200)] | None = None
    bot: Annotated[str, Meta(max_length=64)] | None = None
    staff: Annotated[Sequence[StaffSeat], Meta(max_length=50)] | None = None


class StandingStep(_Body, frozen=True):
    """`approve` and `reject` are a reviewer's, the others an administrator's."""

    step: Literal["approve", "reject", "suspend", "resume", "verify", "unverify"]
    reason: _Reason = ""


class Withheld(_Body, frozen=True):
    """Capabilities that the account does not have, though others of its kind do."""

    withheld: Annotated[
        Sequence[
            Literal["broadcast", "menu", "replies", "tags", "bot", "codes", "templates", "api"]
        ],
        Meta(max_length=8),
    ]


class OwnAccount(_Answer, frozen=True):
    """An account as its staff sees it. `state`: applied, active, rejected, suspended."""

    account: str
    name: str
    description: str
    kind: str
    state: str
    reason: str
    verified: bool
    bot: str
    followers: int
    capabilities: Sequence[str]
    staff: Sequence[StaffSeat]


class FollowerItem(_Answer, frozen=True):
    """`source` is `qr` for who came by a code, whose `scene` it was."""

    user: str
    name: str
    followed: int
    source: str
    scene: str
    remark: str
    blocked: bool
    tags: Sequence[int]


class FollowerPage(_Answer, frozen=True):
    """`total`: of all followers, or of the whole black list. The next page is after the last."""

    total: int
    followers: Sequence[FollowerItem]


class Remark(_Body, frozen=True):
    remark: Annotated[str, Meta(max_length=MAX_REMARK + 20)]


class BlackListing(_Body, frozen=True):
    customers: Annotated[Sequence[Name], Meta(min_length=1, max_length=50)]
    blocked: bool


class TagName(_Body, frozen=True):
    name: Name


class TagItem(_Answer, frozen=True):
    tag: int
    name: str
    count: int


class Tagging(_Body, frozen=True):
    """Give the tag to these, or take it from them."""

    customers: Annotated[Sequence[Name], Meta(min_length=1, max_length=MAX_BATCH)]
    tagged: bool


class Changed(_Answer, frozen=True):
    count: int


class ChildButton(_Body, frozen=True):
    """`click` sends `key` into the chat; `view` opens `url`."""

    title: Name
    kind: Literal["click", "view"] = "click"
    key: Annotated[str, Meta(max_length=128)] = ""
    url: Annotated[str, Meta(max_length=1024)] = ""


class MenuButtonDraft(_Body, frozen=True):
    """As a child, or, with children, a sub-menu."""

    title: Name
    kind: Literal["click", "view"] = "click"
    key: Annotated[str, Meta(max_length=128)] = ""
    url: Annotated[str, Meta(max_length=1024)] = ""
    children: Annotated[Sequence[ChildButton], Meta(max_length=MAX_CHILDREN)] = ()


class MenuDraft(_Body, frozen=True):
    """None: no menu, and no conditional ones either."""

    buttons: Annotated[Sequence[MenuButtonDraft], Meta(max_length=MAX_BUTTONS)]


class MenuRuleItem(_Body, frozen=True):
    """Whom it is for: what is empty does not matter, and something is not empty."""

    tag: Annotated[int, Meta(ge=0, le=2**31)] = 0
    language: Literal["", "zh-CN", "en"] = ""
    client: Literal["", "ios", "android", "other"] = ""


class ConditionalDraft(_Body, frozen=True):
    rule: MenuRuleItem
    buttons: Annotated[Sequence[MenuButtonDraft], Meta(min_length=1, max_length=MAX_BUTTONS)]


class ConditionalItem(_Answer, frozen=True):
    number: int
    rule: MenuRuleItem
    buttons: Sequence[MenuItem]


class KeywordRule(_Body, frozen=True):
    """`exact`: the whole message is one of the words; else one of them is in it."""

    words: Annotated[
        Sequence[Annotated[str, Meta(min_length=1, max_length=MAX_WORD)]],
        Meta(min_length=1, max_length=MAX_WORDS),
    ]
    reply: Annotated[str, Meta(min_length=1, max_length=MAX_REPLY)]
    exact: bool = False


class Replies(_Body, frozen=True):
    """`first` greets a customer's first message, `otherwise` answers what nothing else does."""

    welcome: _Words = ""
    first: _Words = ""
    keywords: Annotated[Sequence[KeywordRule], Meta(max_length=MAX_RULES)] = ()
    otherwise: _Words = ""


class ConductItem(_Answer, frozen=True):
    """How an account answers by itself; of the conditional menus the newest that fits is seen."""

    menu: Sequence[MenuItem]
    menus: Sequence[ConditionalItem]
    replies: Replies


class CodeDraft(_Body, frozen=True):
    """`expires` in seconds; 0: for ever, and the same scene again is the same code."""

    scene: Annotated[str, Meta(min_length=1, max_length=MAX_SCENE)]
    expires: Annotated[int, Meta(ge=0, le=LONGEST_S)] = 0


class CodeItem(_Answer, frozen=True):
    """`path` of this server is what the picture says."""

    ticket: str
    scene: str
    expires: int  # when; 0: never
    path: str


class ScanPage(_Answer, frozen=True):
    """Where a code leads: its account, and whether they follow it already."""

    ticket: str
    scene: str
    account: AccountItem


class FieldItem(_Body, frozen=True):
    key: Annotated[str, Meta(pattern="^[a-z][a-zA-Z0-9_]{0,31}$")]
    label: Annotated[str, Meta(min_length=1, max_length=MAX_LABEL)]
    kind: _Kind


class TemplateDraft(_Body, frozen=True):
    """Either a form of one's own, which is reviewed, or `number` of the bank's library."""

    title: Annotated[str, Meta(max_length=MAX_TITLE)] = ""
    fields: Annotated[Sequence[FieldItem], Meta(max_length=MAX_FIELDS)] = ()
    number: Annotated[str, Meta(max_length=16)] = ""


class TemplateItem(_Answer, frozen=True):
    """`state`: submitted, approved, rejected, withdrawn."""

    template: str
    title: str
    fields: Sequence[FieldItem]
    state: str
    maker: str
    made: int
    reviewer: str
    reason: str


class LibraryItem(_Answer, frozen=True):
    number: str
    title: str
    fields: Sequence[FieldItem]


class TemplateList(_Answer, frozen=True):
    templates: Sequence[TemplateItem]
    library: Sequence[LibraryItem]


class TemplateStep(_Body, frozen=True):
    """`approve` and `reject` are a reviewer's, `withdraw` the account's."""

    step: Literal["approve", "reject", "withdraw"]
    reason: _Reason = ""


class NoticeDraft(_Body, frozen=True):
    """`data` by the template's keys. The same `key` again is the same notice, sent once."""

    template: Name
    customer: Name
    data: Mapping[
        Annotated[str, Meta(max_length=32)], Annotated[str, Meta(min_length=1, max_length=64)]
    ]
    url: _Url = ""
    key: Annotated[str, Meta(max_length=64)] = ""


class NoticeItem(_Answer, frozen=True):
    """`state`: queued, delivered, refused (they do not follow), failed."""

    notice: str
    template: str
    customer: str
    state: str
    sent: int
    ended: int

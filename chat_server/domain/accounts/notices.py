"""Template notices: an approved form with typed fields, filled in for one customer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from enum import StrEnum

import msgspec

from chat_server.domain.errors import InvalidValue, TooLong

MAX_TEMPLATES = 25  # in use, of one account
MAX_FIELDS = 10
MAX_LABEL = 10  # characters
MAX_TITLE = 20
_KEY = re.compile(r"[a-z][a-zA-Z0-9_]{0,31}")
_URL = re.compile(r"https?://[^\s/?#@]+([/?#]\S*)?")


class FieldKind(StrEnum):
    TEXT = "text"  # up to 20 characters, one line
    NUMBER = "number"
    AMOUNT = "amount"  # yuan, at most two decimals
    DATE = "date"  # 2026-03-01
    TIME = "time"  # 09:30, or with its date before it
    CODE = "code"  # up to 32 letters, digits and signs
    PHONE = "phone"  # masked as its sender sees fit


_PATTERNS = {
    FieldKind.NUMBER: re.compile(r"[+-]?[0-9][0-9,]{0,18}(\.[0-9]{1,8})?"),
    FieldKind.AMOUNT: re.compile(r"[+-]?[0-9][0-9,]{0,14}(\.[0-9]{1,2})?元?"),
    FieldKind.CODE: re.compile(r"[\x21-\x7e]{1,32}"),
    FieldKind.PHONE: re.compile(r"[+0-9*][0-9*-]{2,19}"),
}


class TemplateField(msgspec.Struct, frozen=True):
    key: str
    label: str
    kind: FieldKind


class TemplateState(StrEnum):
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Template(msgspec.Struct, frozen=True):
    """Only an approved one is sent; who made it cannot approve it."""

    template_id: str
    account: str
    title: str
    fields: Sequence[TemplateField]
    state: TemplateState
    maker: str
    made_ms: int
    reviewer: str = ""
    reason: str = ""
    version: int = 1


class NoticeState(StrEnum):
    QUEUED = "queued"
    DELIVERED = "delivered"
    REFUSED = "refused"  # they do not follow, or are on the black list
    FAILED = "failed"


class TemplateNotice(msgspec.Struct, frozen=True):
    """One template filled in for one customer. `number` grows within the account."""

    notice_id: str
    account: str
    template_id: str
    customer: str
    title: str
    values: Sequence[tuple[str, str]]  # label and value, in the template's order
    url: str
    state: NoticeState
    sender: str
    sent_ms: int
    number: int
    ended_ms: int = 0
    version: int = 1


class BankNotice(msgspec.Struct, frozen=True, kw_only=True):
    """What the bank itself tells a customer on a form of its library.

    `name` comes from what is told of, so that it is told once; `number` grows with it. `text`
    says all of it in a sentence, `topic` what it is about, `note` stands below the fields.
    """

    name: str
    number: int
    customer: str
    form: str  # as `TM00005`
    values: Mapping[str, str]
    text: str
    topic: str
    note: str = ""


def check_template(title: str, fields: Sequence[TemplateField]) -> None:
    """InvalidValue or TooLong, naming the field."""
    if not 1 <= len(title.strip()) <= MAX_TITLE:
        raise InvalidValue(f"title: 1 to {MAX_TITLE} characters")
    if not 1 <= len(fields) <= MAX_FIELDS:
        raise InvalidValue(f"fields: 1 to {MAX_FIELDS}")
    if len({each.key for each in fields}) < len(fields):
        raise InvalidValue("fields: each has a key of its own")
    for each in fields:
        if not _KEY.fullmatch(each.key):
            raise InvalidValue(f"fields: {each.key[:40]!r}: a letter, then letters, digits, _")
        if not 1 <= len(each.label.strip()) <= MAX_LABEL:
            raise InvalidValue(f"fields: {each.key}: a label has 1 to {MAX_LABEL} characters")


def filled_in(template: Template, values: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """Labels and values, in order. InvalidValue names the field that is missing or wrong."""
    known = {each.key for each in template.fields}
    for key in values:
        if key not in known:
            raise InvalidValue(f"data.{key[:40]}: no such field")
    filled = []
    for each in template.fields:
        value = values.get(each.key, "").strip()
        if not value:
            raise InvalidValue(f"data.{each.key}: missing")
        if not _fits(each.kind, value):
            raise InvalidValue(f"data.{each.key}: not of kind {each.kind}")
        filled.append((each.label, value))
    return filled


def check_url(url: str) -> None:
    if len(url) > 2048:  # noqa: PLR2004 - what every browser takes
        raise TooLong("url: at most 2048 characters")
    if url and not _URL.fullmatch(url):
        raise InvalidValue("url: http or https")


def notice_card(notice: TemplateNotice) -> dict[str, object]:
    """The notice as an Adaptive Card 1.6 that is only read; a link is among its words."""
    facts = [{"title": label, "value": value} for label, value in notice.values]
    if notice.url:
        facts.append({"title": "详情", "value": notice.url})
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.6",
        "body": [
            {"type": "TextBlock", "text": notice.title, "weight": "Bolder", "wrap": True},
            {"type": "FactSet", "facts": facts},
        ],
    }


def _fits(kind: FieldKind, value: str) -> bool:
    pattern = _PATTERNS.get(kind)
    if pattern is not None:
        return pattern.fullmatch(value) is not None
    match kind:
        case FieldKind.TEXT:
            return len(value) <= 20 and value.isprintable()  # noqa: PLR2004 - as its kind says
        case FieldKind.DATE:
            return _parses(date.fromisoformat, value)
        case FieldKind.TIME:
            return _parses(time.fromisoformat, value) or _parses(datetime.fromisoformat, value)
        case _:
            return False


def _parses(read: Callable[[str], object], value: str) -> bool:
    try:
        read(value)
    except ValueError:
        return False
    return True

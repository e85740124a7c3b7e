"""Contacts: what is between two people, what each keeps of the other, what each lets be seen.

One tie holds both sides, so that whatever two people do to each other at once has an order.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from chat_server.domain.errors import InvalidValue, TooLong

MAX_REMARK = 32
MAX_TAG = 16
MOST_TAGS = 10
MAX_GREETING = 100
REQUEST_LIFE_MS = 14 * 86_400_000
_SHORT_NUMBER = 6  # digits below which a number is a branch's or a service's, never a person's
_NOT_PART = str.maketrans("", "", " -()\u00a0")
_CHINA = "+86"


class Audience(StrEnum):
    """Who may see whether somebody is there."""

    CONVERSATIONS = "conversations"  # whoever shares a conversation with them
    CONTACTS = "contacts"
    NOBODY = "nobody"


class Presence(StrEnum):
    ONLINE = "online"
    AWAY = "away"
    OFFLINE = "offline"


class Privacy(msgspec.Struct, frozen=True):
    """What somebody lets others do. `card` is what their QR code says; empty: none yet.

    Nobody is found by number who has not said so: that somebody is a customer of the bank
    is itself the bank's secret.
    """

    user: str
    findable: bool = False
    audience: Audience = Audience.CONVERSATIONS
    card: str = ""


class Side(msgspec.Struct, frozen=True):
    """What one of the two keeps of the other; the other never sees it."""

    remark: str = ""
    tags: Sequence[str] = ()
    blocks: bool = False


class Tie(msgspec.Struct, frozen=True, kw_only=True):
    """Two people, sorted: `sides` are first `one`'s and then `other`'s.

    `asker` has a request open since `asked_ms`. `ended`: they were contacts and are no more.
    """

    one: str
    other: str
    friends_ms: int = 0  # since when they are contacts; 0: they are not
    ended: bool = False
    asker: str = ""
    asked_ms: int = 0
    greeting: str = ""
    refused: bool = False
    sides: tuple[Side, Side] = (Side(), Side())
    revision: int = 0

    @property
    def talks(self) -> bool | None:
        """Whether they may write to each other; None: that is not for this tie to say."""
        if self.blocked:
            return False
        if self.friends_ms:
            return True
        return False if self.ended else None

    @property
    def blocked(self) -> bool:
        return any(side.blocks for side in self.sides)

    def peer(self, user: str) -> str:
        return self.other if user == self.one else self.one

    def side(self, user: str) -> Side:
        return self.sides[user != self.one]

    def with_side(self, user: str, side: Side) -> Tie:
        sides = (side, self.sides[1]) if user == self.one else (self.sides[0], side)
        return replace(self, sides=sides)

    def asked_by(self, user: str, now_ms: int) -> bool:
        """Whether the user's request still waits, as the asker sees it: a refusal is not told."""
        return self.asker == user and self.asked_ms + REQUEST_LIFE_MS > now_ms

    def asks(self, user: str, now_ms: int) -> bool:
        """Whether the other's request waits for this user's answer."""
        waits = self.asker == self.peer(user) and not self.refused and not self.blocked
        return waits and self.asked_ms + REQUEST_LIFE_MS > now_ms

    def befriended(self, now_ms: int) -> Tie:
        return replace(
            self, friends_ms=self.friends_ms or now_ms, ended=False,
            asker="", asked_ms=0, greeting="", refused=False,
        )  # fmt: skip


def sorted_pair(user: str, peer: str) -> tuple[str, str]:
    return (user, peer) if user < peer else (peer, user)


def tie_between(user: str, peer: str) -> Tie:
    """What is between two who never met."""
    one, other = sorted_pair(user, peer)
    return Tie(one=one, other=other)


def fit_remark(text: str) -> str:
    remark = " ".join(text.split())
    if len(remark) > MAX_REMARK:
        raise TooLong(f"remark: at most {MAX_REMARK} characters")
    return remark


def fit_tags(tags: Sequence[str]) -> tuple[str, ...]:
    fitted = tuple(dict.fromkeys(tag for tag in (" ".join(each.split()) for each in tags) if tag))
    if len(fitted) > MOST_TAGS or any(len(tag) > MAX_TAG for tag in fitted):
        raise TooLong(f"tags: at most {MOST_TAGS}, each of at most {MAX_TAG} characters")
    return fitted


def numbers_of(text: str) -> list[str]:
    """How a number that somebody typed may be kept; raises InvalidValue for what is none.

    A user number is one's log-in name, so anything without blanks may be one.
    """
    number = text.translate(_NOT_PART)
    if not number or any(sign.isspace() for sign in number):
        raise InvalidValue("number: a phone number, or a user number")
    if not number.removeprefix("+").isdecimal() or len(number) < _SHORT_NUMBER:
        return [number.lower()]
    bare = number.removeprefix(_CHINA)
    return list(dict.fromkeys((number, bare, f"{_CHINA}{bare}")))


def masked_name(name: str) -> str:
    """Enough to recognise whom one knows, and no more: `李娜` is `*娜`."""
    return f"*{name[-1:]}"

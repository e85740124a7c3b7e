"""Followers as their account files them: remarks, tags, the black list, and how they came.

Who follows is in the feed's memberships and nowhere else; this is what hangs on it.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chat_server.domain.errors import InvalidValue

FIRST_TAG = 100  # below are the numbers that partners' libraries know as reserved
MAX_TAGS = 100  # of one account
TAGS_EACH = 20  # of one follower
MAX_TAG_BYTES = 30
MAX_REMARK = 30  # characters
MAX_BATCH = 10_000  # followers named in one request


class Tag(msgspec.Struct, frozen=True):
    """`count` is how many present followers have it."""

    account: str
    tag: int
    name: str
    count: int = 0


class Follower(msgspec.Struct, frozen=True):
    """`source` is `qr` when they came by a code, whose `scene` it then is.

    `blocked`: on the account's black list, out of the feed and silenced in the service
    conversation. `returns`: they followed when they were put on it, and do again when let off.
    """

    account: str
    customer: str
    following: bool = False
    followed_ms: int = 0
    source: str = ""
    scene: str = ""
    remark: str = ""
    blocked: bool = False
    returns: bool = False
    tags: Sequence[int] = ()


def check_tag_name(name: str) -> str:
    """The name without the blanks around it: 1 to 30 bytes of UTF-8, else InvalidValue."""
    kept = name.strip()
    if not 1 <= len(kept.encode()) <= MAX_TAG_BYTES:
        raise InvalidValue(f"name: 1 to {MAX_TAG_BYTES} bytes")
    return kept


def check_remark(remark: str) -> str:
    """The remark without the blanks around it; at most 30 characters, else InvalidValue."""
    kept = remark.strip()
    if len(kept) > MAX_REMARK:
        raise InvalidValue(f"remark: at most {MAX_REMARK} characters")
    return kept

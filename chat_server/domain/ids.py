"""Identifiers: what they look like, and how the derived ones are made.

A person's id is their log-in name. A public account's id starts with `@`, which no
person's can. Conversation ids are derived where two sides fix them, so that opening
one twice is the same one.
"""

from __future__ import annotations

import re
from typing import NewType

UserId = NewType("UserId", str)  # a person (`zhangwei`) or a public account (`@service`)
ConversationId = NewType("ConversationId", str)

_PERSON = re.compile(r"[a-z0-9][a-z0-9_.-]{0,31}")
MAX_MID = 64
SERVICE_PREFIX = "s:"  # of every service conversation's id
GROUP_PREFIX = "g:"
FEED_PREFIX = "f:"
TWO_SIDED = ("d:", "s:")  # direct and service: each side sees the other's marks


def group_conversation(name: str) -> ConversationId:
    return ConversationId(f"{GROUP_PREFIX}{name}")


def is_group(conv: str) -> bool:
    return conv.startswith(GROUP_PREFIX)


def is_person_id(text: str) -> bool:
    """Lower-case letters, digits, `_ . -`; 1 to 32 characters, starting with a letter or digit."""
    return _PERSON.fullmatch(text) is not None


def is_account(user: str) -> bool:
    return user.startswith("@")


def direct_conversation(one: str, other: str) -> ConversationId:
    first, second = sorted((one, other))
    return ConversationId(f"d:{first}:{second}")


def is_direct(conv: str) -> bool:
    return conv.startswith("d:")


def direct_peer(conv: str, user: str) -> str:
    """The other one of the user's direct conversation; empty for any other conversation."""
    kind, _, both = conv.partition(":")
    one, _, other = both.partition(":")
    if kind != "d" or user not in {one, other}:
        return ""
    return other if one == user else one


def service_conversation(account: str, customer: str) -> ConversationId:
    return ConversationId(f"s:{account}:{customer}")


def service_parties(conv: str) -> tuple[str, str] | None:
    """The account and the customer of a service conversation; None for any other."""
    kind, _, rest = conv.partition(":")
    account, _, customer = rest.partition(":")
    return (account, customer) if kind == "s" and customer else None


def feed_conversation(account: str) -> ConversationId:
    return ConversationId(f"f:{account}")

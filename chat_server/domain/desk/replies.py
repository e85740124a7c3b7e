"""Canned replies: words an agent sends often, with places for what differs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from chat_server.domain.errors import InvalidValue, MissingVariable

VARIABLES = (
    "customer_name",
    "agent_name",
    "account_name",
    "queue_name",
    "desk_name",
    "manager_name",
    "opens_at",
)
_PLACE = re.compile(r"\{([^{}]*)\}")
_WORD = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


class CannedReply(msgspec.Struct, frozen=True):
    """`shortcut` is what an agent types to find it."""

    reply: str
    shortcut: str
    title: str
    text: str


def fit_reply(reply: CannedReply) -> CannedReply:
    """The reply, if it can be used; raises InvalidValue, naming what is wrong."""
    if not _WORD.fullmatch(reply.reply) or not _WORD.fullmatch(reply.shortcut):
        raise InvalidValue("reply and shortcut: lower-case letters, digits, `_ -`, 1 to 32")
    for name in _PLACE.findall(reply.text):
        if name not in VARIABLES:
            raise InvalidValue(f"text: {{{name}}} is none of {', '.join(VARIABLES)}")
    if "{" in (rest := _PLACE.sub("", reply.text)) or "}" in rest:
        raise InvalidValue("text: a brace without its other half")
    return reply


def filled(reply: CannedReply, values: Mapping[str, str]) -> str:
    """The words with every place filled; raises MissingVariable, and never leaves one open."""
    missing = [name for name in _PLACE.findall(reply.text) if not values.get(name)]
    if missing:
        raise MissingVariable(f"{missing[0]} is not known for this case")
    return _PLACE.sub(lambda place: values[place[1]], reply.text)


def found(replies: Sequence[CannedReply], typed: str) -> list[CannedReply]:
    """Those whose shortcut begins with what was typed first, then those that hold it."""
    wanted = typed.strip().casefold()

    def rank(reply: CannedReply) -> int:
        if reply.shortcut.startswith(wanted):
            return 0
        held = (reply.shortcut, reply.title, reply.text)
        return 1 if any(wanted in each.casefold() for each in held) else 2

    ranked = sorted(replies, key=lambda each: (rank(each), each.shortcut))
    return [each for each in ranked if rank(each) < 2]  # noqa: PLR2004 - those not found

"""Invite links: tokens that name a group and who invites, until when, and of which issue.

They are signed, so that nothing is kept of them; withdrawing them begins a new issue, of
which no former link is.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec
from msgspec.structs import replace

from chat_server.domain.conversation import Conversation
from chat_server.domain.errors import InvalidValue, LinkExpired, NotFound
from chat_server.domain.groups import governing
from chat_server.ports.clock import Clock
from chat_server.usecases.groups.acquaintance import Acquaintance
from chat_server.usecases.groups.change import Asked, ChangeGroup, Step

MOST_DAYS = 30
_DAY_MS = 86_400_000
_SIGNATURE = 16  # bytes


class Link(msgspec.Struct, frozen=True, array_like=True):
    conv: str
    inviter: str
    expires_ms: int
    issue: int


class Links:
    def __init__(
        self, change: ChangeGroup, acquaintance: Acquaintance, clock: Clock, key: bytes
    ) -> None:
        self._change, self._acquaintance, self._clock = change, acquaintance, clock
        self._key = hashlib.blake2b(key, digest_size=32, person=b"group links").digest()

    async def issue(self, actor: str, conv: str, days: int) -> tuple[str, int]:
        """A token and when it expires; by an owner or admin who is an account manager."""
        if not 1 <= days <= MOST_DAYS:
            raise InvalidValue(f"days: 1 to {MOST_DAYS}")
        asked = await self._change.look(actor, conv)
        governing(asked.own)
        await self._acquaintance.manager(actor)
        expires_ms = self._clock.now_ms() + days * _DAY_MS
        return self._signed(Link(conv, actor, expires_ms, asked.group.links)), expires_ms

    async def withdraw(self, actor: str, conv: str) -> None:
        """No link that was given out until now is valid any longer."""

        async def plan(asked: Asked) -> Step:
            governing(asked.own)
            group = replace(asked.group, links=asked.group.links + 1)
            return Step(what="links_withdrawn", group=group, quiet=True)

        await self._change(actor, conv, plan)

    def read(self, token: str) -> Link:
        """What the token says; raises LinkExpired for a forged or an old one."""
        payload, _, signature = token.partition(".")
        try:
            if not hmac.compare_digest(self._signature(payload), signature):
                raise LinkExpired
            link = msgspec.json.decode(urlsafe_b64decode(payload + "=="), type=Link)
        except (ValueError, TypeError) as exc:  # of letters that no token has
            raise LinkExpired from exc
        if link.expires_ms <= self._clock.now_ms():
            raise LinkExpired("the invite link is too old")
        return link

    def check(self, link: Link, group: Conversation) -> None:
        if link.issue != group.links:
            raise LinkExpired("the invite link was withdrawn")

    async def target(self, actor: str, token: str) -> tuple[Link, Asked]:
        """The link and its group, while both are valid; raises LinkExpired."""
        link = self.read(token)
        try:
            asked = await self._change.look(actor, link.conv)
        except NotFound:
            raise LinkExpired("the group was dissolved") from None
        self.check(link, asked.group)
        return link, asked

    def _signed(self, link: Link) -> str:
        payload = _text(msgspec.json.encode(link))
        return f"{payload}.{self._signature(payload)}"

    def _signature(self, payload: str) -> str:
        return _text(
            hashlib.blake2b(payload.encode(), key=self._key, digest_size=_SIGNATURE).digest()
        )


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()

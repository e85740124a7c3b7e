"""Where a person stands in a conversation, remembered so that sending need not ask.

Sends ask here. Reads never do: they are authorised from the store at their own time.
"""

from __future__ import annotations

import asyncio

import msgspec

from chat_server.domain.conversation import Conversation, Membership
from chat_server.domain.errors import NotAMember
from chat_server.ports.bus import MembershipChanged, Signal
from chat_server.ports.store import ConversationStore

REMEMBERED = 100_000  # standings kept; the oldest go first


class Standing(msgspec.Struct, frozen=True):
    conversation: Conversation
    membership: Membership


class Standings:
    """Subscribe `on_signal` to the bus: what changed is forgotten, and read again."""

    def __init__(self, store: ConversationStore, remembered: int = REMEMBERED) -> None:
        self._store = store
        self._remembered = remembered
        self._known: dict[tuple[str, str], Standing] = {}
        self._changes = 0

    def known(self, user: str, conv: str) -> Standing | None:
        return self._known.get((user, conv))

    async def find(self, user: str, conv: str) -> Standing:
        """Raises NotAMember, for a conversation that does not exist as well."""
        standing = self._known.get((user, conv))
        if standing is not None:
            return standing
        before = self._changes
        membership, conversation = await asyncio.gather(
            self._store.membership(conv, user), self._store.conversation(conv)
        )
        if membership is None or conversation is None:
            raise NotAMember
        standing = Standing(conversation, membership)
        if before == self._changes:  # else what was read may be old already
            self._remember(user, conv, standing)
        return standing

    def on_signal(self, signal: Signal) -> None:
        if isinstance(signal, MembershipChanged):
            self._changes += 1
            self._known.pop((signal.user, signal.conv), None)

    def forget_all(self) -> None:
        """After a gap in the bus's signals."""
        self._changes += 1
        self._known.clear()

    def _remember(self, user: str, conv: str, standing: Standing) -> None:
        while len(self._known) >= self._remembered:
            del self._known[next(iter(self._known))]
        self._known[user, conv] = standing

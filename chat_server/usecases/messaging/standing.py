"""Where a person stands in a conversation, remembered so that sending need not ask.

Sends ask here. Reads never do: they are authorised from the store at their own time.
"""

from __future__ import annotations

import asyncio

import msgspec
from msgspec.structs import replace

from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.errors import NotAMember
from chat_server.domain.groups import passage_of
from chat_server.domain.message import Event, EventKind, moves_members
from chat_server.ports.bus import MembershipChanged, MessageStored, OwnChanged, Signal
from chat_server.ports.store import ConversationStore

REMEMBERED = 100_000  # standings kept; the oldest go first


class Standing(msgspec.Struct, frozen=True):
    """`membership` is silenced as well when the whole group is."""

    conversation: Conversation
    membership: Membership


class Standings:
    """Subscribe `on_signal` to the bus: what changed is forgotten, and read again."""

    def __init__(self, store: ConversationStore, remembered: int = REMEMBERED) -> None:
        self._store = store
        self._remembered = remembered
        self._known: dict[tuple[str, str], Standing] = {}
        self._in_groups: dict[str, set[str]] = {}  # whose standings are known, by group
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
        if conversation.silent and membership.role is Role.MEMBER:
            membership = replace(membership, silenced=True)
        standing = Standing(conversation, membership)
        if before == self._changes:  # else what was read may be old already
            self._remember(user, conv, standing)
        return standing

    def on_signal(self, signal: Signal) -> None:
        if isinstance(signal, MembershipChanged):
            self._changes += 1
            self._known.pop((signal.user, signal.conv), None)
        elif isinstance(signal, MessageStored) and moves_members(signal.event.kind):
            self.moved(signal.event)
        elif isinstance(signal, OwnChanged):
            self._settled(signal.membership)

    def moved(self, event: Event) -> None:
        """Somebody may have come or gone by the event."""
        if event.kind is EventKind.MEMBER:
            self.forget(event.conv)
            return
        self._changes += 1
        passage = passage_of(event)
        for user in (*passage.coming, *passage.going):
            self._known.pop((user, event.conv), None)

    def _settled(self, membership: Membership) -> None:
        """What was cleared can no longer be answered or passed on."""
        self._changes += 1
        key = membership.user, membership.conv
        known = self._known.get(key)
        if known is not None and known.membership.first_seq != membership.first_seq:
            del self._known[key]

    def forget(self, conv: str) -> None:
        """The group changed, or somebody's place in it."""
        self._changes += 1
        for user in self._in_groups.pop(conv, ()):
            self._known.pop((user, conv), None)

    def forget_all(self) -> None:
        """After a gap in the bus's signals."""
        self._changes += 1
        self._known.clear()
        self._in_groups.clear()

    def _remember(self, user: str, conv: str, standing: Standing) -> None:
        while len(self._known) >= self._remembered:
            oldest = next(iter(self._known))
            del self._known[oldest]
            self._in_groups.get(oldest[1], set()).discard(oldest[0])
        self._known[user, conv] = standing
        if standing.conversation.kind is ConversationKind.GROUP:
            self._in_groups.setdefault(conv, set()).add(user)

"""How far somebody has read and received, and that they are typing.

Called by transport. Positions are stored and only move forward; typing is told and
forgotten.
"""

from __future__ import annotations

from chat_server.domain.conversation import ConversationKind, Role
from chat_server.domain.groups import MOST_TOLD
from chat_server.domain.ids import is_group
from chat_server.ports.bus import Bus, PositionsMoved, Typing
from chat_server.ports.store import ConversationStore, MessageStore
from chat_server.usecases.messaging.standing import Standings


class MovePositions:
    def __init__(
        self, store: ConversationStore, messages: MessageStore, standings: Standings, bus: Bus
    ) -> None:
        self._store, self._messages = store, messages
        self._standings, self._bus = standings, bus

    async def __call__(self, user: str, conv: str, *, read: int, delivered: int) -> None:
        """Clamped by the store; what does not move, or is nobody's, is left in silence."""
        moved = await self._store.advance(conv, user, read=read, delivered=delivered)
        if moved is None:
            return
        shared, author = await self._told(user, conv, moved.read) if is_group(conv) else (False, "")
        self._bus.publish(PositionsMoved(conv, user, moved.read, moved.delivered, shared, author))

    async def _told(self, user: str, conv: str, read: int) -> tuple[bool, str]:
        """Whether the whole group is told; else whose message was read."""
        if (await self._standings.find(user, conv)).conversation.size <= MOST_TOLD:
            return True, ""
        event = await self._messages.event(conv, read)
        return False, event.sender if event is not None and event.sender != user else ""


class TellTyping:
    def __init__(self, standings: Standings, bus: Bus) -> None:
        self._standings, self._bus = standings, bus

    async def __call__(self, user: str, conv: str, *, on: bool) -> None:
        """Raises NotAMember; who may not write is not said to be writing."""
        standing = await self._standings.find(user, conv)
        membership, conversation = standing.membership, standing.conversation
        crowded = conversation.kind is ConversationKind.GROUP and conversation.size > MOST_TOLD
        present = membership.left_seq is None and not membership.silenced
        if present and membership.role is not Role.FOLLOWER and not crowded:
            self._bus.publish(Typing(conv, user, on))

"""How far somebody has read and received, and that they are typing.

Called by transport. Positions are stored and only move forward; typing is told and
forgotten.
"""

from __future__ import annotations

from chat_server.domain.conversation import Role
from chat_server.ports.bus import Bus, PositionsMoved, Typing
from chat_server.ports.store import ConversationStore
from chat_server.usecases.messaging.standing import Standings


class MovePositions:
    def __init__(self, store: ConversationStore, bus: Bus) -> None:
        self._store, self._bus = store, bus

    async def __call__(self, user: str, conv: str, *, read: int, delivered: int) -> None:
        """Clamped by the store; what does not move, or is nobody's, is left in silence."""
        moved = await self._store.advance(conv, user, read=read, delivered=delivered)
        if moved is not None:
            self._bus.publish(PositionsMoved(conv, user, moved.read, moved.delivered))


class TellTyping:
    def __init__(self, standings: Standings, bus: Bus) -> None:
        self._standings, self._bus = standings, bus

    async def __call__(self, user: str, conv: str, *, on: bool) -> None:
        """Raises NotAMember; who may not write is not said to be writing."""
        membership = (await self._standings.find(user, conv)).membership
        if membership.left_seq is None and membership.role is not Role.FOLLOWER:
            self._bus.publish(Typing(conv, user, on))

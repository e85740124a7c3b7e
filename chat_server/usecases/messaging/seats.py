"""A conversation was opened by somebody else: its members' devices are told to look.

A command beside the server has no bus to ring on; the fact that it left in the store is
told here, on every node, and again whenever it is repeated.
"""

from __future__ import annotations

from chat_server.domain.facts import Change
from chat_server.domain.ids import is_account
from chat_server.ports.bus import Bus, MembershipChanged
from chat_server.ports.store import ConversationStore


class SeatMembers:
    """Behind the outbox; ringing twice is harmless."""

    def __init__(self, conversations: ConversationStore, bus: Bus) -> None:
        self._conversations, self._bus = conversations, bus

    async def on_change(self, change: Change) -> None:
        fact = change.fact
        if fact is None or fact.kind != "conversation_opened" or fact.detail.get("kind") == "feed":
            return
        for member in await self._conversations.members(fact.subject):
            if not is_account(member.user):
                self._bus.publish(MembershipChanged(fact.subject, member.user))

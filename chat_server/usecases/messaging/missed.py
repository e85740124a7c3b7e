"""What somebody missed in many conversations at once, in two questions to the store.

Called by transport for devices that come back. Whatever is not simple is left out here, and
is read a conversation at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from chat_server.domain.conversation import Membership
from chat_server.domain.forms import asked_about, current, seen_by
from chat_server.domain.ids import TWO_SIDED
from chat_server.domain.message import Event
from chat_server.ports.store import ConversationStore, MessageStore
from chat_server.usecases.messaging.history import PAGE_BYTES, Page

AT_ONCE = 25  # conversations
FEW = 20  # events of each


class Missed(msgspec.Struct, frozen=True):
    """All that came, and whose marks they may see: everybody's."""

    page: Page
    members: Sequence[Membership]


class ReadMissed:
    def __init__(self, messages: MessageStore, conversations: ConversationStore) -> None:
        self._messages, self._conversations = messages, conversations

    @staticmethod
    def simple(conv: str) -> bool:
        return conv.startswith(TWO_SIDED)

    async def __call__(self, user: str, cursors: Mapping[str, int]) -> Mapping[str, Missed]:
        """Of the conversations that are `simple`; those where more was missed are left out."""
        found = await self._messages.events_after(cursors, FEW)
        forms = {
            conv: await self._messages.forms(conv, asked)
            for conv, events in found.items()
            if (asked := asked_about(events))
        }
        # asked after the reading: they may have been removed meanwhile
        members = await self._conversations.members_of(cursors)
        missed: dict[str, Missed] = {}
        for conv, cursor in cursors.items():
            events, present = found.get(conv, ()), members.get(conv, ())
            own = next((member for member in present if member.user == user), None)
            if own is None or own.first_seq > cursor + 1 or not _all_there(events):
                continue
            acted = forms.get(conv, {})
            now = [current(event, acted, None) for event in events]
            seen = {seq: form for seq, form in acted.items() if seen_by(form, None)}
            head = events[-1].seq if events else cursor
            missed[conv] = Missed(Page(now, head, own.first_seq, more=False, forms=seen), present)
        return missed


def _all_there(events: Sequence[Event]) -> bool:
    return len(events) < FEW and sum(len(event.body) for event in events) <= PAGE_BYTES

"""Read a conversation's log, as far as one may at the moment of reading.

Called by transport for pages and for catching up. Never asks a cache who may read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from chat_server.domain.conversation import Membership
from chat_server.domain.errors import InvalidValue, NotAMember
from chat_server.domain.forms import Form, asked_about, current, seen_by
from chat_server.domain.message import Event
from chat_server.ports.store import ConversationStore, MessageStore

PAGE_BYTES = 128 * 1024  # bodies in one page; a page holds at least one event


class Page(msgspec.Struct, frozen=True):
    """Events ascending, as they read now; `head` is the last one this person may read.

    `more` lie beyond.
    """

    events: Sequence[Event]
    head: int
    first_seq: int
    more: bool
    forms: Mapping[int, Form] = {}  # of those among the events that were acted on


class ReadHistory:
    def __init__(self, messages: MessageStore, conversations: ConversationStore) -> None:
        self._messages, self._conversations = messages, conversations

    async def __call__(
        self, user: str, conv: str, *, after: int | None, before: int | None, limit: int
    ) -> Page:
        """The page right after `after` or right before `before`; raises NotAMember."""
        if (after is None) == (before is None):
            raise InvalidValue("give exactly one of `after` and `before`")
        membership = await self._membership(conv, user)
        head = (await self._messages.head(conv)).seq
        if after is not None:
            after = max(after, membership.first_seq - 1)
        else:
            before = min(before or 0, head + 1, membership.last_readable(head) + 1)
        events = await self._messages.events(conv, after=after, before=before, limit=limit)
        forms = await self._forms(conv, events)
        # asked again after the reading: they may have been removed meanwhile
        membership = await self._membership(conv, user)
        head = membership.last_readable(max([head, *(event.seq for event in events[-1:])]))
        left_seq = membership.left_seq
        readable = [
            current(event, forms, left_seq)
            for event in events
            if membership.first_seq <= event.seq <= head
        ]
        seen = {seq: form for seq, form in forms.items() if seen_by(form, left_seq)}
        if after is not None:
            kept = _fitting(readable)
            last = kept[-1].seq if kept else max(after, head)
            return Page(kept, head, membership.first_seq, last < head, seen)
        kept = _fitting(readable[::-1])[::-1]
        first = kept[0].seq if kept else 0
        return Page(kept, head, membership.first_seq, first > membership.first_seq, seen)

    async def _forms(self, conv: str, events: Sequence[Event]) -> Mapping[int, Form]:
        asked = asked_about(events)
        return await self._messages.forms(conv, asked) if asked else {}

    async def _membership(self, conv: str, user: str) -> Membership:
        membership = await self._conversations.membership(conv, user)
        if membership is None:
            raise NotAMember
        return membership


def _fitting(events: Sequence[Event]) -> Sequence[Event]:
    """As many from the start as fit into one page."""
    size = 0
    for count, event in enumerate(events):
        size += len(event.body)
        if size > PAGE_BYTES and count:
            return events[:count]
    return events

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
        if after is not None:
            events, head = await self._right_after(conv, after, limit)
        else:
            events, head = await self._right_before(user, conv, before or 0, limit)
        forms = await self._forms(conv, events)
        # asked after the reading: they may have been removed meanwhile
        membership = await self._membership(conv, user)
        if after is not None and after + 1 < membership.first_seq:  # theirs begins later
            first = membership.first_seq
            return await self(user, conv, after=first - 1, before=None, limit=limit)
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

    async def _right_after(self, conv: str, after: int, limit: int) -> tuple[Sequence[Event], int]:
        """With the head; a page that is not full tells it by itself."""
        events = await self._messages.events(conv, after=after, limit=limit)
        if 0 < len(events) < limit:
            return events, events[-1].seq
        head = (await self._messages.head(conv)).seq
        if not events and head > after:  # it came between the two: it belongs on this page
            return await self._right_after(conv, after, limit)
        return events, head

    async def _right_before(
        self, user: str, conv: str, before: int, limit: int
    ) -> tuple[Sequence[Event], int]:
        membership = await self._membership(conv, user)
        head = (await self._messages.head(conv)).seq
        before = min(before, head + 1, membership.last_readable(head) + 1)
        return await self._messages.events(conv, before=before, limit=limit), head

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

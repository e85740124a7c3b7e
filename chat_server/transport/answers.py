"""From what use cases found to the frames that tell it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from chat_server.domain.conversation import Membership
from chat_server.domain.forms import Form
from chat_server.domain.ids import is_group
from chat_server.domain.message import Event, EventKind
from chat_server.usecases.messaging.conversations import Line
from chat_server.usecases.messaging.history import Page
from chat_server.wire import frames
from chat_server.wire.codec import Dialect
from chat_server.wire.own_frames import draft_text


def shown(dialect: Dialect, event: Event, forms: Mapping[int, Form], user: str) -> frames.Event:
    form = forms.get(event.seq) if event.kind is EventKind.MESSAGE else None
    return dialect.event(event) if form is None else dialect.event_now(event, form, user)


def history_page(dialect: Dialect, user: str, conv: str, page: Page, request: str) -> frames.Events:
    return frames.Events(
        conv=conv,
        events=[shown(dialect, event, page.forms, user) for event in page.events],
        head=page.head,
        first_seq=page.first_seq,
        more=page.more,
        id=request,
    )


def conversation_page(
    dialect: Dialect, lines: Sequence[Line], request: str, *, more: bool
) -> frames.ConversationPage:
    items = [_item(dialect, line) for line in lines]
    return frames.ConversationPage(items=items, more=more, id=request)


def mark_list(members: Iterable[Membership]) -> list[frames.Mark]:
    return [
        frames.Mark(conv=one.conv, user=one.user, read=one.read, delivered=one.delivered)
        for one in members
    ]


def _item(dialect: Dialect, line: Line) -> frames.ConversationItem:
    last, user = line.last, line.membership.user
    inside = is_group(line.conversation.conv) and line.membership.left_seq is None
    return frames.ConversationItem(
        conv=line.conversation.conv,
        kind=line.conversation.kind,
        title=line.title,
        head=line.head,
        read=line.membership.read,
        unread=line.unread,
        version=line.membership.version,
        first_seq=line.membership.first_seq,
        peer=line.peer,
        badge=line.badge,
        writable=line.writable,
        members=line.conversation.size if inside else 0,
        role=line.membership.role if inside else "",
        last=None if last is None else shown(dialect, last, line.forms, user),
        pinned=line.membership.pinned,
        muted=line.membership.muted,
        marked=line.membership.marked,
        hidden_seq=line.membership.hidden_seq,
        mention=line.mention,
        draft=draft_text(line.unsent),
    )

"""The list of somebody's conversations, each with its title, its unread count and last word.

Called by transport. Reads only what the person is a member of, and never a feed's followers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import msgspec

from chat_server.domain.bodies import Said
from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.forms import Form, asked_about, current, seen_by
from chat_server.domain.ids import is_group, service_parties
from chat_server.domain.message import ACTIONS, Event, EventKind, Head
from chat_server.domain.own import Unsent, names
from chat_server.domain.people import StaffRole
from chat_server.ports.store import Store
from chat_server.usecases.messaging.own import waiting_drafts

PAGE_BYTES = 128 * 1024  # last words in one page; a page holds at least one line
LOOK = 20  # events behind the last, in search of a word
MENTIONS = 200  # events behind the last, in search of one's name

_decode_said = msgspec.json.Decoder(Said).decode


class Line(msgspec.Struct, frozen=True):
    """One conversation as its member sees it in the list."""

    conversation: Conversation
    membership: Membership
    head: int
    unread: int
    last: Event | None
    title: str
    peer: str
    badge: str
    writable: bool
    forms: Mapping[int, Form] = {}  # of `last`, if it was acted on
    mention: int = 0  # the newest unread message that names this person
    unsent: Unsent | None = None


class ListConversations:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, user: str, *, after: int, limit: int) -> tuple[Sequence[Line], bool]:
        """Those that changed since version `after`, and whether there are more."""
        found = await self._store.conversations.memberships(
            user, after_version=after, limit=limit + 1
        )
        page = found[:limit]
        heads = await self._store.messages.heads([membership.conv for membership in page])
        drafts = await waiting_drafts(self._store, user, [membership.conv for membership in page])
        lines = await asyncio.gather(
            *(self._line(m, heads[m.conv], drafts.get(m.conv)) for m in page)
        )
        there = [line for line in lines if line is not None]
        kept = _fitting(there)
        return kept, len(found) > limit or len(kept) < len(there)

    async def _line(self, membership: Membership, head: Head, unsent: Unsent | None) -> Line | None:
        conv = membership.conv
        conversation = await self._store.conversations.conversation(conv)
        if conversation is None:
            return None
        last_seq = membership.last_readable(head.seq)
        last = await self._event(membership, last_seq)
        said = await self._said(membership, last)
        forms = await self._store.messages.forms(conv, asked_about([said])) if said else {}
        title, peer, badge = await self._sign(conversation, membership.user)
        unread = await self._unread(membership, last, last_seq)
        return Line(
            conversation=conversation,
            membership=membership,
            head=last_seq,
            unread=unread,
            last=said and current(said, forms, membership.left_seq),
            title=title,
            peer=peer,
            badge=badge,
            forms={s: form for s, form in forms.items() if seen_by(form, membership.left_seq)},
            writable=_writable(membership, conversation),
            mention=await self._mention(membership, last_seq) if unread else 0,
            unsent=unsent,
        )

    async def _event(self, membership: Membership, seq: int) -> Event | None:
        if seq < max(membership.first_seq, 1):
            return None
        return await self._store.messages.event(membership.conv, seq)

    async def _said(self, membership: Membership, last: Event | None) -> Event | None:
        """The last word: what was only done to former messages is none, unless much was done."""
        if last is None or last.kind not in ACTIONS:
            return last
        before = await self._store.messages.events(membership.conv, before=last.seq, limit=LOOK)
        readable = [event for event in before if event.seq >= membership.first_seq]
        return next((event for event in readable[::-1] if event.kind not in ACTIONS), last)

    async def _unread(self, membership: Membership, last: Event | None, last_seq: int) -> int:
        """The count at the end less the count where one read to, or where one joined; without
        one's own messages.
        """
        conv, read = membership.conv, _read(membership)
        if last is None or read >= last_seq:
            return 0
        behind = await self._store.messages.event(conv, read) if read else None
        count = last.n - (behind.n if behind else 0)
        if not count or membership.role is Role.FOLLOWER:
            return count
        own = self._store.own
        return count - await own.own_count(conv, membership.user, after=read, upto=last_seq)

    async def _mention(self, membership: Membership, last_seq: int) -> int:
        """Where this person is named, among the last of what is unread; 0 if nowhere."""
        conv, user = membership.conv, membership.user
        if not is_group(conv):
            return 0
        limit = min(last_seq - _read(membership), MENTIONS)
        events = await self._store.messages.events(conv, before=last_seq + 1, limit=limit)
        naming = [event.seq for event in events if event.sender != user and _names(event, user)]
        forms = await self._store.messages.forms(conv, naming) if naming else {}
        standing = [seq for seq in naming if seq not in forms or not forms[seq].recalled]
        return standing[-1] if standing else 0

    async def _sign(self, conversation: Conversation, user: str) -> tuple[str, str, str]:
        """Title, peer and badge: over whose name the conversation stands in the list."""
        if (parties := service_parties(conversation.conv)) and user != parties[1]:
            served = await self._store.people.person(parties[1])  # as their agent sees it
            return served.name if served else parties[1], parties[1], ""
        if conversation.account:
            account = await self._store.accounts.account(conversation.account)
            name = account.name if account else conversation.account
            badge = "verified" if account is not None and account.verified else ""
            return name, conversation.account, badge
        if conversation.kind is not ConversationKind.DIRECT:
            return conversation.title, "", ""
        members = await self._store.conversations.members(conversation.conv)
        peer = next((member.user for member in members if member.user != user), "")
        person = await self._store.people.person(peer) if peer else None
        if person is None:
            return peer, peer, ""
        return person.name, peer, "" if person.role is StaffRole.CUSTOMER else "manager"


def _read(membership: Membership) -> int:
    """Up to where nothing counts as unread."""
    return max(membership.read, membership.first_seq - 1)


def _names(event: Event, user: str) -> bool:
    if event.kind is not EventKind.MESSAGE or b'"mentions"' not in event.body:
        return False
    return names(_decode_said(event.body).about, user)


def _fitting(lines: Sequence[Line]) -> Sequence[Line]:
    """As many from the start as fit into one page."""
    size = 0
    for count, line in enumerate(lines):
        size += len(line.last.body) if line.last else 0
        if size > PAGE_BYTES and count:
            return lines[:count]
    return lines


def _writable(membership: Membership, conversation: Conversation) -> bool:
    group_hushed = conversation.kind is ConversationKind.GROUP and conversation.silent
    hushed = membership.silenced or (group_hushed and membership.role is Role.MEMBER)
    return membership.left_seq is None and membership.role is not Role.FOLLOWER and not hushed

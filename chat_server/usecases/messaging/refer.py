"""What a message refers to: the one it answers, whom it names, where it was passed on from.

Sending asks here before anything is stored. Only what the sender may read themselves can be
answered or passed on, and only people who are there can be named.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from chat_server.domain.bodies import About, ClientBody, Origin
from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.errors import Forbidden, InvalidValue, NotAMember, NotFound
from chat_server.domain.forms import current
from chat_server.domain.message import Event, EventKind, Place, Refers
from chat_server.ports.store import ConversationStore, MessageStore

EVERYONE = "*"

_decode = msgspec.json.Decoder(ClientBody).decode


class References:
    def __init__(self, messages: MessageStore, conversations: ConversationStore) -> None:
        self._messages, self._conversations = messages, conversations

    async def about(
        self, conversation: Conversation, member: Membership, refers: Refers, body: ClientBody
    ) -> About:
        """Raises NotFound, NotAMember, Forbidden or InvalidValue where it cannot be so."""
        if refers.reply_to:
            await self.readable(member, refers.reply_to)
        if refers.mentions:
            await self._check_mentions(conversation, member, refers.mentions)
        place = refers.forwarded
        origin = None if place is None else await self._origin(member.user, place, body)
        return About(refers.reply_to, tuple(dict.fromkeys(refers.mentions)), origin)

    async def readable(self, member: Membership, seq: int) -> Event:
        """The message as this person may read it now; NotFound if it is none, or recalled."""
        event, forms = await asyncio.gather(
            self._messages.event(member.conv, seq), self._messages.forms(member.conv, [seq])
        )
        if event is None or event.kind is not EventKind.MESSAGE:
            raise NotFound("no such message")
        if seq < member.first_seq or seq > member.last_readable(seq):
            raise NotFound("no such message")
        if seq in forms and forms[seq].recalled:
            raise NotFound("the message was taken back")
        return current(event, forms, member.left_seq)

    async def _check_mentions(
        self, conversation: Conversation, member: Membership, mentions: Sequence[str]
    ) -> None:
        if conversation.kind is not ConversationKind.GROUP:
            raise InvalidValue("mentions belong to groups")
        if EVERYONE in mentions and member.role not in {Role.OWNER, Role.ADMIN}:
            raise Forbidden("only the owner and admins may name everyone")
        named = [user for user in mentions if user != EVERYONE]
        found = await asyncio.gather(
            *(self._conversations.membership(conversation.conv, user) for user in named)
        )
        if any(one is None or one.left_seq is not None for one in found):
            raise InvalidValue("mentions: not a member of this group")

    async def _origin(self, user: str, place: Place, body: ClientBody) -> Origin:
        member = await self._conversations.membership(place.conv, user)
        if member is None:
            raise NotAMember
        event = await self.readable(member, place.seq)
        try:
            original = _decode(event.body)
        except msgspec.ValidationError as exc:
            raise InvalidValue("this cannot be passed on") from exc
        if replace(original, about=None) != body:
            raise InvalidValue("body: not what the message says that is passed on")
        about = original.about
        return (about and about.forwarded) or Origin(event.sender, event.ts)

"""Edit, recall or react to a message: an event of its own, that changes how the other reads.

Called by transport. Who may, and for how long, is decided here; that nothing happens to a
recalled message is decided by the store, in its commit.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

import msgspec
from msgspec.structs import replace

from chat_server.domain.bodies import Action, Edit, Reaction, Recall, Text
from chat_server.domain.conversation import Conversation, ConversationKind
from chat_server.domain.errors import EditTooLate, Forbidden, InvalidValue, RecallTooLate
from chat_server.domain.message import Draft, Event, EventKind
from chat_server.domain.people import StaffRole
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.messaging.refer import References
from chat_server.usecases.messaging.send import HashBody, Posted, Sender, SendMessage
from chat_server.usecases.messaging.standing import Standings

_KINDS = {Edit: EventKind.EDIT, Recall: EventKind.RECALL, Reaction: EventKind.REACTION}
_encode = msgspec.json.Encoder().encode
_decode_text = msgspec.json.Decoder(Text).decode


class Windows(msgspec.Struct, frozen=True):
    """For how long after sending one's own message may be changed."""

    edit_s: int = 15 * 60
    recall_s: int = 2 * 60
    staff_recall_s: int = 24 * 3600


class Deed(Protocol):
    """What somebody does to a message, under their own name for it."""

    @property
    def conv(self) -> str: ...
    @property
    def mid(self) -> str: ...
    @property
    def action(self) -> Action: ...


class ActOnMessage:
    def __init__(
        self,
        store: Store,
        standings: Standings,
        send: SendMessage,
        clock: Clock,
        hash_body: HashBody,
        windows: Windows,
    ) -> None:
        self._store, self._standings, self._send = store, standings, send
        self._references = References(store.messages, store.conversations)
        self._clock, self._hash_body, self._windows = clock, hash_body, windows

    async def __call__(self, sender: Sender, deed: Deed) -> Posted:
        """Raises before anything is written; the future raises what `MessageStore.act` does.

        The same deed again is not judged again: it gets its first answer.
        """
        standing = await self._standings.find(sender.user, deed.conv)
        standing.membership.may_send()
        self._send.take_pace(sender, deed.conv)
        action = deed.action
        if await self._store.messages.find(deed.conv, sender.user, deed.mid) is None:
            target = await self._references.readable(standing.membership, action.target)
            action = await self._judged(sender, standing.conversation, target, action)
        draft = Draft(
            conv=deed.conv,
            sender=sender.user,
            mid=deed.mid,
            kind=_KINDS[type(action)],
            body=b"",  # as the store's `act` finds it
            body_hash=self._hash_body(_encode(deed.action)),
            at_ms=self._clock.now_ms(),
            counts=False,
        )
        appended = asyncio.ensure_future(self._store.messages.act(draft, action))
        # what a reaction replaced is known in the commit only, so it always comes back
        told = isinstance(action, Reaction) or _masked(deed.action, action)
        return Posted(appended, _encode(action) if told else None)

    async def _judged(
        self, sender: Sender, conversation: Conversation, target: Event, action: Action
    ) -> Action:
        """The action as it may be done. Raises what speaks against it."""
        if isinstance(action, Reaction):
            return action
        if target.sender != sender.user:
            raise Forbidden("only one's own messages")
        age_ms = self._clock.now_ms() - target.ts
        if isinstance(action, Recall):
            if age_ms > 1000 * await self._recall_s(sender.user):
                raise RecallTooLate
            return action
        await self._check_editable(conversation, age_ms)
        return await self._edit(sender, target, action)

    async def _recall_s(self, user: str) -> int:
        person = await self._store.people.person(user)
        customer = person is None or person.role is StaffRole.CUSTOMER
        return self._windows.recall_s if customer else self._windows.staff_recall_s

    async def _check_editable(self, conversation: Conversation, age_ms: int) -> None:
        if conversation.kind is ConversationKind.SERVICE:
            account = await self._store.accounts.account(conversation.account)
            if account is not None and account.bot:
                raise Forbidden("what a bot was told stays as it was said")
        if age_ms > 1000 * self._windows.edit_s:
            raise EditTooLate

    async def _edit(self, sender: Sender, target: Event, edit: Edit) -> Edit:
        """The new words, vetted as if they were sent; what the message refers to stays."""
        try:
            former = _decode_text(target.body)
        except msgspec.ValidationError as exc:
            raise InvalidValue("only text can be edited") from exc
        vetted = await self._send.vetted(sender, edit.body)
        return Edit(edit.target, replace(vetted, about=former.about))


def _masked(asked: Action, done: Action) -> bool:
    return isinstance(asked, Edit) and isinstance(done, Edit) and asked.body.text != done.body.text

"""Behind the outbox: an approved broadcast becomes one event of its feed; recalled, it goes."""

from __future__ import annotations

import hashlib

import msgspec

from chat_server.domain import bodies
from chat_server.domain.facts import Change
from chat_server.domain.ids import feed_conversation
from chat_server.domain.message import Draft, EventKind
from chat_server.domain.publishing import Broadcast, BroadcastState
from chat_server.ports.clock import Clock
from chat_server.ports.store import MessageStore, PublicAccountStore
from chat_server.usecases.public_accounts.taking_back import take_back

_KINDS = frozenset({"broadcast_approved", "broadcast_recalled"})


class PublishBroadcast:
    """One append for any number of followers; told of one approval twice, it appends once."""

    def __init__(self, accounts: PublicAccountStore, messages: MessageStore, clock: Clock) -> None:
        self._accounts, self._messages, self._clock = accounts, messages, clock

    async def on_change(self, change: Change) -> None:
        if change.fact is None or change.fact.kind not in _KINDS:
            return
        broadcast = await self._accounts.broadcast(change.fact.subject)
        if broadcast is not None and broadcast.state is BroadcastState.APPROVED:
            account = await self._accounts.account(broadcast.account)
            if account is not None and account.active:
                await self._messages.append(self._draft(broadcast))
            broadcast = await self._accounts.broadcast(change.fact.subject)
        if broadcast is not None and broadcast.state is BroadcastState.RECALLED:  # or just now
            conv, now = feed_conversation(broadcast.account), self._clock.now_ms()
            mid = _mid(broadcast)
            await take_back(self._messages, _sha256, conv, broadcast.account, mid, now)

    def _draft(self, broadcast: Broadcast) -> Draft:
        return Draft(
            conv=feed_conversation(broadcast.account),
            sender=broadcast.account,
            mid=_mid(broadcast),
            kind=EventKind.MESSAGE,
            body=msgspec.json.encode(article_body(broadcast)),
            body_hash=bytes.fromhex(broadcast.content_hash),
            at_ms=self._clock.now_ms(),
        )


def _mid(broadcast: Broadcast) -> str:
    return f"broadcast:{broadcast.broadcast_id}"


def _sha256(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def article_body(broadcast: Broadcast) -> bodies.Article:
    """What a follower's screen lists: titles, digests and covers; the text is read by HTTP."""
    items = [bodies.ArticleItem(each.title, each.digest, each.cover) for each in broadcast.articles]
    return bodies.Article(broadcast.broadcast_id, items)

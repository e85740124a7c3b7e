"""Behind the outbox: an approved broadcast becomes one event of its account's feed."""

from __future__ import annotations

import msgspec

from chat_server.domain import bodies
from chat_server.domain.facts import Change
from chat_server.domain.ids import feed_conversation
from chat_server.domain.message import Draft, EventKind
from chat_server.domain.publishing import Broadcast, BroadcastState
from chat_server.ports.clock import Clock
from chat_server.ports.store import MessageStore, PublicAccountStore


class PublishBroadcast:
    """One append for any number of followers; told of one approval twice, it appends once."""

    def __init__(self, accounts: PublicAccountStore, messages: MessageStore, clock: Clock) -> None:
        self._accounts, self._messages, self._clock = accounts, messages, clock

    async def on_change(self, change: Change) -> None:
        if change.fact is None or change.fact.kind != "broadcast_approved":
            return
        broadcast = await self._accounts.broadcast(change.fact.subject)
        if broadcast is None or broadcast.state is not BroadcastState.APPROVED:
            return
        account = await self._accounts.account(broadcast.account)
        if account is not None and account.active:
            await self._messages.append(self._draft(broadcast))

    def _draft(self, broadcast: Broadcast) -> Draft:
        return Draft(
            conv=feed_conversation(broadcast.account),
            sender=broadcast.account,
            mid=f"broadcast:{broadcast.broadcast_id}",
            kind=EventKind.MESSAGE,
            body=msgspec.json.encode(article_body(broadcast)),
            body_hash=bytes.fromhex(broadcast.content_hash),
            at_ms=self._clock.now_ms(),
        )


def article_body(broadcast: Broadcast) -> bodies.Article:
    """What a follower's screen lists: titles, digests and covers; the text is read by HTTP."""
    items = [bodies.ArticleItem(each.title, each.digest, each.cover) for each in broadcast.articles]
    return bodies.Article(broadcast.broadcast_id, items)

"""Reading an article: followers once it is approved, and the desk that works on it."""

from __future__ import annotations

from collections import OrderedDict

import msgspec

from chat_server.domain.errors import NotFound
from chat_server.domain.facts import Fact
from chat_server.domain.ids import feed_conversation
from chat_server.domain.people import StaffRole
from chat_server.domain.publishing import Article, Broadcast, BroadcastState
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.public_accounts.broadcasts import DESK

_REMEMBERED = 50_000  # readings told of already, by this process


class ArticleView(msgspec.Struct, frozen=True):
    account: str
    account_name: str
    article: Article
    published_ms: int


class ReadArticle:
    """Gives an article's text, and tells once that a customer read it.

    Once for a process: after a restart it may be told again, which counting by customer and
    subject does not mind.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._told: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def __call__(self, reader: str, broadcast_id: str, index: int) -> ArticleView:
        broadcast = await self._store.accounts.broadcast(broadcast_id)
        person = await self._store.people.person(reader)
        if broadcast is None or person is None or not 0 <= index < len(broadcast.articles):
            raise NotFound("no such article")
        if person.role not in DESK:
            await self._check(person.role, reader, broadcast)
        if person.role is StaffRole.CUSTOMER:
            await self._tell(reader, f"{broadcast_id}/{index}", broadcast.account)
        account = await self._store.accounts.account(broadcast.account)
        return ArticleView(
            account=broadcast.account,
            account_name=account.name if account else broadcast.account,
            article=broadcast.articles[index],
            published_ms=broadcast.decided_ms,
        )

    async def _check(self, role: StaffRole, reader: str, broadcast: Broadcast) -> None:
        if broadcast.state is not BroadcastState.APPROVED:
            raise NotFound("no such article")
        if role is StaffRole.CUSTOMER:
            feed = feed_conversation(broadcast.account)
            membership = await self._store.conversations.membership(feed, reader)
            if membership is None or membership.left_seq is not None:
                raise NotFound("no such article")

    async def _tell(self, reader: str, article: str, account: str) -> None:
        if (reader, article) in self._told:
            return
        fact = Fact("article_read", reader, article, self._clock.now_ms(), {"account": account})
        await self._store.audit.record(fact)
        self._told[reader, article] = None
        if len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)

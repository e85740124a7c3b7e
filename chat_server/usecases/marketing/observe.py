"""What customers read and follow, observed for the recommender under their consent."""

from __future__ import annotations

from datetime import UTC, datetime

from chat_server.domain.facts import Change, Fact
from chat_server.ports.store import Store
from chat_server.usecases.assist.effects import ConsentSwitch
from chat_server.usecases.marketing.topics import article_text
from recommender.contract import Consents, Event, Recommender

OBSERVED = frozenset({"article_read", "followed"})


class ObserveFacts:
    """Behind the outbox; the recommender drops what it has seen, and what it may not keep."""

    def __init__(self, store: Store, recommender: Recommender, consents: ConsentSwitch) -> None:
        self._store, self._recommender, self._consents = store, recommender, consents

    async def on_change(self, change: Change) -> None:
        fact = change.fact
        if fact is None or fact.kind not in OBSERVED:
            return
        consents = await self._consents.snapshot(fact.actor)
        event = Event(
            event_id=f"chat:{change.position}",
            type=fact.kind,
            customer=fact.actor,
            occurred_at=datetime.fromtimestamp(fact.at_ms / 1000, UTC),
            product=await self._about(fact, consents),
            amount_band="",
            channel="chat",
            consents=consents,
            item=fact.subject,
        )
        await self._recommender.observe([event])

    async def _about(self, fact: Fact, consents: Consents) -> str:
        """What an article is about most, if that is known; else the account."""
        account = str(fact.detail.get("account", fact.subject))
        broadcast_id, _, index = fact.subject.rpartition("/")
        if fact.kind != "article_read" or not consents.personalised_offers or not index.isdigit():
            return account
        broadcast = await self._store.accounts.broadcast(broadcast_id)
        if broadcast is None or int(index) >= len(broadcast.articles):
            return account
        text = article_text(broadcast.articles[int(index)])
        topics = await self._recommender.topics_of(text)
        return topics[0].topic if topics else account

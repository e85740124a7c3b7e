"""What customers read and follow, observed for the recommender under their consent."""

from __future__ import annotations

from datetime import UTC, datetime

from chat_server.domain.facts import Change, Fact
from chat_server.usecases.assist.effects import ConsentSwitch
from recommender.contract import Event, Recommender

OBSERVED = frozenset({"article_read", "followed"})


class ObserveFacts:
    """Behind the outbox; the recommender drops what it has seen, and what it may not keep."""

    def __init__(self, recommender: Recommender, consents: ConsentSwitch) -> None:
        self._recommender, self._consents = recommender, consents

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
            product=_product(fact),
            amount_band="",
            channel="chat",
            consents=consents,
            item=fact.subject,
        )
        await self._recommender.observe([event])


def _product(fact: Fact) -> str:
    return str(fact.detail.get("account", fact.subject))

"""What consenting customers write to the bank's accounts becomes topics; the words stay here.

Behind the outbox. A text goes to the recommender for the length of a call and comes back as a few
topics; only these are observed, under the consents that hold now. What friends write to each
other is never looked at.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Final

import msgspec

from chat_server.domain import bodies
from chat_server.domain.facts import Change, Purpose
from chat_server.domain.ids import SERVICE_PREFIX, is_account
from chat_server.domain.message import Event as Said
from chat_server.domain.message import EventKind
from chat_server.domain.publishing import Article, BroadcastState
from chat_server.ports.store import Store
from chat_server.usecases.assist.effects import ConsentSwitch
from recommender.contract import Event, Recommender, TopicSource

_PAGE: Final = 1000
_BROADCASTS: Final = 500  # of each account, the newest
_decode = msgspec.json.Decoder(bodies.Body).decode


class HearTopics:
    """Told of a message again, it observes the same events again, which count once."""

    def __init__(self, recommender: Recommender, consents: ConsentSwitch) -> None:
        self._recommender, self._consents = recommender, consents

    async def on_change(self, change: Change) -> None:
        said = change.event
        if said is None or is_account(said.sender) or said.kind is not EventKind.MESSAGE:
            return
        consents = await self._consents.snapshot(said.sender)
        if not (consents.personalised_offers and consents.chat_content):
            return
        events = [
            Event(
                event_id=f"topic:{change.position}:{place}",
                type="spoke",
                customer=said.sender,
                occurred_at=datetime.fromtimestamp(said.ts / 1000, UTC),
                product=found.topic,
                amount_band="",
                channel="chat",
                consents=consents,
            )
            for place, found in enumerate(await self._recommender.topics_of(_text(said)))
        ]
        if events:
            await self._recommender.observe(events)


async def topic_sources(store: Store) -> AsyncIterator[TopicSource]:
    """Published articles, and what customers wrote since they agreed to it and did not recall."""
    for account in await store.accounts.accounts():
        for broadcast in await store.accounts.broadcasts(account.account, _BROADCASTS):
            if broadcast.state is BroadcastState.APPROVED:
                for article in broadcast.articles:
                    yield TopicSource(article_text(article))
    since: dict[str, int | None] = {}
    texts: dict[tuple[str, int], TopicSource] = {}
    position = 0
    while page := await store.changes.changes(position, _PAGE, only=SERVICE_PREFIX):
        position = page[-1].position
        for said in (change.event for change in page if change.event is not None):
            await _take(store, said, since, texts)
    for source in texts.values():
        yield source


async def _take(
    store: Store,
    said: Said,
    since: dict[str, int | None],
    texts: dict[tuple[str, int], TopicSource],
) -> None:
    """Add a message, or take out what was edited or recalled since."""
    if said.kind in {EventKind.EDIT, EventKind.RECALL} and not said.key_id:
        action = _decode(said.body)
        if isinstance(action, bodies.Edit | bodies.Recall):
            texts.pop((said.conv, action.target), None)
        return
    if is_account(said.sender) or not (text := _text(said)):
        return
    if said.sender not in since:
        since[said.sender] = await _agreed_ms(store, said.sender)
    agreed = since[said.sender]
    if agreed is not None and said.ts >= agreed:
        texts[said.conv, said.seq] = TopicSource(text, said.sender)


async def _agreed_ms(store: Store, customer: str) -> int | None:
    """Since when both consents hold; None if they do not."""
    last = {entry.purpose: entry for entry in await store.consents.consents(customer)}
    needed = [last.get(purpose) for purpose in (Purpose.PERSONALISED_OFFERS, Purpose.CHAT_CONTENT)]
    times = [entry.at_ms for entry in needed if entry is not None and entry.granted]
    return max(times) if len(times) == len(needed) else None


def article_text(article: Article) -> str:
    return "\n".join([article.title, article.digest, *article.paragraphs])


def _text(said: Said) -> str:
    """The words of a text message; what is sealed is nobody's to read."""
    if said.kind is not EventKind.MESSAGE or said.key_id:
        return ""
    try:
        body = _decode(said.body)
    except msgspec.MsgspecError:
        return ""
    return body.text if isinstance(body, bodies.Text) else ""

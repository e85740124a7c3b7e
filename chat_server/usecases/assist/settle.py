"""From what a bot answered to what is stored: drafts for the log, and the dialogue after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import assert_never

import msgspec

from bots.contract import Card, CardClosed, Document, Reply, Text
from chat_server.domain import bodies
from chat_server.domain.facts import Dialogue, OpenCard
from chat_server.domain.message import Draft, EventKind
from chat_server.usecases.assist.papers import digest_of

HashBody = Callable[[bytes], bytes]


class Writer:
    """Makes the drafts of one turn; names are derived from its key, so a replay is the same."""

    def __init__(self, dialogue: Dialogue, key: str, at_ms: int, hash_body: HashBody) -> None:
        self._conv, self._account, self._customer = (
            dialogue.conv,
            dialogue.account,
            dialogue.customer,
        )
        self._key, self._at_ms, self._hash_body = key, at_ms, hash_body
        self._cards = {card.card_id: card for card in dialogue.cards}
        self.drafts: list[Draft] = []

    @property
    def open_cards(self) -> Sequence[OpenCard]:
        return tuple(self._cards.values())

    def write(self, replies: Sequence[Reply]) -> None:
        for reply in replies:
            match reply:
                case Text():
                    self._add(self._next_mid(), bodies.Text(reply.text))
                case Card():
                    self._open(reply)
                case CardClosed():
                    self._close(reply)
                case Document():
                    self._enclose(reply)
                case _:
                    assert_never(reply)

    def reopen(self, card_id: str) -> None:
        """Say that a submitted card takes answers again, if the bot left it open."""
        if (card := self._cards.get(card_id)) and card.seq:
            self._state(card, "open", self._next_mid())

    def _open(self, reply: Card) -> None:
        expires_ms = _ms(reply.expires_at)
        body = bodies.Card(
            card_id=reply.card_id,
            card=dict(reply.card),
            fallback=reply.fallback,
            expires_at=expires_ms,
            secret_inputs=reply.secret_inputs,
            secret_until=_ms(reply.secret_until),
        )
        self._add(reply.card_id, body)
        if not _asks(reply.card):
            return
        self._cards[reply.card_id] = OpenCard(
            card_id=reply.card_id,
            seq=0,
            customer=self._customer,
            secret=bool(reply.secret_inputs),
            expires_ms=expires_ms,
        )

    def _enclose(self, reply: Document) -> None:
        """A file that `Papers` keeps already."""
        digest = digest_of(reply)
        body = bodies.File(media=digest, name=reply.name, size=len(reply.content), mime=reply.mime)
        self._add(self._next_mid(), body, media=(digest,))

    def _close(self, reply: CardClosed) -> None:
        card = self._cards.pop(reply.card_id, None)
        if card and card.seq:
            self._state(card, reply.state, f"{reply.card_id}:{reply.state}")

    def _state(self, card: OpenCard, state: str, mid: str) -> None:
        body = bodies.CardState(card=card.seq, card_id=card.card_id, state=state)
        self._add(mid, body, EventKind.CARD_STATE)

    def _next_mid(self) -> str:
        return f"{self._key}#{len(self.drafts)}"

    def _add(
        self,
        mid: str,
        body: bodies.Body,
        kind: EventKind = EventKind.MESSAGE,
        media: Sequence[str] = (),
    ) -> None:
        stored = msgspec.json.encode(body)
        self.drafts.append(
            Draft(
                conv=self._conv,
                sender=self._account,
                mid=mid,
                kind=kind,
                body=stored,
                body_hash=self._hash_body(stored),
                at_ms=self._at_ms,
                counts=kind is EventKind.MESSAGE,
                media=media,
            )
        )


def _ms(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp() * 1000)


def _asks(card: object) -> bool:
    """Whether a card has a button that sends an answer; a receipt is only read."""
    if isinstance(card, Mapping):
        return card.get("type") == "Action.Submit" or any(_asks(part) for part in card.values())
    return isinstance(card, list | tuple) and any(_asks(part) for part in card)

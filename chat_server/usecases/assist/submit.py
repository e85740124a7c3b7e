"""Somebody pressed a button of a card. The press is stored; what they typed never is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from bots.contract import Secret
from chat_server.domain.bodies import CardState
from chat_server.domain.desk.case import Case
from chat_server.domain.errors import CardNotOpen, NotAMember
from chat_server.domain.facts import OpenCard
from chat_server.domain.message import Appended, Draft, Event, EventKind
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.assist.settle import HashBody

KEEP_MS = 60_000  # how long values wait for their turn; a turn is cut off long before
MOST = 10_000  # presses waiting at once; the oldest go first


class SubmittedValues:
    """What was typed into cards, in memory only, until its turn takes it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: dict[tuple[str, str], tuple[int, Mapping[str, str]]] = {}

    def put(self, conv: str, mid: str, values: Mapping[str, str]) -> None:
        now = self._clock.now_ms()
        for key in [k for k, (at, _) in self._waiting.items() if at < now - KEEP_MS]:
            del self._waiting[key]
        while len(self._waiting) >= MOST:
            del self._waiting[next(iter(self._waiting))]
        kept = {name: Secret(value) for name, value in values.items()}
        self._waiting[conv, mid] = (now, kept)

    def take(self, conv: str, mid: str) -> Mapping[str, str] | None:
        """The values of that press, once; None when they died with a former process."""
        _, values = self._waiting.pop((conv, mid), (0, None))
        return values


class RatingCards(Protocol):
    """The cards of the assist desk, whose answers are kept with the case at once."""

    async def asked(self, conv: str, card_seq: int) -> tuple[Case, Event] | None: ...

    async def press(
        self, case: Case, card: Event, pressed: Draft, action: str, values: Mapping[str, str]
    ) -> Appended: ...


class SubmitCard:
    """Append the press as a `card_state`; the bot's turn follows from that event."""

    def __init__(
        self,
        store: Store,
        values: SubmittedValues,
        clock: Clock,
        hash_body: HashBody,
        rate: RatingCards | None = None,
    ) -> None:
        self._rate = rate
        self._store, self._values = store, values
        self._clock, self._hash_body = clock, hash_body

    async def __call__(
        self,
        *,
        user: str,
        device: str,
        conv: str,
        mid: str,
        card_seq: int,
        action: str,
        values: Mapping[str, str],
    ) -> Appended:
        """Raises NotAMember, CardNotOpen, MidReused. The same press again appends nothing."""
        membership = await self._store.conversations.membership(conv, user)
        if membership is None:
            raise NotAMember
        membership.may_send()
        again = await self._store.messages.find(conv, user, mid)
        rated = self._rate and not again and await self._rate.asked(conv, card_seq)
        if self._rate and rated:
            case, card = rated
            press = self._draft(user, device, conv, mid, card_seq, card.mid, action)
            return await self._rate.press(case, card, press, action, values)
        card_id = "" if again else (await self._open_card(conv, user, card_seq)).card_id
        draft = self._draft(user, device, conv, mid, card_seq, card_id, action)
        if not again:
            self._values.put(conv, mid, values)
        return await self._store.messages.append(draft)

    async def _open_card(self, conv: str, user: str, card_seq: int) -> OpenCard:
        dialogue = await self._store.dialogues.dialogue(conv)
        now = self._clock.now_ms()
        for card in dialogue.cards if dialogue else ():
            alive = card.expires_ms is None or now < card.expires_ms
            if card.seq == card_seq and card.customer == user and alive:
                return card
        raise CardNotOpen

    def _draft(
        self, user: str, device: str, conv: str, mid: str, card_seq: int, card_id: str, action: str
    ) -> Draft:
        body = CardState(
            card=card_seq, card_id=card_id, state="submitted", action=action, device=device
        )
        return Draft(
            conv=conv,
            sender=user,
            mid=mid,
            kind=EventKind.CARD_STATE,
            body=msgspec.json.encode(body),
            body_hash=self._hash_body(msgspec.json.encode(["submit", card_seq, action])),
            at_ms=self._clock.now_ms(),
            counts=False,
        )

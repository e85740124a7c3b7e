"""What a bot wants done outside its own conversation, done once for each turn."""

from __future__ import annotations

from typing import Protocol, assert_never

import msgspec
import structlog

from bots.contract import (
    CallPerson,
    Effect,
    IntentSeen,
    NotUnderstood,
    OfferFeedback,
    SetConsent,
    SkillStep,
    TellManager,
)
from chat_server.domain.bodies import Text
from chat_server.domain.errors import ChatError
from chat_server.domain.facts import Dialogue, Fact, Purpose
from chat_server.domain.ids import direct_conversation
from chat_server.domain.message import Draft, EventKind
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.assist.persons import Persons
from chat_server.usecases.assist.settle import HashBody
from recommender.contract import Consents, Event, FeedbackKind, Recommender

log = structlog.get_logger()


class ConsentSwitch(Protocol):
    """The consent use cases, as far as effects need them."""

    async def change(
        self, customer: str, purpose: Purpose, *, granted: bool, text_hash: str, channel: str
    ) -> object: ...

    async def snapshot(self, customer: str) -> Consents: ...


class Learning(Protocol):
    """What the bots learn from, as far as effects need it."""

    async def hear(self, effect: NotUnderstood | SkillStep, turn: str) -> None:
        """`turn`: the turn's key; the same told again counts once."""


class Effects:
    """Each is idempotent by its key, so a turn that is replayed after a crash is harmless."""

    def __init__(
        self,
        store: Store,
        consents: ConsentSwitch,
        recommender: Recommender,
        clock: Clock,
        hash_body: HashBody,
        persons: Persons,
        learning: Learning,
    ) -> None:
        self._persons, self._learning = persons, learning
        self._store, self._consents, self._recommender = store, consents, recommender
        self._clock, self._hash_body = clock, hash_body

    async def perform(self, effect: Effect, dialogue: Dialogue, key: str) -> None:
        match effect:
            case TellManager(text=text):
                await self._tell_manager(dialogue.customer, text, key)
            case CallPerson():
                await self._call_person(effect, dialogue, key)
            case SetConsent():
                await self._set_consent(dialogue.customer, effect)
            case OfferFeedback(offer_id=offer_id, kind=kind):
                await self._recommender.feedback(offer_id, FeedbackKind(kind), self._clock.now())
            case IntentSeen():
                await self._note_intent(dialogue, effect, key)
            case NotUnderstood() | SkillStep():
                await self._learn(effect, key)
            case _:
                assert_never(effect)

    async def _learn(self, effect: NotUnderstood | SkillStep, key: str) -> None:
        """Figures never cost a customer the answer."""
        try:
            await self._learning.hear(effect, key.partition("!")[0])
        except ChatError as exc:
            log.warning("bot_not_learnt_from", turn=key, error=type(exc).__name__)

    async def _call_person(self, effect: CallPerson, dialogue: Dialogue, key: str) -> None:
        """`key` is the turn's, which names the event that asks: a replay opens nothing twice."""
        seq = key.partition("!")[0].rpartition(":")[2]
        if await self._persons.call(dialogue.conv, effect.reason, int(seq)):
            return
        if effect.text:
            await self._tell_manager(dialogue.customer, effect.text, key)

    async def _tell_manager(self, customer: str, text: str, key: str) -> None:
        assignment = await self._store.people.assignment(customer)
        if assignment is None:
            await self._store.audit.record(
                Fact("manager_missing", customer, customer, self._clock.now_ms(), {"turn": key})
            )
            return
        body = msgspec.json.encode(Text(text))
        conv = direct_conversation(customer, assignment.manager)
        told = await self._store.messages.append(
            Draft(
                conv=conv,
                sender=customer,
                mid=key,
                kind=EventKind.MESSAGE,
                body=body,
                body_hash=self._hash_body(body),
                at_ms=self._clock.now_ms(),
            )
        )
        # One's own words are not news: the customer has read what is said for them.
        await self._store.conversations.advance(conv, customer, read=told.event.seq)

    async def _set_consent(self, customer: str, effect: SetConsent) -> None:
        """Withdrawing needs no words to have been shown; so the hash is empty."""
        await self._consents.change(
            customer, Purpose(effect.purpose), granted=effect.granted, text_hash="", channel="chat"
        )

    async def _note_intent(self, dialogue: Dialogue, effect: IntentSeen, key: str) -> None:
        consents = await self._consents.snapshot(dialogue.customer)
        if not consents.chat_content:
            return
        event = Event(
            event_id=key,
            type="intent",
            customer=dialogue.customer,
            occurred_at=self._clock.now(),
            product=effect.label,
            amount_band="",
            channel="chat",
            consents=consents,
        )
        await self._recommender.observe([event])

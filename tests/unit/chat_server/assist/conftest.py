"""A service conversation in a memory store, and a bot that says what it was asked."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

import msgspec
import pytest

from bank_bridge.contract import BankEvent
from bots.contract import Card, Language, Text, Turn, TurnResult
from chat_server.adapters.memory.blob import MemoryBlobStore
from chat_server.adapters.memory.store import open_store
from chat_server.domain import bodies
from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.errors import StoreUnavailable
from chat_server.domain.facts import Fact, Purpose
from chat_server.domain.message import Appended, Draft, Event, EventKind
from chat_server.domain.people import Person, StaffRole
from chat_server.domain.publishing import PublicAccount
from chat_server.usecases.assist.effects import Effects
from chat_server.usecases.assist.papers import Papers
from chat_server.usecases.assist.persons import Attention
from chat_server.usecases.assist.submit import SubmitCard, SubmittedValues
from chat_server.usecases.assist.turns import BotTurns
from chat_server.usecases.public_accounts.conduct import Conducts
from chat_server.usecases.public_accounts.rules import Rules
from recommender.contract import Consents, Suggestion

CONV = "s:@service:zhangwei"


class SteppedClock:
    """Stands still until it is moved; sleeping moves it."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def now_ms(self) -> int:
        return int(self._now.timestamp() * 1000)

    async def sleep(self, seconds: float) -> None:
        self.move(seconds)

    def move(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


def hash_body(body: bytes) -> bytes:
    return blake2b(body, digest_size=16).digest()


@dataclass
class ScriptedBot:
    """Takes each turn as the next scripted result says; keeps the turns it was given."""

    results: list[TurnResult | Exception] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)

    async def take(self, turn: Turn) -> TurnResult:
        self.turns.append(turn)
        result = self.results.pop(0) if self.results else TurnResult((Text(turn.text),), turn.state)
        if isinstance(result, Exception):
            raise result
        return result


class PlainHerald:
    def offer(self, suggestion: Suggestion, language: Language) -> Card:
        return card(f"offer:{suggestion.offer_id}")

    def balance_notice(self, event: BankEvent, language: Language) -> str:
        return f"{event.amount} on {event.account_tail}"

    def trouble(self, language: Language) -> str:
        return "trouble"


class HeardLessons:
    """Keeps what bots learn from, unless its store is down."""

    def __init__(self) -> None:
        self.heard: list[tuple[object, str]] = []
        self.down = False

    async def hear(self, effect: object, turn: str) -> None:
        if self.down:
            raise StoreUnavailable("the shelf is away")
        self.heard.append((effect, turn))


class Switches:
    def __init__(self) -> None:
        self.now = Consents("none")

    async def change(
        self, customer: str, purpose: Purpose, *, granted: bool, text_hash: str, channel: str
    ) -> None:
        self.now = msgspec.structs.replace(self.now, **{purpose.value: granted})

    async def snapshot(self, customer: str) -> Consents:
        return self.now


def card(card_id: str, *secret_inputs: str, expires_at: datetime | None = None) -> Card:
    return Card(
        card_id,
        {
            "type": "AdaptiveCard",
            "version": "1.6",
            "body": [],
            "actions": [{"type": "Action.Submit", "title": "ok", "data": {"action": "ok"}}],
        },
        card_id,
        expires_at,
        secret_inputs,
    )


@dataclass
class AskedPersons:
    """Whether a person answers, as a test says it; and who was called."""

    attention: Attention = Attention.BOT
    called: list[tuple[str, str, int]] = field(default_factory=list)

    async def of(self, conv: str, text: str) -> Attention:
        del conv, text
        return self.attention

    async def call(self, conv: str, reason: str, seq: int) -> bool:
        self.called.append((conv, reason, seq))
        return self.attention is not Attention.BOT


@dataclass
class Desk:
    """The room under test, and what a test wants to do with it."""

    store: object
    bot: ScriptedBot
    turns: BotTurns
    submit: SubmitCard
    values: SubmittedValues
    clock: SteppedClock
    persons: AskedPersons
    lessons: HeardLessons
    _mids: itertools.count[int] = field(default_factory=itertools.count)

    async def says(self, text: str) -> Appended:
        return await self._append(bodies.Text(text))

    async def presses(self, card_seq: int, action: str, **values: str) -> Appended:
        return await self.submit(
            user="zhangwei",
            device="phone",
            conv=CONV,
            mid=f"press-{next(self._mids)}",
            card_seq=card_seq,
            action=action,
            values=values,
        )

    async def log(self) -> Sequence[Event]:
        return await self.store.messages.events(CONV, after=0, limit=200)

    async def said(self) -> list[bodies.Body]:
        return [
            msgspec.json.decode(event.body, type=bodies.Body)
            for event in await self.log()
            if event.sender == "@service"
        ]

    async def _append(self, body: bodies.Body) -> Appended:
        stored = msgspec.json.encode(body)
        return await self.store.messages.append(
            Draft(
                CONV,
                "zhangwei",
                f"say-{next(self._mids)}",
                EventKind.MESSAGE,
                stored,
                hash_body(stored),
                self.clock.now_ms(),
            )
        )


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    clock = SteppedClock()
    async with open_store("memory://", clock=clock) as store:
        fact = Fact("test", "test", "test", clock.now_ms())
        person = Person("zhangwei", "张伟", StaffRole.CUSTOMER, "head", "")
        await store.people.add_person(person, fact)
        account = PublicAccount("@service", "工银服务", "", verified=True, bot="bank")
        await store.accounts.put_account(account, fact)
        members = [Membership(CONV, user, Role.MEMBER) for user in ("zhangwei", "@service")]
        conversation = Conversation(CONV, ConversationKind.SERVICE, "@service")
        await store.conversations.open_conversation(conversation, members, fact)
        bot, values = ScriptedBot(), SubmittedValues(clock)
        persons, lessons = AskedPersons(), HeardLessons()
        effects = Effects(store, Switches(), None, clock, hash_body, persons, lessons)
        rules = Rules(Conducts(store, clock), clock)
        herald = PlainHerald()
        papers = Papers(store.media, MemoryBlobStore(), clock)
        turns = BotTurns(
            store, bot, herald, effects, values, clock, hash_body, persons, rules, papers
        )
        yield Desk(
            store,
            bot,
            turns,
            SubmitCard(store, values, clock, hash_body),
            values,
            clock,
            persons,
            lessons,
        )

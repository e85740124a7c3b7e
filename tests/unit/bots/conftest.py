"""A customer of a real embedded bank who talks to the real bots, on a clock that we turn."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bank_bridge.contract import BankCore, Money
from bank_bridge.open import Rules, open_bank
from bots.contract import (
    Bot,
    Card,
    CardClosed,
    Language,
    Reply,
    Secret,
    Text,
    Turn,
    TurnKind,
    TurnResult,
)
from bots.open import open_bots

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
FAST = Rules(code_hash_memory_kib=8, failures_before_lock=5)


@dataclass
class Clock:
    at: datetime = NOON

    def now(self) -> datetime:
        return self.at

    def pass_(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass
class Phone:
    """Everything that was texted to the customer."""

    texts: list[str] = field(default_factory=list)

    async def __call__(self, phone: str, text: str) -> None:
        self.texts.append(text)

    @property
    def code(self) -> str:
        return re.findall(r"(?<!\d)\d{6}(?!\d)", self.texts[-1])[-1]


@dataclass
class Customer:
    """Writes, presses and waits; remembers the state as the house does."""

    bot: Bot
    clock: Clock
    name: str = "张伟"
    user: str = "zhangwei"
    device: str = "phone-1"
    language: Language = Language.ZH
    state: bytes = b""
    person: str = ""  # how a person of the desk stands
    seqs: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    turns: list[Turn] = field(default_factory=list)
    results: list[TurnResult] = field(default_factory=list)
    cards: dict[str, Card] = field(default_factory=dict)
    closed: dict[str, str] = field(default_factory=dict)

    async def writes(self, text: str) -> list[Reply]:
        return await self._take(TurnKind.TEXT, text=text)

    async def opens_menu(self, key: str) -> list[Reply]:
        return await self._take(TurnKind.MENU, action=key)

    async def presses(self, action: str, card: Card | None = None, **values: str) -> list[Reply]:
        secret = {name: Secret(value) for name, value in values.items()}
        card = card or self.card
        return await self._take(
            TurnKind.SUBMIT, card_id=card.card_id, action=action, device=self.device, values=secret
        )

    async def loses_what_he_typed(self, action: str = "code.submit") -> list[Reply]:
        """The press arrived, the process died with the values, the next one takes the turn."""
        return await self._take(
            TurnKind.RESUME, card_id=self.card.card_id, action=action, device=self.device
        )

    async def is_woken(self) -> list[Reply]:
        """The clock goes on to where the bot wanted to be woken."""
        wake_at = self.results[-1].wake_at
        assert wake_at is not None
        self.clock.at = max(self.clock.at, wake_at)
        return await self._take(TurnKind.CLOCK, key=f"conv:clock:{len(self.turns)}")

    @property
    def card(self) -> Card:
        """The newest card that is still open."""
        return [card for card in self.cards.values() if card.card_id not in self.closed][-1]

    async def _take(self, kind: TurnKind, key: str = "", **what: object) -> list[Reply]:
        turn = Turn(
            kind=kind,
            key=key or f"s:@service:zhangwei:{next(self.seqs)}",
            conv="s:@service:zhangwei",
            account="@service",
            customer=self.user,
            customer_name=self.name,
            device=str(what.pop("device", "")),
            language=self.language,
            at=self.clock.now(),
            state=self.state,
            person=self.person,
            **what,
        )
        result = await self.bot.take(turn)
        self.turns.append(turn)
        self.results.append(result)
        self.state = result.state
        for reply in result.replies:
            if isinstance(reply, Card):
                self.cards[reply.card_id] = reply
            elif isinstance(reply, CardClosed):
                self.closed.setdefault(reply.card_id, reply.state)
        return list(result.replies)


def said(replies: list[Reply]) -> str:
    """All sentences of the replies."""
    return "\n".join(reply.text for reply in replies if isinstance(reply, Text))


def shown(reply: Reply) -> str:
    """All the words of a card, in one string."""
    assert isinstance(reply, Card)

    def words(node: object) -> list[str]:
        if isinstance(node, dict):
            keep = ("text", "title", "value", "label")
            own = [str(node[key]) for key in keep if isinstance(node.get(key), str)]
            return own + [word for value in node.values() for word in words(value)]
        return [word for item in node for word in words(item)] if isinstance(node, list) else []

    return " ".join(words(dict(reply.card)))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
async def bank(tmp_path, clock: Clock, phone: Phone) -> AsyncIterator[BankCore]:
    """Zhang Wei with 20,000.00 and the saved payees Li Na, Wang Wu and Li Wanqian."""
    ids = itertools.count(1)
    async with open_bank(
        f"embedded://{tmp_path}/bank.db",
        now=clock.now,
        new_id=lambda: f"id-{next(ids):06d}",
        send_sms=phone,
        rules=FAST,
    ) as core:
        people = {"zhangwei": "张伟", "lina": "李娜", "wangwu": "王五", "liwanqian": "李万千"}
        for place, (user, name) in enumerate(people.items()):
            await core.enrol(user, name, f"1380000000{place}")
            await core.open_account(user, Money(2_000_000), f"open-{user}")
        for user in ("lina", "wangwu", "liwanqian"):
            await core.save_payee("zhangwei", user)
        yield core


@pytest.fixture
def customer(bank: BankCore, clock: Clock) -> Customer:
    return Customer(open_bots(bank).bot, clock)


async def balance_of(bank: BankCore, user: str) -> int:
    return (await bank.list_accounts(user))[0].posted.fen

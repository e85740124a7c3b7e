"""What the bank's products mean in the chat: gifts where they were sent to, and notices."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from bank_bridge.contract import BankEvent, BankRefusal, Money, RefusalCode
from bank_bridge.gateways.embedded import EmbeddedBank, open_embedded
from bank_bridge.open import Rules
from bank_bridge.product_contract import EpayOrder, GiftKind, GiftOrder
from bots.phrasing.herald import PhrasedHerald
from chat_server.domain.errors import Forbidden, NotFound
from chat_server.domain.ids import service_conversation
from chat_server.domain.people import StaffRole
from chat_server.transport.http.routes.gifts import gift as show
from chat_server.usecases.banking.account_changes import AccountChanges
from chat_server.usecases.banking.bank_events import BankEvents
from chat_server.usecases.banking.chores import BankChores
from chat_server.usecases.banking.gifts import ChatGifts
from chat_server.usecases.banking.places import ChatPlaces
from chat_server.usecases.identity.tokens import Claims
from chat_server.usecases.messaging.send import body_hasher
from tests.front_desk import KEY, FrontDesk, desk

__all__ = ["desk"]


@dataclass
class Phone:
    texts: list[str] = field(default_factory=list)

    async def __call__(self, phone: str, text: str) -> None:
        self.texts.append(text)

    @property
    def code(self) -> str:
        return re.findall(r"(?<!\d)\d{6}(?!\d)", self.texts[-1])[-1]


class NoOffers:
    """Nothing of these tests is an occasion for an offer."""

    async def on_occasion(self, event: BankEvent, person: object) -> None:
        """Seen, and left alone."""


@dataclass
class Club:
    """A group of two customers and their manager, and the bank behind it."""

    desk: FrontDesk
    bank: EmbeddedBank
    phone: Phone
    conv: str
    gifts: ChatGifts
    events: BankEvents
    read_to: int = 0

    async def prove(self, instruction_id: str) -> None:
        await self.bank.confirm(instruction_id, "zhangwei", "phone")
        await self.bank.challenge(instruction_id, "zhangwei")
        await self.bank.authorise(instruction_id, "zhangwei", "phone", self.phone.code)

    async def send(self, **change: object) -> str:
        plain = GiftOrder(
            "zhangwei",
            "phone",
            GiftKind.RED_PACKET,
            Money(88_88),
            self.conv,
            "沙龙",
            shares=2,
            greeting="新年好",
        )
        order = msgspec.structs.replace(plain, **change)
        quoted = await self.bank.create_gift(order, f"gift-{self.read_to}")
        await self.prove(quoted.instruction_id)
        await self.relay()
        return quoted.instruction_id

    async def relay(self, again: bool = False) -> None:
        """What the relay does, at least once and in order."""
        for event in await self.bank.events(0 if again else self.read_to, 500):
            await self.events.on_event(event)
            self.read_to = event.position

    async def said(self, conv: str = "") -> list[dict[str, object]]:
        events = await self.desk.store.messages.events(conv or self.conv, after=0, limit=100)
        bodies = [msgspec.json.decode(event.body) for event in events]
        return [body for body in bodies if body["type"] in ("gift", "gift_taken", "notice")]


@pytest.fixture
async def club(desk: FrontDesk, tmp_path: Path) -> AsyncIterator[Club]:
    group = await desk.cases.groups.create("wangfang", "沙龙", ["zhangwei"])
    phone, ids = Phone(), iter(range(10**6))
    async with open_embedded(
        tmp_path / "bank.db",
        now=desk.clock.now,
        new_id=lambda: f"id-{next(ids)}",
        send_sms=phone,
        rules=Rules(code_hash_memory_kib=8),
    ) as bank:
        for at, (user, name) in enumerate((("zhangwei", "张伟"), ("lina", "李娜"))):
            await bank.enrol(user, name, f"1380000000{at}")
            await bank.open_account(user, Money(1_000_00), f"open-{user}")
        hash_body = body_hasher(KEY)
        gifts = ChatGifts(desk.store, bank, desk.clock, hash_body)
        events = BankEvents(
            desk.store,
            PhrasedHerald(),
            NoOffers(),
            desk.clock,
            hash_body,
            gifts,
            AccountChanges(desk.cases.account_work.notices, PhrasedHerald(), account="@service"),
            account="@service",
        )
        club = Club(desk, bank, phone, group.conv, gifts, events)
        opened = await bank.create_epay_agreement(EpayOrder("zhangwei", "phone"), "open")
        await club.prove(opened.instruction_id)
        yield club


async def test_a_packet_stands_in_its_group_once_and_tells_no_total(club: Club) -> None:
    gift = await club.send()
    await club.relay(again=True)
    (shown,) = await club.said()
    assert shown == {
        "type": "gift",
        "gift": gift,
        "kind": "red_packet",
        "greeting": "新年好",
        "shares": 2,
    }


async def test_members_take_at_once_and_each_line_stands_once(club: Club) -> None:
    gift = await club.send()
    await asyncio.gather(*(club.gifts.take("zhangwei", gift) for _ in range(5)))
    await club.relay()
    await club.relay(again=True)
    told = await club.said()
    assert [body["type"] for body in told] == ["gift", "gift_taken"]
    view = await club.gifts.look("wangfang", gift)
    assert view.names == {"zhangwei": "张伟"}
    claims = Claims("zhangwei", "phone", "session", StaffRole.CUSTOMER, 0)
    cases = type("Cases", (), {"gifts": club.gifts})()
    item = await show(cases, claims, gift)
    assert (item.open, item.mine, item.amount) == (False, view.gift.taken[0].amount.fen, 88_88)


async def test_who_is_not_in_the_group_sees_no_packet_and_staff_take_none(club: Club) -> None:
    gift = await club.send()
    with pytest.raises(NotFound):
        await club.gifts.look("lina", gift)
    with pytest.raises(NotFound):
        await club.gifts.take("lina", gift)
    with pytest.raises(NotFound):
        await club.gifts.look("zhangwei", "no such")
    with pytest.raises(Forbidden):
        await club.gifts.take("wangfang", gift)  # has no account to take it into
    assert (await club.bank.gift(gift)).taken == []


async def test_a_customer_may_send_to_groups_and_not_to_staff(club: Club) -> None:
    places = await ChatPlaces(club.desk.store).places("zhangwei")
    assert [(place.conv, place.name, place.taker) for place in places] == [(club.conv, "沙龙", "")]
    assert await ChatPlaces(club.desk.store).places("nobody") == []


async def test_what_goes_back_is_told_in_the_service_conversation(club: Club) -> None:
    await club.desk.cases.accounts.follow("zhangwei", "@service")
    await club.send()
    club.desk.clock.move(86_400)
    await club.bank.run_due()
    await club.relay()
    told = await club.said(service_conversation("@service", "zhangwei"))
    texts = [str(body["text"]) for body in told]
    assert any("沙龙" in text and "88.88" in text and "退回" in text for text in texts)


async def test_a_bank_that_sells_no_gifts_shows_none(desk: FrontDesk) -> None:
    gifts = ChatGifts(desk.store, None, desk.clock, body_hasher(KEY))
    with pytest.raises(NotFound):
        await gifts.look("zhangwei", "any")
    await BankChores(object(), desk.clock).run()


async def test_chores_go_on_after_the_bank_was_away(desk: FrontDesk) -> None:
    asked: list[int] = []

    class Away:
        async def run_due(self) -> int:
            asked.append(desk.clock.now_ms())
            if len(asked) == 3:
                raise asyncio.CancelledError
            raise BankRefusal(RefusalCode.CORE_UNAVAILABLE)

    with pytest.raises(asyncio.CancelledError):
        await BankChores(Away(), desk.clock).run()
    assert asked[2] - asked[0] == 4_000

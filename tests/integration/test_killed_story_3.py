"""`kill -9` while money moves by a sentence: each transfer takes effect once or not at all,
and what the customer was told at the end is what the bank did.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from bank_bridge.contract import BankCore, InstructionState, Money
from bank_bridge.open import open_bank
from chat_server.adapters.clock import SystemClock, new_uuid7
from chat_server.client.client import Client
from chat_server.demo.load import parse_yuan
from chat_server.domain.message import Event
from tests.house import ServedHouse, demo_data, loaded_data
from tests.integration.paying import UNDECIDED, Customer, service_of
from tests.integration.reading import (
    broken_promises,
    conversations_in,
    read_journal,
    read_logs,
)

__all__ = ["demo_data", "loaded_data"]
pytestmark = pytest.mark.crash

MOMENTS = {  # and the longest that the kill waits after them, in seconds
    "sentence sent": 0.01,
    "sentence acked": 0.03,
    "confirm sent": 0.01,
    "confirm acked": 0.05,
    "code.submit sent": 0.01,
    "code.submit acked": 0.01,
    "code.submit acked ": 0.06,  # once more, later: in the middle of the posting
    "receipt seen": 0.02,
}
AMOUNTS = [f"{71 + number}.{31 + number}" for number in range(len(MOMENTS))]
PATIENCE_S = 150.0


class Attempt:
    def __init__(self, payer: str, payee: str, amount: str) -> None:
        self.payer, self.payee, self.amount = payer, payee, amount
        self.receipt = False

    @property
    def fen(self) -> int:
        return parse_yuan(self.amount).fen


class Killer:
    """Kills the house at one moment of an attempt, once, and starts it again."""

    def __init__(self, house: ServedHouse, moment: str, delay: float) -> None:
        self._house, self._moment, self._delay = house, moment.strip(), delay
        self.struck = False

    async def reached(self, moment: str) -> None:
        if moment == self._moment and not self.struck:
            self.struck = True
            await asyncio.sleep(self._delay)
            self._house.kill()
            await asyncio.to_thread(self._house.start)


@asynccontextmanager
async def customer(
    house: ServedHouse, user: str, phone: str, payee: str, folder: Path
) -> AsyncIterator[Customer]:
    opened = Client(
        house.url,
        user,
        f"demo-{user}",
        "phone",
        from_start=True,
        journal=folder / f"{user}.jsonl",
    )
    async with opened:
        one = Customer(opened, house.url, phone, payee)
        listening = asyncio.create_task(one.listen())
        yield one
        listening.cancel()


async def test_money_moves_once_or_not_at_all_wherever_the_server_is_killed(
    demo_data: Path, tmp_path: Path
) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    chance = random.Random(seed)
    house = ServedHouse(demo_data)
    house.start()
    attempts: list[Attempt] = []
    try:
        async with asyncio.timeout(PATIENCE_S), AsyncExitStack() as stack:
            people = [
                await stack.enter_async_context(customer(house, *who, tmp_path))
                for who in (("zhangwei", "13800000001", "李娜"), ("lina", "13800000002", "张伟"))
            ]
            for number, (moment, longest) in enumerate(MOMENTS.items()):
                payer, payee = people[number % 2], people[1 - number % 2]
                attempt = Attempt(payer.client.user, payee.client.user, AMOUNTS[number])
                attempts.append(attempt)
                killer = Killer(house, moment, chance.uniform(0, longest))
                attempt.receipt = await payer.transfer(attempt.amount, killer.reached)
                assert killer.struck, f"{moment} was never reached"
            await _until_noticed(people, sum(attempt.receipt for attempt in attempts))
    finally:
        house.stop()
    assert sum(attempt.receipt for attempt in attempts) >= len(attempts) - 2
    await _the_log_keeps_its_promises(house, tmp_path)
    await _the_bank_did_what_was_told(house, attempts)
    _codes_are_nowhere(house, people[0].codes | people[1].codes)


async def _until_noticed(people: Sequence[Customer], transfers: int) -> None:
    """Both sides of each have heard of it, or never will: the demonstration's own aside."""
    async with asyncio.timeout(10):
        while sum(map(_notices_on_screen, people)) < 2 * transfers:  # noqa: ASYNC110 - counts
            await asyncio.sleep(0.05)


def _notices_on_screen(person: Customer) -> int:
    return sum(any(_names(body, amount) for amount in AMOUNTS) for _, body in person.screen)


def _names(body: dict[str, object], amount: str) -> bool:
    """Whether this is an account-change notice of that amount."""
    exact = rf"(?<![\d,.]){re.escape(amount)}(?!\d)"
    return body["type"] == "notice" and re.search(exact, str(body["text"])) is not None


async def _the_log_keeps_its_promises(house: ServedHouse, folder: Path) -> None:
    journals = [read_journal(folder / f"{user}.jsonl") for user in ("zhangwei", "lina")]
    logs = await read_logs(f"sqlite:///{house.data}/chat.db", conversations_in(journals))
    assert broken_promises(journals, logs) == []


async def _the_bank_did_what_was_told(house: ServedHouse, attempts: Sequence[Attempt]) -> None:
    report = json.loads(house.elian("bank", "audit", "--json"))
    assert (report["violations"], report["writes_stopped"]) == ([], None)
    logs = await read_logs(
        f"sqlite:///{house.data}/chat.db", [service_of(user) for user in ("zhangwei", "lina")]
    )
    clock = SystemClock()

    async def no_sms(phone: str, text: str) -> None:
        raise AssertionError("a bank that is only read sends nothing")

    url = f"embedded://{house.data}/bank.db"
    async with open_bank(url, now=clock.now, new_id=new_uuid7, send_sms=no_sms) as bank:
        for attempt in attempts:
            moved = int(attempt.receipt)
            paid, received = await _entries(bank, attempt)
            assert (paid, received) == (moved, moved), attempt.amount
            assert _notices(logs, attempt.payer, attempt.amount) == moved, attempt.amount
            assert _notices(logs, attempt.payee, attempt.amount) == moved, attempt.amount
        for user in ("zhangwei", "lina"):
            await _cards_tell_the_truth(bank, user, logs[service_of(user)])
            await _balance_follows_from_entries(bank, user)


async def _entries(bank: BankCore, attempt: Attempt) -> tuple[int, int]:
    """How often the amount left the payer, and how often it reached the payee."""
    amounts = {}
    for user in (attempt.payer, attempt.payee):
        account = (await bank.list_accounts(user))[0]
        lines = await bank.statement(user, account.number, 200)
        amounts[user] = Counter(line.amount.fen for line in lines)
    return amounts[attempt.payer][-attempt.fen], amounts[attempt.payee][attempt.fen]


def _notices(logs: dict[str, Sequence[Event]], user: str, amount: str) -> int:
    return sum(_names(json.loads(event.body), amount) for event in logs[service_of(user)])


async def _cards_tell_the_truth(bank: BankCore, user: str, log: Sequence[Event]) -> None:
    """One receipt for each instruction that succeeded, and no question left open."""
    cards: dict[str, str] = {}
    for body in (json.loads(event.body) for event in log):
        if body["type"] == "card":
            cards[body["card_id"]] = "open"
        elif body["type"] == "card_state":
            cards[body["card_id"]] = body["state"]
    receipts = Counter(card.split(":")[1] for card in cards if card.startswith("receipt:"))
    instructions = {card.split(":")[1] for card in cards if card.count(":") == 2}
    assert instructions
    for instruction_id in instructions:
        state = (await bank.get(instruction_id, user)).state
        succeeded = state is InstructionState.SUCCEEDED
        assert receipts[instruction_id] == int(succeeded), (instruction_id, state)
    asked = {card: state for card, state in cards.items() if not card.startswith("receipt:")}
    assert {card: state for card, state in asked.items() if state in UNDECIDED} == {}


async def _balance_follows_from_entries(bank: BankCore, user: str) -> None:
    (account,) = await bank.list_accounts(user)
    lines = await bank.statement(user, account.number, 200)
    assert account.posted == account.available == sum((li.amount for li in lines), Money(0))
    assert lines[0].balance_after == account.posted


def _codes_are_nowhere(house: ServedHouse, codes: set[str]) -> None:
    """Not among hex digits: an id may hold any six of them."""
    assert len(codes) >= 6
    pattern = re.compile(rb"(?<![0-9a-fA-F-])(?:%s)(?![0-9a-fA-F-])" % "|".join(codes).encode())
    kept = [house.log, *house.data.glob("chat.db*"), *house.data.glob("bank.db*")]
    assert len(kept) >= 3
    assert [path.name for path in kept if pattern.search(path.read_bytes())] == []

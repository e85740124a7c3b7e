"""The reader of I8: what the bank's books, the cards and the notices say of each transfer.

It sees the bank's file through its port, the store, and the files of a house that has
stopped; it knows of each attempt only what the customer saw.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence

from bank_bridge.contract import BankCore, InstructionState, Money
from bank_bridge.open import open_bank
from chat_server.adapters.clock import SystemClock, new_uuid7
from chat_server.demo.money import parse_yuan
from chat_server.domain.message import Event
from tests.house import ServedHouse
from tests.integration.paying import UNDECIDED, service_of
from tests.integration.reading import Logs, read_logs


class Attempt:
    def __init__(self, payer: str, payee: str, amount: str) -> None:
        self.payer, self.payee, self.amount = payer, payee, amount
        self.receipt = False

    @property
    def fen(self) -> int:
        return parse_yuan(self.amount).fen


def names(body: dict[str, object], amount: str) -> bool:
    """Whether this is an account-change notice of that amount."""
    exact = rf"(?<![\d,.]){re.escape(amount)}(?!\d)"
    return body["type"] == "notice" and re.search(exact, str(body["text"])) is not None


async def the_bank_did_what_was_told(
    house: ServedHouse, store_url: str, attempts: Sequence[Attempt]
) -> None:
    report = json.loads(house.elian("bank", "audit", "--json"))
    assert (report["violations"], report["writes_stopped"]) == ([], None)
    logs = await read_logs(store_url, [service_of(user) for user in ("zhangwei", "lina")])
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


def _notices(logs: Logs, user: str, amount: str) -> int:
    return sum(names(json.loads(event.body), amount) for event in logs[service_of(user)])


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
    asked = {c: state for c, state in cards.items() if c.startswith(("confirm:", "code:"))}
    assert {card: state for card, state in asked.items() if state in UNDECIDED} == {}


async def _balance_follows_from_entries(bank: BankCore, user: str) -> None:
    (account,) = await bank.list_accounts(user)
    lines = await bank.statement(user, account.number, 200)
    assert account.posted == account.available == sum((li.amount for li in lines), Money(0))
    assert lines[0].balance_after == account.posted


def codes_are_nowhere(house: ServedHouse, codes: set[str]) -> None:
    """Not in the chat, the bank or the log; among hex digits an id may hold any six of them."""
    assert codes
    pattern = re.compile(rb"(?<![0-9a-fA-F-])(?:%s)(?![0-9a-fA-F-])" % "|".join(codes).encode())
    kept = [house.log, *house.data.glob("chat.db*"), *house.data.glob("bank.db*")]
    assert len(kept) >= 2
    assert [path.name for path in kept if pattern.search(path.read_bytes())] == []

"""A clock to turn, a phone that receives, and two customers: what every bank's tests start from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from bank_bridge.contract import (
    BankCore,
    BankRefusal,
    Instruction,
    Money,
    Payee,
    RefusalCode,
    TransferOrder,
)
from bank_bridge.open import Rules

DEVICE = "phone-1"
QUICK_HASH = Rules(code_hash_memory_kib=8)
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # in Shanghai


@contextmanager
def refusal(code: RefusalCode) -> Iterator[pytest.ExceptionInfo[BankRefusal]]:
    """Expects a BankRefusal with this code."""
    with pytest.raises(BankRefusal) as refused:
        yield refused
    assert refused.value.code is code


class Clock:
    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Inbox:
    """Where the bank's texts arrive; `broken` makes the sender fail."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []
        self.broken = False

    async def __call__(self, phone: str, text: str) -> None:
        if self.broken:
            raise ConnectionError("no network")
        self.texts.append((phone, text))

    @property
    def code(self) -> str:
        """The code of the newest text."""
        found = re.search(r"动态密码(\d{6})", self.texts[-1][1])
        assert found is not None
        return found[1]

    @property
    def wrong_code(self) -> str:
        return f"{(int(self.code) + 1) % 10**6:06d}"


class Teller:
    """Brings a bank to where a test begins."""

    def __init__(self, bank: BankCore, inbox: Inbox) -> None:
        self.bank = bank
        self.inbox = inbox
        self.payee: Payee
        self.zhangwei: str  # account numbers
        self.lina: str

    async def open_doors(self, deposit: int = 10_000_00) -> Teller:
        await self.bank.enrol("zhangwei", "张伟", "13800138000")
        await self.bank.enrol("lina", "李娜", "13800138001")
        self.zhangwei = await self.bank.open_account("zhangwei", Money(deposit), "open-zhangwei")
        self.lina = await self.bank.open_account("lina", Money(100_00), "open-lina")
        self.payee = await self.bank.save_payee("zhangwei", "lina")
        return self

    def order(self, fen: int = 500_00, **changes: object) -> TransferOrder:
        plain = TransferOrder("zhangwei", DEVICE, self.payee.payee_id, Money(fen))
        return msgspec.structs.replace(plain, **changes)

    async def quoted(self, fen: int = 500_00, key: str = "k-1") -> Instruction:
        return await self.bank.create_transfer(self.order(fen), key)

    async def confirmed(self, fen: int = 500_00, key: str = "k-1") -> Instruction:
        quoted = await self.quoted(fen, key)
        return await self.bank.confirm(quoted.instruction_id, "zhangwei", DEVICE)

    async def challenged(self, fen: int = 500_00, key: str = "k-1") -> str:
        """The id of a transfer whose code has just arrived."""
        confirmed = await self.confirmed(fen, key)
        await self.bank.challenge(confirmed.instruction_id, "zhangwei")
        return confirmed.instruction_id

    async def done(self, fen: int = 500_00, key: str = "k-1") -> Instruction:
        return await self.type_code(await self.challenged(fen, key), self.inbox.code)

    async def type_code(self, instruction_id: str, code: str, device: str = DEVICE) -> Instruction:
        return await self.bank.authorise(instruction_id, "zhangwei", device, code)

    async def balances(self) -> tuple[int, int]:
        """Zhang Wei's and Li Na's, in fen."""
        (his,) = await self.bank.list_accounts("zhangwei")
        (hers,) = await self.bank.list_accounts("lina")
        assert his.posted == his.available
        return his.posted.fen, hers.posted.fen


def counting_ids(word: str = "id") -> Callable[[], str]:
    """Ids that tests can read."""
    made = iter(range(1, 10**9))
    return lambda: f"{word}-{next(made)}"

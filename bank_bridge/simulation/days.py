"""A seed's days: what a random population asks of the real core, and whether it was answered right.

Every operation is asked again until its outcome is known, as a client must. Each day ends
with the day-end (sometimes days late, sometimes cut short and run again), the auditor, and a
comparison of every balance with the oracle's.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import partial
from itertools import count
from pathlib import Path
from typing import TypeVar

import msgspec

from bank_bridge.contract import (
    BankError,
    BankRefusal,
    Instruction,
    InstructionState,
    Money,
    OutcomeUnknown,
    RefusalCode,
    TransferOrder,
)
from bank_bridge.gateways.day_end import close_days, close_open_dates
from bank_bridge.gateways.embedded import EmbeddedBank, open_embedded
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.rules import Rules
from bank_bridge.ledger.auditor import audit
from bank_bridge.ledger.books import open_books
from bank_bridge.ledger.heads import read_heads
from bank_bridge.simulation.disk import WeakDisk
from bank_bridge.simulation.oracle import Figures, Oracle

T = TypeVar("T")
DAY_LIMIT = 20_000_00
FIRST_DAY = date(2027, 7, 1)  # a year from here has a leap day in it
_MIDNIGHT = timedelta(hours=-8)  # of Shanghai, in UTC
_ATTEMPTS = 50
_WEIGHTS = (8, 2, 8, 4, 1)  # of transfers, repetitions, purchases, refunds, new accounts
_DEVICE = "phone"
_ACCOUNTS_EACH = 30  # money comes in with each
_RULES = Rules(
    sms_day_limit=Money(DAY_LIMIT),
    code_hash_memory_kib=8,
    codes_per_hour=10**6,
    codes_per_day=10**6,
    resend_after_s=0,
)


class Wrong(BankError):
    """The bank did what it must not; the message says what, and the seed does it again."""


class Told(msgspec.Struct, frozen=True):
    """What a seed did, for whoever started it."""

    seed: int
    days: int
    operations: dict[str, int]
    refused: dict[str, int]
    faults: int
    entries: int
    closed_dates: int
    head_hash: str

    def page(self) -> str:
        """For a person, in one paragraph."""
        did = ", ".join(f"{many} {what}" for what, many in self.operations.items())
        refused = ", ".join(f"{many} {code}" for code, many in self.refused.items())
        return (
            f"seed {self.seed}: {self.days} days, {self.closed_dates} dates closed, each audited:"
            f" every balance is the oracle's\n  did {did}\n  refused {refused}\n"
            f"  {self.faults} commits or their answers lost; {self.entries} entries,"
            f" head {self.head_hash}"
        )


class Days:
    """One seed. `run` raises Wrong, or tells what was done."""

    def __init__(self, seed: int, folder: Path, customers: int, operations: int) -> None:
        self._seed, self._customers, self._operations = seed, customers, operations
        self._chooser = random.Random(seed)  # noqa: S311 - a seed must do again what it did
        self._file, self._heads = folder / "bank.db", folder / "bank-heads.jsonl"
        self._disk = WeakDisk(self._chooser)
        self._oracle = Oracle(
            Figures(DAY_LIMIT, Fraction(350, 100_000), frozenset(_RULES.interest_dates))
        )
        self._moment = datetime.combine(FIRST_DAY, datetime.min.time(), UTC) + _MIDNIGHT
        self._ids, self._keys = count(), count()
        self._text = ""
        self._bank: EmbeddedBank
        self._numbers: dict[str, list[str]] = {}
        self._payees: dict[tuple[str, str], str] = {}
        self._orders: list[tuple[TransferOrder, str, str]] = []
        self._did: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()

    async def run(self, days: int, told: Callable[[date], None] = lambda _: None) -> Told:
        async with AsyncExitStack() as stack:
            await self._open(stack)
            await self._enrol()
            for number in range(days):
                day = FIRST_DAY + timedelta(days=number)
                await self._live(stack, day)
                await self._end(day, late=number + 1 < days and self._chance(0.1))
                told(day)
        return self._report(days)

    async def _open(self, stack: AsyncExitStack) -> None:
        self._disk.chance = 0.0
        self._bank = await stack.enter_async_context(
            open_embedded(
                self._file,
                now=lambda: self._moment,
                new_id=lambda: f"{next(self._ids):08x}",
                send_sms=self._receive,
                rules=_RULES,
                connect=self._disk.connect,
            )
        )
        self._disk.chance = 0.02

    async def _receive(self, phone: str, text: str) -> None:  # noqa: ARG002 - one phone for all
        self._text = text

    async def _enrol(self) -> None:
        self._numbers = {f"c{n}": [] for n in range(self._customers)}
        for n, customer in enumerate(self._numbers):
            await self._sure(partial(self._bank.enrol, customer, f"客户{n}", f"139{n:08d}"))
            await self._open_account(customer)
        for payer in self._numbers:
            for payee in self._numbers:
                if payer != payee:
                    saved = await self._sure(partial(self._bank.save_payee, payer, payee))
                    if isinstance(saved, RefusalCode):
                        raise Wrong(f"a payee could not be saved: {saved}")
                    self._payees[payer, payee] = saved.payee_id

    async def _live(self, stack: AsyncExitStack, day: date) -> None:
        start = datetime.combine(day, datetime.min.time(), UTC) + _MIDNIGHT
        many = self._chooser.randint(self._operations // 2, self._operations)
        operations = (
            self._transfer,
            self._repeat,
            self._buy,
            self._refund,
            self._another_account,
        )
        moments = sorted(self._chooser.uniform(60, 85_000) for _ in range(many))
        for seconds in moments:
            self._moment = max(self._moment, start + timedelta(seconds=seconds))
            operation = self._chooser.choices(operations, _WEIGHTS)[0]
            self._did[operation.__name__.strip("_")] += 1
            await operation()
        if self._chance(0.2):  # a process that ends, and another that begins
            await stack.aclose()
            await self._open(stack)

    async def _end(self, day: date, *, late: bool) -> None:
        after = datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC) + _MIDNIGHT
        self._moment = max(self._moment, after + timedelta(minutes=1))
        if not late:
            if self._chance(0.3):
                await self._end_cut_short()
            await close_days(
                self._file,
                self._heads,
                now=lambda: self._moment,
                new_id=lambda: f"{next(self._ids):08x}",
                rules=_RULES,
            )
            self._oracle.close(day)
        report = audit(self._file, read_heads(self._heads))
        if not report.clean:
            raise Wrong(f"{day}: the auditor found\n{report.page()}")
        await self._compare(day)

    async def _end_cut_short(self) -> None:
        chance, self._disk.chance = self._disk.chance, 0.0
        async with open_books(self._file, lambda: self._moment, self._disk.connect) as books:
            office = Office(books, lambda: self._moment, lambda: f"{next(self._ids):08x}", _RULES)
            self._disk.chance = 0.3
            try:
                await close_open_dates(office, self._heads)
            except BankRefusal as refused:
                if refused.code is not RefusalCode.CORE_UNAVAILABLE:
                    raise
            except OutcomeUnknown:
                pass
            finally:
                self._disk.chance = chance

    async def _compare(self, day: date) -> None:
        found = {}
        for customer in self._numbers:
            for account in await self._bank.list_accounts(customer):
                if account.posted != account.available:
                    raise Wrong(f"{day}: money of {customer} is held for nothing")
                found[account.number] = account.posted.fen
        if found != self._oracle.balances():
            wrong = {
                number[-4:]: (fen, self._oracle.balances().get(number))
                for number, fen in found.items()
                if self._oracle.balances().get(number) != fen
            }
            raise Wrong(f"{day}: balances are not what they must be (bank, oracle): {wrong}")

    def _report(self, days: int) -> Told:
        report = audit(self._file, read_heads(self._heads))
        return Told(
            seed=self._seed,
            days=days,
            operations=dict(sorted(self._did.items())),
            refused=dict(sorted(self._refused.items())),
            faults=self._disk.faults,
            entries=report.entries,
            closed_dates=len(read_heads(self._heads)),
            head_hash=report.head_hash,
        )

    async def _transfer(self) -> None:
        """Ordered, confirmed, proven; or cancelled, or left until its time is over."""
        payer, payee = self._chooser.sample(list(self._numbers), 2)
        number = self._chooser.choice(self._numbers[payer])
        order = TransferOrder(
            payer, _DEVICE, self._payees[payer, payee], Money(self._fen(number)), number
        )
        key = f"k{next(self._keys)}"
        quoted = await self._sure(lambda: self._bank.create_transfer(order, key))
        expected = self._oracle.transfer_refusal(number, order.amount.fen, self._today())
        if isinstance(quoted, RefusalCode):
            return self._must_be(quoted, expected, "a transfer's quote")
        self._must_be(None, expected, "a transfer's quote")
        made = quoted.instruction_id
        self._orders.append((order, key, made))
        if self._chance(0.1):
            ended = await self._sure(lambda: self._bank.cancel(made, payer))
            return self._must_end(ended, InstructionState.CANCELLED)
        await self._sure(lambda: self._bank.confirm(made, payer, _DEVICE))
        await self._sure(lambda: self._bank.challenge(made, payer))
        code = re.search(r"动态密码(\d{6})", self._text)
        if code is None:
            raise Wrong("no code was sent")
        right = code[1]
        if self._chance(0.1):
            await self._guess_wrong(made, payer, right)
        if self._chance(0.05):
            self._moment += timedelta(seconds=_RULES.instruction_life_s)
            ended = await self._sure(lambda: self._bank.get(made, payer))
            return self._must_end(ended, InstructionState.EXPIRED)
        done = await self._sure(lambda: self._bank.authorise(made, payer, _DEVICE, right))
        self._must_end(done, InstructionState.SUCCEEDED)
        self._oracle.transfer(number, self._numbers[payee][0], order.amount.fen, self._today())
        return None

    async def _guess_wrong(self, made: str, payer: str, right: str) -> None:
        guess = f"{(int(right) + 1) % 10**6:06d}"
        chance, self._disk.chance = self._disk.chance, 0.0  # a guess that is repeated is another
        refused = await self._sure(lambda: self._bank.authorise(made, payer, _DEVICE, guess))
        self._disk.chance = chance
        self._must_be(refused, RefusalCode.AUTH_FAILED, "a wrong code")

    async def _repeat(self) -> None:
        """An earlier order again: the same instruction; with another amount: a conflict."""
        if not self._orders:
            return
        order, key, made = self._chooser.choice(self._orders)
        again = await self._sure(lambda: self._bank.create_transfer(order, key))
        if isinstance(again, RefusalCode) or again.instruction_id != made:
            raise Wrong(f"the same order and key made {again}")
        other = msgspec.structs.replace(order, amount=order.amount + Money(1))
        refused = await self._sure(lambda: self._bank.create_transfer(other, key))
        self._must_be(refused, RefusalCode.IDEMPOTENCY_CONFLICT, "another amount with an old key")

    async def _buy(self) -> None:
        customer = self._chooser.choice(list(self._numbers))
        number = self._numbers[customer][0]
        money, key = Money(self._fen(number)), f"k{next(self._keys)}"
        merchant = self._chooser.choice(("书店", "超市", "药房"))
        if self._chance(0.1):
            await self._sure(lambda: self._bank.reverse(key, money))
            late = await self._sure(lambda: self._bank.purchase(customer, merchant, money, key))
            return self._must_be(late, RefusalCode.EXPIRED, "a purchase reversed before it came")
        enough = money.fen <= self._oracle.holdings[number].balance
        bought = await self._sure(lambda: self._bank.purchase(customer, merchant, money, key))
        if not enough:
            return self._must_be(bought, RefusalCode.INSUFFICIENT_FUNDS, "a purchase")
        self._must_end(bought, InstructionState.SUCCEEDED)
        if isinstance(bought, Instruction):
            self._oracle.buy(number, money.fen, bought.instruction_id, self._today())
        if self._chance(0.15):
            undone = await self._sure(lambda: self._bank.reverse(key, money))
            if not isinstance(undone, Instruction):
                raise Wrong(f"a purchase was not reversed: {undone}")
            self._oracle.give_back(list(self._oracle.purchases)[-1], money.fen, self._today())
        return None

    async def _refund(self) -> None:
        """A part or all of a purchase, sometimes a fen more than is left; or a void."""
        if not self._oracle.purchases:
            return
        made, bought = self._chooser.choice(list(self._oracle.purchases.items()))
        key = f"k{next(self._keys)}"
        if self._chance(0.3):
            whole = bought.left == bought.amount
            voided = await self._sure(lambda: self._bank.void(made, key))
            if not whole or bought.on != self._today():
                if not isinstance(voided, RefusalCode):
                    raise Wrong("what cannot be voided was")
            else:
                self._must_end(voided, InstructionState.SUCCEEDED)
                self._oracle.give_back(made, bought.amount, self._today())
            return
        fen = self._chooser.randint(1, bought.left + 1)
        done = await self._sure(lambda: self._bank.refund(made, Money(fen), key))
        if fen > bought.left:
            if not isinstance(done, RefusalCode):
                raise Wrong("more was given back than was paid")
            return
        self._must_end(done, InstructionState.SUCCEEDED)
        self._oracle.give_back(made, fen, self._today())

    async def _another_account(self) -> None:
        customer = self._chooser.choice(list(self._numbers))
        if len(self._numbers[customer]) < _ACCOUNTS_EACH:
            await self._open_account(customer)

    async def _open_account(self, customer: str) -> None:
        fen = self._chooser.choice((0, 1, 1_000_00, self._chooser.randint(1, 50_000_00)))
        key = f"k{next(self._keys)}"
        number = await self._sure(lambda: self._bank.open_account(customer, Money(fen), key))
        if isinstance(number, RefusalCode):
            raise Wrong(f"an account could not be opened: {number}")
        self._numbers[customer].append(number)
        self._oracle.open_account(number, customer, fen, self._today())

    async def _sure(self, ask: Callable[[], Awaitable[T]]) -> T | RefusalCode:
        """Ask until the outcome is known: what a client does whose line or bank fails."""
        for _ in range(_ATTEMPTS):
            try:
                return await ask()
            except OutcomeUnknown:
                continue
            except BankRefusal as refused:
                if refused.code is RefusalCode.CORE_UNAVAILABLE:
                    continue
                self._refused[refused.code] += 1
                return refused.code
        raise Wrong("the bank never answered")

    def _fen(self, number: str) -> int:
        """Mostly small, sometimes all there is, sometimes more than that."""
        balance = self._oracle.holdings[number].balance
        return self._chooser.choice(
            (
                self._chooser.randint(1, 50_00),
                self._chooser.randint(1, 500_00),
                max(balance // 2, 1),
                max(balance, 1),
                balance + self._chooser.randint(1, 1_000_00),
            )
        )

    def _today(self) -> date:
        return _RULES.business_date(self._moment)

    def _chance(self, share: float) -> bool:
        return self._chooser.random() < share

    def _must_be(self, found: object, expected: RefusalCode | None, what: str) -> None:
        if found != expected:
            raise Wrong(f"{self._moment}: {what} was answered {found}, not {expected}")

    def _must_end(self, found: Instruction | RefusalCode, state: InstructionState) -> None:
        if not isinstance(found, Instruction) or found.state is not state:
            raise Wrong(f"{self._moment}: it must be {state} and is {found}")

"""Ten thousand random operations, hundreds at a time: each answered as plain arithmetic says.

Operations are carried out in the order in which they come, so what each must answer is known
when it is asked. The writer checks the rules at every commit, the auditor all of them after.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

from bank_bridge.contract import BankRefusal, InstructionState, Money, RefusalCode
from bank_bridge.instructions.corrections import CorrectionDesk
from bank_bridge.instructions.customers import BranchDesk
from bank_bridge.instructions.direct import DirectOrder, carry_out_order
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.purchases import TillDesk
from bank_bridge.ledger.auditor import audit
from bank_bridge.ledger.books import open_books
from tests.contracts.bank_samples import QUICK_HASH, Clock, counting_ids

OPERATIONS, TOGETHER, PEOPLE = 10_000, 500, 20
DEPOSIT = 2_000_00
Expected = RefusalCode | InstructionState


class Model:
    """Balances, and what is left of each purchase; says what an operation must answer."""

    def __init__(self, office: Office, numbers: list[str]) -> None:
        self.office, self.numbers = office, numbers
        self.chooser = random.Random(20260302)
        self.balances = [DEPOSIT] * PEOPLE
        self.left: dict[str, tuple[int, int]] = {}  # buyer and rest, by instruction
        self.fresh: list[tuple[str, int, int]] = []  # bought in this batch: key, buyer, amount
        self.till, self.returns = TillDesk(office), CorrectionDesk(office)
        self.keys = 0

    def key(self) -> str:
        self.keys += 1
        return f"k-{self.keys}"

    def fen(self, person: int) -> int:
        return self.chooser.choice(
            (
                self.chooser.randint(1, 5_00),
                self.chooser.randint(1, 300_00),
                self.balances[person] + self.chooser.choice((0, 1)) or 1,
            )
        )

    def operation(self) -> tuple[Coroutine[Any, Any, Any], Expected]:
        draw = self.chooser.random()
        if draw < 0.45:
            return self.transfer()
        return self.refund() if draw < 0.65 and self.left else self.buy()

    def transfer(self) -> tuple[Coroutine[Any, Any, Any], Expected]:
        payer, payee = self.chooser.sample(range(PEOPLE), 2)
        fen, key, made = self.fen(payer), self.key(), self.office.new_id()
        order = DirectOrder(f"c{payer}", None, self.numbers[payee], f"客户{payee}", Money(fen))
        asked = self.office.books.write(
            made, lambda conn: carry_out_order(conn, order, key, made, self.office)
        )
        if fen > self.balances[payer]:
            return asked, InstructionState.FAILED
        self.balances[payer] -= fen
        self.balances[payee] += fen
        return asked, InstructionState.SUCCEEDED

    def buy(self) -> tuple[Coroutine[Any, Any, Any], Expected]:
        buyer = self.chooser.randrange(PEOPLE)
        fen, key = self.fen(buyer), self.key()
        asked = self.till.purchase(f"c{buyer}", "书店", Money(fen), key, "retail")
        if fen > self.balances[buyer]:
            return asked, RefusalCode.INSUFFICIENT_FUNDS
        self.balances[buyer] -= fen
        self.fresh.append((key, buyer, fen))
        return asked, InstructionState.SUCCEEDED

    def refund(self) -> tuple[Coroutine[Any, Any, Any], Expected]:
        bought = self.chooser.choice(list(self.left))
        buyer, rest = self.left[bought]
        fen = self.chooser.randint(1, rest + 1)
        asked = self.returns.refund(bought, Money(fen), self.key())
        if fen > rest:
            return asked, RefusalCode.INVALID_AMOUNT
        self.balances[buyer] += fen
        if fen == rest:
            del self.left[bought]
        else:
            self.left[bought] = (buyer, rest - fen)
        return asked, InstructionState.SUCCEEDED

    def learn(self, made: dict[str, str]) -> None:
        """What was bought in a batch may be given back in the next."""
        self.left |= {made[key]: (buyer, fen) for key, buyer, fen in self.fresh}
        self.fresh.clear()


async def test_after_ten_thousand_random_operations_every_rule_holds(
    bank_file: Path, clock: Clock
) -> None:
    async with open_books(bank_file, clock) as books:
        office = Office(books, clock, counting_ids(), QUICK_HASH)
        branch = BranchDesk(office)
        numbers = []
        for n in range(PEOPLE):
            await branch.enrol(f"c{n}", f"客户{n}", f"139{n:08d}")
            numbers.append(await branch.open_account(f"c{n}", Money(DEPOSIT), f"open-{n}"))
        model = Model(office, numbers)
        for _ in range(OPERATIONS // TOGETHER):
            clock.moment += timedelta(hours=5)
            asked = [model.operation() for _ in range(TOGETHER)]
            answers = await asyncio.gather(*(a for a, _ in asked), return_exceptions=True)
            found = [a.code if isinstance(a, BankRefusal) else a.state for a in answers]  # type: ignore[union-attr]
            assert found == [expected for _, expected in asked]
            model.learn(dict(await books.read(_keys)))
        balances = await books.read(
            lambda conn: conn.execute(
                "SELECT credits_posted - debits_posted FROM accounts WHERE customer IS NOT NULL"
                " ORDER BY account_id"
            ).fetchall()
        )
    assert [fen for (fen,) in balances] == model.balances
    report = audit(bank_file)
    assert report.clean, report.page()


def _keys(conn: Any) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = conn.execute("SELECT key, result FROM idempotency").fetchall()
    return found

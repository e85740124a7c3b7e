"""The oracle: what balances, limits, refunds and interest must come to, in plain dictionaries.

Told of each operation before the bank answers, it says what the answer must be. It shares no
code with the ledger, and knows the rules only by the figures it is given.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from bank_bridge.contract import RefusalCode

HALF = Fraction(1, 2)
ONE_DAY = timedelta(days=1)


@dataclass
class Holding:
    """One account: what it has, what each date brought, and what it earned since it was paid."""

    owner: str
    balance: int = 0
    moved: defaultdict[date, int] = field(default_factory=lambda: defaultdict(int))
    closing: int = 0  # of the last date that was closed
    earned: Fraction = Fraction(0)


@dataclass
class Purchase:
    """A purchase and what of it is not given back yet."""

    account: str
    on: date
    amount: int
    left: int


@dataclass(frozen=True)
class Figures:
    """The rules that the oracle goes by: amounts in fen, the rate of a year of 360 days."""

    day_limit: int
    rate: Fraction
    paid_on: frozenset[tuple[int, int]]


class Oracle:
    """The model. Accounts by number; the first of a customer is the one they pay from."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self.holdings: dict[str, Holding] = {}
        self.purchases: dict[str, Purchase] = {}  # by instruction
        self.next_open: date | None = None
        self._transferred: defaultdict[tuple[str, date], int] = defaultdict(int)

    def open_account(self, number: str, owner: str, deposit: int, today: date) -> None:
        self.holdings[number] = Holding(owner)
        self._move(number, deposit, today)
        if self.next_open is None:
            self.next_open = today

    def transfer_refusal(self, payer: str, fen: int, today: date) -> RefusalCode | None:
        moved = self._transferred[self.holdings[payer].owner, today]
        if moved + fen > self.figures.day_limit:
            return RefusalCode.STRONGER_PROOF_NEEDED
        return RefusalCode.INSUFFICIENT_FUNDS if fen > self.holdings[payer].balance else None

    def transfer(self, payer: str, payee: str, fen: int, today: date) -> None:
        self._move(payer, -fen, today)
        self._move(payee, fen, today)
        self._transferred[self.holdings[payer].owner, today] += fen

    def buy(self, account: str, fen: int, instruction: str, today: date) -> None:
        self._move(account, -fen, today)
        self.purchases[instruction] = Purchase(account, today, fen, fen)

    def give_back(self, instruction: str, fen: int, today: date) -> None:
        bought = self.purchases[instruction]
        bought.left -= fen
        self._move(bought.account, fen, today)

    def close(self, through: date) -> None:
        """Close every date that is still open up to that one."""
        while self.next_open is not None and self.next_open <= through:
            for holding in self.holdings.values():
                self._close(holding, self.next_open)
            self.next_open += ONE_DAY

    def balances(self) -> dict[str, int]:
        return {number: holding.balance for number, holding in self.holdings.items()}

    def _close(self, holding: Holding, day: date) -> None:
        if (day.month, day.day) in self.figures.paid_on:
            interest = int(holding.earned + HALF)
            holding.balance += interest
            holding.moved[day] += interest
            holding.earned = Fraction(0)
        holding.closing += holding.moved.pop(day, 0)
        holding.earned += max(holding.closing, 0) * self.figures.rate / 360

    def _move(self, number: str, fen: int, today: date) -> None:
        self.holdings[number].balance += fen
        self.holdings[number].moved[today] += fen

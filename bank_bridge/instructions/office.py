"""What every desk of the bank is given: the books, the clock, new ids, the rules, the kinds."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple, Protocol

from bank_bridge.instructions.records import Record
from bank_bridge.instructions.rules import Rules
from bank_bridge.ledger.books import Books


class Carrying(NamedTuple):
    """An instruction that is being carried out, in the transaction that does it."""

    conn: sqlite3.Connection
    record: Record
    moment: datetime
    office: Office


class Kind(Protocol):
    """What a product adds to one kind of instruction, in the transaction that carries it out.

    `moves_money` is false for an agreement: it is proven like a payment, and nothing is held
    or posted for it.
    """

    moves_money: bool

    def product(self, carrying: Carrying, /) -> str:
        """What the outbox calls it."""

    def channel(self, carrying: Carrying, /) -> str:
        """By which way the customer gave it, for the outbox."""

    def known(self, carrying: Carrying, /) -> bool:
        """Whether the customer has proven one like it before: the same bill number, say."""

    def check(self, carrying: Carrying, /) -> None:
        """Raise a BankRefusal if it may not be carried out now; changes nothing."""

    def settle(self, carrying: Carrying, /) -> None:
        """The product's own rows, after the posting. Must not refuse."""


class Office(NamedTuple):
    """Handed in once, so that no desk reads a clock or makes an id by itself."""

    books: Books
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    rules: Rules
    kinds: Mapping[str, Kind] = MappingProxyType({})
    day_end: date | None = None  # the date that is being closed, where it is the day-end's work

    def today(self) -> date:
        """The business date that this work is of."""
        return self.day_end or self.rules.business_date(self.now())

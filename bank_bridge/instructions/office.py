"""What every desk of the bank is given: the books, the clock, new ids and the rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from bank_bridge.instructions.rules import Rules
from bank_bridge.ledger.books import Books


class Office(NamedTuple):
    """Handed in once, so that no desk reads a clock or makes an id by itself."""

    books: Books
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    rules: Rules

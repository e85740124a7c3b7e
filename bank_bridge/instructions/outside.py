"""Accounts at other banks, as payees: what is sent there is owed to the clearing house.

Each has an account in the books under its bank and number, so that statements name it and
the clearing house's day can be settled account by account. The payer's bank checks its shape,
the payee's bank its name.
"""

from __future__ import annotations

import re
import sqlite3

from bank_bridge.contract import BankRefusal, RefusalCode
from bank_bridge.instructions.requests import checked_text
from bank_bridge.ledger.accounts import LedgerAccount, account_by_number, system_account

KIND = "outside"
_NUMBER = re.compile(r"[0-9]{8,32}")
_LONGEST = 60


def outside_account(
    conn: sqlite3.Connection, bank: str, number: str, name: str, at: int
) -> LedgerAccount:
    """The account, opened when first paid. Raises INVALID_REQUEST."""
    checked_text(bank, "bank", _LONGEST)
    checked_text(name, "name", _LONGEST)
    if not _NUMBER.fullmatch(number) or ":" in bank:
        raise BankRefusal(RefusalCode.INVALID_REQUEST, "number is not well formed")
    if account_by_number(conn, number) is not None:
        raise BankRefusal(RefusalCode.INVALID_REQUEST, "that account is at this bank")
    account = system_account(conn, KIND, f"{KIND}:{bank}:{number}", name, at)
    if account.title != name:
        raise BankRefusal(RefusalCode.PAYEE_NAME_MISMATCH, "the number is known by another name")
    return account


def number_of(account: LedgerAccount) -> str:
    """The account's number at its own bank."""
    return account.number.rpartition(":")[2]


def bank_of(account: LedgerAccount) -> str:
    return account.number.split(":")[1]

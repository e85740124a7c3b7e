"""An uploaded list of customers: which rows name somebody, and what is wrong with the others.

A heading names the column; without one it is the first. Rows count from 1, as office programs
show them, so that whoever made the list finds the bad ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import StrEnum

import msgspec

from chat_server.domain.accounts.campaigns import MAX_LISTED
from chat_server.domain.errors import InvalidValue, TooLong

MOST_ROWS = MAX_LISTED + 1  # a heading beside them
LONGEST_NAME = 64  # characters
SHOWN = 100  # bad rows that are told one by one
HEADINGS = frozenset(
    {"customer", "customer_id", "customer id", "user", "客户", "客户号", "客户编号"}
)


class Fault(StrEnum):
    EMPTY = "empty"  # something stands in the row, and nothing where the customer should
    TOO_LONG = "too_long"
    REPEATED = "repeated"
    NOT_FOLLOWING = "not_following"  # or there is no such customer: the two look alike


class BadRow(msgspec.Struct, frozen=True):
    row: int
    value: str
    fault: Fault


class CustomerList(msgspec.Struct, frozen=True):
    """`rows`: how many named somebody or tried to. `bad`: the first of the bad ones."""

    rows: int
    customers: Sequence[str]
    bad: Sequence[BadRow]
    faults: Mapping[Fault, int]


def named_in(rows: Sequence[Sequence[str]]) -> Sequence[tuple[int, str]]:
    """Row number and what stands where the customer should; blank rows are left out.

    InvalidValue for a list without any, TooLong for one of too many rows.
    """
    if len(rows) > MOST_ROWS:
        raise TooLong(f"file: at most {MAX_LISTED} customers")
    heading = [cell.strip().casefold() for cell in rows[0]] if rows else []
    column = next((at for at, cell in enumerate(heading) if cell in HEADINGS), None)
    first, at = (1, 0) if column is None else (2, column)
    named = [
        (number, row[at].strip() if at < len(row) else "")
        for number, row in enumerate(rows, 1)
        if number >= first and any(cell.strip() for cell in row)
    ]
    if not named:
        raise InvalidValue("file: no customers in it")
    if len(named) > MAX_LISTED:
        raise TooLong(f"file: at most {MAX_LISTED} customers")
    return named


def sorted_out(named: Sequence[tuple[int, str]], followers: AbstractSet[str]) -> CustomerList:
    """`followers`: those of the named who follow the account."""
    customers: dict[str, None] = {}
    bad: list[BadRow] = []
    for number, value in named:
        fault = _fault(value, followers, customers)
        if fault is None:
            customers[value] = None
        else:
            bad.append(BadRow(number, value[:LONGEST_NAME], fault))
    counted = {fault: sum(each.fault is fault for each in bad) for fault in Fault}
    faults = {fault: count for fault, count in counted.items() if count}
    return CustomerList(len(named), list(customers), bad[:SHOWN], faults)


def _fault(value: str, followers: AbstractSet[str], taken: Mapping[str, None]) -> Fault | None:
    if not value:
        return Fault.EMPTY
    if len(value) > LONGEST_NAME:
        return Fault.TOO_LONG
    if value in taken:
        return Fault.REPEATED
    return None if value in followers else Fault.NOT_FOLLOWING

"""What every way to a bank core promises, be it in this house or behind a gateway.

A gateway's test file inherits these classes and brings two fixtures: `teller`, a bank with its
doors open (see bank_samples), and `clock`, the clock of that bank.
"""

from __future__ import annotations

from tests.contracts.bank_core_contract_codes import CodeContract
from tests.contracts.bank_core_contract_money import LimitContract, TransferContract
from tests.contracts.bank_core_contract_records import EnrolmentContract, EventsContract

__all__ = [
    "CodeContract",
    "EnrolmentContract",
    "EventsContract",
    "LimitContract",
    "TransferContract",
]

"""What may be asked over the network: the methods of the bank's ports, each with its place.

Both ends read this table, and the shapes of requests and replies are made from the
signatures of the contract itself, so that the two cannot drift apart.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar, get_type_hints

import msgspec

from bank_bridge import (
    day_contract,
    device_contract,
    freeze_contract,
    fund_contract,
    paper_contract,
    product_contract,
    saving_contract,
    standing_contract,
    tier_contract,
)
from bank_bridge.contract import (
    BankAccount,
    BankCore,
    BankEvent,
    Challenge,
    Instruction,
    Payee,
    StatementLine,
)

T = TypeVar("T")
KEY = "idempotency_key"
OPERATIONS: dict[str, Operation[Any]] = {}


class Operation(Generic[T]):
    """One method of the core. `writes`: needs a key, and may have an unknown outcome.

    `keyed`: the core itself remembers the key, and says how the thing stands now.
    """

    def __init__(self, name: str, path: str, *, writes: bool, port: type = BankCore) -> None:
        method = getattr(port, name)
        self.signature = inspect.signature(method)
        hints = get_type_hints(method)
        parameters = [p for p in self.signature.parameters.values() if p.name != "self"]
        self.name, self.path, self.writes = name, path, writes
        self.keyed = any(p.name == KEY for p in parameters)
        fields = [
            (p.name, hints[p.name])
            if p.default is inspect.Parameter.empty
            else (p.name, hints[p.name], p.default)
            for p in parameters
            if p.name != KEY
        ]
        # Made here, so no type checker can know it; what it decodes, the core's signature checks.
        self.request: Any = msgspec.defstruct(
            f"{name}_request", fields, frozen=True, forbid_unknown_fields=True
        )
        self.decode_request: Callable[[bytes], Any] = msgspec.json.Decoder(self.request).decode
        self.decode_reply: Callable[[bytes], T] = msgspec.json.Decoder(hints["return"]).decode


def _read(name: str, path: str) -> Operation[Any]:
    return _listed(Operation(name, path, writes=False))


def _write(name: str, path: str) -> Operation[Any]:
    return _listed(Operation(name, path, writes=True))


def _listed(operation: Operation[Any]) -> Operation[Any]:
    OPERATIONS[operation.name] = operation
    return operation


# Numbers of accounts stand in bodies only: paths are logged by everything on the way.
LIST_ACCOUNTS: Operation[Sequence[BankAccount]] = _read("list_accounts", "/v1/accounts/list")
STATEMENT: Operation[Sequence[StatementLine]] = _read("statement", "/v1/accounts/statement")
LIST_PAYEES: Operation[Sequence[Payee]] = _read("list_payees", "/v1/payees/list")
EVENTS: Operation[Sequence[BankEvent]] = _read("events", "/v1/events/list")
GET: Operation[Instruction] = _read("get", "/v1/instructions/get")
CURRENT_CHALLENGE: Operation[Challenge | None] = _read(
    "current_challenge", "/v1/instructions/challenge/current"
)
CREATE_TRANSFER: Operation[Instruction] = _write("create_transfer", "/v1/transfers")
CONFIRM: Operation[Instruction] = _write("confirm", "/v1/instructions/confirm")
CANCEL: Operation[Instruction] = _write("cancel", "/v1/instructions/cancel")
CHALLENGE: Operation[Challenge] = _write("challenge", "/v1/instructions/challenge")
AUTHORISE: Operation[Instruction] = _write("authorise", "/v1/instructions/authorise")
PURCHASE: Operation[Instruction] = _write("purchase", "/v1/purchases")
ENROL: Operation[None] = _write("enrol", "/v1/customers")
OPEN_ACCOUNT: Operation[str] = _write("open_account", "/v1/accounts")
SAVE_PAYEE: Operation[Payee] = _write("save_payee", "/v1/payees")
SAVE_OUTSIDE_PAYEE: Operation[Payee] = _write("save_outside_payee", "/v1/payees/outside")


_PRODUCT_CONTRACTS = (
    product_contract,
    saving_contract,
    standing_contract,
    device_contract,
    freeze_contract,
    tier_contract,
    paper_contract,
    day_contract,
    fund_contract,
)
# Chores a core does by itself; files of payments are larger than a request may be.
_STAYS_THERE = (
    Protocol,
    product_contract.Chores,
    day_contract.DayEnds,
    paper_contract.Batches,
)


def _product_ports() -> Sequence[type]:
    """Every port of the products but those that stay at the core."""
    found = [each for module in _PRODUCT_CONTRACTS for each in vars(module).values()]
    ports = [each for each in found if isinstance(each, type) and vars(each).get("_is_protocol")]
    return [port for port in ports if port not in _STAYS_THERE]


# Whatever is not known to be a read is asked with a key and done once.
_PRODUCT_READS = frozenset(
    {
        "bill_categories",
        "bill_channels",
        "bill_items",
        "query_bills",
        "bill",
        "bill_payments",
        "saved_bills",
        "debit_agreements",
        "biller_file",
        "epay",
        "gift",
        "device_keys",
        "frozen",
        "freezes",
        "tier",
        "deposit_terms",
        "deposits",
        "standing_transfers",
        "business_days",
        "funds",
        "risk_questions",
        "risk_profile",
        "fund_orders",
        "holdings",
        "account_statement",
        "statement_document",
    }
)
PRODUCTS: Sequence[Operation[Any]] = [
    _listed(Operation(name, f"/v1/products/{name}", writes=name not in _PRODUCT_READS, port=port))
    for port in _product_ports()
    for name in sorted(vars(port))
    if inspect.iscoroutinefunction(getattr(port, name))
]


def device_of(arguments: Mapping[str, Any]) -> str:
    """The customer's device that a request is bound to; empty where it plays no part."""
    device = arguments.get("device", getattr(arguments.get("order"), "device", ""))
    return str(device)

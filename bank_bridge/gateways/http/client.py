"""A bank behind its own gateway, as a `BankCore`: what `BANK_URL=https://...` opens.

Nothing is decided here. Each method names its operation; how a bank is asked, and what is
done when it does not answer, is in `asking.py`.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog

from bank_bridge.contract import (
    BankAccount,
    BankError,
    BankEvent,
    BankRefusal,
    Challenge,
    Instruction,
    Money,
    OutcomeUnknown,
    Payee,
    RefusalCode,
    StatementLine,
    TransferOrder,
)
from bank_bridge.gateways.http import operations as ops
from bank_bridge.gateways.http.asking import Asking
from bank_bridge.gateways.http.keys import End, load_keys, tls_context
from bank_bridge.gateways.http.line import Line, LineTimes, open_session

log = structlog.get_logger()


class HttpBank:
    """The bank's gateway decides everything; its word is checked against what was ordered.

    It also has every method of the products' ports: what a bank does not sell, it refuses.
    """

    def __init__(self, asking: Asking, new_id: Callable[[], str]) -> None:
        self._asking, self._new_id = asking, new_id

    async def list_accounts(self, customer: str) -> Sequence[BankAccount]:
        return await self._asking.read(ops.LIST_ACCOUNTS, customer=customer)

    async def statement(self, customer: str, number: str, limit: int) -> Sequence[StatementLine]:
        return await self._asking.read(ops.STATEMENT, customer=customer, number=number, limit=limit)

    async def list_payees(self, customer: str) -> Sequence[Payee]:
        return await self._asking.read(ops.LIST_PAYEES, customer=customer)

    async def events(self, after: int, limit: int) -> Sequence[BankEvent]:
        return await self._asking.read(ops.EVENTS, after=after, limit=limit)

    async def create_transfer(self, order: TransferOrder, idempotency_key: str) -> Instruction:
        key = _checked_key(idempotency_key)
        made = await self._asking.write(ops.CREATE_TRANSFER, key, key, order=order)
        return _as_ordered(made, order.customer, order.amount)

    async def confirm(self, instruction_id: str, customer: str, device: str) -> Instruction:
        return await self._asking.write(
            ops.CONFIRM,
            self._new_id(),
            instruction_id,
            instruction_id=instruction_id,
            customer=customer,
            device=device,
        )

    async def cancel(self, instruction_id: str, customer: str) -> Instruction:
        return await self._asking.write(
            ops.CANCEL,
            self._new_id(),
            instruction_id,
            instruction_id=instruction_id,
            customer=customer,
        )

    async def get(self, instruction_id: str, customer: str) -> Instruction:
        return await self._asking.read(ops.GET, instruction_id=instruction_id, customer=customer)

    async def challenge(self, instruction_id: str, customer: str) -> Challenge:
        return await self._asking.write(
            ops.CHALLENGE,
            self._new_id(),
            instruction_id,
            instruction_id=instruction_id,
            customer=customer,
        )

    async def current_challenge(self, instruction_id: str, customer: str) -> Challenge | None:
        return await self._asking.read(
            ops.CURRENT_CHALLENGE, instruction_id=instruction_id, customer=customer
        )

    async def authorise(
        self, instruction_id: str, customer: str, device: str, code: str
    ) -> Instruction:
        return await self._asking.write(
            ops.AUTHORISE,
            self._new_id(),
            instruction_id,
            instruction_id=instruction_id,
            customer=customer,
            device=device,
            code=code,
        )

    async def purchase(
        self,
        customer: str,
        merchant: str,
        amount: Money,
        idempotency_key: str,
        category: str = "retail",
    ) -> Instruction:
        key = _checked_key(idempotency_key)
        made = await self._asking.write(
            ops.PURCHASE,
            key,
            key,
            customer=customer,
            merchant=merchant,
            amount=amount,
            category=category,
        )
        return _as_ordered(made, customer, amount)

    async def enrol(self, customer: str, name: str, phone: str) -> None:
        await self._asking.write(
            ops.ENROL, self._new_id(), customer, customer=customer, name=name, phone=phone
        )

    async def open_account(self, customer: str, deposit: Money, idempotency_key: str) -> str:
        key = _checked_key(idempotency_key)
        return await self._asking.write(
            ops.OPEN_ACCOUNT, key, key, customer=customer, deposit=deposit
        )

    async def save_payee(self, customer: str, payee_customer: str) -> Payee:
        return await self._asking.write(
            ops.SAVE_PAYEE,
            self._new_id(),
            customer,
            customer=customer,
            payee_customer=payee_customer,
        )

    async def save_outside_payee(self, customer: str, name: str, number: str, bank: str) -> Payee:
        return await self._asking.write(
            ops.SAVE_OUTSIDE_PAYEE,
            self._new_id(),
            customer,
            customer=customer,
            name=name,
            number=number,
            bank=bank,
        )


def _forwarded(operation: ops.Operation[Any]) -> Callable[..., Awaitable[Any]]:
    """A product's method, as its port declares it."""

    async def ask(self: HttpBank, *given: object, **named: object) -> object:
        bound = operation.signature.bind(self, *given, **named)
        bound.apply_defaults()
        arguments = {name: value for name, value in bound.arguments.items() if name != "self"}
        if not operation.writes:
            return await self._asking.read(operation, **arguments)
        key = str(arguments.pop(ops.KEY)) if operation.keyed else self._new_id()
        return await self._asking.write(operation, _checked_key(key), key, **arguments)

    return ask


for _product in ops.PRODUCTS:
    setattr(HttpBank, _product.name, _forwarded(_product))


@asynccontextmanager
async def open_http_bank(
    url: str,
    *,
    keys: Path,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
    sleep: Callable[[float], Awaitable[None]],
    times: LineTimes | None = None,
) -> AsyncIterator[HttpBank]:
    """The gateway at `url`. Without TLS only on this machine. Raises BankError."""
    times = times or LineTimes()
    tls = tls_of(url, keys)
    line_keys = load_keys(keys, End.HOUSE)
    async with open_session(times, tls) as http:
        asking = Asking(Line(http, url, line_keys, now, new_id), times, now, sleep)
        try:
            yield HttpBank(asking, new_id)
        finally:
            await asking.close()


def tls_of(url: str, keys: Path) -> ssl.SSLContext | None:
    """What the line needs of TLS; none on this machine. Raises BankError."""
    return tls_context(keys, End.HOUSE) if _needs_tls(url) else None


def _needs_tls(url: str) -> bool:
    parts = urlsplit(url)
    if not parts.hostname:
        raise BankError(f"BANK_URL: {url!r} names no host")
    if parts.scheme == "https":
        return True
    try:
        here = parts.hostname == "localhost" or ip_address(parts.hostname).is_loopback
    except ValueError:
        here = False
    if not here:
        raise BankError("BANK_URL: http:// is for a bank on this machine; use https://")
    return False


def _checked_key(key: str) -> str:
    if not key:
        raise BankRefusal(RefusalCode.INVALID_REQUEST, "idempotency_key is not well formed")
    return key


def _as_ordered(made: Instruction, customer: str, amount: Money) -> Instruction:
    """A bank that made something else of the order is not believed: a person has to look."""
    if (made.customer, made.amount) != (customer, amount):
        log.critical("bank_made_another_order", instruction=made.instruction_id)
        raise OutcomeUnknown(made.instruction_id)
    return made

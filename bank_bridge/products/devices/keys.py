"""A key for a device: asked for, proven by a code, and approved by the branch or another device.

The amount on the card is what a business date's signed transfers may come to.
"""

from __future__ import annotations

import sqlite3

from bank_bridge.contract import BankRefusal, Instruction, RefusalCode
from bank_bridge.device_contract import KeyOrder, KeyState
from bank_bridge.instructions import key_rows
from bank_bridge.instructions.customers import customer_facts, own_account
from bank_bridge.instructions.key_rows import NEW_KEY
from bank_bridge.instructions.office import Carrying, Office
from bank_bridge.instructions.requests import checked_text, keyed
from bank_bridge.instructions.standing import check_unlocked
from bank_bridge.ledger.accounts import system_account
from bank_bridge.ledger.database import to_us
from bank_bridge.products.ordering import Terms, order
from bank_bridge.products.proofs import Proof

APPROVAL = "key_approval_agreement"
_TITLE = "设备密钥"


class DeviceKeyKind(Proof):
    """The proof that a customer wants the key; it moves nothing."""

    name = NEW_KEY

    def check(self, carrying: Carrying) -> None:
        if not key_rows.is_made(carrying.conn, carrying.record.instruction_id):
            raise BankRefusal(RefusalCode.INVALID_REQUEST, "the device made no key")

    def settle(self, carrying: Carrying) -> None:
        conn, record = carrying.conn, carrying.record
        granted = key_rows.use_grant(conn, record.customer)
        state = KeyState.ACTIVE if granted else KeyState.PENDING
        key_rows.begin(conn, record.instruction_id, record.device, state)


class KeyApprovalKind(Proof):
    """A signature of one device for the key of another."""

    name = APPROVAL

    def signed(self, _: Carrying) -> bool:
        return True

    def check(self, carrying: Carrying) -> None:
        pending = key_rows.keys_of(carrying.conn, carrying.record.customer, (KeyState.PENDING,))
        if carrying.record.memo not in [row.key for row in pending]:
            raise BankRefusal(RefusalCode.NOT_FOUND, "no such key waits any more")

    def settle(self, carrying: Carrying) -> None:
        key_rows.approve(carrying.conn, carrying.record.customer, carrying.record.memo)


class KeyCounter:
    """Asking for keys and approving them."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def create(self, asked: KeyOrder, idempotency_key: str) -> Instruction:
        request = keyed(idempotency_key, asked.customer, NEW_KEY, asked)
        checked_text(asked.device, "device", 200)
        checked_text(asked.name, "name", 60)

        def quote(conn: sqlite3.Connection) -> Terms:
            vouched = key_rows.is_granted(conn, asked.customer)
            if not vouched and not key_rows.has_active_key(conn, asked.customer):
                text = "a first key needs the branch's word"
                raise BankRefusal(RefusalCode.STRONGER_PROOF_NEEDED, text)
            return self._terms(conn, NEW_KEY, asked.customer, asked.device, asked.name)

        def keep(conn: sqlite3.Connection, instruction_id: str) -> None:
            at = to_us(self._office.now())
            key_rows.ask(conn, instruction_id, asked.customer, asked.device, asked.name, at)

        return await order(self._office, request, asked.customer, quote, keep)

    async def create_approval(
        self, customer: str, device: str, idempotency_key: str
    ) -> Instruction:
        request = keyed(idempotency_key, customer, APPROVAL, device)
        checked_text(device, "device", 200)

        def quote(conn: sqlite3.Connection) -> Terms:
            pending = key_rows.keys_of(conn, customer, (KeyState.PENDING,))
            if not pending:
                raise BankRefusal(RefusalCode.NOT_FOUND, "no key waits for approval")
            new = pending[0]
            return self._terms(conn, APPROVAL, customer, device, new.name, new.key)

        return await order(self._office, request, customer, quote, lambda *_: None)

    async def grant(self, customer: str) -> None:
        def operation(conn: sqlite3.Connection) -> None:
            customer_facts(conn, customer)
            key_rows.grant(conn, customer, to_us(self._office.now()))

        await self._office.books.write(customer, operation)

    def _terms(
        self,
        conn: sqlite3.Connection,
        kind: str,
        customer: str,
        device: str,
        name: str,
        about: str = "",
    ) -> Terms:
        at = to_us(self._office.now())
        check_unlocked(customer_facts(conn, customer), at)
        return Terms(
            kind=kind,
            customer=customer,
            device=device,
            payer=own_account(conn, customer),
            payee=system_account(conn, "escrow", "devices/keys", _TITLE, at),
            amount=self._office.rules.signed_day_limit.fen,
            payee_name=name,
            memo=about,
        )

"""The till desk: purchases that were confirmed and proven at a shop, carried out at once."""

from __future__ import annotations

import sqlite3

from bank_bridge.contract import (
    MERCHANT_CATEGORIES,
    BankRefusal,
    Instruction,
    Money,
    RefusalCode,
)
from bank_bridge.contract import InstructionState as State
from bank_bridge.instructions.customers import customer_facts, own_account
from bank_bridge.instructions.execution import carry_out
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.records import Record, find
from bank_bridge.instructions.requests import (
    checked_amount,
    checked_text,
    earlier_result,
    keyed,
    remember,
)
from bank_bridge.ledger.accounts import system_account
from bank_bridge.ledger.database import to_us

_PROVEN_AT_THE_TILL = (State.QUOTED, State.REQUIRES_CONFIRMATION, State.REQUIRES_AUTH)


class TillDesk:
    """Debits the default account and credits what the bank owes the merchant."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def purchase(
        self, customer: str, merchant: str, amount: Money, idempotency_key: str, category: str
    ) -> Instruction:
        request = keyed(idempotency_key, customer, "purchase", merchant, amount.fen, category)
        checked_amount(amount, self._office.rules)
        checked_text(merchant, "merchant", 60)
        if category not in MERCHANT_CATEGORIES:
            words = ", ".join(sorted(MERCHANT_CATEGORIES))
            raise BankRefusal(RefusalCode.INVALID_REQUEST, f"category is not one of {words}")
        instruction_id = self._office.new_id()

        def operation(conn: sqlite3.Connection) -> Record:
            earlier = earlier_result(conn, request)
            if earlier is not None:
                return find(conn, earlier, customer)
            now = self._office.now()
            draft = self._draft(conn, instruction_id, customer, merchant, amount, to_us(now))
            remember(conn, request, instruction_id, draft.created_at)
            done = carry_out(conn, draft, self._office, now, category, fresh=_PROVEN_AT_THE_TILL)
            if done.failure is not None:  # raised, so that a refused purchase leaves nothing
                raise BankRefusal(done.failure, "not enough available")
            return done

        return (await self._office.books.write(instruction_id, operation)).seen()

    def _draft(
        self,
        conn: sqlite3.Connection,
        new_id: str,
        customer: str,
        merchant: str,
        amount: Money,
        at: int,
    ) -> Record:
        customer_facts(conn, customer)
        payer = own_account(conn, customer)
        payee = system_account(conn, "merchant", f"merchant/{merchant}", merchant, at)
        return Record(
            instruction_id=new_id,
            version=1,
            kind="purchase",
            state=State.CREATED,
            customer=customer,
            device="till",
            payer_account=payer.account_id,
            payee_account=payee.account_id,
            amount=amount.fen,
            fee=0,
            payer_tail=payer.tail,
            payee_name=merchant,
            payee_tail=payee.tail,
            memo="",
            created_at=at,
            expires_at=at + self._office.rules.instruction_life_s * 1_000_000,
        )

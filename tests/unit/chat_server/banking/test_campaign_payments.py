"""What the real bank's outbox tells of, and which of it a campaign may have led to."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from bank_bridge.contract import Money, TransferOrder
from bank_bridge.gateways.embedded import open_embedded
from bank_bridge.instructions.rules import Rules
from chat_server.usecases.banking.payments import CampaignPayments
from chat_server.usecases.public_accounts.campaign_outcomes import Payment

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


class Told:
    """Takes down the payments it is told of."""

    def __init__(self) -> None:
        self.payments: list[Payment] = []

    async def on_paid(self, payment: Payment) -> None:
        self.payments.append(payment)


class Phone:
    code = ""

    async def __call__(self, phone: str, text: str) -> None:
        del phone
        self.code = re.findall(r"(?<!\d)\d{6}(?!\d)", text)[-1]


async def test_a_purchase_is_told_and_a_transfer_is_not(tmp_path: Path) -> None:
    phone, ids, told = Phone(), iter(range(10**6)), Told()
    async with open_embedded(
        tmp_path / "bank.db",
        now=lambda: NOW,
        new_id=lambda: f"id-{next(ids)}",
        send_sms=phone,
        rules=Rules(code_hash_memory_kib=8),
    ) as bank:
        for user, name, number in (("ann", "安", "13800000001"), ("bob", "博", "13800000002")):
            await bank.enrol(user, name, number)
            await bank.open_account(user, Money(1_000_00), f"open-{user}")
        await bank.purchase("ann", "京东", Money(328_00), "buy")
        payee = await bank.save_payee("ann", "bob")
        order = TransferOrder("ann", "phone", payee.payee_id, Money(50_00))
        made = await bank.create_transfer(order, "give")
        await bank.confirm(made.instruction_id, "ann", "phone")
        await bank.challenge(made.instruction_id, "ann")
        await bank.authorise(made.instruction_id, "ann", "phone", phone.code)
        for event in await bank.events(0, 500):
            await CampaignPayments(told).on_event(event)
    (paid,) = told.payments
    assert (paid.customer, paid.product, paid.fen) == ("ann", "retail", 328_00)
    assert paid.at_ms == NOW.timestamp() * 1000

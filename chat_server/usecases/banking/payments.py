"""What a customer paid, told to the campaigns that may have led to it.

Called by a relay of its own over the bank's outbox, at least once and in order. A payment is
for a purchase, a bill, or an order of a product of the bank; money that only changes hands
or pockets is none.
"""

from __future__ import annotations

from bank_bridge.contract import MERCHANT_CATEGORIES, BankEvent
from chat_server.usecases.public_accounts.campaign_outcomes import CampaignOutcomes, Payment

ORDERS = frozenset({"fund", "fixed_deposit"})
BILL = "bill_"  # with its category


class CampaignPayments:
    def __init__(self, outcomes: CampaignOutcomes) -> None:
        self._outcomes = outcomes

    async def on_event(self, event: BankEvent) -> None:
        fen = -event.amount.fen if event.type == "posting" and event.amount else 0
        if fen <= 0 or not is_bought(event.product):
            return
        at_ms = round(event.occurred_at.timestamp() * 1000)
        await self._outcomes.on_paid(
            Payment(event.customer, event.product, fen, at_ms, event.position)
        )


def is_bought(product: str) -> bool:
    """Whether a posting of this product pays for something."""
    return product in MERCHANT_CATEGORIES | ORDERS or product.startswith(BILL)

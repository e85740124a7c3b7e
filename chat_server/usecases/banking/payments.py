"""What a customer paid, told to the campaigns that may have led to it.

Called by a relay of its own over the bank's outbox, at least once and in order.
"""

from __future__ import annotations

from bank_bridge.contract import BankEvent
from chat_server.usecases.public_accounts.campaign_outcomes import CampaignOutcomes, Payment

# Money that only changes hands between persons, or is the bank's own, buys nothing.
NO_PURCHASE = frozenset(
    {
        "transfer",
        "in_bank_transfer",
        "interbank_transfer",
        "batch_transfer",
        "p2p",
        "red_packet",
        "gift",
        "interest",
        "reversal",
    }
)


class CampaignPayments:
    def __init__(self, outcomes: CampaignOutcomes) -> None:
        self._outcomes = outcomes

    async def on_event(self, event: BankEvent) -> None:
        """A posting that took money for an order, a purchase or a bill."""
        fen = -event.amount.fen if event.type == "posting" and event.amount else 0
        if fen <= 0 or event.product in NO_PURCHASE:
            return
        at_ms = round(event.occurred_at.timestamp() * 1000)
        await self._outcomes.on_paid(
            Payment(event.customer, event.product, fen, at_ms, event.position)
        )

"""The store's suite: the recipient ledger of campaigns."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from chat_server.domain.accounts.campaigns import Recipient, RecipientState, Tally
from chat_server.ports.store import Store

QUEUED, SENT = RecipientState.QUEUED, RecipientState.SENT


def to(customer: str, campaign: str = "c", variant: int = 0) -> Recipient:
    return Recipient(campaign, customer, variant, QUEUED, at_ms=5)


class RecipientsContract:
    async def test_one_customer_of_one_campaign_is_one_row(self, store: Store) -> None:
        ledger = store.recipients
        pages = [[to("a"), to("b"), to("b")], [to("b", variant=1), to("c")]]
        assert sum(await asyncio.gather(*(ledger.enrol(page) for page in pages))) == 3
        assert await ledger.enrol([to("a", campaign="other")]) == 1
        found = await ledger.in_state("c", QUEUED, limit=9)
        assert [each.customer for each in found] == ["a", "b", "c"]
        found = await ledger.in_state("c", QUEUED, after="a", limit=1)
        assert [each.customer for each in found] == ["b"]
        assert list(await ledger.in_state("c", QUEUED, limit=0)) == []

    async def test_a_row_moves_from_the_state_it_is_in(self, store: Store) -> None:
        ledger = store.recipients
        await ledger.enrol([to("a"), to("b")])
        sent = replace(to("a"), state=SENT, seq=7, at_ms=9)
        assert await ledger.move(QUEUED, [sent, replace(sent, customer="nobody")]) == 1
        assert await ledger.move(QUEUED, [replace(sent, seq=8)]) == 0
        assert await ledger.in_state("c", SENT, limit=9) == [sent]
        assert await ledger.move(SENT, [replace(sent, state=RecipientState.READ)]) == 1

    async def test_rows_are_counted(self, store: Store) -> None:
        ledger = store.recipients
        await ledger.enrol([to("a"), to("b"), to("c", variant=1), to("d", campaign="other")])
        out = replace(to("b"), state=RecipientState.SUPPRESSED, reason="consent")
        await ledger.move(QUEUED, [out])
        assert await ledger.tallies("c") == [
            Tally(0, QUEUED, "", 1),
            Tally(0, RecipientState.SUPPRESSED, "consent", 1),
            Tally(1, QUEUED, "", 1),
        ]
        assert list(await ledger.tallies("none")) == []

    async def test_who_was_reached_lately_is_known(self, store: Store) -> None:
        ledger = store.recipients
        for campaign, at_ms in (("old", 10), ("new", 20), ("newer", 30)):
            await ledger.enrol([to("a", campaign), to("b", campaign)])
            await ledger.move(QUEUED, [replace(to("a", campaign), state=SENT, at_ms=at_ms)])
        assert dict(await ledger.reached(["a", "b", "c"], 20)) == {"a": 2}

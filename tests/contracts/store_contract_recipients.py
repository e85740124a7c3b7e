"""The store's suite: the recipient ledger of campaigns."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from chat_server.domain.accounts.campaigns import HourTally, Recipient, RecipientState, Tally
from chat_server.domain.accounts.progress import Mark, Step
from chat_server.domain.facts import Fact
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

    async def test_a_row_is_marked_and_its_first_step_is_a_fact(self, store: Store) -> None:
        ledger = store.recipients
        await ledger.enrol([to("a"), to("b")])
        await ledger.move(QUEUED, [replace(to("a"), state=SENT, seq=7, at_ms=9)])
        click = Mark("c", "a", Step.CLICKED, 11, fact=Fact("campaign_clicked", "a", "c", 11))
        paid = Mark("c", "a", Step.CONVERTED, 12, fen=500, position=4)
        assert await ledger.mark([click, click, paid, replace(click, customer="nobody")]) == 1
        assert await ledger.mark([paid, replace(click, at_ms=13)]) == 0
        assert await ledger.mark([replace(paid, fen=70, position=5)]) == 1
        (row,) = await ledger.in_state("c", RecipientState.CONVERTED, limit=9)
        assert (row.delivered_ms, row.read_ms, row.clicked_ms, row.converted_ms) == (11, 11, 11, 12)
        assert (row.seq, row.at_ms, row.revenue, row.paid_to) == (7, 9, 570, 5)
        changes = await store.audit.facts(subject="c")
        assert [each.fact.kind for each in changes if each.fact] == ["campaign_clicked"]
        assert await ledger.mark([]) == 0

    async def test_moving_a_row_keeps_what_was_marked(self, store: Store) -> None:
        ledger = store.recipients
        await ledger.enrol([to("a")])
        sent = replace(to("a"), state=SENT, seq=7, at_ms=9)
        await ledger.move(QUEUED, [sent])
        await ledger.mark([Mark("c", "a", Step.LEFT, 11)])
        await ledger.move(SENT, [replace(sent, state=RecipientState.RECALLED)])
        (row,) = await ledger.in_state("c", RecipientState.RECALLED, limit=9)
        assert (row.left_ms, row.seq) == (11, 7)

    async def test_a_customers_rows_are_found_the_latest_first(self, store: Store) -> None:
        ledger = store.recipients
        for campaign, at_ms in (("old", 10), ("new", 20), ("newer", 30)):
            rows = [replace(to(name, campaign), at_ms=at_ms) for name in ("a", "b")]
            await ledger.enrol(rows)
        found = await ledger.of_customer("a", 20)
        assert [(each.campaign, each.customer) for each in found] == [("newer", "a"), ("new", "a")]

    async def test_steps_are_counted_by_segment_and_by_hour(self, store: Store) -> None:
        ledger, hour = store.recipients, 3_600_000
        segments = {"a": ("zh-CN", "hai"), "b": ("zh-CN", "hai"), "d": ("en", "hai")}
        rows = [
            replace(to(name), language=language, branch=branch)
            for name, (language, branch) in segments.items()
        ]
        await ledger.enrol([*rows, replace(to("held"), state=RecipientState.HELD_OUT)])
        await ledger.move(QUEUED, [replace(each, state=SENT, at_ms=hour + 1) for each in rows])
        await ledger.mark(
            [
                Mark("c", "a", Step.READ, 2 * hour),
                Mark("c", "b", Step.READ, 2 * hour + 5),
                Mark("c", "b", Step.CONVERTED, 3 * hour, fen=500, position=1),
                Mark("c", "held", Step.CONVERTED, 3 * hour, fen=900, position=2),
            ]
        )
        read, bought = RecipientState.READ, RecipientState.CONVERTED
        assert await ledger.tallies("c") == [
            Tally(0, bought, "", 1, "zh-CN", "hai", 1, 1, converted=1, revenue=500),
            Tally(0, RecipientState.HELD_OUT, "", 1, converted=1, revenue=900),
            Tally(0, read, "", 1, "zh-CN", "hai", 1, 1),
            Tally(0, SENT, "", 1, "en", "hai"),
        ]
        assert await ledger.hours("c") == [
            HourTally(hour, "sent", 3),
            HourTally(2 * hour, "delivered", 2),
            HourTally(2 * hour, "read", 2),
            HourTally(3 * hour, "converted", 1, 500),
        ]
        assert list(await ledger.hours("none")) == []

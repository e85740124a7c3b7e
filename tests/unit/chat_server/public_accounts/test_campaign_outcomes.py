"""What becomes of a campaign after it was sent, by the real runner on a bank's desk."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from bank_bridge.contract import BankEvent, Money
from chat_server.domain.accounts.campaigns import (
    Audience,
    Button,
    Campaign,
    CampaignPlan,
    RecipientState,
)
from chat_server.domain.errors import NotFound
from chat_server.domain.facts import Change, Fact, Purpose
from chat_server.domain.people import Person, StaffRole
from chat_server.usecases.banking.payments import CampaignPayments
from tests.campaign_crowd import CROWD, entry, released, run
from tests.front_desk import FrontDesk

PAGE = Button("查看", "https://bank.example/may")
PLAN = CampaignPlan("五一", Audience(), ["满减"], service=True, button=PAGE, window_days=2)
DAY_S = 86_400


@pytest.fixture
async def crowd(desk: FrontDesk) -> FrontDesk:
    fact = Fact("test", "test", "test", 1)
    for user in CROWD:
        await desk.store.people.add_person(Person(user, user, StaffRole.CUSTOMER, "hai", ""), fact)
        await desk.cases.accounts.follow(user, "@service")
    return desk


async def sent(desk: FrontDesk, plan: CampaignPlan = PLAN) -> Campaign:
    made = await released(desk, plan)
    await run(desk)
    return made


async def figures(desk: FrontDesk, campaign: Campaign):
    desk.clock.move(10)
    return await desk.cases.account_work.campaign_figures(await entry(desk), campaign.campaign_id)


def paid(desk: FrontDesk, customer: str, fen: int, position: int, product: str = "retail"):
    return BankEvent(
        position=position,
        event_id=f"e{position}",
        type="posting",
        customer=customer,
        occurred_at=datetime.fromtimestamp(desk.clock.ms / 1000, UTC),
        business_date="2026-02-01",
        product=product,
        channel="till",
        amount_band="",
        trace_id="t",
        amount=Money(-fen),
    )


async def test_a_click_is_counted_once_a_person_and_is_a_fact(crowd: FrontDesk) -> None:
    made = await sent(crowd)
    opened = crowd.cases.account_work.campaign_outcomes.opened
    for _ in range(3):
        await opened("c00", "@service", 1)
    await opened("c01", "@service", 1)
    told = (await figures(crowd, made)).funnel
    assert (told.sent, told.delivered, told.read, told.clicked) == (30, 2, 2, 2)
    facts = await crowd.facts("campaign_clicked")
    assert [(fact.actor, fact.subject) for fact in facts] == [
        ("c00", made.campaign_id),
        ("c01", made.campaign_id),
    ]


async def test_only_a_campaigns_button_can_be_pressed(crowd: FrontDesk) -> None:
    opened = crowd.cases.account_work.campaign_outcomes.opened
    await sent(crowd, replace(PLAN, button=None))
    for customer, account, seq in (
        ("c00", "@service", 1),  # has no button
        ("c00", "@service", 2),
        ("c00", "@service", 0),
        ("zhangwei", "@service", 1),
        ("c00", "@none", 1),
    ):
        with pytest.raises(NotFound):
            await opened(customer, account, seq)


async def test_who_received_and_who_read_is_seen_behind(crowd: FrontDesk) -> None:
    made = await sent(crowd)
    conversations = crowd.store.conversations
    await conversations.advance("s:@service:c00", "c00", delivered=1)
    await conversations.advance("s:@service:c01", "c01", delivered=1, read=1)
    await crowd.cases.account_work.campaign_outcomes.look()
    told = (await figures(crowd, made)).funnel
    assert (told.sent, told.delivered, told.read) == (30, 2, 1)
    await conversations.advance("s:@service:c00", "c00", read=1)
    told = await figures(crowd, made)
    assert (told.funnel.delivered, told.funnel.read) == (2, 2)
    assert {each.step: each.count for each in told.hours} == {
        "sent": 30, "delivered": 2, "read": 2,
    }  # fmt: skip


async def test_a_purchase_within_the_window_is_counted_with_its_fen_once(
    crowd: FrontDesk,
) -> None:
    made = await sent(crowd)
    on_event = CampaignPayments(crowd.cases.account_work.campaign_outcomes).on_event
    first = paid(crowd, "c00", 12_345, 1)
    for event in (first, first, paid(crowd, "c00", 655, 2), paid(crowd, "lina", 9, 3)):
        await on_event(event)
    for event in (
        paid(crowd, "c01", 500, 4, product="in_bank_transfer"),
        replace(paid(crowd, "c01", 500, 5), amount=Money(500)),
        replace(paid(crowd, "c01", 500, 6), type="purchase", amount=None),
        replace(paid(crowd, "c01", 500, 7), occurred_at=datetime(2020, 1, 1, tzinfo=UTC)),
    ):
        await on_event(event)
    crowd.clock.move(3 * DAY_S)
    await on_event(paid(crowd, "c02", 500, 8))
    told = (await figures(crowd, made)).funnel
    assert (told.converted, told.revenue) == (1, 13_000)
    (fact,) = await crowd.facts("campaign_converted")
    assert (fact.actor, fact.subject) == ("c00", made.campaign_id)


async def test_the_hold_out_buys_too_and_is_compared(crowd: FrontDesk) -> None:
    made = await sent(crowd, replace(PLAN, hold_out=50))
    ledger, name = crowd.store.recipients, made.campaign_id
    held = await ledger.in_state(name, RecipientState.HELD_OUT, limit=99)
    reached = await ledger.in_state(name, RecipientState.SENT, limit=99)
    on_event = CampaignPayments(crowd.cases.account_work.campaign_outcomes).on_event
    for position, each in enumerate([held[0], *reached], start=1):
        await on_event(paid(crowd, each.customer, 100, position))
    told = await figures(crowd, made)
    assert told.lift is not None
    assert (told.lift.held, told.lift.held_converted) == (len(held), 1)
    assert (told.lift.offered, told.lift.offered_converted) == (len(reached), len(reached))
    assert told.lift.low > 0
    assert told.funnel.revenue == 100 * len(reached)
    assert len(await crowd.facts("campaign_converted")) == len(reached)


async def test_who_leaves_or_withdraws_consent_after_it_is_counted(crowd: FrontDesk) -> None:
    consents, accounts = crowd.cases.consents, crowd.cases.accounts
    offers = Purpose.PERSONALISED_OFFERS
    for user in CROWD:
        await consents.change(user, offers, granted=True, text_hash="a" * 64, channel="app")
    offer = await sent(crowd, replace(PLAN, service=False))
    notice = await sent(crowd)
    await accounts.unfollow("c00", "@service")
    for user in ("c00", "c01"):
        await consents.change(user, offers, granted=False, text_hash="", channel="app")
    changes = [
        Change(1, fact=fact)
        for kind in ("unfollowed", "consent_changed", "followed")
        for fact in await crowd.facts(kind)
    ]
    for _ in range(2):
        for change in changes:
            await crowd.cases.account_work.campaign_outcomes.on_change(change)
    assert (await figures(crowd, offer)).funnel.unsubscribed == 2
    assert (await figures(crowd, notice)).funnel.unsubscribed == 1


async def test_a_campaign_is_followed_up_for_a_week(crowd: FrontDesk) -> None:
    await sent(crowd)
    work = crowd.cases.account_work
    assert len(await work.campaigns.followed_up(9)) == 1
    crowd.clock.move(6 * DAY_S)
    await work.campaign_outcomes.look()
    assert len(await work.campaigns.followed_up(9)) == 1
    crowd.clock.move(2 * DAY_S)
    await work.campaign_outcomes.look()
    assert not await work.campaigns.followed_up(9)


async def test_one_campaign_that_cannot_be_followed_up_holds_no_other_up(
    crowd: FrontDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = await sent(crowd), await sent(crowd)
    ledger = type(crowd.store.recipients)
    in_state = ledger.in_state

    async def away(store, campaign, *asked, **more):
        if campaign == bad.campaign_id:
            raise OSError
        return await in_state(store, campaign, *asked, **more)

    monkeypatch.setattr(ledger, "in_state", away)
    await crowd.store.conversations.advance(f"s:@service:{CROWD[0]}", CROWD[0], read=9)
    crowd.clock.move(60)
    await crowd.cases.account_work.campaign_outcomes.look()
    read = [
        each.count
        for each in await crowd.store.recipients.tallies(good.campaign_id)
        if each.state is RecipientState.READ
    ]
    assert read == [1]

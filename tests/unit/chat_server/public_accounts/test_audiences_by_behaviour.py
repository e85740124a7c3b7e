from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from chat_server.domain import bodies
from chat_server.domain.accounts.behaviour import Behaviour, Deed, Likely
from chat_server.domain.accounts.campaigns import Audience, CampaignPlan
from chat_server.domain.errors import InvalidValue
from chat_server.domain.facts import Fact
from chat_server.domain.message import Draft, EventKind
from chat_server.domain.people import Person, StaffRole
from chat_server.usecases.public_accounts.presses import NotePresses
from tests.campaign_crowd import CROWD, entry, released, run
from tests.front_desk import FrontDesk

DAY_S = 86_400
PLAN = CampaignPlan("回访", Audience(), ["您好"], service=True)


@pytest.fixture
async def crowd(desk: FrontDesk) -> FrontDesk:
    """Thirty followers of the bank's account; the last ten began to follow today."""
    for number, user in enumerate(CROWD):
        if number == 20:
            desk.clock.move(40 * DAY_S)
        fact = Fact("test", "test", "test", 1)
        await desk.store.people.add_person(Person(user, user, StaffRole.CUSTOMER, "", ""), fact)
        await desk.cases.accounts.follow(user, "@service")
    return desk


async def size(desk: FrontDesk, *behaviours: Behaviour, **more: object) -> int:
    audience = msgspec.convert({"behaviours": behaviours, **more}, Audience)
    return await desk.cases.account_work.campaigns.estimate(await entry(desk), audience)


async def says(desk: FrontDesk, user: str, body: bodies.ClientBody, mid: str = "m") -> None:
    conv, encoded = f"s:@service:{user}", msgspec.json.encode(body)
    draft = Draft(conv, user, mid, EventKind.MESSAGE, encoded, b"h", desk.clock.ms)
    await desk.store.messages.append(draft)


async def test_who_followed_lately_and_who_wrote(crowd: FrontDesk) -> None:
    assert await size(crowd, Behaviour(Deed.FOLLOWED, days=30)) == 10
    assert await size(crowd, Behaviour(Deed.FOLLOWED, days=30, did=False)) == 20
    for user in CROWD[15:25]:
        await says(crowd, user, bodies.Text("在吗"))
    wrote = Behaviour(Deed.WROTE, days=7)
    assert await size(crowd, wrote) == 10
    assert await size(crowd, wrote, Behaviour(Deed.FOLLOWED, days=30)) == 5
    assert await size(crowd, replace(wrote, did=False)) == 20
    crowd.clock.move(8 * DAY_S)
    assert await size(crowd, wrote) == 0


async def test_who_read_an_article_or_used_the_menu(crowd: FrontDesk) -> None:
    now = crowd.clock.ms
    for number, user in enumerate(CROWD[:6]):
        read = Fact("article_read", user, f"b{number % 2}/0", now, {"account": "@service"})
        await crowd.store.audit.record(read)
    await crowd.store.audit.record(Fact("article_read", "c09", "b1/0", now, {"account": "@shop"}))
    await says(crowd, "c07", bodies.Menu("balance", "查余额"))
    note = NotePresses(crowd.store.audit)
    for change in await crowd.store.changes.changes(0, 1000):
        await note.on_change(change)
    opened = {"url": "https://bank.example/a", "menu": 0}
    await crowd.store.audit.record(Fact("menu_page_opened", "c08", "@service", now, opened))
    assert await size(crowd, Behaviour(Deed.READ_ARTICLE)) == 6
    assert await size(crowd, Behaviour(Deed.READ_ARTICLE, "b1")) == 3
    assert await size(crowd, Behaviour(Deed.READ_ARTICLE, "b1", did=False)) == 27
    assert await size(crowd, Behaviour(Deed.OPENED_MENU)) == 2
    assert await size(crowd, Behaviour(Deed.OPENED_MENU, "balance")) == 1
    crowd.clock.move(31 * DAY_S)
    assert await size(crowd, Behaviour(Deed.READ_ARTICLE)) == 0


async def test_who_read_a_campaign_and_who_did_not_get_the_next(crowd: FrontDesk) -> None:
    work = crowd.cases.account_work
    made = await released(crowd, PLAN)
    await run(crowd)
    for user in CROWD[:4]:
        await crowd.store.conversations.advance(f"s:@service:{user}", user, read=1)
    crowd.clock.move(60)
    await work.campaign_outcomes.look()
    assert await size(crowd, Behaviour(Deed.READ_CAMPAIGN, made.campaign_id)) == 4
    unread = Behaviour(Deed.READ_CAMPAIGN, made.campaign_id, did=False)
    assert await size(crowd, unread) == 26
    assert await size(crowd, Behaviour(Deed.CLICKED_CAMPAIGN, made.campaign_id)) == 0
    again = await work.campaigns.submit(
        await entry(crowd), replace(PLAN, audience=Audience(behaviours=[unread]))
    )
    assert again.size == 26


async def test_the_recommenders_best_are_as_many_as_asked_for_and_the_same_when_enrolled(
    crowd: FrontDesk,
) -> None:
    crowd.scores.known = {user: 0.5 if number < 24 else 0.9 for number, user in enumerate(CROWD)}
    del crowd.scores.known["c29"]  # who does not consent has no score
    assert await size(crowd, likely=Likely("fund", at_least=0.6)) == 5
    assert await size(crowd, likely=Likely("fund", top=22)) == 22
    assert await size(crowd, likely=Likely("fund", at_least=0.1, top=100)) == 29
    plan = replace(PLAN, audience=Audience(likely=Likely("fund", top=22)))
    made = await released(crowd, plan)
    assert made.size == 22
    await run(crowd)
    (tally,) = await crowd.store.recipients.tallies(made.campaign_id)
    assert (tally.state, tally.count) == ("sent", 22)


@pytest.mark.parametrize(
    "audience",
    [
        Audience(behaviours=[Behaviour(Deed.READ_CAMPAIGN)]),
        Audience(behaviours=[Behaviour(Deed.WROTE, "x")]),
        Audience(behaviours=[Behaviour(Deed.WROTE, days=0)]),
        Audience(behaviours=[Behaviour(Deed.WROTE)] * 6),
        Audience(likely=Likely("fund")),
        Audience(likely=Likely("", top=5)),
        Audience(likely=Likely("fund", at_least=1.5)),
        Audience(likely=Likely("fund", top=-1)),
    ],
)
async def test_impossible_narrowings_are_refused(desk: FrontDesk, audience: Audience) -> None:
    with pytest.raises(InvalidValue, match="audience"):
        await desk.cases.account_work.campaigns.estimate(await entry(desk), audience)

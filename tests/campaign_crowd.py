"""Thirty followers of the bank's account, and a campaign to them that three people let go."""

from __future__ import annotations

import pytest

from chat_server.domain.accounts.campaigns import Audience, Campaign, CampaignPlan
from chat_server.domain.facts import Fact
from chat_server.domain.people import Person, StaffRole
from chat_server.usecases.public_accounts.entry import Entry
from tests.front_desk import FrontDesk

CROWD = [f"c{number:02}" for number in range(30)]
PLAN = CampaignPlan("五一活动", Audience(), ["五一消费满减，点击菜单查看"], service=True)


@pytest.fixture
async def crowd(desk: FrontDesk) -> FrontDesk:
    fact = Fact("test", "test", "test", 1)
    for number, user in enumerate(CROWD):
        phone = f"138000000{number:02}" if number else ""
        branch = "haidian" if number < 10 else "chaoyang"
        person = Person(user, user, StaffRole.CUSTOMER, branch, "", phone=phone)
        await desk.store.people.add_person(person, fact)
        await desk.cases.accounts.follow(user, "@service")
    return desk


async def entry(desk: FrontDesk) -> Entry:
    return await desk.cases.account_work.entries.operator("ops", "@service")


async def released(desk: FrontDesk, plan: CampaignPlan = PLAN) -> Campaign:
    campaigns = desk.cases.account_work.campaigns
    made = await campaigns.submit(await entry(desk), plan)
    for user in ("shenhe", "admin"):
        made = await campaigns.approve(user, "@service", made.campaign_id, made.content_hash)
    return made


async def run(desk: FrontDesk) -> None:
    while await desk.cases.account_work.run_campaigns.look():
        pass

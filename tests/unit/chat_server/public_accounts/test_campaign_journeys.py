from __future__ import annotations

from collections import Counter
from datetime import time

import msgspec
import pytest
from msgspec.structs import replace

from chat_server.domain.accounts.campaigns import Campaign, CampaignState
from chat_server.domain.accounts.journey import JourneyStep, Via, When
from chat_server.domain.accounts.progress import Mark, Step
from chat_server.domain.desk.case import Case, CaseState, Reason
from chat_server.domain.desk.step import CaseStep
from chat_server.domain.errors import InvalidValue
from chat_server.usecases.messaging.send import body_hasher
from chat_server.usecases.public_accounts.campaign_run import RunCampaigns
from tests.campaign_crowd import CROWD, PLAN, crowd, entry, released, run
from tests.front_desk import KEY, FrontDesk

__all__ = ["crowd"]
NEVER = time(0)
SMS = "【工商银行】您的对账单已生成，请在融e联中查看。"
REMIND = JourneyStep(60, When.UNREAD, "提醒：对账单待查看")
BY_SMS = JourneyStep(60, When.UNREAD, SMS, Via.SMS)
THANK = JourneyStep(0, When.READ, "感谢查看")


async def told(desk: FrontDesk, campaign: Campaign, number: int) -> dict[str, int]:
    steps = await desk.cases.account_work.campaigns.steps(await entry(desk), campaign.campaign_id)
    return {
        f"{each.state}{':' if each.reason else ''}{each.reason}": each.count
        for each in steps[number - 1]
    }


async def texts(desk: FrontDesk, user: str) -> list[str]:
    events = await desk.store.messages.events(f"s:@service:{user}", after=0, limit=99)
    said = [msgspec.json.decode(each.body) for each in events if each.kind == "message"]
    return [each["text"] for each in said]


async def reads(desk: FrontDesk, *users: str) -> None:
    for user in users:
        await desk.store.conversations.advance(f"s:@service:{user}", user, read=1)


async def later(desk: FrontDesk, minutes: int = 61) -> None:
    desk.clock.move(minutes * 60)
    await run(desk)


async def test_wait_then_by_what_was_read_and_else_an_sms(crowd: FrontDesk) -> None:
    made = await released(crowd, replace(PLAN, steps=[REMIND, BY_SMS, THANK]))
    await run(crowd)
    assert await told(crowd, made, 1) == {"waiting": 30}
    await reads(crowd, *CROWD[:10])
    await later(crowd, 30)
    assert await told(crowd, made, 1) == {"waiting": 30}
    await later(crowd, 31)
    assert await told(crowd, made, 1) == {"sent": 20, "skipped": 10}
    await reads(crowd, *CROWD[10:15])
    await later(crowd)
    assert await told(crowd, made, 2) == {"sent": 15, "skipped": 15}
    assert Counter(each.text for each in crowd.sms.sent) == {SMS: 15}
    assert len({each.phone for each in crowd.sms.sent}) == 15
    await later(crowd)
    assert await told(crowd, made, 3) == {"sent": 15, "skipped": 15}
    assert await texts(crowd, "c00") == [PLAN.texts[0], THANK.text]
    assert await texts(crowd, "c20") == [PLAN.texts[0], REMIND.text]
    done = await crowd.cases.account_work.campaigns.find("@service", made.campaign_id)
    assert done.state is CampaignState.DONE


async def test_a_click_takes_another_way_and_who_has_no_phone_gets_no_sms(
    crowd: FrontDesk,
) -> None:
    steps = [JourneyStep(5, When.CLICKED, "已为您登记"), replace(BY_SMS, when=When.UNCLICKED)]
    made = await released(crowd, replace(PLAN, steps=steps))
    await run(crowd)
    clicked = [
        Mark(made.campaign_id, user, Step.CLICKED, crowd.clock.ms, seq=1) for user in CROWD[1:4]
    ]
    await crowd.store.recipients.mark(clicked)
    await later(crowd, 6)
    assert await told(crowd, made, 1) == {"sent": 3, "skipped": 27}
    await later(crowd)
    assert await told(crowd, made, 2) == {"sent": 26, "skipped": 3, "skipped:no_phone": 1}


async def test_who_leaves_or_complains_is_taken_no_further(crowd: FrontDesk) -> None:
    made = await released(crowd, replace(PLAN, steps=[REMIND, replace(THANK, after_minutes=5)]))
    await run(crowd)
    await crowd.cases.accounts.unfollow("c03", "@service")
    await later(crowd)
    assert await told(crowd, made, 1) == {"sent": 29, "suppressed:left": 1}
    await reads(crowd, *CROWD)
    conv, now = "s:@service:c04", crowd.clock.ms
    case = Case(
        case_id="k",
        desk="d",
        account="@service",
        conv=conv,
        customer="c04",
        queue="q",
        state=CaseState.WAITING,
        reason=Reason.URGENT,
        opened_ms=now,
        opened_seq=1,
        first_seq=1,
        queued_ms=now,
        urgent=True,
        version=1,
    )
    await crowd.store.cases.commit(CaseStep(case=case, facts=[]))
    await later(crowd, 6)
    assert await told(crowd, made, 2) == {"sent": 28, "suppressed:complaint": 1}


async def test_a_recall_takes_every_step_back_and_begins_no_other(crowd: FrontDesk) -> None:
    made = await released(crowd, replace(PLAN, steps=[REMIND, THANK]))
    await run(crowd)
    await later(crowd, 60)
    await crowd.cases.account_work.campaigns.recall(await entry(crowd), made.campaign_id)
    await later(crowd, 600)
    assert await told(crowd, made, 1) == {"recalled": 30}
    for user in CROWD:
        assert THANK.text not in await texts(crowd, user)
    forms = await crowd.store.messages.forms("s:@service:c00", [1, 2])
    assert [form.recalled for form in forms.values()] == [True, True]
    found = await crowd.cases.account_work.campaigns.find("@service", made.campaign_id)
    assert found.state is CampaignState.RECALLED


class Killed(BaseException):
    """The process is gone: nothing in it catches that."""


class Port:
    """Dies at the n-th commit that goes through any of them, before or after it."""

    def __init__(self, port: object, life: list[int], *, after: bool) -> None:
        self._port, self._life, self._after = port, life, after

    def __getattr__(self, name: str):
        method = getattr(self._port, name)
        if name not in {"append", "enrol", "move", "save"}:
            return method
        return lambda *args, **more: self._through(method, *args, **more)

    async def _through(self, method, *args, **more):
        self._life[0] -= 1
        if self._life[0] <= 0 and not (self._after and self._life[0] == 0):
            raise Killed
        answer = await method(*args, **more)
        if self._life[0] == 0:
            raise Killed
        return answer


class Dying:
    def __init__(self, store, at: int, *, after: bool) -> None:
        life, self._store = [at], store
        for name in ("messages", "recipients", "shelf"):
            setattr(self, name, Port(getattr(store, name), life, after=after))

    def __getattr__(self, name: str):
        return getattr(self._store, name)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_killed_at_any_commit_each_step_is_taken_once(crowd: FrontDesk, after: bool) -> None:
    work = crowd.cases.account_work
    made = await released(crowd, replace(PLAN, steps=[replace(REMIND, after_minutes=0), BY_SMS]))
    await run(crowd)
    at, died = 1, 0
    for _ in range(60):
        crowd.clock.move(31 * 60)
        dying = Dying(crowd.store, at, after=after)
        campaigns = type(work.campaigns)(dying, crowd.clock, lambda: "x")
        quiet = (NEVER, NEVER)
        runner = RunCampaigns(dying, campaigns, crowd.clock, body_hasher(KEY), quiet, crowd.sms)
        try:
            while await runner.look():
                pass
        except Killed:
            died += 1
        at = at % 40 + 1
        found = await work.campaigns.find("@service", made.campaign_id)
        if found.state is CampaignState.DONE:
            break
    assert died >= 4
    assert found.state is CampaignState.DONE
    for user in CROWD:
        assert await texts(crowd, user) == [PLAN.texts[0], REMIND.text]
    assert max(Counter(each.phone for each in crowd.sms.sent).values()) == 1


@pytest.mark.parametrize(
    ("step", "service"),
    [
        (replace(REMIND, after_minutes=-1), True),
        (replace(REMIND, text=" "), True),
        (BY_SMS, False),
        (replace(BY_SMS, text="没有署名"), True),
        (replace(BY_SMS, text=SMS + "http://bank.example"), True),
    ],
)
async def test_impossible_steps_are_refused(
    crowd: FrontDesk, step: JourneyStep, service: bool
) -> None:
    campaigns = crowd.cases.account_work.campaigns
    plan = replace(PLAN, steps=[step], service=service)
    with pytest.raises(InvalidValue):
        await campaigns.submit(await entry(crowd), plan)

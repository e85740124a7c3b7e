from __future__ import annotations

from collections import Counter
from datetime import time

import msgspec
import pytest
from msgspec.structs import replace

from chat_server.domain.accounts.campaigns import (
    Audience,
    Button,
    Campaign,
    CampaignState,
    RecipientState,
)
from chat_server.domain.errors import (
    AlreadyDecided,
    Forbidden,
    FourEyes,
    InvalidValue,
    NotFound,
    RecallTooLate,
    StoreUnavailable,
    TooLong,
)
from chat_server.domain.facts import ConsentEntry, Fact, Purpose
from chat_server.domain.message import Draft, EventKind
from chat_server.usecases.messaging.send import body_hasher
from chat_server.usecases.public_accounts.campaign_run import RunCampaigns
from tests.campaign_crowd import CROWD, PLAN, crowd, entry, released, run
from tests.front_desk import KEY, FrontDesk

__all__ = ["crowd"]
NEVER = (time(0), time(0))


async def got(desk: FrontDesk) -> Counter[str]:
    """How many messages of the account each of the crowd has."""
    found: Counter[str] = Counter()
    for user in CROWD:
        events = await desk.store.messages.events(f"s:@service:{user}", after=0, limit=99)
        found[user] = sum(event.kind == "message" for event in events)
    return found


async def states(desk: FrontDesk, campaign: Campaign) -> dict[str, int]:
    found: Counter[str] = Counter()
    for each in await desk.store.recipients.tallies(campaign.campaign_id):
        found[f"{each.state}{':' if each.reason else ''}{each.reason}"] += each.count
    return dict(found)


async def test_three_people_send_a_campaign_and_each_recipient_gets_it_once(
    crowd: FrontDesk,
) -> None:
    campaigns = crowd.cases.account_work.campaigns
    made = await campaigns.submit(await entry(crowd), PLAN)
    assert (made.state, made.size) == (CampaignState.SUBMITTED, 30)
    path = ("@service", made.campaign_id, made.content_hash)
    with pytest.raises(Forbidden):
        await campaigns.approve("admin", *path)  # the reviewer comes first
    with pytest.raises(AlreadyDecided):
        await campaigns.approve("shenhe", *path[:2], "another hash")
    reviewed = await campaigns.approve("shenhe", *path)
    await run(crowd)
    assert not any((await got(crowd)).values())
    with pytest.raises(FourEyes):
        await campaigns.approve("shenhe", *path)
    assert reviewed.state is CampaignState.REVIEWED
    await campaigns.approve("admin", *path)
    await run(crowd)
    assert set((await got(crowd)).values()) == {1}
    done = await campaigns.find("@service", made.campaign_id)
    assert done.state is CampaignState.DONE
    assert await states(crowd, done) == {"sent": 30}


async def test_a_change_voids_every_approval(crowd: FrontDesk) -> None:
    campaigns = crowd.cases.account_work.campaigns
    made = await campaigns.submit(await entry(crowd), PLAN)
    await campaigns.approve("shenhe", "@service", made.campaign_id, made.content_hash)
    other = replace(PLAN, texts=["改了一个字"])
    changed = await campaigns.change(await entry(crowd), made.campaign_id, other)
    assert (changed.state, changed.reviewer) == (CampaignState.SUBMITTED, "")
    with pytest.raises(AlreadyDecided):
        await campaigns.approve("shenhe", "@service", made.campaign_id, made.content_hash)
    rejected = await campaigns.reject("shenhe", "@service", made.campaign_id, "措辞")
    assert (rejected.state, rejected.reason) == (CampaignState.REJECTED, "措辞")
    sent = await released(crowd)
    with pytest.raises(AlreadyDecided):
        await campaigns.change(await entry(crowd), sent.campaign_id, other)


async def test_small_segments_and_impossible_plans_are_refused(crowd: FrontDesk) -> None:
    campaigns, at = crowd.cases.account_work.campaigns, await entry(crowd)
    few = Audience(branches=["haidian"])
    assert await campaigns.estimate(at, few) == 10
    with pytest.raises(InvalidValue, match="10 people"):
        await campaigns.submit(at, replace(PLAN, audience=few))
    for change, field in (
        ({"name": " "}, "name"),
        ({"texts": []}, "texts"),
        ({"texts": [" "]}, "texts"),
        ({"hold_out": 51}, "hold_out"),
        ({"window_days": 31}, "window_days"),
        ({"button": Button("", "https://bank.example/")}, "button.title"),
        ({"button": Button("看", "javascript:alert(1)")}, "button.url"),
        ({"button": Button("看", "https://bank.example@elsewhere.example/")}, "button.url"),
    ):
        with pytest.raises(InvalidValue, match=field):
            await campaigns.submit(at, replace(PLAN, **change))
    with pytest.raises(TooLong):
        await campaigns.submit(at, replace(PLAN, audience=Audience(customers=["x"] * 10_001)))
    with pytest.raises(NotFound):
        await campaigns.find("@service", "none")


async def test_an_audience_is_tags_without_others_language_branch_and_a_list(
    crowd: FrontDesk,
) -> None:
    work, at = crowd.cases.account_work, await entry(crowd)
    vip = (await work.followers.create_tag(at, "贵宾")).tag
    no = (await work.followers.create_tag(at, "勿扰")).tag
    await work.followers.tag(at, vip, CROWD[:25])
    await work.followers.tag(at, no, CROWD[:3])
    estimate = work.campaigns.estimate
    assert await estimate(at, Audience(tags=[vip])) == 25
    assert await estimate(at, Audience(tags=[vip], without=[no])) == 22
    assert await estimate(at, Audience(tags=[vip], branches=["haidian"])) == 10
    assert await estimate(at, Audience(languages=["en"])) == 0
    assert await estimate(at, Audience(customers=["c00", "c01", "zhangwei"])) == 2


async def test_nobody_is_reached_without_consent_too_often_or_after_leaving(
    crowd: FrontDesk,
) -> None:
    work = crowd.cases.account_work
    for user in CROWD[:20]:
        row = ConsentEntry(
            0,
            user,
            Purpose.PERSONALISED_OFFERS,
            granted=True,
            text_hash="x",
            channel="app",
            at_ms=1,
        )
        await crowd.store.consents.record_consent(row, Fact("test", "t", "t", 1))
    sent = await released(crowd, replace(PLAN, service=False))
    await crowd.cases.accounts.unfollow("c00", "@service")
    await work.followers.block(await entry(crowd), ["c01"], blocked=True)
    await run(crowd)
    assert await states(crowd, sent) == {"sent": 18, "suppressed:consent": 10}
    for _ in range(2):
        await released(crowd)
        await run(crowd)
    last = await released(crowd)
    await run(crowd)
    assert await states(crowd, last) == {"sent": 10, "suppressed:cap": 18}
    assert max((await got(crowd)).values()) == 3
    crowd.clock.move(8 * 86_400)
    await run(crowd)
    after = await released(crowd)
    await run(crowd)
    assert await states(crowd, after) == {"sent": 28}


async def test_who_leaves_between_enrolment_and_sending_is_not_reached(crowd: FrontDesk) -> None:
    runner = crowd.cases.account_work.run_campaigns
    sent = await released(crowd)
    await runner.look()
    await crowd.cases.accounts.unfollow("c05", "@service")
    await run(crowd)
    assert await states(crowd, sent) == {"sent": 29, "suppressed:left": 1}


class Killed(BaseException):
    """The process is gone: nothing in it catches that."""


class Dying:
    """A store that dies at its n-th commit, before or after it."""

    def __init__(self, store, at: int, *, after: bool) -> None:
        self._store, self.left, self._after = store, at, after

    def __getattr__(self, name: str):
        port = getattr(self._store, name)
        return DyingPort(port, self) if name in {"messages", "recipients", "shelf"} else port

    async def through(self, method, *args, **more):
        self.left -= 1
        if self.left < 0:
            raise Killed
        if self.left == 0 and not self._after:
            raise Killed
        answer = await method(*args, **more)
        if self.left == 0:
            raise Killed
        return answer


class DyingPort:
    def __init__(self, port, life: Dying) -> None:
        self._port, self._life = port, life

    def __getattr__(self, name: str):
        method = getattr(self._port, name)
        if name not in {"append", "enrol", "move", "save"}:
            return method
        return lambda *args, **more: self._life.through(method, *args, **more)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_killed_at_any_commit_each_recipient_gets_it_exactly_once(
    crowd: FrontDesk, after: bool
) -> None:
    work = crowd.cases.account_work
    sent = await released(crowd)
    at, died = 1, 0
    while (await work.campaigns.find("@service", sent.campaign_id)).state is CampaignState.RUNNING:
        dying = Dying(crowd.store, at, after=after)
        campaigns = type(work.campaigns)(dying, crowd.clock, lambda: "x")
        runner = RunCampaigns(dying, campaigns, crowd.clock, body_hasher(KEY), NEVER, crowd.sms)
        try:
            while await runner.look():
                pass
        except Killed:
            died += 1
        at += 1
    assert died >= 5
    assert set((await got(crowd)).values()) == {1}
    assert await states(crowd, sent) == {"sent": 30}


async def test_what_is_refused_for_one_fails_for_one_and_says_why(crowd: FrontDesk) -> None:
    sent = await released(crowd)
    taken = Draft(
        "s:@service:c00", "@service", f"campaign:{sent.campaign_id}", EventKind.MESSAGE, b"{}",
        b"another hash", 1,
    )  # fmt: skip
    await crowd.store.messages.append(taken)
    await run(crowd)
    assert await states(crowd, sent) == {"failed:MidReused": 1, "sent": 29}


async def test_one_campaign_that_cannot_go_on_holds_no_other_up(crowd: FrontDesk) -> None:
    class Refusing:
        """A store that is away for the messages of one campaign."""

        def __getattr__(self, name: str):
            port = getattr(crowd.store, name)
            return RefusingLog(port) if name == "messages" else port

    class RefusingLog:
        def __init__(self, port) -> None:
            self._port = port

        def __getattr__(self, name: str):
            return getattr(self._port, name)

        async def append(self, draft: Draft):
            if draft.mid.endswith(first.campaign_id):
                raise StoreUnavailable
            return await self._port.append(draft)

    first, second = await released(crowd), await released(crowd)
    campaigns = crowd.cases.account_work.campaigns
    hasher = body_hasher(KEY)
    runner = RunCampaigns(Refusing(), campaigns, crowd.clock, hasher, NEVER, crowd.sms)
    for _ in range(9):
        await runner.look()
    assert await states(crowd, first) == {"queued": 30}
    assert await states(crowd, second) == {"sent": 30}


async def test_a_campaign_waits_for_its_time_and_outside_quiet_hours(crowd: FrontDesk) -> None:
    sent = await released(crowd, replace(PLAN, at_ms=crowd.clock.ms + 60_000))
    await run(crowd)
    assert await states(crowd, sent) == {}
    crowd.clock.move(60)
    work = crowd.cases.account_work
    quiet = (time(0), time(23, 59, 59))
    asleep = RunCampaigns(
        crowd.store, work.campaigns, crowd.clock, body_hasher(KEY), quiet, crowd.sms
    )
    assert not await asleep.look()
    await run(crowd)
    assert await states(crowd, sent) == {"sent": 30}


async def test_paused_resumed_and_recalled(crowd: FrontDesk) -> None:
    work, at = crowd.cases.account_work, await entry(crowd)
    sent = await released(crowd)
    await work.campaigns.pause(at, sent.campaign_id)
    await work.campaigns.pause(at, sent.campaign_id)
    await run(crowd)
    assert await states(crowd, sent) == {}
    await work.campaigns.resume(at, sent.campaign_id)
    await run(crowd)
    assert await states(crowd, sent) == {"sent": 30}
    with pytest.raises(AlreadyDecided):
        await work.campaigns.pause(at, sent.campaign_id)
    await work.campaigns.recall(at, sent.campaign_id)
    await run(crowd)
    assert await states(crowd, sent) == {"recalled": 30}
    form = (await crowd.store.messages.forms("s:@service:c00", [1]))[1]
    assert form.recalled
    found = await work.campaigns.find("@service", sent.campaign_id)
    assert found.state is CampaignState.RECALLED
    late = await released(crowd)
    crowd.clock.move(25 * 3600)
    await run(crowd)
    with pytest.raises(RecallTooLate):
        await work.campaigns.recall(at, late.campaign_id)


async def test_recalled_while_it_runs_the_rest_is_not_sent(crowd: FrontDesk) -> None:
    work, at = crowd.cases.account_work, await entry(crowd)
    sent = await released(crowd)
    await work.run_campaigns.look()  # enrolled, nothing sent
    await work.campaigns.recall(at, sent.campaign_id)
    await run(crowd)
    assert await states(crowd, sent) == {"suppressed:recalled": 30}
    assert not any((await got(crowd)).values())


async def test_variants_and_the_hold_out_are_by_chance_and_readers_are_counted(
    crowd: FrontDesk,
) -> None:
    work, at = crowd.cases.account_work, await entry(crowd)
    plan = replace(PLAN, texts=["甲", "乙"], hold_out=30)
    sent = await released(crowd, plan)
    await run(crowd)
    figures = await work.campaign_figures(at, sent.campaign_id)
    held = sum(each.count for each in figures.tallies if each.state == "held_out")
    assert 1 <= held <= 18
    assert sum(each.sent for each in figures.variants) == 30 - held
    assert [each.variant for each in figures.variants] == [0, 1]
    told = await crowd.store.recipients.in_state(sent.campaign_id, RecipientState.SENT, limit=99)
    readers = [each for each in told if each.variant == 0]
    for each in readers:
        conv = f"s:@service:{each.customer}"
        (event,) = await crowd.store.messages.events(conv, after=0, limit=9)
        assert msgspec.json.decode(event.body)["text"] == "甲"
        await crowd.store.conversations.advance(conv, each.customer, read=1)
    crowd.clock.move(10)
    figures = await work.campaign_figures(at, sent.campaign_id)
    assert [each.read for each in figures.variants] == [len(readers), 0]
    assert figures.winner == 0

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from itertools import pairwise

from msgspec.structs import replace

from chat_server.domain.accounts.campaigns import Campaign, CampaignState, RecipientState
from chat_server.domain.accounts.spread import due
from chat_server.usecases.messaging.send import body_hasher
from chat_server.usecases.public_accounts.campaign_run import RunCampaigns
from tests.campaign_crowd import PLAN, crowd, released, run
from tests.front_desk import KEY, FrontDesk

__all__ = ["crowd"]
MINUTE_MS = 60_000
NEVER = time(0)


def test_a_window_is_filled_evenly() -> None:
    for total, over in ((1_000, 60), (30, 60), (7, 1), (100_000, 10)):
        sent, paced, now = 0, 0, 1_770_000_000_000
        start, waves = now, []
        while sent < total:
            count, paced_to = due(total, over, paced, now)
            if count:
                sent, paced = sent + count, paced_to
                waves.append((now, count))
            now += 1_000
        took = (waves[-1][0] - start) / MINUTE_MS
        assert over * (total - 1) / total * 0.98 <= took <= over * 1.02
        assert max(count for _, count in waves) <= total / over / 60 + 2


def test_what_a_pause_took_is_not_made_up_for() -> None:
    start = 1_770_000_000_000
    count, paced = due(6_000, 60, 0, start)
    assert count == 1
    count, paced = due(6_000, 60, paced, start + 6_000)
    assert count == 10
    count, paced = due(6_000, 60, paced, start + 3_600_000)
    assert (count, paced) == (1, start + 3_600_000)


async def test_recipients_get_it_over_the_window_through_restarts(crowd: FrontDesk) -> None:
    made = await released(crowd, replace(PLAN, over_minutes=30))
    work, told = crowd.cases.account_work, list[int]()
    for minute in range(32):
        if minute % 5 == 0:  # another process takes over
            looks = RunCampaigns(
                crowd.store,
                work.campaigns,
                crowd.clock,
                body_hasher(KEY),
                (NEVER, NEVER),
                crowd.sms,
            )
        while await looks.look():
            pass
        told.append(await sent(crowd, made))
        crowd.clock.move(60)
    assert told[-1] == 30
    assert all(later - before <= 2 for before, later in pairwise(told[1:]))
    found = await work.campaigns.find("@service", made.campaign_id)
    assert found.state is CampaignState.DONE


async def test_many_that_wait_for_their_time_hold_no_other_up(crowd: FrontDesk) -> None:
    later = crowd.clock.ms + 86_400_000
    for number in range(22):
        await released(crowd, replace(PLAN, name=f"{number}", at_ms=later))
    now = await released(crowd)
    await run(crowd)
    assert await sent(crowd, now) == 30


async def sent(desk: FrontDesk, campaign: Campaign) -> int:
    found: Sequence[object] = await desk.store.recipients.in_state(
        campaign.campaign_id, RecipientState.SENT, limit=99
    )
    return len(found)

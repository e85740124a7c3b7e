"""`kill -9` of a server while it runs a campaign: at random moments, again and again.

Each time it lies dead, some of those who wait leave, go on the black list or allow no more
offers. In the end every recipient has the message exactly once, or never where they may not
be reached, and the ledger says which. 10,000 recipients and many deaths with
ELIAN_TEST_EVERY_POINT=1 (`make crash-campaign`); otherwise fewer, by a seed that is printed.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from chat_server.adapters.clock import SystemClock, new_uuid7
from chat_server.adapters.open import open_store
from chat_server.domain.accounts.campaigns import Audience, CampaignPlan, RecipientState
from chat_server.domain.accounts.following import Follower
from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.facts import ConsentEntry, Fact, Purpose
from chat_server.domain.people import Person, StaffRole
from chat_server.domain.publishing import PublicAccount
from chat_server.ports.store import Store
from chat_server.usecases.public_accounts.campaigns import Campaigns
from chat_server.usecases.public_accounts.entry import Entry
from tests.house import ServedHouse

pytestmark = pytest.mark.crash

EVERY = bool(os.environ.get("ELIAN_TEST_EVERY_POINT"))
RECIPIENTS, DEATHS = (10_000, 25) if EVERY else (2_000, 2)
CHANGED = 12  # of those who wait, at each death
PATIENCE_S = 1_200.0 if EVERY else 90.0
SHOP, FEED = "@shop", "f:@shop"
FACT = Fact("test", "test", SHOP, 1)
NO_QUIET = {"ELIAN_QUIET_FROM": "00:00", "ELIAN_QUIET_UNTIL": "00:00"}
WAYS = ("left", "blocked", "consent")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[ServedHouse]:
    (tmp_path / "data").mkdir()
    served = ServedHouse(tmp_path / "data", settings=NO_QUIET, demo=False)
    yield served
    served.stop()


async def test_every_recipient_gets_it_once_and_nobody_who_may_not_be_reached(
    house: ServedHouse,
) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    chance = random.Random(seed)
    url = f"sqlite:///{house.data}/chat.db"
    async with open_store(url, clock=SystemClock()) as store:
        refusing = await a_bank_with_followers(store)
        campaign = await released(store)
    progress = Progress(house.data / "chat.db", campaign)
    forbidden: dict[str, str] = dict.fromkeys(refusing, "consent")
    struck = []
    for target in moments(chance):
        await asyncio.to_thread(house.start)
        struck.append(await asyncio.to_thread(progress.reach, target))
        await asyncio.sleep(chance.uniform(0.0, 0.03))  # somewhere between two commits
        house.kill()
        async with open_store(url, clock=SystemClock()) as store:
            forbidden |= await some_change_their_mind(store, campaign, forbidden, chance)
    await asyncio.to_thread(house.start)
    await asyncio.to_thread(progress.reach, 2 * RECIPIENTS)
    house.stop()
    print(f"killed at {struck} of {2 * RECIPIENTS} steps")  # noqa: T201 - as above
    await each_has_it_once(url, campaign, forbidden)


def moments(chance: random.Random) -> Sequence[int]:
    """One death while recipients are enrolled, the others while they are sent to."""
    first = chance.randrange(1, RECIPIENTS)
    return [first, *sorted(chance.sample(range(RECIPIENTS, 2 * RECIPIENTS - 200), DEATHS - 1))]


class Progress:
    """How many rows were enrolled and how many ended, as the file of the dead or living says."""

    def __init__(self, path: Path, campaign: str) -> None:
        self._path, self._campaign = path, campaign

    def reach(self, target: int) -> int:
        give_up = time.monotonic() + PATIENCE_S
        while (step := self._steps()) < target:
            assert time.monotonic() < give_up, f"it stands at {step} of {target}"
            time.sleep(0.001)  # the campaign runs in another process, which tells nobody
        return step

    def _steps(self) -> int:
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)) as conn:
            (steps,) = conn.execute(
                "SELECT count(*) + coalesce(sum(state <> 'queued'), 0) FROM recipients"
                " WHERE campaign = ?",
                (self._campaign,),
            ).fetchone()
        return int(steps)


async def a_bank_with_followers(store: Store) -> Sequence[str]:
    """Those of them who never allowed offers."""
    feed = Conversation(FEED, ConversationKind.FEED, SHOP)
    publisher = Membership(FEED, SHOP, Role.PUBLISHER)
    await store.conversations.open_conversation(feed, [publisher], FACT)
    await store.accounts.put_account(PublicAccount(SHOP, "店", "", verified=False), FACT)
    for user, role in (("ops", "operator"), ("one", "reviewer"), ("two", "administrator")):
        await store.people.add_person(Person(user, user, StaffRole(role), "hq", ""), FACT)
    names = [f"c{number:05}" for number in range(RECIPIENTS)]
    refusing = names[:: RECIPIENTS // 50]
    for at in range(0, RECIPIENTS, 500):
        await asyncio.gather(
            *(follow(store, one, offers=one not in refusing) for one in names[at : at + 500])
        )
    return refusing


async def follow(store: Store, user: str, *, offers: bool) -> None:
    conv = f"s:{SHOP}:{user}"
    service = Conversation(conv, ConversationKind.SERVICE, SHOP)
    members = [Membership(conv, each, Role.MEMBER) for each in (user, SHOP)]
    place = Membership(FEED, user, Role.FOLLOWER)
    await asyncio.gather(
        store.conversations.open_conversation(service, members, FACT),
        store.followers.follow(Follower(SHOP, user), place, FACT),
        allow(store, user, offers=offers),
    )


async def allow(store: Store, user: str, *, offers: bool) -> None:
    purpose = Purpose.PERSONALISED_OFFERS
    entry = ConsentEntry(0, user, purpose, offers, text_hash="x", channel="app", at_ms=1)
    await store.consents.record_consent(entry, FACT)


async def released(store: Store) -> str:
    clock = SystemClock()
    campaigns = Campaigns(store, clock, new_uuid7)
    entry = Entry(PublicAccount(SHOP, "店", "", verified=False), "ops")
    made = await campaigns.submit(entry, CampaignPlan("五一", Audience(), ["满减", "积分"]))
    for user in ("one", "two"):
        made = await campaigns.approve(user, SHOP, made.campaign_id, made.content_hash)
    return made.campaign_id


async def some_change_their_mind(
    store: Store, campaign: str, forbidden: dict[str, str], chance: random.Random
) -> dict[str, str]:
    """Some who wait and were not written to; where the dead had written, it is too late."""
    waiting = await store.recipients.in_state(campaign, RecipientState.QUEUED, limit=RECIPIENTS)
    mid = f"campaign:{campaign}"
    names = [each.customer for each in waiting if each.customer not in forbidden]
    changed: dict[str, str] = {}
    for name in chance.sample(names, min(CHANGED, len(names))):
        if await store.messages.find(f"s:{SHOP}:{name}", SHOP, mid):
            continue
        way = chance.choice(WAYS)
        if way == "left":
            await store.followers.unfollow(SHOP, name, FACT)
        elif way == "blocked":
            await store.followers.block(SHOP, name, FACT, blocked=True)
        else:
            await allow(store, name, offers=False)
        changed[name] = "consent" if way == "consent" else "left"
    return changed


async def each_has_it_once(url: str, campaign: str, forbidden: dict[str, str]) -> None:
    async with open_store(url, clock=SystemClock()) as store:
        rows = {
            row.customer: row
            for state in RecipientState
            for row in await store.recipients.in_state(campaign, state, limit=RECIPIENTS)
        }
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as conn:
        heads = conn.execute("SELECT conv FROM events WHERE sender = ?", (SHOP,)).fetchall()
    got = Counter(conv.rpartition(":")[2] for (conv,) in heads)
    ends = {name: (row.state, row.reason) for name, row in rows.items()}
    suppressed = RecipientState.SUPPRESSED
    assert {name: ends[name] for name in forbidden} == {
        name: (suppressed, reason) for name, reason in forbidden.items()
    }
    sent = {name for name, (state, _) in ends.items() if state is RecipientState.SENT}
    assert len(ends) == RECIPIENTS
    assert sent == ends.keys() - forbidden.keys()
    assert got == dict.fromkeys(sent, 1)

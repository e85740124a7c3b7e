"""A campaign of 100,000 recipients on SQLite: recipients a second, from release to done.

The real runner over a store that is filled for it: ledger, suppression and messages, with
the consent to offers asked of everybody. The limit in the same run: the same messages
appended to the same kind of conversations, and nothing else. Writes a table to `results/`.

    python -m benchmarks.campaigns [--recipients 100000]
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from datetime import UTC, datetime
from datetime import time as of_day
from pathlib import Path

import msgspec

from benchmarks.followers import AT_ONCE, FEED, SHOP, batched_ids, expect, follower_of, people
from benchmarks.tables import machine
from chat_server.adapters.clock import SystemClock, new_uuid7
from chat_server.adapters.open import open_store
from chat_server.domain import bodies
from chat_server.domain.accounts.campaigns import Audience, CampaignPlan, CampaignState
from chat_server.domain.accounts.following import Follower
from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.facts import ConsentEntry, Fact, Purpose
from chat_server.domain.message import Draft, EventKind
from chat_server.domain.people import Person, StaffRole
from chat_server.domain.publishing import PublicAccount
from chat_server.ports.store import Store
from chat_server.usecases.messaging.send import body_hasher
from chat_server.usecases.public_accounts.campaign_run import RunCampaigns
from chat_server.usecases.public_accounts.campaigns import Campaigns
from chat_server.usecases.public_accounts.entry import Entry

HERE = Path(__file__).parent
FACT = Fact("bench", "bench", SHOP, 1)
TEXT = "五一消费满减，点击菜单查看详情。"
ACCOUNT = PublicAccount(SHOP, "店", "", verified=False)


async def fill(store: Store, count: int) -> None:
    feed = Conversation(FEED, ConversationKind.FEED, SHOP)
    await store.conversations.open_conversation(
        feed, [Membership(FEED, SHOP, Role.PUBLISHER)], FACT
    )
    await store.accounts.put_account(ACCOUNT, FACT)
    for user, role in (("ops", "operator"), ("one", "reviewer"), ("two", "administrator")):
        await store.people.add_person(Person(user, user, StaffRole(role), "hq", ""), FACT)
    for some in batched_ids(people(count), AT_ONCE // 2):
        await asyncio.gather(*(follow(store, each) for each in some))


async def follow(store: Store, user: str) -> None:
    conv = f"s:{SHOP}:{user}"
    service = Conversation(conv, ConversationKind.SERVICE, SHOP)
    members = [Membership(conv, each, Role.MEMBER) for each in (user, SHOP)]
    consent = ConsentEntry(
        0, user, Purpose.PERSONALISED_OFFERS, granted=True, text_hash="x", channel="app", at_ms=1
    )
    await asyncio.gather(
        store.conversations.open_conversation(service, members, FACT),
        store.followers.follow(Follower(SHOP, user), follower_of(user), FACT),
        store.consents.record_consent(consent, FACT),
    )


def draft(user: str, number: int) -> Draft:
    body = msgspec.json.encode(bodies.Text(TEXT))
    return Draft(
        f"s:{SHOP}:{user}", SHOP, f"b-{number}", EventKind.MESSAGE, body, b"x" * 16, number
    )


async def limit(store: Store, count: int) -> float:
    begun = time.perf_counter()
    for some in batched_ids(people(count), 500):
        await asyncio.gather(*(store.messages.append(draft(each, 1)) for each in some))
    return time.perf_counter() - begun


async def campaign(store: Store, count: int) -> float:
    clock = SystemClock()
    campaigns = Campaigns(store, clock, new_uuid7)
    never = (of_day(0), of_day(0))
    runner = RunCampaigns(store, campaigns, clock, body_hasher(b"k" * 32), never)
    entry = Entry(ACCOUNT, "ops")
    made = await campaigns.submit(entry, CampaignPlan("五一", Audience(), [TEXT]))
    expect(made.size, count)
    for user in ("one", "two"):
        await campaigns.approve(user, SHOP, made.campaign_id, made.content_hash)
    begun = time.perf_counter()
    while await runner.look():
        pass
    took = time.perf_counter() - begun
    found = await campaigns.find(SHOP, made.campaign_id)
    expect(int(found.state is CampaignState.DONE), 1)
    (tally,) = await store.recipients.tallies(made.campaign_id)
    expect(tally.count, count)
    return took


async def measure(folder: Path, count: int) -> tuple[float, float]:
    async with open_store(f"sqlite:///{folder}/chat.db", clock=SystemClock()) as store:
        await fill(store, count)
        bare = await limit(store, count)
        return bare, await campaign(store, count)


def main() -> None:
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("--recipients", type=int, default=100_000)
    count = asks.parse_args().recipients
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="elian-campaigns-") as name:
        bare, took = asyncio.run(measure(Path(name), count))
    lines = [
        "| step | recipients | seconds | a second |",
        "|---|---|---|---|",
        f"| limit: the messages alone | {count:,} | {bare:.1f} | {count / bare:,.0f} |",
        f"| campaign, release to done | {count:,} | {took:.1f} | {count / took:,.0f} |",
    ]
    text = "\n".join([f"The campaign reaches {bare / took:.2f} of the limit.", "", *lines])
    heads = (
        f"# Campaigns, {now:%Y-%m-%d %H:%M} UTC\n\n`python -m benchmarks.campaigns`\n\n{machine()}"
    )
    results = HERE / "results" / f"campaigns-{now:%Y%m%d-%H%M%S}.md"
    results.write_text(f"{heads}\n\n{text}\n")
    print(text)


if __name__ == "__main__":
    main()

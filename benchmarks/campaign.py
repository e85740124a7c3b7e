"""A campaign of 100,000 recipients on SQLite, alone and beside chat at W4's load.

`elian serve` on one core has 100 pairs of people who talk at a quarter of what it can do, and
a generator on the other core tells how long their messages take. The campaign asks of every
recipient whether they follow, allow offers and had enough this week; it is timed from its
release to its last message, by the server's clock, and the chat's p99 is told with and
without it from slices of the same run. Writes a table to `results/`.

    python -m benchmarks.campaign [--recipients 100000] [--seconds 4]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.filling import leave_read
from benchmarks.followers import FEED, SHOP, people
from benchmarks.processes import cpu_of, settle
from benchmarks.serving import ROOT, Served, house, prepare
from benchmarks.tables import machine
from chat_server.adapters.clock import SystemClock, new_uuid7
from chat_server.adapters.open import open_store
from chat_server.adapters.sqlite.connection import connect
from chat_server.domain.accounts.campaigns import Audience, CampaignPlan
from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.facts import Fact
from chat_server.domain.people import Person, StaffRole
from chat_server.domain.publishing import PublicAccount
from chat_server.usecases.public_accounts.campaigns import Campaigns
from chat_server.usecases.public_accounts.entry import Entry

HERE = Path(__file__).parent
PAIRS = 100
FACT = Fact("bench", "bench", SHOP, 1)
TEXT = "五一消费满减，点击菜单查看详情。"
ACCOUNT = PublicAccount(SHOP, "店", "", verified=False)
PATIENCE_S = 300.0
BEHIND = 6  # quiet moments, as the search index rests between its pages
_NOTES = "account, customer, followed_ms, source, scene, remark, blocked, returns"
# The campaign runs at any time of the day; what happened before it is nobody's affair.
NO_QUIET = {"ELIAN_QUIET_FROM": "00:00", "ELIAN_QUIET_UNTIL": "00:00"}

Found = dict[str, Any]


async def staff(data: Path) -> None:
    async with open_store(f"sqlite:///{data}/chat.db", clock=SystemClock()) as store:
        feed = Conversation(FEED, ConversationKind.FEED, SHOP)
        publisher = Membership(FEED, SHOP, Role.PUBLISHER)
        await store.conversations.open_conversation(feed, [publisher], FACT)
        await store.accounts.put_account(ACCOUNT, FACT)
        for user, role in (("ops", "operator"), ("one", "reviewer"), ("two", "administrator")):
            await store.people.add_person(Person(user, user, StaffRole(role), "hq", ""), FACT)


def fill(data: Path, count: int) -> None:
    """Followers with a service conversation, consent to offers, a language and a branch: the
    rows that following one by one would have left, without its facts.
    """
    asyncio.run(staff(data))
    conn = connect(data / "chat.db")
    conn.execute("BEGIN")
    for table, columns, rows in (
        ("people", "user, name, role, branch, password_hash, language, phone, unlimited", (
            (one, one, "customer", f"b{n % 40}", "", "zh-CN" if n % 9 else "en", "", 0)
            for n, one in enumerate(people(count)))),
        ("conversations", "conv, kind, account, title", (
            (f"s:{SHOP}:{one}", "service", SHOP, "") for one in people(count))),
        ("memberships", "conv, user, role, first_seq, read, delivered, version", (
            row for n, one in enumerate(people(count)) for row in (
                (FEED, one, "follower", 1, 0, 0, 1),
                (f"s:{SHOP}:{one}", one, "member", 1, 0, 0, 2),
                (f"s:{SHOP}:{one}", SHOP, "member", 1, 0, 0, n + 10)))),
        ("follower_notes", _NOTES, (
            (SHOP, one, 1, "search", "", "", 0, 0) for one in people(count))),
        ("consents", "customer, purpose, granted, text_hash, channel, at_ms", (
            (one, "personalised_offers", 1, "x", "app", 1) for one in people(count))),
    ):  # fmt: skip
        marks = ", ".join("?" * (columns.count(",") + 1))
        conn.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608 - ours
    conn.execute("COMMIT")
    leave_read(conn, data)


async def release(data: Path, name: str) -> str:
    """By three people, as another process of the bank; its id."""
    clock = SystemClock()
    async with open_store(f"sqlite:///{data}/chat.db", clock=clock) as store:
        campaigns = Campaigns(store, clock, new_uuid7)
        plan = CampaignPlan(name, Audience(), [TEXT, f"{TEXT}!"])
        made = await campaigns.submit(Entry(ACCOUNT, "ops"), plan)
        for user in ("one", "two"):
            made = await campaigns.approve(user, SHOP, made.campaign_id, made.content_hash)
        return made.campaign_id


class Ledger:
    """What the server's file says of a campaign, read from outside."""

    def __init__(self, data: Path, campaign: str) -> None:
        self._path, self._campaign = data / "chat.db", campaign

    def seconds(self, count: int) -> float | None:
        """From release to the last message; None until it is done. It must be `count`, all sent."""
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)) as conn:
            (body,) = conn.execute(
                "SELECT body FROM shelf WHERE kind = 'campaign' AND name = ?", (self._campaign,)
            ).fetchone()
            told = json.loads(body)
            if told["state"] != "done":
                return None
            sent, last = conn.execute(
                "SELECT count(*), max(at_ms) FROM recipients WHERE campaign = ? AND state = 'sent'",
                (self._campaign,),
            ).fetchone()
        if sent != count:
            raise SystemExit(f"{sent} of {count} were sent: nothing here is measured")
        return (last - told["released_ms"]) / 1000

    def wait(self, count: int) -> float:
        give_up = time.monotonic() + PATIENCE_S
        while (took := self.seconds(count)) is None:
            if time.monotonic() > give_up:
                raise SystemExit("the campaign does not end")
            time.sleep(0.2)
        return took


@contextmanager
def talking(server: Served, seconds: float, rate: float) -> Iterator[Any]:
    """A function that runs one slice of chat; none is settled after, as the campaign goes on."""
    command = server.command("w1", seconds, "--rate", str(rate))
    running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)

    def line() -> Found:
        told = running.stdout.readline() if running.stdout else b""
        if not told:
            raise SystemExit("the generator ended")
        return json.loads(told)

    def one_slice() -> Found:
        running.stdin.write(b"\n")  # type: ignore[union-attr] # piped above
        running.stdin.flush()  # type: ignore[union-attr] # as above
        return line()

    try:
        line()
        yield one_slice
    finally:
        running.kill()
        running.communicate()


def behind(server: Served) -> None:
    """Wait until what runs behind the outbox has read the campaign."""
    for _ in range(BEHIND):
        settle(server.pid)


def middle(slices: list[Found], key: str) -> float:
    return statistics.median(one[key] for one in slices)


def measure(folder: Path, count: int, seconds: float) -> Mapping[str, float]:
    data = folder / "campaign"
    prepared = prepare(data, users=2 * PAIRS, pairs=PAIRS)
    fill(data, count)
    with house(data, prepared, NO_QUIET) as server:
        with talking(server, 1.0, 0.0) as one_slice:
            full = middle([one_slice() for _ in range(3)], "per_s")
        settle(server.pid)
        worked = cpu_of(server.pid)
        alone = Ledger(data, asyncio.run(release(data, "alone"))).wait(count)
        sent_us = (cpu_of(server.pid) - worked) / count * 1e6
        behind(server)
        all_us = (cpu_of(server.pid) - worked) / count * 1e6
        with talking(server, seconds, full / 4) as one_slice:
            before = [one_slice() for _ in range(4)]
            ledger, beside = Ledger(data, asyncio.run(release(data, "beside"))), []
            while (took := ledger.seconds(count)) is None:
                beside.append(one_slice())
            if len(beside) < 2:
                raise SystemExit("the campaign was over before chat was measured: fewer --seconds")
            whole = beside[:-1]
            behind(server)
            after = [one_slice() for _ in range(2)]
    return {
        "full": full,
        "alone": alone,
        "sent_us": sent_us,
        "all_us": all_us,
        "beside": took,
        "p50": middle(before + after, "p50_ms"),
        "p99": middle(before + after, "p99_ms"),
        "p50_beside": middle(whole, "p50_ms"),
        "p99_beside": middle(whole, "p99_ms"),
        "chat_beside": middle(whole, "per_s"),
        "server_busy": middle(whole, "server_busy"),
        "slices": len(whole),
    }


def table(told: Mapping[str, float], count: int) -> str:
    ratio, load = told["p99_beside"] / told["p99"], told["full"] / 4
    return f"""
Chat at {load:,.0f} messages a second, a quarter of {told["full"]:,.0f}.
With the campaign its p99 is {ratio:.2f} of what it is without (must: 2).

| | recipients/s | chat p50 ms | chat p99 ms | chat messages/s |
|---|---|---|---|---|
| the campaign alone | {count / told["alone"]:,.0f} | | | |
| chat alone | | {told["p50"]:.2f} | {told["p99"]:.2f} | {load:,.0f} |
| the campaign beside chat | {count / told["beside"]:,.0f} | {told["p50_beside"]:.2f} \
| {told["p99_beside"]:.2f} | {told["chat_beside"]:,.0f} |

A recipient costs the server {told["sent_us"]:.0f} µs of CPU until all are sent to, and
{told["all_us"]:.0f} µs when all that runs behind the outbox has seen it (alone).
{count:,} recipients; medians of the slices ({told["slices"]} beside the campaign); the server \
was {told["server_busy"]:.0%} busy.
""".strip()


def main() -> None:
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("--recipients", type=int, default=100_000)
    asks.add_argument("--seconds", type=float, default=4.0, help="of one slice of chat")
    asked = asks.parse_args()
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="elian-campaign-") as name:
        told = measure(Path(name), asked.recipients, asked.seconds)
    text = table(told, asked.recipients)
    heads = f"# A campaign, {now:%Y-%m-%d %H:%M} UTC\n\n`python -m benchmarks.campaign`\n\n"
    results = HERE / "results" / f"campaign-{now:%Y%m%d-%H%M%S}.md"
    results.write_text(f"{heads}{machine()}\n\n{text}\n")
    print(text)


if __name__ == "__main__":
    main()

"""A feed with a million followers on SQLite: follow, tag, page, broadcast, count, unfollow.

Every step goes through the store's port, as the use cases do it; each follow is a commit of
its own to its caller, and the writer puts those that wait into one transaction. Beside it,
the limit: the same rows put into bare tables of the same schema, in transactions as large.
Writes a table to `results/`.

    python -m benchmarks.followers [--followers 1000000]
"""

from __future__ import annotations

import argparse
import asyncio
import inspect
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.tables import machine
from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_store
from chat_server.adapters.sqlite.connection import connect, prepare
from chat_server.domain.accounts.following import Follower
from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.facts import Fact
from chat_server.domain.message import Draft, EventKind
from chat_server.ports.store import Store

HERE = Path(__file__).parent
SHOP, FEED = "@shop", "f:@shop"
AT_ONCE = 2_000  # follows under way, which is what the writer takes into one commit
TAGGED = 100_000
PAGE = 10_000
FACT = Fact("bench", "bench", SHOP, 1)


class Watch:
    """Lines of the table: what, how many, seconds."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, int, float]] = []

    async def time(self, what: str, count: int, work: Callable[[], object]) -> None:
        begun = time.perf_counter()
        done = work()
        if inspect.isawaitable(done):
            await done
        self.lines.append((what, count, time.perf_counter() - begun))
        print(self.lines[-1], flush=True)


def people(count: int) -> Iterator[str]:
    return (f"c{number:07}" for number in range(count))


def follower_of(customer: str) -> Membership:
    return Membership(FEED, customer, Role.FOLLOWER)


async def follow_all(store: Store, count: int) -> None:
    for some in batched_ids(people(count), AT_ONCE):
        await asyncio.gather(
            *(
                store.followers.follow(
                    Follower(SHOP, one, followed_ms=1, source="qr", scene="hall"),
                    follower_of(one),
                    Fact("followed", one, SHOP, 1),
                )
                for one in some
            )
        )


async def unfollow(store: Store, who: Sequence[str]) -> None:
    for some in batched_ids(iter(who), AT_ONCE):
        await asyncio.gather(
            *(store.followers.unfollow(SHOP, one, Fact("unfollowed", one, SHOP, 1)) for one in some)
        )


async def tag_many(store: Store, tag: int, who: Sequence[str]) -> None:
    for some in batched_ids(iter(who), PAGE):
        done = await store.followers.tag(SHOP, tag, some, FACT)
        expect(done, len(some))


async def page_all(store: Store, count: int, tag: int = 0) -> None:
    after, seen = "", 0
    while page := await store.followers.page(SHOP, after=after, limit=PAGE, tag=tag):
        after, seen = page[-1].customer, seen + len(page)
    expect(seen, count)


def expect(found: int, right: int) -> None:
    if found != right:
        raise SystemExit(f"{found} where {right} is right: nothing here is measured")


def batched_ids(ids: Iterator[str], size: int) -> Iterator[list[str]]:
    some: list[str] = []
    for one in ids:
        some.append(one)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some


def limit(path: Path, count: int) -> None:
    """The rows of a follow, with nothing read and nobody waiting."""
    prepare(path)
    conn = connect(path)
    position = 0
    for some in batched_ids(people(count), AT_ONCE):
        conn.execute("BEGIN IMMEDIATE")
        rows = [(FEED, one, "follower", 1, None, 0, 0, 1) for one in some]
        conn.executemany(
            "INSERT INTO memberships (conv, user, role, first_seq, left_seq, read, delivered,"
            " version) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        notes = [(SHOP, one, 1, "qr", "hall", "", 0, 0) for one in some]
        conn.executemany("INSERT INTO follower_notes VALUES (?, ?, ?, ?, ?, ?, ?, ?)", notes)
        facts = [
            (position + index, "followed", one, SHOP, 1, "{}")
            for index, one in enumerate(some, start=1)
        ]
        conn.executemany("INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?)", facts)
        conn.execute("COMMIT")
        position += len(some)
    conn.close()


async def measure(folder: Path, count: int) -> Watch:
    watch = Watch()
    await watch.time(
        "limit: bare rows of a follow", count, lambda: limit(folder / "bare.db", count)
    )
    (folder / "bare.db").unlink()
    async with open_store(f"sqlite:///{folder}/chat.db", clock=SystemClock()) as store:
        feed = Conversation(FEED, ConversationKind.FEED, SHOP)
        publisher = Membership(FEED, SHOP, Role.PUBLISHER)
        await store.conversations.open_conversation(feed, [publisher], FACT)
        await watch.time("follow", count, lambda: follow_all(store, count))
        tag = (await store.followers.create_tag(SHOP, "VIP", FACT)).tag
        tagged = min(TAGGED, count)
        who = list(people(count))[:: max(1, count // tagged)][:tagged]
        await watch.time("tag, 10,000 a request", tagged, lambda: tag_many(store, tag, who))
        await watch.time("page all, 10,000 a page", count, lambda: page_all(store, count))
        await watch.time("page a tag", tagged, lambda: page_all(store, tagged, tag))
        await watch.time("count followers", 1, lambda: store.accounts.follower_count(SHOP))
        await watch.time("list tags with counts", 1, lambda: store.followers.tags(SHOP))
        draft = Draft(FEED, SHOP, "b-1", EventKind.MESSAGE, b"{}", b"x" * 16, 1)
        await watch.time("broadcast: one append", 1, lambda: store.messages.append(draft))
        leaving = min(10_000, count)
        gone = who[:leaving]
        await watch.time("unfollow", leaving, lambda: unfollow(store, gone))
        expect(await store.accounts.follower_count(SHOP), count - leaving)
    return watch


def table(watch: Watch, count: int, size: int) -> str:
    lines = ["| step | number | seconds | a second |", "|---|---|---|---|"]
    for what, number, seconds in watch.lines:
        rate = f"{number / seconds:,.0f}" if number > 1 else ""
        lines.append(f"| {what} | {number:,} | {seconds:.3f} | {rate} |")
    times = {what: seconds for what, _, seconds in watch.lines}
    ratio = times["limit: bare rows of a follow"] / times["follow"]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    said = f"follow reaches {ratio:.2f} of the limit; the file has {size / 2**20:,.0f} MiB"
    return "\n".join([f"{count:,} followers; {said}, the process {memory} MiB.", "", *lines])


def main() -> None:
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("--followers", type=int, default=1_000_000)
    told = asks.parse_args()
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="elian-followers-") as name:
        watch = asyncio.run(measure(Path(name), told.followers))
        text = table(watch, told.followers, (Path(name) / "chat.db").stat().st_size)
    heads = (
        f"# Followers, {now:%Y-%m-%d %H:%M} UTC\n\n`python -m benchmarks.followers`\n\n{machine()}"
    )
    results = HERE / "results" / f"followers-{now:%Y%m%d-%H%M%S}.md"
    results.write_text(f"{heads}\n\n{text}\n")
    print(text)


if __name__ == "__main__":
    main()

"""Search a million messages: how long one question takes, and how fast the index is made.

The real indexer reads the change feed of a SQLite store that is filled for it, in 10,000
direct conversations and one group that has a fifth of all messages; a customer asks, and an
account manager who has a thousand of the conversations. Writes a table to `results/`.

    python -m benchmarks.search [--messages 1000000] [--rounds 40]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_search, open_store
from chat_server.adapters.sqlite.connection import prepare
from chat_server.delivery.indexer import Indexer
from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.facts import Fact
from chat_server.domain.ids import direct_conversation
from chat_server.ports.store import Store
from chat_server.usecases.messaging.search import Search

HERE = Path(__file__).parent
MANAGERS, CUSTOMERS = 10, 1_000  # customers of each manager
GROUP = "g:all"
IN_GROUP = 20  # of a hundred messages
RARE = "钨砷铼"
# Syllables by falling frequency, as in a language: the first are in most sentences.
SYLLABLES = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过"
    "子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制"
    "机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正"
    "心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党"
    "程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角"
    "期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压"
)
PHRASES = ("定期存款", "李娜", "transfer", "deposit", "信用卡", "理财产品", "account", "利率")
QUESTIONS = {
    "two characters, frequent": ("的一", "一的", "是的"),
    "two characters, middling": ("李娜", "定期", "利率"),
    "two characters, rare": (RARE[:2], RARE[1:]),
    "four characters": ("定期存款", "理财产品"),
    "one character": ("娜", "的"),
    "English word": ("transfer", "deposit", "account"),
    "beginning of a word": ("trans", "dep"),
    "two frequent ones": ("的一 是的", "一的 的是"),
    "two words": ("定期 transfer", "李娜 deposit"),
    "nothing there": ("砷钨", "zyzzyva"),
}
PEOPLE = {"customer, 2 conversations": "c0_0", "manager, 1,001 conversations": "m0"}


def sentence(chance: random.Random, number: int) -> str:
    picks = [min(int(chance.paretovariate(0.6)) - 1, len(SYLLABLES) - 1) for _ in range(24)]
    words = "".join(SYLLABLES[pick] for pick in picks)
    some = chance.choice(PHRASES) if chance.random() < 0.2 else ""
    rare = RARE if number % 100_003 == 7 else ""
    return f"{words[:10]}，{some} {number} {words[10:]}{rare}"


def rows(messages: int) -> Iterator[tuple[object, ...]]:
    chance = random.Random(7)
    seqs: dict[str, int] = {}
    for number in range(1, messages + 1):
        manager, customer = f"m{number % MANAGERS}", chance.randrange(CUSTOMERS)
        sender = f"c{number % MANAGERS}_{customer}"
        group = chance.randrange(100) < IN_GROUP
        conv = GROUP if group else direct_conversation(sender, manager)
        seqs[conv] = seq = seqs.get(conv, 0) + 1
        body = msgspec.json.encode({"type": "text", "text": sentence(chance, number)})
        mid, at = f"{number}", 1_700_000_000_000 + number
        yield number, conv, seq, mid, sender, at, "message", seq, body, "", b""


def fill(path: Path, messages: int) -> None:
    """Rows as the store's writer would have left them; what is measured reads them."""
    prepare(path)
    conn = sqlite3.connect(path)
    conn.execute("PRAGMA synchronous = OFF")
    with conn:
        conn.executemany(
            "INSERT INTO events (pos, conv, seq, mid, sender, ts, kind, n, body, key_id, body_hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows(messages),
        )
    conn.close()


async def furnish(store: Store) -> None:
    """The conversations of the one manager and the one customer who will search."""

    def fact(conv: str) -> Fact:
        return Fact("conversation_opened", "bench", conv, 1)

    def direct(customer: int) -> str:
        return direct_conversation(f"c0_{customer}", "m0")

    for customer in range(CUSTOMERS):
        conv = direct(customer)
        pair = [Membership(conv, user, Role.MEMBER) for user in (f"c0_{customer}", "m0")]
        await store.conversations.open_conversation(
            Conversation(conv, ConversationKind.DIRECT), pair, fact(conv)
        )
    everybody = [Membership(GROUP, user, Role.MEMBER) for user in ("c0_0", "m0")]
    await store.conversations.open_conversation(
        Conversation(GROUP, ConversationKind.GROUP), everybody, fact(GROUP)
    )


class Unhurried(SystemClock):
    """Time enough between two questions for any allowance to be full again."""

    def __init__(self) -> None:
        super().__init__()
        self._asked = 0

    def now_ms(self) -> int:
        self._asked += 1
        return super().now_ms() + 1_000 * self._asked


async def ask(search: Search, user: str, texts: Sequence[str], rounds: int) -> list[float]:
    took: list[float] = []
    for turn in range(rounds):
        begun = time.perf_counter()
        await search.messages(user, texts[turn % len(texts)], before=None)
        took.append((time.perf_counter() - begun) * 1000)
    return sorted(took)


async def measure(folder: Path, messages: int, rounds: int) -> str:
    begun = time.perf_counter()
    await asyncio.to_thread(fill, folder / "chat.db", messages)
    filled_s = time.perf_counter() - begun
    clock = Unhurried()
    index_url = f"sqlite:///{folder / 'search.db'}"
    async with (
        open_store(f"sqlite:///{folder / 'chat.db'}", clock=clock) as store,
        open_search(index_url) as index,
    ):
        await furnish(store)
        indexer = Indexer(store.changes, index, clock, idle_s=0.25)
        begun = time.perf_counter()
        await indexer.catch_up()
        indexed_s = time.perf_counter() - begun
        search = Search(index, store.conversations, store.people, clock)
        lines = [
            "| who asks | for | found on the first page | p50 ms | p99 ms |",
            "|---|---|---|---|---|",
        ]
        for who, user in PEOPLE.items():
            for what, texts in QUESTIONS.items():
                page = await search.messages(user, texts[0], before=None)
                took = await ask(search, user, texts, rounds)
                p99 = took[min(round(len(took) * 0.99), len(took) - 1)]
                p50 = statistics.median(took)
                lines.append(f"| {who} | {what} | {len(page.hits)} | {p50:.1f} | {p99:.1f} |")
    size = (folder / "search.db").stat().st_size / 2**20
    return (
        f"{messages:,} messages, filled in {filled_s:.0f} s, indexed in {indexed_s:.0f} s"
        f" ({messages / indexed_s:,.0f} a second); the index has {size:,.0f} MiB.\n\n"
        + "\n".join(lines)
    )


def main() -> None:
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("--messages", type=int, default=1_000_000)
    asks.add_argument("--rounds", type=int, default=40)
    told = asks.parse_args()
    with tempfile.TemporaryDirectory(prefix="elian-search-") as name:
        written = asyncio.run(measure(Path(name), told.messages, told.rounds))
    now = datetime.now(UTC)
    load = os.getloadavg()[0]
    text = (
        f"# Search, {now:%Y-%m-%d %H:%M} UTC\n\n`python -m benchmarks.search --messages"
        f" {told.messages} --rounds {told.rounds}`, SQLite {sqlite3.sqlite_version},"
        f" {os.cpu_count()} cores, load {load:.1f} at the end\n\n{written}\n"
    )
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    (results / f"search-{now:%Y%m%d-%H%M%S}.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()

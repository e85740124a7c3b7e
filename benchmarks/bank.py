"""Transfers inside the bank, durable, on one core: spread over accounts, all to one, all from one.

Thirty-two clients each order a transfer and wait until it is on the disk before they order
the next. The limit runs in the same minutes, in slices in turn: the same rows in the same
tables and indexes, put there by bare SQLite with one group commit for all that waits, with no
rule checked, no trigger, no chain and no savepoint. Writes a table to `results/`.

    python -m benchmarks.bank [--seconds 3] [--rounds 3] [--clients 32]
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import queue
import re
import sqlite3
import statistics
import tempfile
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import NamedTuple

import msgspec
import uvloop

from bank_bridge.contract import BankEvent, InstructionState, Money, TransferOrder
from bank_bridge.gateways.embedded import open_embedded
from bank_bridge.instructions.customers import BranchDesk
from bank_bridge.instructions.direct import DirectOrder, carry_out_order
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.rules import Rules
from bank_bridge.ledger.auditor import audit
from bank_bridge.ledger.books import open_books
from bank_bridge.ledger.database import migrate, open_writing
from benchmarks.tables import machine

HERE = Path(__file__).parent
ACCOUNTS = 1_000
DEPOSIT = 10**9
RULES = Rules(sms_day_limit=Money(10**12), codes_per_hour=10**6, codes_per_day=10**6)
Transfer = Callable[[int, int, str], Awaitable[None]]  # payer's and payee's place, key


class Slice(NamedTuple):
    per_s: float
    cpu_us: float
    p50_ms: float
    p99_ms: float


class Pattern(NamedTuple):
    """Who pays whom: the places of payer and payee for a client's n-th transfer."""

    name: str
    pair: Callable[[int, int], tuple[int, int]]
    must: int | None


PATTERNS = (
    Pattern(
        "spread over 1,000 accounts",
        lambda client, n: ((client * 31 + n) % 500, 500 + (client * 17 + n * 7) % 500),
        3_000,
    ),
    Pattern("all to one account", lambda client, n: ((client * 31 + n) % 500, 999), 1_000),
    Pattern("all from one account", lambda client, n: (0, 500 + (client * 17 + n) % 500), 1_000),
)


async def load(
    transfer: Transfer, pattern: Pattern, clients: int, seconds: float, tag: str
) -> Slice:
    """All clients at once, each waiting for its own; ends when the last has its answer."""
    waits: list[float] = []
    until = time.perf_counter() + seconds

    async def client(number: int) -> None:
        for n in count():
            begun = time.perf_counter()
            if begun >= until:
                return
            payer, payee = pattern.pair(number, n)
            await transfer(payer, payee, f"{tag}-{number}-{n}")
            waits.append(time.perf_counter() - begun)

    begun, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(client(number) for number in range(clients)))
    took, cpu = time.perf_counter() - begun, time.process_time() - cpu
    cuts = statistics.quantiles(waits, n=100)
    return Slice(len(waits) / took, cpu / len(waits) * 1e6, cuts[49] * 1e3, cuts[98] * 1e3)


@asynccontextmanager
async def ours(file: Path) -> AsyncIterator[Transfer]:
    """The real ledger: rules, idempotency, state machine, chain, invariants, outbox."""
    ids = count()

    def new_id() -> str:
        return f"{next(ids):032x}"

    async with open_books(file, lambda: datetime.now(UTC)) as books:
        office = Office(books, lambda: datetime.now(UTC), new_id, RULES)
        branch = BranchDesk(office)
        numbers = []
        for place in range(ACCOUNTS):
            await branch.enrol(f"c{place}", f"N{place}", f"138{place:08d}")
            numbers.append(await branch.open_account(f"c{place}", Money(DEPOSIT), f"open-{place}"))

        async def transfer(payer: int, payee: int, key: str) -> None:
            order = DirectOrder(f"c{payer}", None, numbers[payee], f"N{payee}", Money(1))
            made = new_id()
            done = await books.write(
                made, lambda conn: carry_out_order(conn, order, key, made, office)
            )
            if done.state is not InstructionState.SUCCEEDED:
                raise SystemExit(f"a transfer failed: {done.failure}")

        yield transfer
    report = audit(file)
    if not report.clean:
        raise SystemExit(report.page())


class Bare:
    """One thread that writes the rows of all waiting transfers in few statements."""

    def __init__(self, file: Path) -> None:
        self.conn = open_writing(file)
        migrate(self.conn)
        for (name,) in self.conn.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            self.conn.execute(f"DROP TRIGGER {name}")
        self.conn.execute("PRAGMA foreign_keys = OFF")
        self.conn.executemany(
            "INSERT INTO accounts (number, kind, customer, title, currency, may_overdraw,"
            " opened_at, credits_posted) VALUES (?, 'type_1', ?, ?, 'CNY', 0, 0, ?)",
            [(f"6212261{n:012d}", f"c{n}", f"N{n}", DEPOSIT) for n in range(ACCOUNTS)],
        )
        self.seq = 0
        self.waiting: deque[tuple[int, int, str, asyncio.Future[None]]] = deque()
        self.bell: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.loop = asyncio.get_running_loop()
        self.rung = False
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    async def transfer(self, payer: int, payee: int, key: str) -> None:
        done: asyncio.Future[None] = self.loop.create_future()
        self.waiting.append((payer + 1, payee + 1, key, done))
        if not self.rung:
            self.rung = True
            self.loop.call_soon(self.ring)
        await done

    def ring(self) -> None:
        self.rung = False
        self.bell.put("write")

    def run(self) -> None:
        while self.bell.get():
            while self.waiting:
                batch = [self.waiting.popleft() for _ in range(len(self.waiting))]
                self.write(batch)
                self.loop.call_soon_threadsafe(self.settle, batch)
        self.conn.close()

    @staticmethod
    def settle(batch: list[tuple[int, int, str, asyncio.Future[None]]]) -> None:
        for *_, done in batch:
            done.set_result(None)

    def write(self, batch: list[tuple[int, int, str, asyncio.Future[None]]]) -> None:
        at, zeros = int(time.time() * 1e6), bytes(32)
        rows: dict[str, list[tuple[object, ...]]] = {table: [] for table in TABLES}
        for payer, payee, key, _ in batch:
            self.seq += 1
            seq, name = self.seq, f"{self.seq:032x}"
            who = (name, 10, "batch_transfer", "SUCCEEDED", f"c{payer}", "batch", payer, payee)
            ends = (1, 0, "0001", "N1", "0002", "", at, at, f"20260302{seq:010d}", None, at, 1)
            rows["instructions"].append((*who, *ends))
            rows["instruction_history"] += [
                (name, step, STATES[step - 1], STATES[step], at) for step in range(1, 11)
            ]
            rows["idempotency"].append((key, zeros, name, at))
            rows["holds"].append((None, name, payer, 1, at, at, "posted", at))
            rows["journal"].append(
                (seq, "batch_transfer", name, at, "2026-03-02", zeros, zeros, None)
            )
            rows["postings"] += [(seq, payer, 1, 0, DEPOSIT), (seq, payee, 0, 1, DEPOSIT)]
            rows["turnover"] += [
                (payer, "2026-03-02", "batch_transfer", 1, 0),
                (payee, "2026-03-02", "batch_transfer", 0, 1),
            ]
            rows["outbox"] += [(None, EVENT)] * 3
        self.conn.execute("BEGIN IMMEDIATE")
        for table, cells in rows.items():
            insert(self.conn, table, cells)
        self.conn.executemany(
            "UPDATE accounts SET debits_posted = debits_posted + ?,"
            " credits_posted = credits_posted + ? WHERE account_id = ?",
            [cell for payer, payee, *_ in batch for cell in ((1, 0, payer), (0, 1, payee))],
        )
        self.conn.execute("COMMIT")


TABLES = {
    "instructions": "",
    "instruction_history": "",
    "idempotency": "",
    "holds": "",
    "journal": "",
    "postings": "",
    "turnover": " ON CONFLICT DO UPDATE SET debited = debited + excluded.debited,"
    " credited = credited + excluded.credited",
    "outbox": "",
}
COLUMNS = {
    "instructions": "(instruction_id, version, kind, state, customer, device, payer_account,"
    " payee_account, amount, fee, payer_tail, payee_name, payee_tail, memo, created_at,"
    " expires_at, reference, failure, finished_at, balance_after)"
}
STATES = ["", "CREATED", "QUOTED", "REQUIRES_CONFIRMATION", "REQUIRES_AUTH", "AUTHORISED"]
STATES += ["REQUIRES_APPROVAL", "AUTHORISED", "HELD", "SUBMITTED", "SUCCEEDED"]
EVENT = msgspec.json.encode(
    BankEvent(
        position=0,
        event_id="0" * 32,
        type="posting",
        customer="c1",
        occurred_at=datetime(2026, 3, 2, tzinfo=UTC),
        business_date="2026-03-02",
        product="in_bank_transfer",
        channel="batch",
        amount_band="<100",
        trace_id="0" * 32,
        account_tail="0001",
        counterparty="N1",
        amount=Money(-1),
        balance_after=Money(DEPOSIT),
    )
)


def insert(conn: sqlite3.Connection, table: str, rows: list[tuple[object, ...]]) -> None:
    """In statements of up to 64 rows, which SQLite keeps prepared."""
    width = len(rows[0])
    one = f"({', '.join('?' * width)})"
    size = 64
    while rows:
        while size > len(rows):
            size //= 2
        marks = ", ".join([one] * size)
        conn.execute(
            f"INSERT INTO {table} {COLUMNS.get(table, '')} VALUES {marks}{TABLES[table]}",  # noqa: S608 - our own words
            [cell for row in rows[:size] for cell in row],
        )
        del rows[:size]


@asynccontextmanager
async def limit(file: Path) -> AsyncIterator[Transfer]:
    bare = Bare(file)
    try:
        yield bare.transfer
    finally:
        bare.bell.put("")
        await asyncio.to_thread(bare.thread.join)


async def conversation(folder: Path, clients: int, seconds: float) -> Slice:
    """The four steps of a transfer in a chat, each durable: order, confirm, code, code typed."""
    codes: dict[str, str] = {}

    async def phone(number: str, text: str) -> None:
        found = re.search(r"动态密码(\d{6})", text)
        if found is not None:
            codes[number] = found[1]

    ids = count()
    rules = msgspec.structs.replace(RULES, resend_after_s=0)
    async with open_embedded(
        folder / "chat.db",
        now=lambda: datetime.now(UTC),
        new_id=lambda: f"{next(ids):032x}",
        send_sms=phone,
        rules=rules,
    ) as bank:
        for place in range(clients + 1):
            await bank.enrol(f"c{place}", f"N{place}", f"138{place:08d}")
            await bank.open_account(f"c{place}", Money(DEPOSIT), f"open-{place}")
        payees = [(await bank.save_payee(f"c{n}", f"c{clients}")).payee_id for n in range(clients)]

        async def transfer(payer: int, _: int, key: str) -> None:
            who = f"c{payer}"
            order = TransferOrder(who, "phone-1", payees[payer], Money(1))
            made = (await bank.create_transfer(order, key)).instruction_id
            await bank.confirm(made, who, "phone-1")
            await bank.challenge(made, who)
            done = await bank.authorise(made, who, "phone-1", codes[f"138{payer:08d}"])
            if done.state is not InstructionState.SUCCEEDED:
                raise SystemExit(f"a transfer failed: {done.failure}")

        own = Pattern("", lambda client, _: (client, 0), None)
        return await load(transfer, own, clients, seconds, "chat")


async def measure(clients: int, seconds: float, rounds: int) -> str:
    lines = [
        "| transfers | ours/s | CPU µs | p50 / p99 ms | limit/s | CPU µs | ratio; by CPU | must |",
        "|---|---|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory(prefix="elian-bench-bank-") as name:
        folder = Path(name)
        async with ours(folder / "ours.db") as one, limit(folder / "limit.db") as other:
            for pattern in PATTERNS:
                pairs = []
                for turn in range(rounds):
                    tag = f"{pattern.name}-{turn}"
                    mine = await load(one, pattern, clients, seconds, tag)
                    pairs.append((mine, await load(other, pattern, clients, seconds, tag)))
                lines.append(row(pattern, pairs))
        chat = await conversation(folder, clients, seconds)
        lines.append(
            f"| four steps of a chat, codes hashed with Argon2 | {chat.per_s:,.0f} |"
            f" {chat.cpu_us:,.0f} | {chat.p50_ms:.1f} / {chat.p99_ms:.1f} | | | | |"
        )
    return "\n".join(lines)


def row(pattern: Pattern, pairs: list[tuple[Slice, Slice]]) -> str:
    mine, bare = (
        Slice(*(statistics.median(figures) for figures in zip(*side, strict=True)))
        for side in zip(*pairs, strict=True)
    )
    ratio = statistics.median(m.per_s / b.per_s for m, b in pairs)
    by_cpu = statistics.median(b.cpu_us / m.cpu_us for m, b in pairs)
    return (
        f"| {pattern.name} | {mine.per_s:,.0f} | {mine.cpu_us:,.0f} |"
        f" {mine.p50_ms:.1f} / {mine.p99_ms:.1f} | {bare.per_s:,.0f} | {bare.cpu_us:,.0f} |"
        f" {ratio:.2f}; {by_cpu:.2f} | ≥ {pattern.must:,} |"
    )


def main() -> None:
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("--seconds", type=float, default=3.0, help="of a slice")
    asks.add_argument("--rounds", type=int, default=3)
    asks.add_argument("--clients", type=int, default=32)
    told = asks.parse_args()
    gc.set_threshold(50_000, 20, 50)  # as the server has it
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # all threads on one core
    found = uvloop.run(measure(told.clients, told.seconds, told.rounds))
    now = datetime.now(UTC)
    text = f"# Bank, {now:%Y-%m-%d %H:%M} UTC\n\n{machine()}\n\n{found}\n"
    (HERE / "results" / f"bank-{now:%Y%m%d-%H%M%S}.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()

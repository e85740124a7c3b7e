"""One transaction for all that waits; one refusal undoes only itself; faults tell the truth."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from bank_bridge.contract import BankError, BankRefusal, OutcomeUnknown, RefusalCode
from bank_bridge.ledger import accounts, holds, journal, writer
from bank_bridge.ledger.books import Books, open_books
from bank_bridge.ledger.database import to_us
from tests.contracts.bank_samples import NOON, Clock, refusal

NOW = to_us(NOON)


class Disk(sqlite3.Connection):
    """A real connection on a disk that fails when told to."""

    failing = ""
    statements: list[str]

    def execute(self, sql: str, *args: object) -> sqlite3.Cursor:  # type: ignore[override]
        if self.failing and sql.startswith(self.failing):
            raise sqlite3.OperationalError("disk I/O error")
        return super().execute(sql, *args)  # type: ignore[arg-type]


@pytest.fixture
def disks() -> list[Disk]:
    """The connections made; the first is the writer's."""
    return []


@pytest.fixture
async def books(bank_file: Path, clock: Clock, disks: list[Disk]) -> AsyncIterator[Books]:
    def connect(path: Path, **options: object) -> sqlite3.Connection:
        disks.append(sqlite3.connect(path, factory=Disk, **options))  # type: ignore[call-overload]
        return disks[-1]

    async with open_books(bank_file, clock, connect) as opened:
        yield opened


def open_account(customer: str) -> Callable[[sqlite3.Connection], accounts.LedgerAccount]:
    return lambda conn: accounts.open_customer_account(
        conn, customer, customer, lambda place: f"no-{place}", NOW
    )


def entry(change: int = 100, *, broken: int = 0) -> journal.Entry:
    """From the bank's cash (account 2) to the customer's account 1."""
    legs = (journal.Leg(1, change), journal.Leg(2, -change + broken))
    return journal.Entry("opening_deposit", None, NOW, NOON.date(), legs)


async def ready(books: Books) -> None:
    await books.write("1", open_account("ann"))
    await books.write("2", lambda conn: accounts.system_account(conn, "cash", "cash", "", NOW))


async def posted_of_ann(books: Books) -> int:
    (account,) = await books.read(lambda conn: accounts.accounts_of(conn, "ann"))
    return account.posted


async def test_all_that_waits_shares_one_commit(books: Books, disks: list[Disk]) -> None:
    await ready(books)
    commits: list[str] = []
    gate = threading.Event()

    def hold_up(_: sqlite3.Connection) -> None:
        gate.wait(5)

    first = asyncio.create_task(books.write("x", hold_up))
    await asyncio.sleep(0.05)
    disks[0].set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    rest = [
        asyncio.create_task(books.write("y", lambda c: journal.post(c, entry()))) for _ in "50" * 25
    ]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(first, *rest)
    assert len(commits) == 2
    assert await posted_of_ann(books) == 50 * 100


async def test_a_refusal_undoes_only_its_own_operation(books: Books) -> None:
    await ready(books)

    def change_of_mind(conn: sqlite3.Connection) -> None:
        journal.post(conn, entry())
        raise BankRefusal(RefusalCode.NOT_FOUND)

    results = await asyncio.gather(
        books.write("a", lambda conn: journal.post(conn, entry())),
        books.write("b", change_of_mind),
        books.write("c", lambda conn: journal.post(conn, entry())),
        return_exceptions=True,
    )
    assert isinstance(results[1], BankRefusal)
    assert [results[0].seq, results[2].seq] == [1, 2]  # type: ignore[union-attr]
    assert await posted_of_ann(books) == 200


async def test_a_refusal_that_is_returned_keeps_what_was_written(books: Books) -> None:
    def noted(conn: sqlite3.Connection) -> BankRefusal:
        open_account("ann")(conn)
        return BankRefusal(RefusalCode.AUTH_FAILED)

    with refusal(RefusalCode.AUTH_FAILED):
        await books.write("a", noted)
    assert await posted_of_ann(books) == 0


async def test_a_mistake_in_the_code_reaches_its_caller_and_nobody_else(books: Books) -> None:
    def mistaken(conn: sqlite3.Connection) -> None:
        open_account("ann")(conn)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await books.write("a", mistaken)
    assert await books.read(lambda conn: accounts.accounts_of(conn, "ann")) == []


async def test_a_caller_who_left_does_not_hinder_the_others(books: Books) -> None:
    await ready(books)
    gate = threading.Event()
    impatient = asyncio.create_task(books.write("a", lambda _: gate.wait(5)))
    patient = asyncio.create_task(books.write("b", lambda conn: journal.post(conn, entry())))
    await asyncio.sleep(0.05)
    impatient.cancel()
    gate.set()
    assert (await patient).seq == 1


async def test_an_entry_that_does_not_balance_stops_all_writing(
    books: Books, bank_file: Path, clock: Clock
) -> None:
    await ready(books)
    with refusal(RefusalCode.WRITES_STOPPED):
        await books.write("a", lambda conn: journal.post(conn, entry(broken=1)))
    with refusal(RefusalCode.WRITES_STOPPED):
        await books.write("b", lambda conn: journal.post(conn, entry()))
    assert await posted_of_ann(books) == 0  # reads go on, and nothing was kept
    async with open_books(bank_file, clock) as elsewhere:  # nor does another process write
        with refusal(RefusalCode.WRITES_STOPPED):
            await elsewhere.write("c", lambda conn: journal.post(conn, entry()))


def _unrecorded(conn: sqlite3.Connection) -> None:
    conn.execute("UPDATE accounts SET credits_posted = credits_posted + 5 WHERE account_id = 1")


def _gap(conn: sqlite3.Connection) -> None:
    journal.post(conn, entry())
    conn.execute("INSERT INTO journal VALUES (9, 'transfer', NULL, 1, '', x'', x'', NULL)")


def _overdrawn(conn: sqlite3.Connection) -> None:
    conn.execute("PRAGMA ignore_check_constraints = ON")
    journal.post(conn, entry(-100))


def _second_hold(conn: sqlite3.Connection) -> None:
    for _ in range(2):
        assert holds.place(conn, "i-1", 2, 5, range(NOW, NOW + 1))


@pytest.mark.parametrize("fault", [_gap, _overdrawn, _second_hold])
async def test_a_broken_invariant_is_never_committed(
    books: Books, fault: Callable[[sqlite3.Connection], None]
) -> None:
    await ready(books)
    with refusal(RefusalCode.WRITES_STOPPED):
        await books.write("a", fault)
    assert await books.read(journal.head_seq) == 0


async def test_a_balance_changed_behind_the_journal_is_found_by_the_next_entry(
    books: Books,
) -> None:
    await ready(books)
    await books.write("a", _unrecorded)
    with refusal(RefusalCode.WRITES_STOPPED):
        await books.write("b", lambda conn: journal.post(conn, entry()))


async def test_a_stop_that_cannot_be_recorded_still_refuses(
    books: Books, disks: list[Disk]
) -> None:
    await ready(books)
    disks[0].failing = "INSERT INTO write_stops"
    with refusal(RefusalCode.WRITES_STOPPED):
        await books.write("a", lambda conn: journal.post(conn, entry(broken=1)))


async def test_when_the_disk_is_full_nothing_was_done(books: Books, disks: list[Disk]) -> None:
    await ready(books)
    (pages,) = disks[0].execute("PRAGMA page_count").fetchone()
    disks[0].execute(f"PRAGMA max_page_count = {pages}")

    def a_lot(conn: sqlite3.Connection) -> None:
        for number in range(2000):
            open_account(f"customer-{number}")(conn)

    with refusal(RefusalCode.CORE_UNAVAILABLE):
        await books.write("a", a_lot)
    disks[0].execute("PRAGMA max_page_count = 100000")
    await books.write("b", lambda conn: journal.post(conn, entry()))
    assert await posted_of_ann(books) == 100


async def test_when_a_commit_fails_the_outcome_is_unknown_and_asking_tells(
    books: Books, disks: list[Disk]
) -> None:
    await ready(books)

    def refused(_: sqlite3.Connection) -> None:
        raise BankRefusal(RefusalCode.NOT_FOUND)

    disks[0].failing = "COMMIT"
    unknown, surely_not = await asyncio.gather(
        books.write("i-7", lambda conn: journal.post(conn, entry())),
        books.write("i-8", refused),
        return_exceptions=True,
    )
    assert isinstance(unknown, OutcomeUnknown)
    assert unknown.instruction_id == "i-7"
    assert isinstance(surely_not, BankRefusal)
    disks[0].failing = ""
    assert await posted_of_ann(books) == 0


async def test_books_in_another_hand_for_too_long_are_unavailable(
    books: Books, bank_file: Path, disks: list[Disk]
) -> None:
    disks[0].execute("PRAGMA busy_timeout = 20")
    with closing(sqlite3.connect(bank_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with refusal(RefusalCode.CORE_UNAVAILABLE):
            await books.write("a", open_account("ann"))
        other.execute("ROLLBACK")
    await books.write("a", open_account("ann"))


async def test_too_much_waiting_is_refused_and_not_forgotten(
    books: Books,
) -> None:
    gate = threading.Event()
    first = asyncio.create_task(books.write("a", lambda _: gate.wait(5)))
    await asyncio.sleep(0.05)
    waiting = [
        asyncio.create_task(books.write("b", lambda _: True)) for _ in range(writer.WAITING_LIMIT)
    ]
    await asyncio.sleep(0)
    with refusal(RefusalCode.CORE_UNAVAILABLE):
        await books.write("c", lambda _: None)
    gate.set()
    assert await first
    assert all(await asyncio.gather(*waiting))


async def test_a_closed_bank_finishes_what_waits_and_takes_nothing_more(
    bank_file: Path, clock: Clock
) -> None:
    async with open_books(bank_file, clock) as books:
        waiting = asyncio.create_task(books.write("a", open_account("ann")))
        await asyncio.sleep(0)
    assert (await waiting).account_id == 1
    with refusal(RefusalCode.CORE_UNAVAILABLE):
        await books.write("b", open_account("bob"))


async def test_a_read_that_fails_says_so(books: Books, disks: list[Disk]) -> None:
    with refusal(RefusalCode.CORE_UNAVAILABLE):
        await books.read(lambda conn: conn.execute("DELETE FROM accounts"))  # reads cannot write
    await ready(books)
    assert await posted_of_ann(books) == 0


async def test_two_processes_see_each_other(books: Books, bank_file: Path, clock: Clock) -> None:
    await ready(books)
    async with open_books(bank_file, clock) as elsewhere:
        await asyncio.gather(
            *(
                b.write("x", lambda conn: journal.post(conn, entry()))
                for b in (books, elsewhere) * 20
            )
        )
        assert await posted_of_ann(books) == await posted_of_ann(elsewhere) == 4_000
        assert await elsewhere.read(journal.head_seq) == 40


async def test_a_hold_out_of_time_gives_its_money_back(books: Books) -> None:
    await ready(books)
    await books.write("a", lambda conn: journal.post(conn, entry(100)))

    def place(name: str, start: int) -> Callable[[sqlite3.Connection], bool]:
        return lambda conn: holds.place(conn, name, 1, 100, range(start, start + 10))

    assert await books.write("b", place("i-1", NOW))
    assert not await books.write("c", place("i-2", NOW + 9))
    assert await books.write("d", place("i-3", NOW + 10))
    await books.write("e", lambda conn: holds.resolve(conn, "i-3", holds.Resolution.VOIDED, NOW))
    (account,) = await books.read(lambda conn: accounts.accounts_of(conn, "ann"))
    assert (account.posted, account.available) == (100, 100)


async def test_a_file_of_a_newer_program_is_left_alone(bank_file: Path, clock: Clock) -> None:
    with closing(sqlite3.connect(bank_file)) as conn:
        conn.execute("PRAGMA user_version = 99")
    with pytest.raises(BankError, match="newer"):
        async with open_books(bank_file, clock):
            pass


async def test_what_is_no_bank_file_is_named(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "bank.db").write_text("these are not the books you are looking for" * 9)
    for path in (tmp_path / "bank.db", tmp_path / "nowhere" / "bank.db"):
        with pytest.raises(BankError, match="cannot open"):
            async with open_books(path, clock):
                pass


async def test_many_may_open_a_new_file_at_once(bank_file: Path, clock: Clock) -> None:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Books]:
        async with open_books(bank_file, clock) as books:
            yield books

    async def visit() -> int:
        async with opened() as books:
            return await books.read(journal.head_seq)

    assert await asyncio.gather(*(visit() for _ in range(4))) == [0] * 4

"""Days end once, whatever cuts the day-end short; interest is to the fen; closed dates stay so."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bank_bridge.contract import BankError, Money
from bank_bridge.gateways.day_end import close_days, close_open_dates
from bank_bridge.gateways.embedded import open_embedded
from bank_bridge.instructions.day_end import steps
from bank_bridge.instructions.office import Office
from bank_bridge.ledger.auditor import audit, verify_chain
from bank_bridge.ledger.books import Books, open_books
from bank_bridge.ledger.days import DateNotClosed
from bank_bridge.ledger.heads import Head, export_heads, read_heads
from tests.contracts.bank_samples import QUICK_HASH, Clock, Inbox, Teller, counting_ids

DAY = 86_400
TODAY = date(2026, 3, 2)


@pytest.fixture
def heads(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere.jsonl"


@pytest.fixture
async def office(teller: Teller, bank_file: Path, clock: Clock) -> AsyncIterator[Office]:
    """A day-end's own hand on the books of the open bank."""
    async with open_books(bank_file, clock) as books:
        yield Office(books, clock, counting_ids("end"), QUICK_HASH)


async def rows(books: Books, query: str) -> list[tuple[object, ...]]:
    return await books.read(lambda conn: conn.execute(query).fetchall())


async def interest_of(books: Books) -> list[int]:
    query = "SELECT credited FROM turnover WHERE kind = 'interest' AND credited > 0"
    return [int(str(fen)) for (fen,) in await rows(books, query)]


async def test_a_day_that_goes_on_cannot_be_closed(office: Office, heads: Path) -> None:
    assert await close_open_dates(office, heads) == 0
    assert read_heads(heads) == []


async def test_after_the_cut_off_the_day_is_closed_once(
    office: Office, heads: Path, clock: Clock, bank_file: Path
) -> None:
    clock.forward(11 * 3600)  # 23:00 in Shanghai
    closed: list[date] = []
    assert await close_open_dates(office, heads, closed.append) == 1
    assert closed == [TODAY]
    (head,) = read_heads(heads)
    assert (head.business_date, head.seq) == ("2026-03-02", 2)
    before = await rows(office.books, "SELECT * FROM day_steps")
    assert await close_open_dates(office, heads, closed.append) == 0
    assert await rows(office.books, "SELECT * FROM day_steps") == before
    assert read_heads(heads) == [head]
    assert audit(bank_file, [head]).clean


async def test_what_comes_after_the_cut_off_belongs_to_the_next_day(
    teller: Teller, office: Office, heads: Path, clock: Clock, bank_file: Path
) -> None:
    clock.forward(11 * 3600 + 60)
    await teller.bank.purchase("zhangwei", "京东", Money(1_00), "late")
    await close_open_dates(office, heads)
    clock.forward(-120)  # a clock set back does not open the day again
    done = await teller.bank.purchase("zhangwei", "京东", Money(1_00), "later")
    assert done.reference is not None
    assert done.reference.startswith("20260303")
    assert audit(bank_file, read_heads(heads)).clean


async def test_missed_days_are_caught_up_one_at_a_time(
    teller: Teller, office: Office, heads: Path, clock: Clock
) -> None:
    clock.forward(3 * DAY + 11 * 3600)
    await teller.bank.purchase("zhangwei", "京东", Money(9_000_00), "spent since")
    closed: list[date] = []
    await close_open_dates(office, heads, closed.append)
    assert closed == [TODAY + timedelta(days=n) for n in range(4)]
    # On all four days the money was still there.
    (accrued,) = await rows(office.books, "SELECT accrued FROM interest WHERE account_id = 1")
    assert accrued == (4 * 10_000_00 * 350,)


async def test_ten_thousand_for_ninety_days_earn_eight_seventy_five(
    bank_file: Path, inbox: Inbox, heads: Path
) -> None:
    clock = Clock(datetime(2025, 12, 21, 4, tzinfo=UTC))
    ids = counting_ids()
    async with open_embedded(
        bank_file, now=clock, new_id=ids, send_sms=inbox, rules=QUICK_HASH
    ) as bank:
        await bank.enrol("wang", "王芳", "13800138002")
        number = await bank.open_account("wang", Money(10_000_00), "k")
        clock.moment = datetime(2026, 3, 21, 16, tzinfo=UTC)  # 90 dates are behind the 21st
        await close_days(bank_file, heads, now=clock, new_id=ids, rules=QUICK_HASH)
        (interest, _) = await bank.statement("wang", number, 10)
        assert (interest.summary, interest.amount) == ("interest", Money(8_75))
        assert interest.balance_after == Money(10_008_75)
        assert [e.product for e in await bank.events(0, 9)][-1] == "interest"
    assert audit(bank_file, read_heads(heads)).clean


async def test_a_leap_day_earns_a_day(bank_file: Path, inbox: Inbox, heads: Path) -> None:
    clock = Clock(datetime(2028, 2, 28, 4, tzinfo=UTC))
    async with open_embedded(
        bank_file, now=clock, new_id=counting_ids(), send_sms=inbox, rules=QUICK_HASH
    ) as bank:
        await Teller(bank, inbox).open_doors()
        clock.moment = datetime(2028, 3, 1, 4, tzinfo=UTC)
        assert (
            await close_days(
                bank_file, heads, now=clock, new_id=counting_ids("end"), rules=QUICK_HASH
            )
            == 2
        )
    assert [h.business_date for h in read_heads(heads)] == ["2028-02-28", "2028-02-29"]


async def test_a_day_end_killed_at_any_commit_goes_on_where_it_was(
    bank_file: Path, inbox: Inbox, tmp_path: Path
) -> None:
    """Each n: a day-end whose disk is gone at the n-th commit, then one that is not disturbed."""
    clock = Clock(datetime(2026, 3, 20, 4, tzinfo=UTC))
    async with open_embedded(
        bank_file, now=clock, new_id=counting_ids(), send_sms=inbox, rules=QUICK_HASH
    ) as bank:
        await Teller(bank, inbox).open_doors()
    start = b"".join(p.read_bytes() for p in [bank_file])
    clock.moment = datetime(2026, 3, 31, 16, tzinfo=UTC)
    outcomes = set()
    for last in range(1, 400, 7):
        file = tmp_path / f"{last}.db"
        file.write_bytes(start)
        heads = tmp_path / f"{last}.jsonl"
        cut = await _cut_short(file, heads, clock, last)
        ids = counting_ids("again")
        await close_days(file, heads, now=clock, new_id=ids, rules=QUICK_HASH)
        report = audit(file, read_heads(heads))
        assert report.clean, report.page()
        assert len(read_heads(heads)) == 12
        with closing(sqlite3.connect(file)) as conn:
            outcomes.add(conn.execute("SELECT SUM(credited) FROM turnover").fetchone())
            interest = conn.execute("SELECT COUNT(*) FROM journal WHERE kind = 'interest'")
            assert interest.fetchone() == (1,)  # Li Na's 100 yuan earned less than half a fen
        if not cut:
            break
    else:
        pytest.fail("a day-end has no so many commits")
    assert len(outcomes) == 1


class _Gone(sqlite3.Connection):
    commits_left = 0

    def execute(self, sql: str, *args: object) -> sqlite3.Cursor:  # type: ignore[override]
        if sql == "COMMIT":
            _Gone.commits_left -= 1
            if _Gone.commits_left < 0:
                raise sqlite3.OperationalError("disk I/O error")
        return super().execute(sql, *args)  # type: ignore[arg-type]


async def _cut_short(file: Path, heads: Path, clock: Clock, last: int) -> bool:
    def connect(path: Path, **options: object) -> sqlite3.Connection:
        return sqlite3.connect(path, factory=_Gone, **options)  # type: ignore[call-overload,no-any-return]

    _Gone.commits_left = 10**9
    async with open_books(file, clock, connect) as books:
        _Gone.commits_left = last
        try:
            await close_open_dates(Office(books, clock, counting_ids("cut"), QUICK_HASH), heads)
        except BankError:
            return True
    return False


async def test_one_fen_out_of_balance_keeps_the_date_open(
    office: Office, heads: Path, clock: Clock, bank_file: Path
) -> None:
    clock.forward(DAY)
    with closing(sqlite3.connect(bank_file, isolation_level=None)) as conn:
        conn.execute("UPDATE turnover SET credited = credited + 1 WHERE account_id = 1")
    with pytest.raises(DateNotClosed, match="turnover of account 1"):
        await close_open_dates(office, heads)
    assert read_heads(heads) == []
    with closing(sqlite3.connect(bank_file, isolation_level=None)) as conn:
        conn.execute("UPDATE turnover SET credited = credited - 1 WHERE account_id = 1")
    assert await close_open_dates(office, heads) == 1


async def test_balances_that_do_not_add_up_keep_the_date_open(
    office: Office, heads: Path, clock: Clock, bank_file: Path
) -> None:
    clock.forward(DAY)
    with closing(sqlite3.connect(bank_file, isolation_level=None)) as conn:
        conn.execute("UPDATE accounts SET credits_posted = credits_posted + 1")
    with pytest.raises(DateNotClosed, match="CNY is out of balance by 3"):
        await close_open_dates(office, heads)


async def test_a_months_last_day_fixes_its_statements(
    teller: Teller, office: Office, heads: Path, clock: Clock
) -> None:
    await teller.done(500_00)
    clock.moment = datetime(2026, 4, 1, 4, tzinfo=UTC)
    await teller.bank.purchase("zhangwei", "京东", Money(1_00), "april")
    await close_open_dates(office, heads)
    made = await rows(
        office.books, "SELECT account_id, month, opening, closing, entries FROM statements"
    )
    # On the 21st, nineteen dates had earned: 1.7549 and 0.1108.
    assert made == [
        (1, "2026-03", 0, 9_501_75, 3),
        (3, "2026-03", 0, 600_11, 3),
    ]


async def test_a_step_that_is_not_done_keeps_the_date_unsealed(office: Office) -> None:
    assert [step.name for step in steps(office)] == [
        "expire_holds",
        "pay_interest",
        "accrue_interest",
        "trial_balance",
        "draw_statements",
    ]


@pytest.mark.parametrize(
    "tampering",
    [
        "DELETE FROM journal WHERE seq = 2",  # the tail
        "UPDATE journal SET hash = zeroblob(32) WHERE seq = 2",
        "UPDATE journal SET seq = 3 WHERE seq = 2",
        "UPDATE journal SET posted_at = posted_at + 1 WHERE seq = 1",
    ],
)
async def test_the_chain_is_checked_against_the_exported_heads(
    office: Office, heads: Path, clock: Clock, bank_file: Path, tampering: str
) -> None:
    clock.forward(DAY)
    await close_open_dates(office, heads)
    assert verify_chain(bank_file, read_heads(heads)).clean
    with closing(sqlite3.connect(bank_file, isolation_level=None)) as conn:
        guards = conn.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in guards:
            conn.execute(f"DROP TRIGGER {name}")
        conn.execute("DELETE FROM business_days")  # a forger takes the seal away too
        conn.execute(tampering)
    report = verify_chain(bank_file, read_heads(heads))
    assert {fault.invariant for fault in report.violations} <= {"L9", "L10"}
    assert "fault" in report.page()


async def test_exported_heads_are_appended_and_never_rewritten(heads: Path) -> None:
    one, two = Head("2026-03-02", 2, "aa"), Head("2026-03-03", 9, "bb")
    assert export_heads(heads, [one]) == 1
    with heads.open("ab") as torn:
        torn.write(b'{"business_date": "2026-03')  # a crash in the middle of a line
    assert read_heads(heads) == [one]
    assert export_heads(heads, [one, two]) == 1
    assert read_heads(heads) == [one, two]
    with pytest.raises(BankError, match="another head"):
        export_heads(heads, [Head("2026-03-02", 2, "cc")])
    heads.write_bytes(b"nonsense\n")  # noqa: ASYNC240 - a test may block
    with pytest.raises(BankError, match="not a file of exported heads"):
        read_heads(heads)

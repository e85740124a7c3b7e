"""The ledger's rules L1 to L15: no commit breaks one, and what broke one behind its back is found.

The entries are posted by the ledger's own code, or by a test that goes around it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from bank_bridge.contract import RefusalCode
from bank_bridge.ledger import accounts, holds, journal, suspense
from bank_bridge.ledger.auditor import audit
from bank_bridge.ledger.books import Books, open_books
from bank_bridge.ledger.database import to_us
from tests.contracts.bank_samples import NOON, Clock, refusal
from tests.tampering import tamper

NOW = to_us(NOON)
TODAY = NOON.date()
ANN, BOB, CASH = 1, 2, 3  # account ids
Step = Callable[[sqlite3.Connection], object]


@pytest.fixture
async def books(bank_file: Path, clock: Clock) -> AsyncIterator[Books]:
    async with open_books(bank_file, clock) as opened:
        await opened.write("doors", _open_doors)
        yield opened


def _open_doors(conn: sqlite3.Connection) -> None:
    for name in ("ann", "bob"):
        accounts.open_customer_account(conn, name, name, "no-{}".format, NOW)
    accounts.system_account(conn, "cash", "cash", "", NOW)
    post(conn, (ANN, 1000), (CASH, -1000), kind="opening_deposit")


def post(
    conn: sqlite3.Connection,
    *legs: tuple[int, int],
    kind: str = "adjustment",
    on: date = TODAY,
    corrects: int | None = None,
    of_day_end: bool = False,
) -> journal.Posted:
    whole = [journal.Leg(*leg) for leg in legs]
    return journal.post(
        conn, journal.Entry(kind, None, NOW, on, whole, corrects, of_day_end=of_day_end)
    )


async def stops_the_writer(books: Books, step: Step, rule: str) -> None:
    """Nothing of the step is kept, and the rule that it broke is named to the operator."""
    before = await books.read(journal.head_seq)
    with refusal(RefusalCode.WRITES_STOPPED):
        await books.write("x", step)
    assert await books.read(journal.head_seq) == before
    (reason,) = await books.read(
        lambda conn: conn.execute("SELECT reason FROM write_stops").fetchone()
    )
    assert reason.startswith(rule)


def broken(path: Path) -> set[str]:
    return {violation.invariant for violation in audit(path).violations}


async def test_l1_every_entry_balances(books: Books, bank_file: Path) -> None:
    await stops_the_writer(books, lambda c: post(c, (ANN, 5), (CASH, -4)), "L1")
    tamper(bank_file, "UPDATE postings SET credit = 999 WHERE account_id = 1")
    assert "L1" in broken(bank_file)


async def test_l1_an_entry_balances_in_each_currency_by_itself(books: Books) -> None:
    def mixed(conn: sqlite3.Connection) -> None:
        points = accounts.system_account(conn, "trading", "points", "", NOW, "POINTS")
        post(conn, (ANN, -5), (points.account_id, 5))

    await stops_the_writer(books, mixed, "L1")


async def test_l2_everything_together_is_zero(books: Books, bank_file: Path) -> None:
    await books.write("a", lambda c: post(c, (ANN, -300), (BOB, 300)))
    (total,) = await books.read(
        lambda c: c.execute("SELECT SUM(credits_posted - debits_posted) FROM accounts").fetchone()
    )
    assert total == 0
    tamper(bank_file, "UPDATE postings SET credit = 301 WHERE seq = 2 AND account_id = 2")
    assert "L2" in broken(bank_file)


async def test_l3_stored_balances_are_the_fold_of_the_journal(
    books: Books, bank_file: Path
) -> None:
    def unrecorded(conn: sqlite3.Connection) -> None:
        conn.execute("UPDATE accounts SET credits_posted = credits_posted + 1 WHERE account_id = 2")
        post(conn, (ANN, -1), (BOB, 1))

    await stops_the_writer(books, unrecorded, "L3")
    tamper(bank_file, "UPDATE accounts SET credits_posted = 7 WHERE account_id = 2")
    assert "L3" in broken(bank_file)


async def test_l3_what_is_pending_is_the_fold_of_the_open_holds(
    books: Books, bank_file: Path
) -> None:
    await books.write("a", lambda c: holds.place(c, "i-1", ANN, 400, range(NOW, NOW + 1)))
    assert audit(bank_file).clean
    tamper(bank_file, "UPDATE accounts SET debits_pending = 399 WHERE account_id = 1")
    assert broken(bank_file) == {"L3"}


async def test_l4_a_customers_account_is_never_overdrawn(books: Books, bank_file: Path) -> None:
    assert not await books.write(
        "a", lambda c: holds.place(c, "i-1", ANN, 1001, range(NOW, NOW + 1))
    )
    with refusal(RefusalCode.WRITES_STOPPED):
        await books.write("b", lambda c: post(c, (ANN, -1001), (CASH, 1001)))
    tamper(bank_file, "UPDATE accounts SET debits_pending = 1001 WHERE account_id = 1")
    assert "L4" in broken(bank_file)


async def test_l4_what_is_held_cannot_be_spent(books: Books) -> None:
    await books.write("a", lambda c: holds.place(c, "i-1", ANN, 600, range(NOW, NOW + 1)))
    await stops_the_writer(books, lambda c: post(c, (ANN, -401), (BOB, 401)), "schema")


@pytest.mark.parametrize("table", ["journal", "postings"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET seq = seq + 10"])
async def test_l5_what_is_written_is_never_changed_or_removed(
    books: Books, bank_file: Path, table: str, statement: str
) -> None:
    with closing(sqlite3.connect(bank_file, isolation_level=None)) as conn:
        with pytest.raises(sqlite3.IntegrityError):
            conn.execute(statement.format(table))
        conn.execute(f"DROP TRIGGER {table}_no_delete")
    assert broken(bank_file) == {"L5"}


async def test_l6_a_hold_resolves_once(books: Books) -> None:
    await books.write("a", lambda c: holds.place(c, "i-1", ANN, 5, range(NOW, NOW + 1)))
    await books.write("b", lambda c: holds.resolve(c, "i-1", holds.Resolution.VOIDED, NOW))
    await stops_the_writer(
        books, lambda c: holds.resolve(c, "i-1", holds.Resolution.POSTED, NOW), "schema"
    )


def spend_of_hold(fen: int, *, resolved: bool = True) -> Step:
    """Posts so much of a hold of 100 fen."""

    def step(conn: sqlite3.Connection) -> None:
        assert holds.place(conn, "i-1", ANN, 100, range(NOW, NOW + 1))
        if resolved:
            holds.resolve(conn, "i-1", holds.Resolution.POSTED, NOW)
        legs = [journal.Leg(ANN, -fen), journal.Leg(BOB, fen)]
        journal.post(conn, journal.Entry("purchase", "i-1", NOW, TODAY, legs))

    return step


async def test_l6_no_more_is_posted_than_was_held_and_the_rest_is_released(books: Books) -> None:
    await books.write("a", spend_of_hold(60))
    (ann,) = await books.read(lambda c: accounts.accounts_of(c, "ann"))
    assert (ann.posted, ann.available) == (940, 940)


@pytest.mark.parametrize("step", [spend_of_hold(101), spend_of_hold(60, resolved=False)])
async def test_l6_more_than_was_held_is_never_posted(books: Books, step: Step) -> None:
    await stops_the_writer(books, step, "L6")


async def test_l6_an_instruction_moves_money_once(books: Books) -> None:
    def twice(conn: sqlite3.Connection) -> None:
        legs = [journal.Leg(ANN, -1), journal.Leg(BOB, 1)]
        for _ in range(2):
            journal.post(conn, journal.Entry("transfer", "i-1", NOW, TODAY, legs))

    await stops_the_writer(books, twice, "schema")


async def test_l7_posted_totals_only_grow(books: Books, bank_file: Path) -> None:
    def shrink(conn: sqlite3.Connection) -> None:
        conn.execute("UPDATE accounts SET credits_posted = credits_posted - 1")

    await stops_the_writer(books, shrink, "schema")
    with closing(sqlite3.connect(bank_file)) as conn:
        conn.execute("DROP TRIGGER accounts_only_grow")
    assert broken(bank_file) == {"L7"}


async def test_l8_linked_entries_are_all_posted_or_none_is(books: Books, bank_file: Path) -> None:
    def delivery_versus_payment(conn: sqlite3.Connection) -> None:
        post(conn, (ANN, -10), (BOB, 10))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await books.write("a", delivery_versus_payment)
    assert await books.read(journal.head_seq) == 1
    tamper(bank_file, "DELETE FROM journal")
    assert "L8" in broken(bank_file)


async def test_l9_the_journal_has_no_gap(books: Books, bank_file: Path) -> None:
    def gap(conn: sqlite3.Connection) -> None:
        conn.execute(
            "INSERT INTO journal VALUES (9, 'adjustment', NULL, 1, '2026-03-02', x'', x'', NULL)"
        )

    await stops_the_writer(books, gap, "L9")
    assert audit(bank_file).clean
    tamper(bank_file, "UPDATE journal SET seq = 2", "UPDATE postings SET seq = 2")
    assert "L9" in broken(bank_file)


async def test_l10_each_entry_is_chained_to_the_one_before(books: Books, bank_file: Path) -> None:
    await books.write("a", lambda c: post(c, (ANN, -10), (BOB, 10)))
    await books.write("b", lambda c: post(c, (ANN, 4), (BOB, -4), corrects=2))
    assert audit(bank_file).clean
    tamper(bank_file, "UPDATE journal SET corrects = 1 WHERE seq = 3")
    assert broken(bank_file) == {"L10"}


async def test_l11_nothing_is_posted_on_a_closed_date(books: Books, bank_file: Path) -> None:
    def close_today(conn: sqlite3.Connection) -> None:
        conn.execute(
            "INSERT INTO business_days VALUES (?, ?, ?, ?, ?)",
            (TODAY.isoformat(), NOW, NOW, *journal.head(conn)),
        )

    await books.write("a", close_today)
    late = await books.write("b", lambda c: post(c, (ANN, -1), (BOB, 1)))
    assert late.business_date == TODAY + timedelta(days=1)
    assert audit(bank_file).clean
    await stops_the_writer(books, lambda c: post(c, (ANN, -1), (BOB, 1), of_day_end=True), "L11")
    tamper(bank_file, "UPDATE journal SET business_date = '2026-03-02' WHERE seq = 2")
    assert "L11" in broken(bank_file)


async def test_l12_assets_are_exchanged_over_trading_accounts_only(
    books: Books, bank_file: Path
) -> None:
    def swap(kind: str) -> Step:
        def step(conn: sqlite3.Connection) -> None:
            sides = [
                accounts.system_account(conn, kind, f"{kind}/{asset}", "", NOW, asset).account_id
                for asset in ("CNY", "POINTS")
            ]
            hers = accounts.open_customer_account(
                conn, "ann", "", f"{kind}-{{}}".format, NOW, "points", "POINTS"
            )
            post(conn, (ANN, -5), (sides[0], 5), (hers.account_id, 500), (sides[1], -500))

        return step

    await books.write("a", swap("trading"))
    assert audit(bank_file).clean
    await stops_the_writer(books, swap("merchant"), "L12")
    tamper(bank_file, "UPDATE accounts SET kind = 'cash' WHERE kind = 'trading'")
    assert broken(bank_file) == {"L12"}


async def test_l13_every_item_in_suspense_has_an_open_case_with_an_age(
    books: Books, bank_file: Path
) -> None:
    def arrive(conn: sqlite3.Connection) -> suspense.Case:
        limbo = suspense.suspense_account(conn, "clearing", NOW)
        posted = post(conn, (ANN, -30), (limbo.account_id, 30), kind="suspense")
        return suspense.open_case(conn, posted, limbo.account_id, "payee unknown", NOW)

    def leave(conn: sqlite3.Connection) -> journal.Posted:
        return suspense.close_case(
            conn, case.case_id, NOW, lambda c: post(conn, (c.account_id, -30), (ANN, 30))
        )

    case = await books.write("a", arrive)
    assert case.age_us(NOW + 60) == 60
    assert await books.read(suspense.open_cases) == [case]
    assert audit(bank_file).clean
    await books.write("b", leave)
    with refusal(RefusalCode.NOT_FOUND):
        await books.write("c", leave)
    assert await books.read(suspense.open_cases) == []
    assert audit(bank_file).clean
    await stops_the_writer(
        books, lambda c: post(c, (ANN, -30), (case.account_id, 30), kind="suspense"), "L13"
    )
    tamper(bank_file, "UPDATE suspense_cases SET closed_by = NULL, closed_at = NULL")
    assert "L13" in broken(bank_file)


async def test_l14_no_more_is_given_back_than_was_paid(books: Books, bank_file: Path) -> None:
    await books.write("a", lambda c: post(c, (ANN, -100), (BOB, 100)))
    await books.write("b", lambda c: post(c, (BOB, -60), (ANN, 60), corrects=2))
    await books.write("c", lambda c: post(c, (BOB, -40), (ANN, 40), corrects=2))
    assert audit(bank_file).clean
    await books.write("d", lambda c: post(c, (ANN, -100), (BOB, 100)))
    await stops_the_writer(books, lambda c: post(c, (BOB, -1), (ANN, 1), corrects=2), "L14")
    tamper(bank_file, "UPDATE journal SET corrects = 2 WHERE seq = 5")
    assert "L14" in broken(bank_file)


async def test_l15_counters_are_the_fold_of_the_journal(books: Books, bank_file: Path) -> None:
    def forget(conn: sqlite3.Connection) -> None:
        post(conn, (ANN, -100), (BOB, 100), kind="transfer")
        conn.execute("DELETE FROM turnover WHERE kind = 'transfer' AND account_id = 1")

    await stops_the_writer(books, forget, "L15")
    assert audit(bank_file).clean
    tamper(bank_file, "UPDATE turnover SET credited = credited + 1 WHERE account_id = 1")
    assert broken(bank_file) == {"L15"}

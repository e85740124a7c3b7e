"""Opening accounts of Type II and III, each bound to a Type I account of the same customer."""

from __future__ import annotations

import sqlite3

from bank_bridge.contract import BankRefusal, Money, RefusalCode
from bank_bridge.instructions import tiers
from bank_bridge.instructions.customers import account_number, customer_facts, own_account
from bank_bridge.instructions.office import Office
from bank_bridge.instructions.requests import earlier_result, keyed, remember
from bank_bridge.instructions.standing import check_unlocked
from bank_bridge.ledger.accounts import LedgerAccount, account_by_id, open_customer_account
from bank_bridge.ledger.database import to_us
from bank_bridge.tier_contract import Tier, TierKind

_TYPE_1 = "type_1"


class TierCounter:
    """Implements `Tiers`."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def open_tier_account(
        self, customer: str, kind: TierKind, bound_number: str, idempotency_key: str
    ) -> Tier:
        request = keyed(idempotency_key, customer, "open_tier_account", kind, bound_number)

        def operation(conn: sqlite3.Connection) -> Tier:
            earlier = earlier_result(conn, request)
            if earlier is not None:
                return self._seen(conn, own_account(conn, customer, earlier))
            at = to_us(self._office.now())
            facts = customer_facts(conn, customer)
            check_unlocked(facts, at)
            bound = own_account(conn, customer, bound_number)
            if bound.kind != _TYPE_1:
                raise BankRefusal(RefusalCode.ACCOUNT_TIER_BLOCKED, "bound to Type I only")
            self._check_count(conn, customer, kind)
            rules = self._office.rules
            opened = open_customer_account(
                conn, customer, facts.name, lambda place: account_number(place, rules), at, kind
            )
            conn.execute(
                "INSERT INTO tiers (account_id, bound_account) VALUES (?, ?)",
                (opened.account_id, bound.account_id),
            )
            for each in (opened, bound):
                self._save_own(conn, customer, each)
            remember(conn, request, opened.number, at)
            return self._seen(conn, opened)

        return await self._office.books.write(customer, operation)

    async def tier(self, customer: str, number: str) -> Tier:
        return await self._office.books.read(
            lambda conn: self._seen(conn, own_account(conn, customer, number))
        )

    async def confirm_in_person(self, customer: str, number: str) -> Tier:
        return await self._mark(customer, number, "known_in_person", marked=True)

    async def set_incoming(self, customer: str, number: str, *, taken: bool) -> Tier:
        return await self._mark(customer, number, "takes_incoming", marked=taken)

    async def _mark(self, customer: str, number: str, what: str, *, marked: bool) -> Tier:
        def operation(conn: sqlite3.Connection) -> Tier:
            account = own_account(conn, customer, number)
            conn.execute(
                f"UPDATE tiers SET {what} = ? WHERE account_id = ?",  # noqa: S608 - one of two words of ours
                (marked, account.account_id),
            )
            return self._seen(conn, account)

        return await self._office.books.write(customer, operation)

    def _check_count(self, conn: sqlite3.Connection, customer: str, kind: TierKind) -> None:
        rules = self._office.rules.tier(kind)
        (held,) = conn.execute(
            "SELECT COUNT(*) FROM accounts WHERE customer = ? AND kind = ?", (customer, kind)
        ).fetchone()
        if rules is None or held >= rules.most_accounts:
            raise BankRefusal(RefusalCode.LIMIT_SINGLE, "as many of them as may be", left=0)

    def _save_own(self, conn: sqlite3.Connection, customer: str, account: LedgerAccount) -> None:
        """One's own other account is paid like a payee."""
        conn.execute(
            "INSERT INTO payees (payee_id, customer, account_id, name, bank)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT (customer, account_id) DO NOTHING",
            (
                self._office.new_id(),
                customer,
                account.account_id,
                account.title,
                self._office.rules.bank_name,
            ),
        )

    def _seen(self, conn: sqlite3.Connection, account: LedgerAccount) -> Tier:
        rules, row = self._office.rules.tier(account.kind), tiers.row_of(conn, account.account_id)
        if rules is None or row is None:
            raise BankRefusal(RefusalCode.NOT_FOUND, "no account of Type II or III")
        used = tiers.used_out(conn, account.account_id, self._office.now(), self._office)
        return Tier(
            number=account.number,
            kind=TierKind(account.kind),
            bound_tail=account_by_id(conn, row.bound_account).tail,
            day_left=Money(max(rules.day.fen - used.day, 0)),
            year_left=Money(max(rules.year.fen - used.year, 0)),
            most_balance=rules.most_balance,
            known_in_person=bool(row.known_in_person),
            takes_incoming=bool(row.takes_incoming),
        )

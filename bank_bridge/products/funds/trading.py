"""The counter of funds: bought, sold, cancelled before the cut-off, confirmed at a day's value."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date
from functools import partial

import msgspec

from bank_bridge.contract import BankRefusal, Instruction, Money, RefusalCode
from bank_bridge.contract import InstructionState as State
from bank_bridge.fund_contract import (
    FundOrder,
    FundOrderState,
    FundRedemption,
    FundSide,
    Holding,
    PlacedFundOrder,
)
from bank_bridge.instructions.customers import customer_facts, own_account
from bank_bridge.instructions.office import Carrying, Office
from bank_bridge.instructions.records import advance, find
from bank_bridge.instructions.requests import checked_amount, checked_text, keyed
from bank_bridge.instructions.standing import check_unlocked
from bank_bridge.ledger.accounts import LedgerAccount, account_by_id, system_account
from bank_bridge.ledger.database import to_us
from bank_bridge.products.funds.desk import fund_of
from bank_bridge.products.funds.figures import (
    SHIPPED,
    FundFigures,
    shares_for,
    trade_day,
    value_of,
)
from bank_bridge.products.funds.suitability import check_suits
from bank_bridge.products.ordering import Terms, at_once, order, tell

BUY, SELL = "fund_buy", "fund_sell_agreement"
REFUND, PAYOUT = "fund_refund", "fund_payout"
AT_ONCE = 100
_MOST_ORDERS = 100


class _Order(msgspec.Struct, frozen=True):
    order: str
    customer: str
    fund: str
    account_id: int
    side: str
    amount: int
    shares: int
    trade_day: str
    state: str


class BuyKind:
    """A purchase: paid at once, shares when the day's value is known."""

    moves_money = True

    def product(self, _: Carrying) -> str:
        return "fund"

    def channel(self, _: Carrying) -> str:
        return "chat"

    def known(self, _: Carrying) -> bool:
        return False

    def check(self, carrying: Carrying) -> None:
        conn, record, moment, office = carrying
        placed = _order(conn, record.instruction_id)
        _check_in_time(carrying, placed)
        today = office.rules.local_date(moment)
        check_suits(conn, record.customer, fund_of(conn, placed.fund).risk, today, SHIPPED)

    def settle(self, carrying: Carrying) -> None:
        _place(carrying)


class SellKind(BuyKind):
    """A sale: nothing moves before the day's value is known."""

    moves_money = False

    def check(self, carrying: Carrying) -> None:
        conn, record = carrying.conn, carrying.record
        placed = _order(conn, record.instruction_id)
        _check_in_time(carrying, placed)
        _check_held(conn, record.customer, placed.fund, placed.shares)

    def settle(self, carrying: Carrying) -> None:
        _place(carrying)


class BackKind(BuyKind):
    """The money of a cancelled purchase or of a sale on its way to the customer."""

    def check(self, _: Carrying) -> None:
        """Whoever sends it has asked."""

    def settle(self, _: Carrying) -> None:
        """Its rows are written by whoever sends it."""


class FundCounter:
    """Orders, holdings, and their confirmation."""

    def __init__(self, office: Office, figures: FundFigures) -> None:
        self._office, self._figures = office, figures

    async def buy(self, asked: FundOrder, idempotency_key: str) -> Instruction:
        request = keyed(idempotency_key, asked.customer, BUY, asked)
        checked_text(asked.device, "device", 200)
        amount = checked_amount(asked.amount, self._office.rules)

        def quote(conn: sqlite3.Connection) -> Terms:
            moment = self._office.now()
            check_unlocked(customer_facts(conn, asked.customer), to_us(moment))
            fund = fund_of(conn, asked.fund)
            today = self._office.rules.local_date(moment)
            check_suits(conn, asked.customer, fund.risk, today, self._figures)
            if asked.amount < fund.least:
                raise BankRefusal(RefusalCode.INVALID_AMOUNT, "under the least")
            payer = own_account(conn, asked.customer, asked.payer_number)
            if amount > payer.available:
                left = payer.available
                raise BankRefusal(RefusalCode.INSUFFICIENT_FUNDS, "not enough available", left=left)
            pool = _pool(conn, fund.fund, fund.name, to_us(moment))
            memo = f"R{fund.risk} {self._trade_day()}"
            return Terms(BUY, asked.customer, asked.device, payer, pool, amount, fund.name, memo)

        def keep(conn: sqlite3.Connection, new: str) -> None:
            account = own_account(conn, asked.customer, asked.payer_number).account_id
            self._keep(conn, new, asked.customer, asked.fund, account, FundSide.BUY, amount, 0)

        return await order(self._office, request, asked.customer, quote, keep)

    async def sell(self, asked: FundRedemption, idempotency_key: str) -> Instruction:
        request = keyed(idempotency_key, asked.customer, SELL, asked)
        checked_text(asked.device, "device", 200)
        if asked.shares is not None and asked.shares <= 0:
            raise BankRefusal(RefusalCode.INVALID_AMOUNT, "not a number of shares")

        def shares_of(conn: sqlite3.Connection) -> int:
            free = _free_shares(conn, asked.customer, asked.fund)
            return free if asked.shares is None else asked.shares

        def quote(conn: sqlite3.Connection) -> Terms:
            at = to_us(self._office.now())
            check_unlocked(customer_facts(conn, asked.customer), at)
            fund, shares = fund_of(conn, asked.fund), shares_of(conn)
            _check_held(conn, asked.customer, asked.fund, shares)
            return Terms(
                SELL,
                asked.customer,
                asked.device,
                own_account(conn, asked.customer),
                _pool(conn, fund.fund, fund.name, at),
                max(value_of(shares, fund.nav), 1),
                fund.name,
                f"{shares // 100}.{shares % 100:02d} {self._trade_day()}",
            )

        def keep(conn: sqlite3.Connection, new: str) -> None:
            account, shares = own_account(conn, asked.customer).account_id, shares_of(conn)
            self._keep(conn, new, asked.customer, asked.fund, account, FundSide.SELL, 0, shares)

        return await order(self._office, request, asked.customer, quote, keep)

    async def cancel(self, new: str, customer: str) -> PlacedFundOrder:
        def operation(conn: sqlite3.Connection) -> PlacedFundOrder:
            placed = _order(conn, new)
            if placed.customer != customer or placed.state == "QUOTED":
                raise BankRefusal(RefusalCode.NOT_FOUND, "no such order")
            if placed.state == FundOrderState.CANCELLED:
                return _seen(conn, placed)
            late = placed.trade_day < self._trade_day().isoformat()
            if late or placed.state != FundOrderState.PLACED:
                raise BankRefusal(RefusalCode.ILLEGAL_TRANSITION, "its cut-off is over")
            self._take_back(conn, placed)
            return _seen(conn, _order(conn, new))

        return await self._office.books.write(new, operation)

    async def orders(self, customer: str, limit: int) -> Sequence[PlacedFundOrder]:
        if not 1 <= limit <= _MOST_ORDERS:
            raise BankRefusal(RefusalCode.INVALID_REQUEST, f"limit is 1 to {_MOST_ORDERS}")

        def query(conn: sqlite3.Connection) -> list[PlacedFundOrder]:
            rows = conn.execute(
                "SELECT * FROM fund_orders WHERE customer = ? AND state <> 'QUOTED'"
                " ORDER BY trade_day DESC, order_id DESC LIMIT ?",
                (customer, limit),
            ).fetchall()
            return [_seen(conn, _Order(*row)) for row in rows]

        return await self._office.books.read(query)

    async def holdings(self, customer: str) -> Sequence[Holding]:
        def query(conn: sqlite3.Connection) -> list[Holding]:
            rows = conn.execute(
                "SELECT fund, shares FROM fund_holdings JOIN funds USING (fund)"
                " WHERE customer = ? AND shares > 0 ORDER BY name",
                (customer,),
            ).fetchall()
            return [_held(conn, customer, fund, shares) for fund, shares in rows]

        return await self._office.books.read(query)

    async def confirm_due(self) -> int:
        """Confirm what has a value by now; how many orders."""
        books = self._office.books
        due = await books.read(_waiting)
        for new in due:
            await books.write(new, partial(self._confirm, new=new))
        return len(due)

    def confirm_some(self, conn: sqlite3.Connection) -> int:
        """The same in the caller's transaction; none when no more is due."""
        due = _waiting(conn)
        for new in due:
            self._confirm(conn, new)
        return len(due)

    def _trade_day(self) -> date:
        return trade_day(self._office.now(), self._figures)

    def _keep(
        self,
        conn: sqlite3.Connection,
        new: str,
        customer: str,
        fund: str,
        account: int,
        side: FundSide,
        amount: int,
        shares: int,
    ) -> None:
        row = (new, customer, fund, account, side, amount, shares, self._trade_day().isoformat())
        conn.execute("INSERT INTO fund_orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'QUOTED')", row)

    def _take_back(self, conn: sqlite3.Connection, placed: _Order) -> None:
        conn.execute(
            "UPDATE fund_orders SET state = 'CANCELLED' WHERE order_id = ?", (placed.order,)
        )
        if placed.side == FundSide.SELL:
            return
        at, fund = to_us(self._office.now()), fund_of(conn, placed.fund)
        pool, back = _pool(conn, fund.fund, fund.name, at), account_by_id(conn, placed.account_id)
        terms = Terms(REFUND, placed.customer, "chat", pool, back, placed.amount, fund.name)
        at_once(conn, terms, self._office)
        paid = find(conn, placed.order, placed.customer)
        advance(conn, paid, [State.REVERSED], at)

    def _confirm(self, conn: sqlite3.Connection, new: str) -> None:
        placed = _order(conn, new)
        row = conn.execute(
            "SELECT nav FROM fund_navs WHERE fund = ? AND day = ?", (placed.fund, placed.trade_day)
        ).fetchone()
        if placed.state != FundOrderState.PLACED or row is None:
            return  # another process was first
        buys = placed.side == FundSide.BUY
        amount = placed.amount if buys else value_of(placed.shares, row[0])
        shares = shares_for(amount, row[0]) if buys else placed.shares
        conn.execute(
            "UPDATE fund_orders SET state = 'CONFIRMED', amount = ?, shares = ? WHERE order_id = ?",
            (amount, shares, new),
        )
        conn.execute(
            "INSERT INTO fund_holdings VALUES (?1, ?2, MAX(?3, 0)) ON CONFLICT (customer, fund)"
            " DO UPDATE SET shares = shares + ?3",
            (placed.customer, placed.fund, shares if buys else -shares),
        )
        fund = fund_of(conn, placed.fund)
        if not buys and amount:
            self._pay(conn, placed, amount, fund.name)
        tell(
            conn,
            self._office,
            type_="ebank.product_bought" if buys else "ebank.product_sold",
            customer=placed.customer,
            product="fund",
            about=fund.name,
            amount=amount,
            trace_id=new,
        )

    def _pay(self, conn: sqlite3.Connection, placed: _Order, amount: int, name: str) -> None:
        pool = _pool(conn, placed.fund, name, to_us(self._office.now()))
        back = account_by_id(conn, placed.account_id)
        terms = Terms(PAYOUT, placed.customer, "bank", pool, back, amount, name)
        at_once(conn, terms, self._office)


def _place(carrying: Carrying) -> None:
    carrying.conn.execute(
        "UPDATE fund_orders SET state = 'PLACED' WHERE order_id = ?",
        (carrying.record.instruction_id,),
    )


def _check_in_time(carrying: Carrying, placed: _Order) -> None:
    """What was confirmed is the value of one day: after its cut-off it must be agreed to anew."""
    if trade_day(carrying.moment, SHIPPED).isoformat() != placed.trade_day:
        raise BankRefusal(RefusalCode.EXPIRED, "its cut-off passed")


def _order(conn: sqlite3.Connection, new: str) -> _Order:
    row = conn.execute("SELECT * FROM fund_orders WHERE order_id = ?", (new,)).fetchone()
    if row is None:
        raise BankRefusal(RefusalCode.NOT_FOUND, "no such order")
    return _Order(*row)


def _waiting(conn: sqlite3.Connection) -> list[str]:
    """Orders whose day's value is there."""
    rows = conn.execute(
        "SELECT order_id FROM fund_orders o JOIN fund_navs n ON n.fund = o.fund"
        " AND n.day = o.trade_day WHERE o.state = 'PLACED' LIMIT ?",
        (AT_ONCE,),
    )
    return [new for (new,) in rows]


def _free_shares(conn: sqlite3.Connection, customer: str, fund: str) -> int:
    """Held, and not ordered away."""
    (held,) = conn.execute(
        "SELECT IFNULL((SELECT shares FROM fund_holdings WHERE customer = ? AND fund = ?), 0)",
        (customer, fund),
    ).fetchone()
    return int(held) - _selling(conn, customer, fund)


def _selling(conn: sqlite3.Connection, customer: str, fund: str) -> int:
    (selling,) = conn.execute(
        "SELECT IFNULL(SUM(shares), 0) FROM fund_orders WHERE customer = ? AND fund = ?"
        " AND side = 'sell' AND state = 'PLACED'",
        (customer, fund),
    ).fetchone()
    return int(selling)


def _check_held(conn: sqlite3.Connection, customer: str, fund: str, shares: int) -> None:
    free = _free_shares(conn, customer, fund)
    if not 0 < shares <= free:
        raise BankRefusal(RefusalCode.INVALID_AMOUNT, "more than there is", shares=free)


def _pool(conn: sqlite3.Connection, fund: str, name: str, at: int) -> LedgerAccount:
    """The fund's own account: what was paid for it, less what was paid out of it."""
    return system_account(conn, "fund", f"fund/{fund}", name, at)


def _held(conn: sqlite3.Connection, customer: str, fund: str, shares: int) -> Holding:
    of = fund_of(conn, fund)
    return Holding(
        fund=fund,
        name=of.name,
        shares=shares,
        selling=_selling(conn, customer, fund),
        value=Money(value_of(shares, of.nav)),
        nav=of.nav,
        nav_day=of.nav_day or date.min,
    )


def _seen(conn: sqlite3.Connection, placed: _Order) -> PlacedFundOrder:
    return PlacedFundOrder(
        order=placed.order,
        fund=placed.fund,
        name=fund_of(conn, placed.fund).name,
        side=FundSide(placed.side),
        amount=Money(placed.amount),
        shares=placed.shares,
        trade_day=date.fromisoformat(placed.trade_day),
        state=FundOrderState(placed.state),
    )

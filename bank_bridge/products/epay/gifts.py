"""Gifts: paid for once, taken once by each, and what is left goes back after a day."""

from __future__ import annotations

import secrets
import sqlite3
from functools import partial

import structlog

from bank_bridge.contract import BankRefusal, Instruction, Money, RefusalCode
from bank_bridge.contract import InstructionState as State
from bank_bridge.instructions.customers import customer_facts, own_account
from bank_bridge.instructions.day_limits import check_proven, check_quoted
from bank_bridge.instructions.office import Carrying, Office
from bank_bridge.instructions.records import advance, find
from bank_bridge.instructions.requests import checked_amount, checked_text, keyed
from bank_bridge.instructions.standing import check_unlocked
from bank_bridge.ledger.accounts import LedgerAccount, account_by_id, system_account
from bank_bridge.ledger.database import from_us, to_us
from bank_bridge.product_contract import Gift, GiftKind, GiftOrder, GiftShare, GiftState
from bank_bridge.products.epay import splitting
from bank_bridge.products.epay.figures import SHIPPED, EpayFigures
from bank_bridge.products.epay.limits import check_limits
from bank_bridge.products.ordering import Terms, at_once, order, tell

TAKE, RETURN = "gift_take", "gift_return"
_AT_ONCE = 100
_SECOND = 1_000_000

log = structlog.get_logger()


class GiftInstruction:
    """An instruction that pays for a gift; it opens in the commit that pays."""

    moves_money = True

    def product(self, carrying: Carrying) -> str:
        return carrying.record.kind

    def channel(self, _: Carrying) -> str:
        return "chat"

    def known(self, _: Carrying) -> bool:
        return False

    def check(self, carrying: Carrying) -> None:
        conn, record, moment, office = carrying
        check_limits(conn, office, record.customer, record.amount, moment, SHIPPED)
        check_proven(carrying)

    def settle(self, carrying: Carrying) -> None:
        conn, record = carrying.conn, carrying.record
        at = to_us(carrying.moment)
        shares, random = conn.execute(
            "UPDATE gifts SET state = 'OPEN', sent_at = ?, expires_at = ? WHERE gift = ?"
            " RETURNING shares, random",
            (at, at + int(SHIPPED.gift_life.total_seconds()) * _SECOND, record.instruction_id),
        ).fetchone()
        amounts = (
            splitting.at_random(record.amount, shares, secrets.randbelow)
            if random
            else splitting.equal(record.amount, shares)
        )
        conn.executemany(
            "INSERT INTO gift_shares (gift, place, amount) VALUES (?, ?, ?)",
            [(record.instruction_id, place, amount) for place, amount in enumerate(amounts)],
        )
        _tell(carrying.conn, carrying.office, "gift.sent", record.customer, record.instruction_id)


class PassedOn:
    """Money that leaves the gifts' account: to a taker, or back to the sender."""

    moves_money = True

    def product(self, carrying: Carrying) -> str:
        return carrying.record.kind

    def channel(self, _: Carrying) -> str:
        return "chat"

    def known(self, _: Carrying) -> bool:
        return False

    def check(self, _: Carrying) -> None:
        """Whose it is was decided by whoever passes it on."""

    def settle(self, _: Carrying) -> None:
        """Likewise."""


class GiftCounter:
    """Sending, taking, looking, and giving back."""

    def __init__(self, office: Office, figures: EpayFigures) -> None:
        self._office, self._figures = office, figures

    async def create(self, asked: GiftOrder, idempotency_key: str) -> Instruction:
        request = keyed(idempotency_key, asked.customer, asked.kind, asked)
        checked_amount(asked.amount, self._office.rules)
        checked_text(asked.device, "device", 200)
        checked_text(asked.place, "place", 200)
        checked_text(asked.place_name, "place_name", 100)
        checked_text(asked.greeting, "greeting", self._figures.longest_greeting, shortest=0)
        self._check_shares(asked)

        def quote(conn: sqlite3.Connection) -> Terms:
            moment = self._office.now()
            at = to_us(moment)
            check_unlocked(customer_facts(conn, asked.customer), at)
            payer = own_account(conn, asked.customer, asked.payer_number)
            if asked.taker:
                own_account(conn, asked.taker)
            check_limits(
                conn, self._office, asked.customer, asked.amount.fen, moment, self._figures
            )
            check_quoted(conn, asked.customer, asked.amount.fen, moment, self._office)
            if asked.amount.fen > payer.available:
                left = payer.available
                raise BankRefusal(RefusalCode.INSUFFICIENT_FUNDS, "not enough available", left=left)
            return Terms(
                kind=asked.kind,
                customer=asked.customer,
                device=asked.device,
                payer=payer,
                payee=_pool(conn, at),
                amount=asked.amount.fen,
                payee_name=asked.place_name,
                memo=asked.greeting,
            )

        def keep(conn: sqlite3.Connection, instruction_id: str) -> None:
            at = to_us(self._office.now())
            conn.execute(
                "INSERT INTO gifts VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'QUOTED', ?, ?)",
                (
                    instruction_id,
                    asked.kind,
                    asked.customer,
                    asked.place,
                    asked.taker,
                    asked.greeting,
                    asked.shares,
                    asked.random,
                    at,
                    at,
                ),
            )

        return await order(self._office, request, asked.customer, quote, keep)

    async def gift(self, gift: str) -> Gift:
        return await self._office.books.read(lambda conn: _seen(conn, gift))

    async def take(self, gift: str, taker: str) -> Gift:
        def operation(conn: sqlite3.Connection) -> Gift:
            now = _seen(conn, gift)
            mine = any(share.taker == taker for share in now.taken)
            over = now.state is not GiftState.OPEN or self._office.now() >= now.expires_at
            if now.taker not in ("", taker):
                raise BankRefusal(RefusalCode.NOT_FOUND, "meant for another")
            if now.kind is GiftKind.P2P and taker == now.sender:
                raise BankRefusal(RefusalCode.SAME_ACCOUNT, "one's own gift")
            if not mine and not over:
                self._pass_on(conn, now, taker)
            return _seen(conn, gift)

        return await self._office.books.write(gift, operation)

    async def return_due(self) -> int:
        """Give back what nobody took in time; how many gifts."""
        due = await self._office.books.read(self._overdue)
        for gift in due:
            await self._office.books.write(gift, partial(self._return, gift=gift))
        return len(due)

    def return_some(self, conn: sqlite3.Connection) -> int:
        """The same in the caller's transaction; none when no more is due."""
        due = self._overdue(conn)
        for gift in due:
            self._return(conn, gift)
        return len(due)

    def _overdue(self, conn: sqlite3.Connection) -> list[str]:
        rows = conn.execute(
            "SELECT gift FROM gifts WHERE state = 'OPEN' AND expires_at <= ? LIMIT ?",
            (to_us(self._office.now()), _AT_ONCE),
        )
        return [gift for (gift,) in rows]

    def _check_shares(self, asked: GiftOrder) -> None:
        one_only = asked.kind is GiftKind.P2P or bool(asked.taker)
        most = 1 if one_only else self._figures.most_shares
        if not 1 <= asked.shares <= most:
            raise BankRefusal(RefusalCode.INVALID_REQUEST, f"shares are 1 to {most}")
        if asked.amount.fen < asked.shares:
            raise BankRefusal(RefusalCode.INVALID_AMOUNT, "less than a fen for each")
        if asked.kind is GiftKind.P2P and not asked.taker:
            raise BankRefusal(RefusalCode.INVALID_REQUEST, "to whom")
        if asked.kind is GiftKind.P2P and asked.taker == asked.customer:
            raise BankRefusal(RefusalCode.SAME_ACCOUNT, "to oneself")

    def _pass_on(self, conn: sqlite3.Connection, gift: Gift, taker: str) -> None:
        """The next free share to this taker, in the commit that marks it taken."""
        at = to_us(self._office.now())
        place, amount = conn.execute(
            "SELECT place, amount FROM gift_shares WHERE gift = ? AND taker IS NULL"
            " ORDER BY place LIMIT 1",
            (gift.gift,),
        ).fetchone()
        at_once(
            conn,
            Terms(
                kind=TAKE,
                customer=taker,
                device="chat",
                payer=_pool(conn, at),
                payee=own_account(conn, taker),
                amount=amount,
                payee_name=customer_facts(conn, taker).name,
                memo=gift.greeting,
            ),
            self._office,
        )
        conn.execute(
            "UPDATE gift_shares SET taker = ?, taken_at = ? WHERE gift = ? AND place = ?",
            (taker, at, gift.gift, place),
        )
        conn.execute(
            "UPDATE gifts SET state = 'TAKEN' WHERE gift = ?1 AND NOT EXISTS"
            " (SELECT 1 FROM gift_shares WHERE gift = ?1 AND taker IS NULL)",
            (gift.gift,),
        )
        _tell(conn, self._office, "gift.taken", taker, gift.gift, amount)

    def _return(self, conn: sqlite3.Connection, gift: str) -> None:
        moved = conn.execute(
            "UPDATE gifts SET state = 'RETURNED' WHERE gift = ? AND state = 'OPEN'"
            " RETURNING sender, shares",
            (gift,),
        ).fetchone()
        if moved is None:  # another process was first
            return
        sender, shares = moved
        left, untaken = conn.execute(
            "SELECT SUM(amount), COUNT(*) FROM gift_shares WHERE gift = ? AND taker IS NULL",
            (gift,),
        ).fetchone()
        paid = find(conn, gift, sender)
        at_once(
            conn,
            Terms(
                kind=RETURN,
                customer=sender,
                device="bank",
                payer=_pool(conn, to_us(self._office.now())),
                payee=account_by_id(conn, paid.payer_account),
                amount=left,
                payee_name=paid.payee_name,
            ),
            self._office,
        )
        state = State.REVERSED if untaken == shares else State.PARTLY_REVERSED
        advance(conn, paid, [state], to_us(self._office.now()))
        _tell(conn, self._office, "gift.returned", sender, gift, left, paid.payee_name)


def _pool(conn: sqlite3.Connection, at: int) -> LedgerAccount:
    """Where gifts wait: what it holds is exactly what was sent and not yet taken."""
    return system_account(conn, "escrow", "gifts/pool", "工银e支付", at)


def _seen(conn: sqlite3.Connection, gift: str) -> Gift:
    row = conn.execute(
        "SELECT g.gift, g.kind, g.sender, g.place, g.taker, g.greeting, i.amount, g.shares,"
        " g.random, g.state, g.sent_at, g.expires_at FROM gifts g"
        " JOIN instructions i ON i.instruction_id = g.gift"
        " WHERE g.gift = ? AND g.state <> 'QUOTED'",
        (gift,),
    ).fetchone()
    if row is None:
        raise BankRefusal(RefusalCode.NOT_FOUND, "no such gift")
    name, kind, sender, place, taker, greeting, amount, shares, random, state, sent, ends = row
    taken = conn.execute(
        "SELECT taker, amount, taken_at FROM gift_shares WHERE gift = ? AND taker IS NOT NULL"
        " ORDER BY taken_at, place",
        (gift,),
    )
    return Gift(
        gift=name,
        kind=GiftKind(kind),
        sender=sender,
        place=place,
        taker=taker,
        greeting=greeting,
        amount=Money(amount),
        shares=shares,
        random=bool(random),
        state=GiftState(state),
        sent_at=from_us(sent),
        expires_at=from_us(ends),
        taken=[GiftShare(who, Money(fen), from_us(at)) for who, fen, at in taken],
    )


def _tell(
    conn: sqlite3.Connection,
    office: Office,
    type_: str,
    customer: str,
    gift: str,
    amount: int = 0,
    about: str = "",
) -> None:
    tell(
        conn,
        office,
        type_=type_,
        customer=customer,
        product="gift",
        about=about,
        amount=amount,
        trace_id=gift,
    )

"""Balance and statement cards: what the customer asked to see of his own accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bank_bridge.contract import BankAccount, Money, StatementLine
from bots.contract import Card
from bots.phrasing import elements as el
from bots.phrasing.figures import date_and_time, day_and_time, signed, yuan
from bots.phrasing.words import Words

MOST_LINES = 20  # of a period on one card; the sums hold all


def balance_card(words: Words, card_id: str, accounts: Sequence[BankAccount], at: datetime) -> Card:
    """Available and posted balance of each account; numbers are masked."""
    body = [el.heading(words.say("balance.title"))]
    for account in accounts:
        body += [
            el.line(words.say("account.tail", tail=account.tail), separator=True),
            el.figure(words.say("balance.available", amount=yuan(account.available))),
            el.note(words.say("balance.posted", amount=yuan(account.posted))),
        ]
    body.append(el.note(words.say("balance.as_of", time=date_and_time(at))))
    first = accounts[0]
    fallback = words.say("balance.fallback", tail=first.tail, amount=yuan(first.available))
    return Card(card_id, el.adaptive_card(words, body, (), fallback), fallback)


def statement_card(
    words: Words, card_id: str, account: BankAccount, lines: Sequence[StatementLine]
) -> Card:
    """The newest entries, newest first."""
    body = [
        el.heading(words.say("statement.title")),
        el.note(words.say("statement.account", tail=account.tail)),
    ]
    body += [_entry(words, line) for line in lines]
    if not lines:
        body.append(el.line(words.say("statement.empty")))
    fallback = words.say("statement.fallback", tail=account.tail, count=len(lines))
    return Card(card_id, el.adaptive_card(words, body, (), fallback), fallback)


def period_card(
    words: Words,
    card_id: str,
    account: BankAccount,
    period: tuple[date | None, date],
    lines: Sequence[StatementLine],
    known_from: datetime | None,
) -> Card:
    """The entries of some days, with what came in and went out in all of them.

    `period` ends before its second day. `known_from`: where the entries that the bank gave
    begin, if it gave as many as it gives at once and there may be earlier ones.
    """
    shown = lines[:MOST_LINES]
    first, last = period[0], period[1] - timedelta(days=1)
    ends = {"start": first or words.say("statement.ever"), "end": last}
    coming = sum((one.amount.fen for one in lines if one.amount.fen > 0), 0)
    going = -sum((one.amount.fen for one in lines if one.amount.fen < 0), 0)
    sums = {"coming": yuan(Money(coming)), "going": yuan(Money(going)), "count": len(lines)}
    body = [
        el.heading(words.say("statement.period", **ends)),
        el.note(words.say("statement.account", tail=account.tail)),
        el.line(words.say("statement.sums", **sums)),
    ]
    body += [_entry(words, line) for line in shown]
    if len(lines) > len(shown):
        body.append(el.note(words.say("statement.more", count=len(shown))))
    if known_from is not None:
        body.append(el.note(words.say("statement.partial", time=day_and_time(known_from))))
    fallback = words.say("statement.period_fallback", tail=account.tail, **ends, **sums)
    return Card(card_id, el.adaptive_card(words, body, (), fallback), fallback)


def _entry(words: Words, line: StatementLine) -> el.Element:
    summary = f"summary.{line.summary}"
    when = day_and_time(line.posted_at)
    below = (
        words.say("statement.line", time=when, counterparty=line.counterparty)
        if line.counterparty
        else words.say("statement.line_bare", time=when)
    )
    left = [
        el.line(words.say(summary if words.knows(summary) else "summary.other")),
        el.note(below),
    ]
    right = [
        el.line(signed(line.amount), weight="Bolder", horizontalAlignment="Right"),
        el.line(
            words.say("statement.balance", amount=yuan(line.balance_after)),
            size="Small",
            isSubtle=True,
            horizontalAlignment="Right",
        ),
    ]
    return el.two_columns(left, right, separator=True)

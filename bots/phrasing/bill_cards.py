"""Cards of bills: what may be paid, what is owed, what was paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bank_bridge.product_contract import Bill, BillItem, BillPayment, SavedBill
from bots.contract import Card
from bots.phrasing import elements as el
from bots.phrasing.figures import date_and_time, yuan
from bots.phrasing.money_cards import CANCEL
from bots.phrasing.words import Words

ITEM, BILL, NUMBER = "bill.item:", "bill.pay:", "bill.number:"
MOST_CHOICES = 9


def item_card(
    words: Words,
    card_id: str,
    items: Sequence[BillItem],
    saved: Sequence[SavedBill],
    expires_at: datetime,
) -> Card:
    """Numbers paid before first, then what may be paid."""
    title = words.say("bill.which")
    body = [el.heading(words.say("bill.title")), el.line(title)]
    buttons = [
        el.submit(
            el.plain(words.say("bill.saved", item=one.item_name, number=one.number)),
            f"{NUMBER}{one.item}:{one.number}",
        )
        for one in saved[:4]
    ]
    buttons += [el.submit(el.plain(item.name), ITEM + item.item) for item in items[:MOST_CHOICES]]
    buttons.append(el.submit(words.say("confirm.no"), CANCEL))
    return Card(card_id, el.adaptive_card(words, body, buttons, title), title, expires_at)


def bill_card(words: Words, card_id: str, bills: Sequence[Bill], expires_at: datetime) -> Card:
    """What is owed on one number, a button for each bill; the owner's name is masked."""
    first = bills[0]
    body = [
        el.heading(words.say("bill.owed", item=first.item_name)),
        el.note(words.say("bill.of", number=first.number, owner=first.owner_masked)),
    ]
    for bill in bills:
        left = [
            el.line(words.say("bill.period", period=bill.period)),
            el.note(words.say("bill.due", due=bill.due.isoformat())),
        ]
        amount = words.say("confirm.amount", amount=yuan(bill.open))
        right = [el.line(amount, weight="Bolder", horizontalAlignment="Right")]
        body.append(el.two_columns(left, right, separator=True))
    buttons = [
        el.submit(words.say("bill.pay", period=el.plain(bill.period)), BILL + bill.bill_id)
        for bill in bills[:MOST_CHOICES]
    ]
    buttons.append(el.submit(words.say("confirm.no"), CANCEL))
    fallback = words.say("bill.owed_fallback", item=first.item_name, count=len(bills))
    return Card(card_id, el.adaptive_card(words, body, buttons, fallback), fallback, expires_at)


def history_card(words: Words, card_id: str, payments: Sequence[BillPayment]) -> Card:
    """The newest payments, with where each stands with its biller."""
    body = [el.heading(words.say("bill.history"))]
    for paid in payments:
        left = [
            el.line(words.say("bill.saved", item=paid.item_name, number=paid.number)),
            el.note(words.say("bill.paid_at", time=date_and_time(paid.paid_at))),
            el.note(words.say("bill.reference", reference=paid.reference)),
        ]
        right = [
            el.line(yuan(paid.amount), weight="Bolder", horizontalAlignment="Right"),
            el.line(words.say(f"bill.state.{paid.state}"), size="Small", isSubtle=True),
        ]
        body.append(el.two_columns(left, right, separator=True))
    if not payments:
        body.append(el.line(words.say("bill.no_history")))
    fallback = words.say("bill.history_fallback", count=len(payments))
    return Card(card_id, el.adaptive_card(words, body, (), fallback), fallback)

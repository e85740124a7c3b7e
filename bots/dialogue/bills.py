"""The talk around bills: which item, which number, how much, until a card can be confirmed.

One number paid before is taken without asking; anything that fits more than one thing is
shown to choose from. A new wish cancels the card that was open, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from bank_bridge.contract import BankRefusal, RefusalCode
from bank_bridge.product_contract import (
    Bill,
    Billing,
    BillItem,
    BillMode,
    BillOrder,
    DebitOrder,
    SavedBill,
)
from bots.contract import Card, CardClosed, Reply, Text
from bots.dialogue.state import BillForm
from bots.dialogue.talk import Answer, Talk, after_step, answered_card, say
from bots.phrasing import bill_cards
from bots.phrasing.figures import date_and_time, yuan
from bots.transactions.preparing import NO_DEVICE, Prepared, prepare
from bots.transactions.script import MoneyScript
from bots.transactions.steps import CardKind, OpenCard, name_card
from bots.transactions.transfer import money_from
from bots.understanding.bills import (
    BillReading,
    BillWish,
    bill_meant,
    bill_number,
    read_bill,
)
from bots.understanding.text import squeeze

_CHOICE_LIFE = timedelta(minutes=15)
_SHOWN = 10
_replace = msgspec.structs.replace


class _MakeCard(Protocol):
    def __call__(self, card_id: str, until: datetime, /) -> Card: ...


class BillTalk:
    """Fills in a payment or an agreement over as many turns as it takes."""

    def __init__(self, bank: Billing, script: MoneyScript) -> None:
        self._bank, self._script = bank, script

    async def start(self, talk: Talk) -> Answer:
        """The menu's button."""
        return await self._begin(talk, BillReading(BillWish.PAY))

    async def history(self, talk: Talk) -> Answer:
        payments = await self._bank.bill_payments(talk.turn.customer, _SHOWN)
        card_id = f"history:{talk.turn.key.rpartition(':')[2]}"
        return Answer((bill_cards.history_card(talk.words, card_id, payments),), talk.state)

    async def hear(self, talk: Talk) -> Answer | None:
        """The answer to a sentence about bills; None when it is about something else."""
        if talk.heard.intent == "transfer" and "payee" in talk.heard.slots:
            return None
        text = talk.turn.text
        reading = read_bill(text) or bill_meant(talk.heard.intent, text)
        if reading is not None:
            return await self._begin(talk, reading)
        form = talk.state.bill_form
        if form is None or not form.asked or talk.state.draft is not None:
            return None
        return await self._answered(talk, form)

    async def choose(self, talk: Talk) -> Answer:
        """A button of a card to choose from."""
        turn, form = talk.turn, talk.state.bill_form or BillForm()
        card = answered_card(talk)
        if card is None:
            return say(talk, "service.stale_card").first(CardClosed(turn.card_id, "replaced"))
        closed = CardClosed(card.card_id, "confirmed")
        talk = _replace(talk, state=_replace(talk.state, card=None))
        if turn.action.startswith(bill_cards.BILL):
            bill_id = turn.action.removeprefix(bill_cards.BILL)
            return (await self._pay(talk, form, bill_id)).first(closed)
        if turn.action.startswith(bill_cards.NUMBER):
            item, _, number = turn.action.removeprefix(bill_cards.NUMBER).partition(":")
            form = _replace(form, item=item, number=number)
        elif turn.action.startswith(bill_cards.ITEM):
            form = _replace(form, item=turn.action.removeprefix(bill_cards.ITEM), number="")
        else:
            return say(talk, "service.stale_card")
        return (await self._advance(talk, form)).first(closed)

    async def _begin(self, talk: Talk, reading: BillReading) -> Answer:
        if reading.wish is BillWish.HISTORY:
            return await self.history(talk)
        said, talk = await self._clear(talk)
        if talk.state.card:  # the bank could not cancel it now: nothing new may begin
            return Answer(said, talk.state)
        if reading.wish is BillWish.DEBIT_OFF:
            return (await self._debit_off(talk, reading)).first(*said)
        form = BillForm(
            reading.wish,
            reading.fragment,
            reading.category,
            number=reading.number,
            amount=reading.amount,
            day=reading.day,
        )
        return (await self._advance(talk, form)).first(*said)

    async def _answered(self, talk: Talk, form: BillForm) -> Answer | None:
        """What was asked for, if this is it; anything else is another matter."""
        text, slots = talk.turn.text, talk.heard.slots
        if form.asked == "number" and (number := bill_number(text)):
            return await self._advance(talk, _replace(form, number=number))
        if form.asked == "amount":
            if slots.get("currency") == "CNY":
                return await self._advance(talk, _replace(form, amount=slots["amount"]))
            if problem := slots.get("amount_problem"):
                return say(talk, f"amount.{problem}")
        if form.asked == "item":
            said = squeeze(text)
            items = await self._bank.bill_items()
            named = [item for item in items if said and said in squeeze(item.name)]
            if len(named) == 1:
                return await self._advance(talk, _replace(form, item=named[0].item))
        return None

    async def _advance(self, talk: Talk, form: BillForm) -> Answer:
        """Ask for the first thing that is missing, or go and do it."""
        saved = await self._bank.saved_bills(talk.turn.customer)
        items = await self._fitting(form)
        if not form.item:
            known = [one for one in saved if any(one.item == item.item for item in items)]
            if len(items) != 1:
                return self._ask_item(talk, form, items, known)
            form = _replace(form, item=items[0].item)
        item = next((one for one in items if one.item == form.item), None)
        if item is None:
            return say(talk, "refusal.NOT_FOUND")
        if not form.number:
            own = [one for one in saved if one.item == item.item]
            if len(own) > 1:
                return self._ask_item(talk, form, [], own)
            if not own:
                asking = _with_form(talk, _replace(form, asked="number"))
                return say(asking, "bill.number", item=item.name)
            form = _replace(form, number=own[0].number)
        return await self._do(talk, _replace(form, asked=""), item)

    async def _do(self, talk: Talk, form: BillForm, item: BillItem) -> Answer:
        if form.wish in (BillWish.REMIND, BillWish.REMIND_OFF):
            return await self._remind(talk, form, item)
        if form.wish is BillWish.DEBIT:
            return await self._debit(talk, form, item)
        if item.mode is BillMode.BILL:
            return await self._owed(talk, form, item)
        if not form.amount:
            asking = _with_form(talk, _replace(form, asked="amount"))
            return say(asking, "bill.how_much", item=item.name, number=form.number)
        return await self._pay(talk, form)

    async def _owed(self, talk: Talk, form: BillForm, item: BillItem) -> Answer:
        """The one bill of that number, or those to choose from."""
        try:
            bills = await self._bank.query_bills(item.item, form.number)
        except BankRefusal as refusal:
            if refusal.code not in (RefusalCode.NOT_FOUND, RefusalCode.INVALID_REQUEST):
                raise
            asking = _with_form(talk, _replace(form, number="", asked="number"))
            return say(asking, "bill.no_number", item=item.name, number=form.number)
        owed = [bill for bill in bills if bill.open.fen]
        if not owed:
            return _nothing_owed(talk, bills[-1])
        if len(owed) == 1:
            return await self._pay(talk, form, owed[0].bill_id)
        return self._show(
            _with_form(talk, form),
            lambda card_id, until: bill_cards.bill_card(talk.words, card_id, owed, until),
        )

    async def _pay(self, talk: Talk, form: BillForm, bill_id: str = "") -> Answer:
        turn = talk.turn
        order = BillOrder(
            customer=turn.customer,
            device=turn.device or NO_DEVICE,
            bill_id=bill_id,
            item="" if bill_id else form.item,
            number="" if bill_id else form.number,
            amount=money_from(form.amount) if form.amount else None,
        )
        made = self._bank.create_bill_payment(order, f"{turn.key}:bill")
        prepared = await prepare(self._script, turn, talk.words, made)
        return _shown(talk, form, prepared)

    async def _debit(self, talk: Talk, form: BillForm, item: BillItem) -> Answer:
        turn = talk.turn
        if item.mode is BillMode.INSTANT and not form.day:
            return say(talk, "bill.which_day", item=item.name, number=form.number)
        if not form.amount:
            asking = _with_form(talk, _replace(form, asked="amount"))
            return say(asking, "bill.cap", item=item.name, number=form.number)
        order = DebitOrder(
            turn.customer,
            turn.device or NO_DEVICE,
            form.item,
            form.number,
            money_from(form.amount),
            form.day,
        )
        made = self._bank.create_debit_agreement(order, f"{turn.key}:debit")
        return _shown(talk, form, await prepare(self._script, turn, talk.words, made))

    async def _debit_off(self, talk: Talk, reading: BillReading) -> Answer:
        """Needs no proof: it only stops what would move money."""
        active = [
            one
            for one in await self._bank.debit_agreements(talk.turn.customer)
            if one.active and reading.fragment in one.item_name
        ]
        if not active:
            return say(talk, "bill.no_debit")
        for one in active:
            await self._bank.close_debit_agreement(one.agreement, talk.turn.customer)
        names = "、".join(f"{one.item_name} {one.number}" for one in active)
        return say(talk, "bill.debit_closed", names=names)

    async def _remind(self, talk: Talk, form: BillForm, item: BillItem) -> Answer:
        on = form.wish is BillWish.REMIND
        await self._bank.set_bill_reminder(talk.turn.customer, item.item, form.number, on=on)
        key = "bill.will_remind" if on else "bill.no_reminder"
        return say(_with_form(talk, None), key, item=item.name, number=form.number)

    async def _fitting(self, form: BillForm) -> Sequence[BillItem]:
        """Items of that name; else of that category; else all."""
        items = await self._bank.bill_items()
        if form.item:
            return items
        of_category = [item for item in items if form.category in (0, item.category)]
        named = [item for item in of_category if form.fragment and form.fragment in item.name]
        return named or of_category or items

    def _ask_item(
        self, talk: Talk, form: BillForm, items: Sequence[BillItem], saved: Sequence[SavedBill]
    ) -> Answer:
        if not items and not saved:
            return say(talk, "bill.no_items")
        asking = _with_form(talk, _replace(form, asked="item"))
        return self._show(
            asking,
            lambda card_id, until: bill_cards.item_card(talk.words, card_id, items, saved, until),
        )

    def _show(self, talk: Talk, make: _MakeCard) -> Answer:
        card_id, until = name_card(CardKind.BILL, talk.turn), talk.turn.at + _CHOICE_LIFE
        opened = OpenCard(card_id, CardKind.BILL, until)
        return Answer((make(card_id, until),), _replace(talk.state, card=opened))

    async def _clear(self, talk: Talk) -> tuple[Sequence[Reply], Talk]:
        """Close the card that is open and cancel its instruction; a transfer is let go."""
        card, state = talk.state.card, _replace(talk.state, draft=None, bill_form=None)
        if card is None:
            return (), _replace(talk, state=state)
        if not card.instruction_id:
            closed = (CardClosed(card.card_id, "replaced"),)
            return closed, _replace(talk, state=_replace(state, card=None))
        step = await self._script.cancel(talk.turn, talk.words, card, "replaced")
        state = _replace(state.watching(step.watch, talk.turn.at), card=step.card)
        replies = list(step.replies)
        if replies == [CardClosed(card.card_id, "replaced")]:
            replies.append(Text(talk.words.say("bill.cancelled_for_new")))
        return replies, _replace(talk, state=state)


def _shown(talk: Talk, form: BillForm, prepared: Prepared) -> Answer:
    """The confirm card, or why there is none; the form stays for another amount."""
    refusal = prepared.refusal
    if refusal is not None and refusal.code is RefusalCode.DUPLICATE and refusal.details:
        return _paid_before(_with_form(talk, None), refusal)
    again = refusal is not None and refusal.code in (
        RefusalCode.INSUFFICIENT_FUNDS,
        RefusalCode.INVALID_AMOUNT,
    )
    kept = _replace(form, amount="", asked="amount") if again and form.amount else None
    return after_step(_with_form(talk, kept), prepared)


def _paid_before(talk: Talk, refusal: BankRefusal) -> Answer:
    details = refusal.details
    paid_at = datetime.fromisoformat(str(details["paid_at"]))
    return say(
        talk,
        "bill.paid_before",
        channel=_channel(talk, str(details["channel"])),
        time=date_and_time(paid_at),
        reference=details["reference"],
    )


def _nothing_owed(talk: Talk, last: Bill) -> Answer:
    talk = _with_form(talk, None)
    if last.paid_at is None:
        return say(talk, "bill.nothing_owed", item=last.item_name, number=last.number)
    return say(
        talk,
        "bill.nothing_owed_since",
        item=last.item_name,
        number=last.number,
        period=last.period,
        amount=yuan(last.amount),
        channel=_channel(talk, last.paid_channel),
        time=date_and_time(last.paid_at),
    )


def _channel(talk: Talk, channel: str) -> str:
    key = f"channel.{channel}"
    return talk.words.say(key) if talk.words.knows(key) else channel


def _with_form(talk: Talk, form: BillForm | None) -> Talk:
    return _replace(talk, state=_replace(talk.state, bill_form=form))

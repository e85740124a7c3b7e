"""What needs no confirmation: balance, statement, help, a person, and offers switched off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from bank_bridge.contract import (
    Accounts,
    BankAccount,
    BankRefusal,
    RefusalCode,
    StatementLine,
)
from bots.contract import CallPerson, OfferFeedback, SetConsent, TellManager, Text
from bots.contract import CardClosed as Closed
from bots.dialogue.talk import Answer, Talk, say
from bots.phrasing import herald
from bots.phrasing.account_cards import balance_card, period_card, statement_card
from bots.transactions.refusals import refusal_text
from bots.understanding.periods import PeriodSlot, in_beijing, period_back

STATEMENT_LINES = 10
MOST_AT_ONCE = 200  # entries that the bank gives at once
OFFERS_PURPOSE = "personalised_offers"


class AccountSkills:
    """Reads of the customer's own accounts."""

    def __init__(self, bank: Accounts) -> None:
        self._bank = bank

    async def balance(self, talk: Talk) -> Answer:
        try:
            accounts = await self._bank.list_accounts(talk.turn.customer)
        except BankRefusal as refusal:
            return _cannot_read(talk, refusal)
        if not accounts:
            return say(talk, "service.no_accounts")
        card = balance_card(talk.words, _card_id("balance", talk), accounts, talk.turn.at)
        return Answer((card,), talk.state)

    async def statement(self, talk: Talk) -> Answer:
        tail = talk.heard.slots.get("account_tail", "")
        customer = talk.turn.customer
        try:
            accounts = await self._bank.list_accounts(customer)
            account = _account(accounts, tail)
            if account is None:
                key = "statement.no_account" if tail and accounts else "service.no_accounts"
                return say(talk, key, tail=tail)
            period = _period(talk)
            if period.problem:
                return say(talk, f"day.{period.problem}")
            most = MOST_AT_ONCE if period.end else STATEMENT_LINES
            lines = await self._bank.statement(customer, account.number, most)
        except BankRefusal as refusal:
            return _cannot_read(talk, refusal)
        card_id = _card_id("statement", talk)
        if period.end is None:
            return Answer((statement_card(talk.words, card_id, account, lines),), talk.state)
        within = [line for line in lines if _within(line, period)]
        known_from = _known_from(lines, period) if len(lines) == most else None
        days = (period.start, period.end)
        card = period_card(talk.words, card_id, account, days, within, known_from)
        return Answer((card,), talk.state)


def _period(talk: Talk) -> PeriodSlot:
    """The days that the sentence names; a menu's button names none."""
    text = talk.turn.text
    return period_back(text, talk.turn.at) if text else PeriodSlot()


def _known_from(lines: Sequence[StatementLine], period: PeriodSlot) -> datetime | None:
    """Where the entries that the bank gave begin, if the period begins no later than that."""
    oldest = lines[-1].posted_at
    before = period.start is None or period.start <= in_beijing(oldest).date()
    return oldest if before else None


def _within(line: StatementLine, period: PeriodSlot) -> bool:
    day = in_beijing(line.posted_at).date()
    return (period.start is None or period.start <= day) and (
        period.end is not None and day < period.end
    )


async def greeting(talk: Talk) -> Answer:
    return say(talk, "service.greeting", name=talk.turn.customer_name)


async def help_(talk: Talk) -> Answer:
    return say(talk, "service.help")


async def thanks(talk: Talk) -> Answer:
    return say(talk, "service.thanks")


async def human(talk: Talk, told: str = "") -> Answer:
    """A person is called, with where the customer's command stands; never its code.

    `told`: what the customer has said for it so far.

    The desk says itself how long it takes; only where there is none are words needed.
    """
    stage = _stage(talk)
    request = talk.words.say("service.human_request")
    if stage:
        where = talk.words.say(f"stage.{stage}")
        where = talk.words.say("stage.with", stage=where, told=told) if told else where
        request = talk.words.say("service.human_request_during", stage=where)
    if talk.turn.person == "waiting":
        return say(talk, "service.human_waiting")
    answer = Answer((), talk.state) if talk.turn.person else say(talk, "service.human")
    return msgspec.structs.replace(answer, effects=(CallPerson(request),))


async def not_offered(talk: Talk) -> Answer:
    """Understood, and no skill does it yet: said so, with a person offered."""
    return say(talk, "service.not_offered", topic=topic_of(talk))


async def identity(talk: Talk) -> Answer:
    return say(talk, "service.who_i_am")


async def chitchat(talk: Talk) -> Answer:
    return say(talk, "service.small_talk")


def topic_of(talk: Talk) -> str:
    return talk.words.say(f"topic.{talk.heard.intent}")


async def stop_offers(talk: Talk) -> Answer:
    answer = say(talk, "offer.refused")
    return msgspec.structs.replace(answer, effects=(SetConsent(OFFERS_PURPOSE, granted=False),))


async def offer_settings(talk: Talk) -> Answer:
    return say(talk, "offer.settings")


async def offer_answer(talk: Talk) -> Answer:
    """A button of an offer card."""
    turn, words = talk.turn, talk.words
    offer_id = turn.card_id.removeprefix(herald.OFFER)
    dismissed = OfferFeedback(offer_id, "dismissed")
    match turn.action:
        case herald.INTERESTED:
            effects = (
                TellManager(_interest(talk, offer_id)),
                OfferFeedback(offer_id, "interested"),
            )
            replies = (Closed(turn.card_id, "done"), Text(words.say("offer.thanks")))
            return Answer(replies, talk.state, effects)
        case herald.REFUSE:
            switched_off = SetConsent(OFFERS_PURPOSE, granted=False)
            replies = (Closed(turn.card_id, "refused"), Text(words.say("offer.refused")))
            return Answer(replies, talk.state, (switched_off, dismissed))
        case herald.DISMISS:
            replies = (Closed(turn.card_id, "cancelled"), Text(words.say("offer.dismissed")))
            return Answer(replies, talk.state, (dismissed,))
        case _:
            return say(talk, "service.stale_card")


def _interest(talk: Talk, offer_id: str) -> str:
    """What the manager reads; the button carries the product, a press that lost it the offer."""
    product = f"product.{talk.turn.values.get('product', '')}"
    if talk.words.knows(f"{product}.name"):
        return talk.words.say("offer.manager", product=talk.words.say(f"{product}.name"))
    return talk.words.say("offer.manager_bare", offer=offer_id)


def _stage(talk: Talk) -> str:
    if talk.state.card:
        return talk.state.card.kind
    if talk.state.watched:
        return "watching"
    return "asking" if talk.state.draft else ""


def _account(accounts: Sequence[BankAccount], tail: str) -> BankAccount | None:
    """The account of that tail, or the default one when none was named."""
    named = [account for account in accounts if tail in ("", account.tail)]
    return named[0] if named else None


def _cannot_read(talk: Talk, refusal: BankRefusal) -> Answer:
    if refusal.code is RefusalCode.CORE_UNAVAILABLE:
        return say(talk, "refusal.CORE_UNAVAILABLE_reading")
    return Answer((Text(refusal_text(talk.words, refusal)),), talk.state)


def _card_id(kind: str, talk: Talk) -> str:
    return f"{kind}:{talk.turn.key.rpartition(':')[2]}"

"""Funds, declared: which, for how much, and for whom it is suitable; holdings and orders told.

Who has no assessment that counts answers its questions on the way; a fund that does not suit
is refused by the bank, and no word goes round that.
"""

# ruff: noqa: ARG002 - a slot takes what all slots are given
from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from bank_bridge.contract import BankRefusal, Instruction, RefusalCode
from bank_bridge.fund_contract import FundOrder, FundOrderState, FundRedemption, Funds, FundSide
from bots.contract import Language, Understood
from bots.dialogue.skills import MoneySkill, Question, Slot
from bots.dialogue.slots import AmountSlot, Option, PayerSlot
from bots.dialogue.state import Draft
from bots.dialogue.talk import Answer, Talk, say
from bots.phrasing.choice_cards import CHOICE, choice_card
from bots.phrasing.figures import yuan
from bots.transactions.preparing import NO_DEVICE
from bots.transactions.steps import Bank
from bots.transactions.transfer import money_from
from bots.understanding.funds import ALL, FundWish, read_fund, read_fund_shares
from bots.understanding.text import squeeze

BUY, SELL, ASSESS = FundWish.BUY.value, FundWish.SELL.value, FundWish.ASSESS.value
LOOK, TAKE_BACK = FundWish.LOOK.value, FundWish.CANCEL.value
_HELPED = {"amount": frozenset({RefusalCode.INSUFFICIENT_FUNDS, RefusalCode.INVALID_AMOUNT})}
_NAV_UNIT, _SHARE_UNIT = 10_000, 100
_MOST_ORDERS = 20
_LONGEST = 60  # of a sentence that may name a fund
_replace = msgspec.structs.replace
_Options = Callable[[Talk], Awaitable[Sequence[tuple[str, str, str]]]]  # fund, name, title


class FundTalk:
    """Which words mean a fund, and what is told of those there are."""

    def __init__(self, bank: Bank, funds: Funds) -> None:
        self._bank, self._funds = bank, funds

    def skills(self) -> Sequence[MoneySkill]:
        payer, risk = PayerSlot(self._bank), RiskSlot(self._funds)
        return (
            MoneySkill(
                name=BUY,
                intents=(BUY,),
                slots=(risk, FundSlot(self._on_sale), AmountSlot("fund.how_much"), payer),
                order=self._buy,
                is_same=lambda *_: False,
                help_after=_HELPED,
                helped_by="transfer.other_amount",
            ),
            MoneySkill(
                name=SELL,
                intents=(SELL,),
                slots=(FundSlot(self._held), FundSharesSlot()),
                order=self._sell,
                is_same=lambda *_: False,
                help_after={"shares": frozenset({RefusalCode.INVALID_AMOUNT})},
                helped_by="fund.how_many_shares",
            ),
        )

    def refine(self, talk: Talk) -> Talk:
        """The turn with what was understood replaced where the words are surely of funds."""
        reading = read_fund(talk.turn.text)
        if reading is None:
            return talk
        slots = {"amount": reading.amount, "currency": "CNY"} if reading.amount else {}
        return _replace(talk, heard=Understood(reading.wish.value, 1.0, slots))

    async def look(self, talk: Talk) -> Answer:
        """What is held, and what waits for its day's value."""
        customer, words = talk.turn.customer, talk.words
        lines = [
            words.say(
                "fund.held",
                name=one.name,
                shares=_shares(one.shares),
                value=yuan(one.value),
                nav=_nav(one.nav),
                day=one.nav_day.isoformat(),
            )
            for one in await self._funds.holdings(customer)
        ]
        for order in await self._funds.fund_orders(customer, _MOST_ORDERS):
            if order.state is FundOrderState.PLACED:
                key = "fund.buying" if order.side is FundSide.BUY else "fund.selling"
                figures = {"amount": yuan(order.amount), "shares": _shares(order.shares)}
                day = order.trade_day.isoformat()
                lines.append(words.say(key, name=order.name, day=day, **figures))
        if not lines:
            return say(talk, "fund.nothing_held")
        return say(talk, "fund.list", lines="\n".join(lines))

    async def take_back(self, talk: Talk) -> Answer:
        """Cancel the one order that still can be, or the one that is named; needs no proof."""
        orders = await self._funds.fund_orders(talk.turn.customer, _MOST_ORDERS)
        placed = [one for one in orders if one.state is FundOrderState.PLACED]
        said = squeeze(talk.turn.text)
        chosen = [one for one in placed if squeeze(one.name) in said] or placed
        if not chosen:
            return say(talk, "fund.no_order")
        if len(chosen) > 1:
            return say(talk, "fund.which_order", names="、".join(one.name for one in chosen))
        try:
            await self._funds.cancel_fund_order(chosen[0].order, talk.turn.customer)
        except BankRefusal as refusal:
            if refusal.code is not RefusalCode.ILLEGAL_TRANSITION:
                raise
            return say(talk, "fund.too_late", name=chosen[0].name)
        return say(talk, "fund.taken_back", name=chosen[0].name)

    async def _on_sale(self, talk: Talk) -> Sequence[tuple[str, str, str]]:
        return [
            (
                one.fund,
                one.name,
                talk.words.say("fund.option", name=one.name, risk=one.risk, nav=_nav(one.nav)),
            )
            for one in await self._funds.funds()
        ]

    async def _held(self, talk: Talk) -> Sequence[tuple[str, str, str]]:
        return [
            (
                one.fund,
                one.name,
                talk.words.say("fund.shares_of", name=one.name, shares=_shares(one.shares)),
            )
            for one in await self._funds.holdings(talk.turn.customer)
        ]

    async def _buy(self, talk: Talk, draft: Draft) -> Instruction:
        order = FundOrder(
            talk.turn.customer,
            talk.turn.device or NO_DEVICE,
            draft.get("fund"),
            money_from(draft.get("amount")),
            await PayerSlot(self._bank).number(talk, draft),
        )
        return await self._funds.create_fund_order(order, f"{talk.turn.key}:fund")

    async def _sell(self, talk: Talk, draft: Draft) -> Instruction:
        shares = draft.get("shares")
        order = FundRedemption(
            talk.turn.customer,
            talk.turn.device or NO_DEVICE,
            draft.get("fund"),
            None if shares == ALL else int(shares),
        )
        return await self._funds.create_fund_redemption(order, f"{talk.turn.key}:fund")


class RiskSlot(Slot):
    """The assessment, question by question, for whom none counts: `risk`, the answers so far."""

    name = "risk"

    def __init__(self, funds: Funds) -> None:
        self._funds = funds

    def hear(self, talk: Talk, draft: Draft) -> Draft:
        reading = read_fund(talk.turn.text)
        again = reading is not None and reading.wish is FundWish.ASSESS
        return draft.having(assess="yes", risk="") if again else draft

    async def named(self, talk: Talk) -> bool:
        draft = talk.state.draft
        if draft is None or draft.asked != self.name:
            return False
        return await self._said(talk, draft) is not None

    async def answer(self, talk: Talk, draft: Draft) -> Draft | None:
        option = await self._said(talk, draft)
        return None if option is None else _answered(draft, option)

    async def choose(self, talk: Talk, draft: Draft, action: str) -> Draft | None:
        known = [option.value for option in await self._options(talk, draft)]
        value = action.removeprefix(CHOICE)
        return _answered(draft, value) if value in known else None

    async def settle(self, talk: Talk, draft: Draft) -> Draft | Question:
        customer = talk.turn.customer
        if not draft.get("assess"):
            if await self._funds.risk_profile(customer) is not None:
                return draft
            draft = draft.having(assess="yes", risk="")
        if draft.get("assess") == "done":
            return draft
        questions, given = await self._funds.risk_questions(), _given(draft)
        if len(given) >= len(questions):
            await self._funds.assess_risk(customer, given)
            return draft.having(assess="done")
        chinese = talk.words.language is Language.ZH
        asked = questions[len(given)]
        title = talk.words.say(
            "fund.question",
            number=len(given) + 1,
            count=len(questions),
            question=asked.question_zh if chinese else asked.question_en,
        )
        options = await self._options(talk, draft)
        return Question(
            title,
            draft,
            lambda card_id, until: choice_card(talk.words, card_id, title, options, until),
        )

    async def _options(self, talk: Talk, draft: Draft) -> Sequence[Option]:
        questions, given = await self._funds.risk_questions(), _given(draft)
        if len(given) >= len(questions):
            return ()
        chinese = talk.words.language is Language.ZH
        one = questions[len(given)]
        titles = one.answers_zh if chinese else one.answers_en
        # The question's own number is in the value: a button pressed twice answers it once.
        return [Option(f"{len(given)}-{n}", title) for n, title in enumerate(titles)]

    async def _said(self, talk: Talk, draft: Draft) -> str | None:
        said = squeeze(talk.turn.text)
        fitting = [
            option.value
            for option in await self._options(talk, draft)
            if said and squeeze(option.title) == said
        ]
        return fitting[0] if len(fitting) == 1 else None


class FundSlot(Slot):
    """One of the funds there are: `fund`, with its name; by its name or from a card."""

    name = "fund"

    def __init__(self, options: _Options) -> None:
        self._options = options

    def hear(self, talk: Talk, draft: Draft) -> Draft:
        """Names are the bank's to know; until it is asked, what was said is kept."""
        if read_fund(talk.turn.text) is None:
            return draft
        return draft.having(fund_said=squeeze(talk.turn.text)[:_LONGEST], fund="", fund_name="")

    async def named(self, talk: Talk) -> bool:
        return len(await self._spoken(talk, whole=True)) == 1

    async def answer(self, talk: Talk, draft: Draft) -> Draft | None:
        found = await self._spoken(talk, whole=False)
        return _of_fund(draft, *found[0][:2]) if len(found) == 1 else None

    async def choose(self, talk: Talk, draft: Draft, action: str) -> Draft | None:
        value = action.removeprefix(CHOICE)
        for fund, name, _ in await self._options(talk):
            if fund == value:
                return _of_fund(draft, fund, name)
        return None

    async def settle(self, talk: Talk, draft: Draft) -> Draft | Question:
        options = await self._options(talk)
        if not options:
            return Question(talk.words.say("fund.none"), Draft())
        if any(fund == draft.get("fund") for fund, _, _ in options):
            return draft
        said = draft.get("fund_said")
        found = [one for one in options if squeeze(one[1]) in said]
        if len(found) == 1:
            return _of_fund(draft, *found[0][:2])
        title = talk.words.say("fund.which")
        listed = [(fund, shown) for fund, _, shown in options]
        return Question(
            title,
            draft,
            lambda card_id, until: choice_card(talk.words, card_id, title, listed, until),
        )

    def told(self, talk: Talk, draft: Draft) -> str:
        return draft.get("fund_name")

    async def _spoken(self, talk: Talk, *, whole: bool) -> Sequence[tuple[str, str, str]]:
        said = squeeze(talk.turn.text)
        return [
            one
            for one in await self._options(talk)
            if (squeeze(one[1]) == said if whole else squeeze(one[1]) in said)
        ]


class FundSharesSlot(Slot):
    """How many to sell: `shares` in hundredths, or all."""

    name = "shares"

    def hear(self, talk: Talk, draft: Draft) -> Draft:
        shares = read_fund_shares(talk.turn.text)
        return draft.having(shares=shares) if shares else draft

    def heard(self, talk: Talk) -> bool:
        return bool(read_fund_shares(talk.turn.text))

    async def settle(self, talk: Talk, draft: Draft) -> Draft | Question:
        if draft.get("shares"):
            return draft
        return Question(talk.words.say("fund.how_many_shares"), draft)

    def again(self, talk: Talk) -> str:
        return talk.words.say("fund.how_many_shares")


def _given(draft: Draft) -> list[int]:
    return [int(each) for each in draft.get("risk").split(",") if each]


def _answered(draft: Draft, value: str) -> Draft:
    given = [*_given(draft), int(value.partition("-")[2])]
    return draft.having(risk=",".join(map(str, given)))


def _of_fund(draft: Draft, fund: str, name: str) -> Draft:
    return draft.having(fund=fund, fund_name=name)


def _shares(shares: int) -> str:
    return f"{shares // _SHARE_UNIT:,}.{shares % _SHARE_UNIT:02d}"


def _nav(nav: int) -> str:
    return f"{nav // _NAV_UNIT}.{nav % _NAV_UNIT:04d}" if nav else "-"

"""The slots that money commands share: whom, how much, from where, when, which of these.

Each reads what the understanding found, asks when it is missing or unsure, and lets the
customer choose from what the bank knows; see `skills.Slot` for what a slot promises.
"""

# ruff: noqa: ARG002 - a slot takes what all slots are given
from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from bank_bridge.contract import Accounts, BankRefusal, Payee
from bots.contract import Place
from bots.dialogue import matching
from bots.dialogue.skills import Question, Slot
from bots.dialogue.state import Draft
from bots.dialogue.talk import Talk
from bots.phrasing.choice_cards import CHOICE, choice_card
from bots.phrasing.figures import yuan
from bots.phrasing.money_cards import CHOOSE, OF_CHAT, payee_card
from bots.transactions.transfer import money_from
from bots.understanding.periods import day_ahead
from bots.understanding.text import fold, squeeze

_LONGEST_NAME = 20
_THAT_PERSON = re.compile(r"[给向帮替][他她](?![们人])|\b(?:to )?(?:him|her)\b")


Friends = Callable[[Talk], Awaitable[Sequence[Place]]]
FRIEND = "p2p"  # the skill that pays somebody of the chat


class PayeeSlot(Slot):
    """A saved payee: `payee_id`, with the name as saved; never a guess between two.

    Where a friend of the chat has the name, and is not that payee, both are offered; whoever
    chooses the friend goes on with the skill that pays friends.
    """

    name = "payee"

    def __init__(self, bank: Accounts, friends: Friends | None = None) -> None:
        self._bank, self._friends = bank, friends

    def hear(self, talk: Talk, draft: Draft) -> Draft:
        slots = talk.heard.slots
        if "payee" in slots:
            draft = draft.having(payee_name=slots["payee"], payee_id="", payee_tail="")
        elif _THAT_PERSON.search(fold(talk.turn.text)) and not draft.get("payee_id"):
            last = talk.state.last
            if last is not None:  # 再给他转500: the one who was paid last
                draft = draft.having(
                    payee_id=last.get("payee_id"), payee_name=last.get("payee_name")
                )
        if "payee_tail" in slots:
            draft = draft.having(payee_tail=slots["payee_tail"], payee_id="")
        return draft

    def heard(self, talk: Talk) -> bool:
        return bool({"payee", "payee_tail"} & set(talk.heard.slots))

    async def named(self, talk: Talk) -> bool:
        try:
            return bool(matching.called(await self._payees(talk), talk.turn.text))
        except BankRefusal:
            return False  # then it is taken for what it sounds like

    async def answer(self, talk: Talk, draft: Draft) -> Draft | None:
        named = "payee" not in talk.heard.slots and await self.named(talk)
        if not named and len(talk.turn.text) > _LONGEST_NAME:
            return None
        return draft.having(payee_name=talk.turn.text.strip(), payee_id="", payee_tail="")

    async def choose(self, talk: Talk, draft: Draft, action: str) -> Draft | None:
        payee_id = action.removeprefix(CHOOSE)
        if payee_id.startswith(OF_CHAT):
            return await self._to_friend(talk, draft, payee_id.removeprefix(OF_CHAT))
        payee = next((p for p in await self._payees(talk) if p.payee_id == payee_id), None)
        return None if payee is None else _with_payee(draft, payee)

    async def settle(self, talk: Talk, draft: Draft) -> Draft | Question:
        payees = await self._payees(talk)
        if any(payee.payee_id == draft.get("payee_id") for payee in payees):
            return draft
        found = self._found(talk, draft, payees)
        friends = await self._others(talk, draft, payees)
        namesakes = matching.places_called(friends, draft.get("payee_name"))
        if len(found) == 1 and not namesakes:
            return _with_payee(draft, found[0])
        if not payees and not friends:
            return Question(talk.words.say("transfer.no_payees"), Draft())
        title = _title(talk, draft, len(found) + len(namesakes))
        listed = found or matching.likeliest_first(payees, draft.get("payee_name"))
        beside = namesakes if found or namesakes else friends
        return Question(
            title,
            draft.having(payee_id="", payee_name="", payee_tail=""),
            lambda card_id, until: payee_card(talk.words, card_id, title, listed, until, beside),
        )

    def told(self, talk: Talk, draft: Draft) -> str:
        return draft.get("payee_name")

    def _found(self, talk: Talk, draft: Draft, payees: Sequence[Payee]) -> Sequence[Payee]:
        name, tail = draft.get("payee_name"), draft.get("payee_tail")
        if tail:
            return matching.of_tail(matching.called(payees, name) or payees, tail)
        return matching.called(payees, name) if name else matching.mentioned(payees, talk.turn.text)

    async def _payees(self, talk: Talk) -> Sequence[Payee]:
        return await self._bank.list_payees(talk.turn.customer)

    async def _others(self, talk: Talk, draft: Draft, payees: Sequence[Payee]) -> Sequence[Place]:
        """Friends who are none of the saved payees; they are paid at once only, and by name."""
        if self._friends is None or draft.get("on") or draft.get("payee_tail"):
            return ()
        holders = {payee.holder for payee in payees}
        return [one for one in await self._friends(talk) if one.taker not in holders]

    async def _to_friend(self, talk: Talk, draft: Draft, conv: str) -> Draft | None:
        friends = await self._friends(talk) if self._friends else ()
        friend = next((one for one in friends if one.conv == conv), None)
        if friend is None:
            return None
        going = {"place": friend.conv, "payee_name": friend.name, "taker": friend.taker}
        kept = {name: draft.get(name) for name in ("amount", "payer_tail")}
        return Draft(FRIEND).having(**going, **kept)


def _with_payee(draft: Draft, payee: Payee) -> Draft:
    return draft.having(payee_id=payee.payee_id, payee_name=payee.name, payee_tail="")


def _title(talk: Talk, draft: Draft, found: int) -> str:
    words, name, tail = talk.words, draft.get("payee_name"), draft.get("payee_tail")
    if found > 1:
        return words.say("transfer.who_of", name=name)
    if tail:
        return words.say("transfer.no_payee_account", tail=tail)
    return words.say("transfer.who_unknown", name=name) if name else words.say("transfer.who")


class AmountSlot(Slot):
    """A sum in yuan: `amount`, exact as it was said; what is unsure is asked back."""

    name = "amount"

    def __init__(self, question: str = "transfer.how_much") -> None:
        self._question = question

    def hear(self, talk: Talk, draft: Draft) -> Draft:
        slots = talk.heard.slots
        if "amount_problem" in slots or slots.get("currency", "CNY") != "CNY":
            return draft.having(amount="")
        return draft.having(amount=slots["amount"]) if "amount" in slots else draft

    def heard(self, talk: Talk) -> bool:
        return "amount" in talk.heard.slots

    def unsure(self, talk: Talk) -> bool:
        return "amount_problem" in talk.heard.slots

    async def settle(self, talk: Talk, draft: Draft) -> Draft | Question:
        slots = talk.heard.slots
        if draft.get("amount"):
            return draft
        if problem := slots.get("amount_problem"):
            return Question(talk.words.say(f"amount.{problem}"), draft)
        if slots.get("currency", "CNY") != "CNY":
            return Question(talk.words.say("transfer.only_cny"), draft)
        return Question(talk.words.say(self._question, name=draft.get("payee_name")), draft)

    def again(self, talk: Talk) -> str:
        return talk.words.say("transfer.how_much_again")

    def told(self, talk: Talk, draft: Draft) -> str:
        amount = draft.get("amount")
        if not amount:
            return ""
        return talk.words.say("confirm.amount", amount=yuan(money_from(amount)))


class PayerSlot(Slot):
    """The account to pay from: `payer_tail`; the default one when none is named."""

    name = "payer"
    required = False

    def __init__(self, bank: Accounts) -> None:
        self._bank = bank

    def hear(self, talk: Talk, draft: Draft) -> Draft:
        tail = talk.heard.slots.get("account_tail")
        return draft.having(payer_tail=tail) if tail else draft

    def heard(self, talk: Talk) -> bool:
        return "account_tail" in talk.heard.slots

    async def settle(self, talk: Talk, draft: Draft) -> Draft | Question:
        tail = draft.get("payer_tail")
        if not tail or await self.number(talk, draft):
            return draft
        text = talk.words.say("transfer.no_payer_account", tail=tail)
        return Question(text, draft.having(payer_tail=""))

    async def number(self, talk: Talk, draft: Draft) -> str | None:
        """The account's number, read anew each time and kept nowhere; None: the default one."""
        tail = draft.get("payer_tail")
        accounts = await self._bank.list_accounts(talk.turn.customer) if tail else ()
        return next((account.number for account in accounts if account.tail == tail), None)


class DaySlot(Slot):
    """A day to come: `day`, in ISO 8601; a day that is unsure or gone is asked back."""

    name = "day"

    def __init__(self, question: str = "day.when") -> None:
        self._question = question

    def hear(self, talk: Talk, draft: Draft) -> Draft:
        day = day_ahead(talk.turn.text, talk.turn.at)
        if day.problem:
            return draft.having(day="")
        return draft.having(day=day.day.isoformat()) if day.day else draft

    def heard(self, talk: Talk) -> bool:
        return day_ahead(talk.turn.text, talk.turn.at).day is not None

    def unsure(self, talk: Talk) -> bool:
        return bool(day_ahead(talk.turn.text, talk.turn.at).problem)

    async def settle(self, talk: Talk, draft: Draft) -> Draft | Question:
        if draft.get("day"):
            return draft
        problem = day_ahead(talk.turn.text, talk.turn.at).problem
        return Question(talk.words.say(f"day.{problem}" if problem else self._question), draft)

    def told(self, talk: Talk, draft: Draft) -> str:
        return draft.get("day")


class Option(NamedTuple):
    """One of a few things to choose from, by its button or its name."""

    value: str
    title: str


class ChoiceSlot(Slot):
    """One of what the bank offers just now, under the slot's own name."""

    def __init__(
        self, name: str, question: str, options: Callable[[Talk], Awaitable[Sequence[Option]]]
    ) -> None:
        self.name, self._question, self._options = name, question, options

    async def named(self, talk: Talk) -> bool:
        return len(await self._fitting(talk)) == 1

    async def answer(self, talk: Talk, draft: Draft) -> Draft | None:
        fitting = await self._fitting(talk)
        return draft.having(**{self.name: fitting[0].value}) if len(fitting) == 1 else None

    async def choose(self, talk: Talk, draft: Draft, action: str) -> Draft | None:
        value = action.removeprefix(CHOICE)
        known = any(option.value == value for option in await self._options(talk))
        return draft.having(**{self.name: value}) if known else None

    async def settle(self, talk: Talk, draft: Draft) -> Draft | Question:
        options = await self._options(talk)
        if any(option.value == draft.get(self.name) for option in options):
            return draft
        said = squeeze(talk.turn.text)
        spoken = [option for option in options if squeeze(option.title) in said]
        if len(spoken) == 1 or len(options) == 1:
            return draft.having(**{self.name: (spoken or options)[0].value})
        title = talk.words.say(self._question)
        return Question(
            title,
            draft.having(**{self.name: ""}),
            lambda card_id, until: choice_card(talk.words, card_id, title, options, until),
        )

    def told(self, talk: Talk, draft: Draft) -> str:
        return draft.get(self.name)

    async def _fitting(self, talk: Talk) -> Sequence[Option]:
        said = squeeze(talk.turn.text)
        return [
            option for option in await self._options(talk) if said and said == squeeze(option.title)
        ]

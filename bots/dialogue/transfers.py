"""The talk around a transfer: who, how much, from where, until the confirm card is shown.

Any new or corrected money command first cancels the one whose card is still open; then the
bank is asked for the new one. A card shown for a wrong reading costs one press of "cancel".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec

from bank_bridge.contract import BankRefusal, Payee
from bots.contract import CardClosed, Reply, Text
from bots.dialogue import matching
from bots.dialogue.state import Draft
from bots.dialogue.talk import Answer, Talk, after_step, answered_card, forget_watched, say
from bots.phrasing.figures import yuan
from bots.phrasing.money_cards import CHOOSE, payee_card
from bots.transactions.script import MoneyScript
from bots.transactions.steps import Bank, CardKind, OpenCard, name_card
from bots.transactions.transfer import OTHER_AMOUNT_HELPS, TransferScript, money_from

_CHOICE_LIFE = timedelta(minutes=15)
_LONGEST_NAME = 20
_replace = msgspec.structs.replace


class TransferTalk:
    """Fills in a transfer over as many turns as it takes."""

    def __init__(self, bank: Bank, script: MoneyScript) -> None:
        self._bank, self._script = bank, script
        self._transfer = TransferScript(bank, script)

    async def start(self, talk: Talk) -> Answer:
        """A money command. With a card open and only one thing said, that one is changed."""
        draft = talk.state.draft
        slots = talk.heard.slots
        if draft and _one_thing_only(slots) and (draft.asked or _open_money_card(talk)):
            return await self._advance(talk, _filled(draft, talk))
        return await self._advance(talk, _filled(Draft(), talk))

    async def correct(self, talk: Talk) -> Answer:
        """不对,是五千: the same transfer with what was said changed in it."""
        if talk.state.draft is None:
            return say(talk, "service.nothing_to_correct")
        return await self._advance(talk, _filled(talk.state.draft, talk))

    async def fits(self, talk: Talk) -> bool:
        """Whether this text answers the question asked, or changes the open card."""
        draft, slots = talk.state.draft, talk.heard.slots
        if draft is None or not (draft.asked or talk.state.card):
            return False
        if "amount" in slots or "payee" in slots:
            return talk.heard.intent in ("unknown", "transfer", "correct")
        if await self._is_a_payee(talk):
            return True
        if draft.asked == "amount" and "amount_problem" in slots:
            return True
        return bool(draft.asked) and talk.heard.intent == "unknown"

    async def answer(self, talk: Talk) -> Answer:
        """An answer to the question asked: an amount, a name, or a bit of both."""
        draft, slots = talk.state.draft or Draft(), talk.heard.slots
        filled = _filled(draft, talk)
        exact = matching.called(await self._payees(talk), talk.turn.text)
        if exact and "payee" not in slots:
            filled = _replace(filled, payee_name=talk.turn.text.strip(), payee_id="", payee_tail="")
        elif draft.asked == "payee" and filled == draft and len(talk.turn.text) <= _LONGEST_NAME:
            filled = _replace(filled, payee_name=talk.turn.text.strip())
        elif draft.asked == "amount" and filled == draft and "amount_problem" not in slots:
            return say(talk, "transfer.how_much_again")
        return await self._advance(talk, filled)

    async def choose(self, talk: Talk) -> Answer:
        """A button of the payee card."""
        turn, card, draft = talk.turn, answered_card(talk), talk.state.draft
        if card is None or draft is None:
            return say(talk, "service.stale_card").first(CardClosed(turn.card_id, "replaced"))
        payee_id = turn.action.removeprefix(CHOOSE)
        payee = next((p for p in await self._payees(talk) if p.payee_id == payee_id), None)
        if payee is None:
            return say(talk, "service.stale_card")
        closed = CardClosed(card.card_id, "confirmed")
        chosen = _replace(draft, payee_id=payee.payee_id, payee_name=payee.name, payee_tail="")
        calm = _replace(talk, state=_replace(talk.state, card=None))
        return (await self._advance(calm, chosen)).first(closed)

    async def _advance(self, talk: Talk, draft: Draft) -> Answer:
        """Cancel what was open, then ask for what is missing, or show the confirm card."""
        if (known := await self._same_under_way(talk, draft)) is not None:
            return known
        said, talk = await self._cancel_open(talk)
        if talk.state.card:  # the bank could not cancel it now: nothing new may begin
            return Answer(said, talk.state)
        return (await self._ask_or_prepare(talk, draft)).first(*said)

    async def _ask_or_prepare(self, talk: Talk, draft: Draft) -> Answer:
        if talk.heard.slots.get("currency", "CNY") != "CNY":
            draft = _replace(draft, amount="")
        payees = await self._payees(talk)
        if not payees:
            return say(_with_draft(talk, None), "transfer.no_payees")
        draft, choice = _resolve(talk, draft, payees)
        if not draft.payee_id:
            return self._ask_payee(talk, draft, payees, choice)
        if not draft.amount:
            return _ask_amount(talk, draft)
        return await self._prepare(talk, _replace(draft, asked=""))

    def _ask_payee(
        self, talk: Talk, draft: Draft, payees: Sequence[Payee], choice: Sequence[Payee]
    ) -> Answer:
        words, turn = talk.words, talk.turn
        if len(choice) > 1:
            title = words.say("transfer.who_of", name=draft.payee_name)
        elif draft.payee_tail:
            title = words.say("transfer.no_payee_account", tail=draft.payee_tail)
        elif draft.payee_name:
            title = words.say("transfer.who_unknown", name=draft.payee_name)
        else:
            title = words.say("transfer.who")
        card_id, expires_at = name_card(CardKind.PAYEE, turn), turn.at + _CHOICE_LIFE
        listed = choice or matching.likeliest_first(payees, draft.payee_name)
        card = payee_card(words, card_id, title, listed, expires_at)
        opened = OpenCard(card_id, CardKind.PAYEE, expires_at)
        asked = _replace(draft, asked="payee", payee_name="", payee_tail="")
        return Answer((card,), _replace(talk.state, card=opened, draft=asked))

    async def _prepare(self, talk: Talk, draft: Draft) -> Answer:
        payer = None
        if draft.payer_tail:
            accounts = await self._bank.list_accounts(talk.turn.customer)
            payer = next((a.number for a in accounts if a.tail == draft.payer_tail), None)
            if payer is None:
                forgotten = _with_draft(talk, _replace(draft, payer_tail=""))
                return say(forgotten, "transfer.no_payer_account", tail=draft.payer_tail)
        step = await self._transfer.prepare(
            talk.turn, talk.words, draft.payee_id, money_from(draft.amount), payer
        )
        if step.refused in OTHER_AMOUNT_HELPS:
            again = _with_draft(talk, _replace(draft, amount="", asked="amount"))
            answer = after_step(again, step, keep_draft=True)
            hint = Text(talk.words.say("transfer.other_amount"))
            return _replace(answer, replies=(*answer.replies, hint))
        return after_step(_with_draft(talk, draft), step)

    async def _cancel_open(self, talk: Talk) -> tuple[Sequence[Reply], Talk]:
        """Close the card that is open, and cancel its instruction at the bank."""
        card = talk.state.card
        if card is None:
            return (), talk
        if not card.instruction_id:
            return (CardClosed(card.card_id, "replaced"),), _with_card(talk, None)
        step = await self._script.cancel(talk.turn, talk.words, card, "replaced")
        state = talk.state.watching(step.watch, talk.turn.at)
        after = _with_card(_replace(talk, state=state), step.card)
        replies = list(step.replies)
        if replies == [CardClosed(card.card_id, "replaced")]:
            replies.append(Text(_cancelled(talk)))
        return replies, after

    async def _same_under_way(self, talk: Talk, draft: Draft) -> Answer | None:
        """The same transfer again while the first one's outcome is unknown is not a second one."""
        for watched in talk.state.watched:
            known = await self._bank.get(watched.instruction_id, talk.turn.customer)
            wanted = draft.payee_name, draft.amount and money_from(draft.amount)
            if wanted != (known.payee_name, known.amount):
                continue
            step = await self._script.look(talk.turn, talk.words, watched.instruction_id)
            name, amount = known.payee_name, yuan(known.amount)
            if step.watch:
                return say(talk, "transfer.still_processing", name=name, amount=amount)
            return after_step(forget_watched(talk, watched.instruction_id), step)
        return None

    async def _is_a_payee(self, talk: Talk) -> bool:
        try:
            return bool(matching.called(await self._payees(talk), talk.turn.text))
        except BankRefusal:
            return False  # then it is taken for what it sounds like

    async def _payees(self, talk: Talk) -> Sequence[Payee]:
        return await self._bank.list_payees(talk.turn.customer)


def _filled(draft: Draft, talk: Talk) -> Draft:
    """The draft with everything that this sentence says."""
    slots = talk.heard.slots
    if "amount_problem" in slots:
        draft = _replace(draft, amount="")
    if slots.get("currency") == "CNY":
        draft = _replace(draft, amount=slots["amount"])
    if "payee" in slots:
        draft = _replace(draft, payee_name=slots["payee"], payee_id="", payee_tail="")
    if "payee_tail" in slots:
        draft = _replace(draft, payee_tail=slots["payee_tail"], payee_id="")
    if "account_tail" in slots:
        draft = _replace(draft, payer_tail=slots["account_tail"])
    return draft


def _resolve(talk: Talk, draft: Draft, payees: Sequence[Payee]) -> tuple[Draft, Sequence[Payee]]:
    """The draft with its payee found, or those to choose from."""
    if draft.payee_id and any(payee.payee_id == draft.payee_id for payee in payees):
        return draft, ()
    draft = _replace(draft, payee_id="")
    if draft.payee_tail:
        found = matching.of_tail(
            matching.called(payees, draft.payee_name) or payees, draft.payee_tail
        )
    elif draft.payee_name:
        found = matching.called(payees, draft.payee_name)
    else:
        found = matching.mentioned(payees, talk.turn.text)
    if len(found) == 1:
        payee = found[0]
        return _replace(draft, payee_id=payee.payee_id, payee_name=payee.name, payee_tail=""), ()
    return draft, found


def _ask_amount(talk: Talk, draft: Draft) -> Answer:
    slots = talk.heard.slots
    asking = _with_draft(talk, _replace(draft, asked="amount"))
    if problem := slots.get("amount_problem"):
        return say(asking, f"amount.{problem}")
    if slots.get("currency", "CNY") != "CNY":
        return say(asking, "transfer.only_cny")
    return say(asking, "transfer.how_much", name=draft.payee_name)


def _cancelled(talk: Talk) -> str:
    old = talk.state.draft
    if old is None or not old.amount:
        return talk.words.say("transfer.cancelled")
    amount = yuan(money_from(old.amount))
    return talk.words.say("transfer.cancelled_for_new", name=old.payee_name, amount=amount)


def _one_thing_only(slots: Mapping[str, str]) -> bool:
    named = {"payee", "payee_tail"} & set(slots)
    return bool(named) != bool({"amount", "amount_problem"} & set(slots))


def _open_money_card(talk: Talk) -> bool:
    return talk.state.card is not None and bool(talk.state.card.instruction_id)


def _with_draft(talk: Talk, draft: Draft | None) -> Talk:
    return _replace(talk, state=_replace(talk.state, draft=draft))


def _with_card(talk: Talk, card: OpenCard | None) -> Talk:
    return _replace(talk, state=_replace(talk.state, card=card))

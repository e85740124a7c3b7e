"""The service bot: sends each turn to the skill that it belongs to.

Skills are looked up by intent, by menu key and by the kind of card, in tables: a new one is
a new row. Text never reaches a skill that moves money; it can only bring up a card.
"""

from __future__ import annotations

import re

import msgspec

from bank_bridge.contract import BankRefusal
from bank_bridge.product_contract import Billing
from bots.contract import (
    CallPerson,
    IntentSeen,
    Text,
    Turn,
    TurnKind,
    TurnResult,
    Understanding,
)
from bots.dialogue import services
from bots.dialogue.bills import BillTalk
from bots.dialogue.cards import CardDesk
from bots.dialogue.forms import FormTalk
from bots.dialogue.language import language_of
from bots.dialogue.state import decode_state, without_stale_draft
from bots.dialogue.talk import Answer, Skill, Talk, say
from bots.dialogue.transfers import TRANSFER, transfer_skill
from bots.phrasing import herald
from bots.phrasing.money_cards import CANCEL
from bots.phrasing.words import words_in
from bots.transactions.refusals import refusal_text
from bots.transactions.script import MoneyScript
from bots.transactions.steps import Bank, CardKind
from bots.understanding.text import MAX_SENTENCE, fold

ENOUGH_MISSES = 3  # sentences in a row that were not understood
# After these a question that was open is asked again.
_DIGRESSIONS = frozenset({"balance", "statement", "greeting", "help", "thanks"})
_CODE_LIKE = re.compile(r"\s*(?:[0-9]\s*){4,8}")
_replace = msgspec.structs.replace


class ServiceBot:
    """Implements `Bot` for the bank's service account."""

    def __init__(self, bank: Bank, understanding: Understanding) -> None:
        script = MoneyScript(bank)
        accounts = services.AccountSkills(bank)
        self._understanding = understanding
        self._forms = FormTalk(bank, script, (transfer_skill(bank),))
        self._cards = CardDesk(script)
        self._bills = BillTalk(bank, script) if isinstance(bank, Billing) else None
        self._intents: dict[str, Skill] = {
            **{intent: self._begins(name) for intent, name in self._forms.intents.items()},
            "correct": self._forms.correct,
            "balance": accounts.balance,
            "statement": accounts.statement,
            "confirm": self._confirm_typed,
            "cancel": self._cancel_typed,
            "greeting": services.greeting,
            "help": services.help_,
            "thanks": services.thanks,
            "human": self._human,
            "offers_stop": services.stop_offers,
        }
        self._menu: dict[str, Skill] = {
            "balance": accounts.balance,
            "statement": accounts.statement,
            "transfer": self._begins(TRANSFER),
            "help": services.help_,
            "human": self._human,
            "offers": services.offer_settings,
        }
        if self._bills:
            self._menu |= {"bills": self._bills.start, "bill_history": self._bills.history}

    async def take(self, turn: Turn) -> TurnResult:
        """Answer one turn; a turn taken again is answered again, and done once."""
        talk = self._talk(turn)
        try:
            answer = await self._answer(talk)
        except BankRefusal as refusal:  # a read that a skill could not do without
            answer = Answer((Text(refusal_text(talk.words, refusal)),), talk.state)
        state = _replace(answer.state, touched_at=turn.at, language=talk.words.language)
        return TurnResult(answer.replies, state.encode(), answer.effects, state.wake_at())

    async def _answer(self, talk: Talk) -> Answer:
        turn = talk.turn
        match turn.kind:
            case TurnKind.TEXT:
                return await self._text(talk)
            case TurnKind.MENU:
                return await self._menu.get(turn.action, services.help_)(talk)
            case TurnKind.SUBMIT | TurnKind.RESUME:
                return await self._pressed(talk)
            case TurnKind.CLOCK:
                return await self._cards.wake(talk)

    def _talk(self, turn: Turn) -> Talk:
        state = without_stale_draft(decode_state(turn.state, turn.conv), turn.at)
        language = state.language or turn.language
        if turn.kind is TurnKind.TEXT:
            language = language_of(turn.text, language)
        return Talk(turn, words_in(language), state)

    async def _text(self, talk: Talk) -> Answer:
        text, card = talk.turn.text, talk.state.card
        if len(text) > MAX_SENTENCE:
            return say(talk, "service.too_long")
        if card and card.kind is CardKind.CODE and _CODE_LIKE.fullmatch(fold(text)):
            return say(talk, "service.code_in_card")
        heard = self._understanding.understand(text)
        talk = _replace(talk, heard=heard)
        if self._bills and (of_bills := await self._bills.hear(talk)):
            answer = of_bills
        elif self._forms.repeats(talk):
            answer = await self._forms.again(talk)
        elif await self._forms.fits(talk):
            answer = await self._forms.answer(talk)
        elif skill := self._intents.get(heard.intent):
            answer = await skill(talk)
            if heard.intent in _DIGRESSIONS:
                more = await self._forms.going_on(talk)
                answer = _replace(answer, replies=(*answer.replies, *more))
        else:
            return _not_understood(talk)
        seen = () if heard.intent == "unknown" else (IntentSeen(heard.intent, heard.confidence),)
        state = _replace(answer.state, misses=0)
        return Answer(answer.replies, state, (*answer.effects, *seen))

    async def _pressed(self, talk: Talk) -> Answer:
        turn = talk.turn
        if turn.card_id.startswith(herald.OFFER):
            return await services.offer_answer(talk)
        if turn.card_id.startswith((f"{CardKind.PAYEE}:", f"{CardKind.CHOICE}:")):
            card = talk.state.card
            if turn.action == CANCEL and card and card.card_id == turn.card_id:
                return await self._cards.cancel(talk, card)
            return await self._forms.choose(talk)
        if self._bills and turn.card_id.startswith(f"{CardKind.BILL}:") and turn.action != CANCEL:
            return await self._bills.choose(talk)
        return await self._cards.pressed(talk)

    def _begins(self, name: str) -> Skill:
        async def begin(talk: Talk) -> Answer:
            return await self._forms.begin(talk, name)

        return begin

    async def _human(self, talk: Talk) -> Answer:
        return await services.human(talk, self._forms.told(talk))

    async def _confirm_typed(self, talk: Talk) -> Answer:
        """Words never confirm: the button does, and the code goes into its field."""
        card = talk.state.card
        if card is None or not card.instruction_id:
            return say(talk, "service.nothing_open")
        key = "press_button" if card.kind is CardKind.CONFIRM else "code_in_card"
        return say(talk, f"service.{key}")

    async def _cancel_typed(self, talk: Talk) -> Answer:
        if talk.state.card:
            return await self._cards.cancel(talk, talk.state.card)
        if talk.state.draft:
            forgotten = _replace(talk, state=_replace(talk.state, draft=None))
            return say(forgotten, "transfer.cancelled")
        return say(talk, "service.nothing_to_cancel")


def _not_understood(talk: Talk) -> Answer:
    """A hint of what works; the second time in a row, a person is offered, the third, called.

    To whoever waits for a person, or spoke with one just now, the bot says nothing of it.
    """
    misses = talk.state.misses + 1
    missed = _replace(talk.state, misses=misses)
    person = talk.turn.person
    if person == "waiting":
        return Answer((), missed)
    if person == "recent":
        return Answer((), missed, (CallPerson("", "reopened"),))
    if person and misses >= ENOUGH_MISSES:
        return Answer((), _replace(missed, misses=0), (CallPerson("", "not_understood"),))
    key = "service.unknown" if misses == 1 else "service.unknown_again"
    return Answer((Text(talk.words.say(key)),), missed)

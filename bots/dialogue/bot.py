"""The service bot: sends each turn to the skill that it belongs to.

Skills are looked up by intent, by menu key and by the kind of card, in tables: a new one is
a new row. Text never reaches a skill that moves money; it can only bring up a card.
"""

from __future__ import annotations

import re

import msgspec

from bank_bridge.contract import BankRefusal
from bank_bridge.device_contract import DeviceKeys
from bank_bridge.fund_contract import Funds
from bank_bridge.paper_contract import Statements
from bank_bridge.product_contract import Billing, Gifts
from bank_bridge.saving_contract import Savings
from bank_bridge.standing_contract import StandingTransfers
from bots.contract import (
    CallPerson,
    IntentSeen,
    NotUnderstood,
    Places,
    Text,
    Turn,
    TurnKind,
    TurnResult,
    Understanding,
)
from bots.dialogue import services
from bots.dialogue.attempts import followed
from bots.dialogue.bills import BillTalk
from bots.dialogue.cards import CardDesk
from bots.dialogue.devices import KEY_END, KEY_LOOK, DeviceTalk
from bots.dialogue.emergency import Emergency
from bots.dialogue.forms import FormTalk
from bots.dialogue.funds import ASSESS, BUY, SELL, TAKE_BACK, FundTalk
from bots.dialogue.funds import LOOK as FUND_LOOK
from bots.dialogue.gifts import EPAY, PACKET, PLACE_KEY, GiftTalk
from bots.dialogue.language import language_of
from bots.dialogue.papers import STATEMENT_FILE, PaperTalk
from bots.dialogue.savings import DEPOSIT, DEPOSIT_LOOK, WITHDRAW, SavingTalk
from bots.dialogue.standing import CLOSE, LOOK, StandingTalk
from bots.dialogue.state import DialogueState, decode_state, without_stale_draft
from bots.dialogue.talk import Answer, Skill, Talk, say
from bots.dialogue.transfers import TRANSFER, transfer_skill, without_arrival
from bots.phrasing import herald
from bots.phrasing.money_cards import CANCEL
from bots.phrasing.standing_cards import CARD as STANDING_CARD
from bots.phrasing.words import words_in
from bots.transactions.refusals import refusal_text
from bots.transactions.script import MoneyScript
from bots.transactions.steps import Bank, CardKind
from bots.understanding.slots import kept_shape
from bots.understanding.text import MAX_SENTENCE, fold
from bots.understanding.urgent import URGENT

ENOUGH_MISSES = 3  # sentences in a row that were not understood
# After these a question that was open is asked again.
_DIGRESSIONS = frozenset({"balance", "statement", "greeting", "help", "thanks"})
# What no skill serves is answered as that from here on; below, it may be an answer to a question.
_SURELY = 0.8
_PAYING = ("pay", "utilities", "phone", "traffic", "education", "tax")  # bill_… of the intents
_SLASH = re.compile(r"/(?P<command>[a-z\u3400-\u9fff]{1,12})(?:\s+(?P<rest>.+))?", re.DOTALL)
_COMMANDS = {
    "余额": "balance",
    "balance": "balance",
    "明细": "statement",
    "statement": "statement",
    "转账": "transfer",
    "transfer": "transfer",
    "帮助": "help",
    "help": "help",
    "人工": "human",
    "human": "human",
    "推荐": "offers",
    "offers": "offers",
    "缴费": "bills",
    "bills": "bills",
    "取消": "cancel",
    "cancel": "cancel",
}
_CODE_LIKE = re.compile(r"\s*(?:[0-9]\s*){4,8}")
_replace = msgspec.structs.replace


class ServiceBot:
    """Implements `Bot` for the bank's service account."""

    def __init__(
        self, bank: Bank, understanding: Understanding, places: Places | None = None
    ) -> None:
        script = MoneyScript(bank)
        accounts = services.AccountSkills(bank)
        self._understanding, self._emergency = understanding, Emergency(bank)
        self._gifts: GiftTalk | None = None
        if places is not None and isinstance(bank, Gifts):
            self._gifts = GiftTalk(bank, bank, places)
        self._savings = SavingTalk(bank, bank) if isinstance(bank, Savings) else None
        self._standing = StandingTalk(bank) if isinstance(bank, StandingTransfers) else None
        self._devices = DeviceTalk(bank) if isinstance(bank, DeviceKeys) else None
        of_devices = self._devices.skills() if self._devices else ()
        friends = self._gifts.friends if self._gifts else None
        of_gifts = self._gifts.skills() if self._gifts else ()
        of_savings = self._savings.skills() if self._savings else ()
        self._funds = FundTalk(bank, bank) if isinstance(bank, Funds) else None
        of_funds = self._funds.skills() if self._funds else ()
        self._papers = PaperTalk(bank, bank) if isinstance(bank, Statements) else None
        self._forms = FormTalk(
            bank,
            script,
            (
                transfer_skill(bank, friends),
                *of_gifts,
                *of_savings,
                *of_funds,
                *of_devices,
            ),
        )
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
            "offers_on": services.offer_settings,
            "identity": services.identity,
            "chitchat": services.chitchat,
        }
        self._menu: dict[str, Skill] = {
            "balance": accounts.balance,
            "statement": accounts.statement,
            "transfer": self._begins(TRANSFER),
            "help": services.help_,
            "human": self._human,
            "offers": services.offer_settings,
            "cancel": self._cancel_typed,
        }
        if self._standing:
            self._menu[LOOK] = self._standing.look
            self._intents |= {LOOK: self._standing.look, CLOSE: self._standing.close}
        if self._bills:
            self._intents |= {f"bill_{kind}": self._bills.start for kind in _PAYING}
            self._intents["bill_history"] = self._bills.history
            self._menu |= {"bills": self._bills.start, "bill_history": self._bills.history}
        if self._gifts:
            self._menu |= {name: self._begins(name) for name in (PACKET, EPAY)}
            self._intents |= {"epay_close": self._gifts.close, "epay_limits": self._gifts.limits}
        if self._devices:
            self._intents |= {KEY_LOOK: self._devices.look, KEY_END: self._devices.end}
        if self._savings:
            self._menu |= {name: self._begins(name) for name in (DEPOSIT, WITHDRAW)}
            self._menu |= {DEPOSIT_LOOK: self._savings.look}
            self._intents |= {DEPOSIT_LOOK: self._savings.look}
        if self._papers:
            self._intents[STATEMENT_FILE] = self._papers.send
        if self._funds:
            self._menu |= {BUY: self._begins(BUY), SELL: self._begins(SELL)}
            self._menu |= {FUND_LOOK: self._funds.look}
            self._intents |= {FUND_LOOK: self._funds.look, TAKE_BACK: self._funds.take_back}
            self._intents |= {ASSESS: self._begins(BUY)}

    async def take(self, turn: Turn) -> TurnResult:
        """Answer one turn; a turn taken again is answered again, and done once."""
        former = decode_state(turn.state, turn.conv)
        talk = self._talk(turn, former)
        try:
            answer = await self._answer(talk)
        except BankRefusal as refusal:  # a read that a skill could not do without
            answer = Answer((Text(refusal_text(talk.words, refusal)),), talk.state)
        answer = followed(turn, talk.state, answer, stale=_forgotten(former, talk.state))
        state = _replace(answer.state, touched_at=turn.at, language=talk.words.language)
        return TurnResult(answer.replies, state.encode(), answer.effects, state.wake_at())

    async def _answer(self, talk: Talk) -> Answer:
        turn = talk.turn
        match turn.kind:
            case TurnKind.TEXT:
                return await self._text(talk)
            case TurnKind.MENU:
                action = PACKET if turn.action.startswith(PLACE_KEY) else turn.action
                return await self._menu.get(action, services.help_)(talk)
            case TurnKind.SUBMIT | TurnKind.RESUME:
                return await self._pressed(talk)
            case TurnKind.CLOCK:
                return await self._cards.wake(talk)

    def _talk(self, turn: Turn, former: DialogueState) -> Talk:
        state = without_stale_draft(former, turn.at)
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
        if slash := _SLASH.fullmatch(fold(text).strip()):
            key = _COMMANDS.get(slash["command"])
            if key is None:
                return say(talk, "service.no_such_command")
            if not slash["rest"]:
                return await self._menu.get(key, services.help_)(talk)
            text = text.strip()[1:]
        talk = _replace(talk, heard=self._understanding.understand(without_arrival(text)))
        if talk.heard.intent not in URGENT:
            talk = await self._refined(talk)
        answer, heard = await self._by_skill(talk), talk.heard
        if answer is None:
            return _not_understood(talk)
        seen = () if heard.intent == "unknown" else (IntentSeen(heard.intent, heard.confidence),)
        state = _replace(answer.state, misses=0)
        return _replace(answer, state=state, effects=(*answer.effects, *seen))

    async def _refined(self, talk: Talk) -> Talk:
        if self._standing:
            talk = self._standing.refine(talk)
        if self._funds:
            talk = self._funds.refine(talk)
        if self._papers:
            talk = self._papers.refine(talk)
        talk = self._devices.refine(talk) if self._devices else talk
        if self._gifts:
            talk = await self._gifts.refine(talk)
        return self._savings.refine(talk) if self._savings else talk

    async def _by_skill(self, talk: Talk) -> Answer | None:
        """Whoever the sentence is for, first those who asked something; None: nobody."""
        heard = talk.heard
        if heard.intent in URGENT:
            return await self._urgent(talk)
        skill = self._intents.get(heard.intent)
        if skill is None and heard.confidence < _SURELY:
            talk = _replace(talk, heard=_replace(heard, intent="unknown"))
        if self._bills and (of_bills := await self._bills.hear(talk)):
            return of_bills
        if self._forms.repeats(talk):
            return await self._forms.again(talk)
        if await self._forms.fits(talk):
            return await self._forms.answer(talk)
        if skill is None:
            return await self._not_offered(_replace(talk, heard=heard))
        answer = await skill(talk)
        return await self._going_on(talk, answer) if heard.intent in _DIGRESSIONS else answer

    async def _urgent(self, talk: Talk) -> Answer:
        """Outranks whatever was open; who was robbed or lost a card has no card left to press."""
        answer = await self._emergency.answer(talk)
        if talk.state.card is None:
            return answer
        cancelled = await self._cards.cancel(talk, talk.state.card)
        effects = (*cancelled.effects, *answer.effects)
        return _replace(cancelled, effects=effects).first(*answer.replies)

    async def _not_offered(self, talk: Talk) -> Answer | None:
        """To whoever waits for a person, or spoke with one just now, the bot says nothing of it."""
        if talk.heard.intent == "unknown" or talk.turn.person in ("waiting", "recent"):
            return None
        return await self._going_on(talk, await services.not_offered(talk))

    async def _going_on(self, talk: Talk, answer: Answer) -> Answer:
        """The answer, and the question that was open asked again."""
        more = await self._forms.going_on(talk)
        return _replace(answer, replies=(*answer.replies, *more))

    async def _pressed(self, talk: Talk) -> Answer:
        turn = talk.turn
        if turn.card_id.startswith(herald.OFFER):
            return await services.offer_answer(talk)
        if self._standing and turn.card_id.startswith(STANDING_CARD):
            return await self._standing.pressed(talk)
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
            return _replace(say(forgotten, "transfer.cancelled"), ended="cancelled")
        return say(talk, "service.nothing_to_cancel")


def _forgotten(former: DialogueState, state: DialogueState) -> bool:
    return (former.draft, former.bill_form) != (state.draft, state.bill_form)


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
    surely = talk.heard.confidence == 1  # said word for word in our own sentences
    shape = "" if surely else kept_shape(talk.turn.text)
    heard = (NotUnderstood(shape),) if shape else ()
    if person and misses >= ENOUGH_MISSES:
        calls = CallPerson("", "not_understood")
        return Answer((), _replace(missed, misses=0), (calls, *heard))
    key = "service.unknown" if misses == 1 else "service.unknown_again"
    return Answer((Text(talk.words.say(key)),), missed, heard)

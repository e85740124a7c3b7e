"""The talk around any declared money command, until its confirm card is shown.

Takes what a sentence says, asks for what is missing, lets the customer correct, repeat,
wander off and come back. Any new or corrected command first cancels the one whose card is
still open; then the bank is asked for the new one. A card shown for a wrong reading costs
one press of "cancel"; nothing said here confirms anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from bank_bridge.contract import Instructions
from bots.contract import CardClosed, Reply, Text
from bots.dialogue.skills import MoneySkill, Question, Slot
from bots.dialogue.state import Draft
from bots.dialogue.talk import Answer, Talk, after_step, answered_card, forget_watched, say
from bots.phrasing.figures import yuan
from bots.transactions.preparing import prepare
from bots.transactions.script import MoneyScript
from bots.transactions.steps import CardKind, OpenCard, name_card
from bots.transactions.transfer import money_from
from bots.understanding.text import fold

_CHOICE_LIFE = timedelta(minutes=15)
_replace = msgspec.structs.replace
_AGAIN = re.compile(
    r"再(?:给.{1,20})?(?:转|汇|打|付|来|交)(?:他|她)?(?:一[次笔遍回]|同样|这么多)|重复(?:上|刚才)"
    r"|(?:跟|和|同|像)?(?:上次|上回|上一[笔次]|刚才|刚刚)(?:那笔)?(?:一样|同样)|再给[他她]转"
    r"|\bsame (?:again|as (?:last|before))|\brepeat (?:the |that |my )?(?:last|transfer|payment)"
    r"|\b(?:send|transfer|pay) (?:it |that |(?:him|her) )?(?:the same )?again\b|\bonce more\b"
)
# 为什么重复扣款 is about what was done, and wants nothing done.
_ASKED = re.compile(r"[吗么?？扣退错]|为什么|怎么|没有|\bwhy\b|\bhow\b|\btwice\b|\bcharged\b")


class FormTalk:
    """Fills in the declared commands over as many turns as it takes."""

    def __init__(
        self, bank: Instructions, script: MoneyScript, skills: Sequence[MoneySkill]
    ) -> None:
        self._bank, self._script = bank, script
        self._skills = {skill.name: skill for skill in skills}

    @property
    def intents(self) -> dict[str, str]:
        """Which skill an intent begins."""
        return {intent: skill.name for skill in self._skills.values() for intent in skill.intents}

    async def begin(self, talk: Talk, name: str) -> Answer:
        """A money command. With a card open and only one thing said, that one is changed."""
        skill, draft = self._skills[name], talk.state.draft
        changes = draft is not None and draft.skill == name and skill.one_thing_only(talk)
        if draft and changes and (draft.asked or _open_money_card(talk)):
            return await self._advance(talk, skill, skill.hear(talk, draft))
        return await self._advance(talk, skill, skill.hear(talk, Draft(name)))

    async def correct(self, talk: Talk) -> Answer:
        """不对,是五千: the same command with what was said changed in it."""
        skill = self._skill(talk.state.draft)
        if skill is None or talk.state.draft is None:
            return say(talk, "service.nothing_to_correct")
        return await self._advance(talk, skill, skill.hear(talk, talk.state.draft))

    def repeats(self, talk: Talk) -> bool:
        """Whether the customer wants what was done last once more, perhaps with a change."""
        text = fold(talk.turn.text)
        return talk.state.card is None and bool(_AGAIN.search(text)) and not _ASKED.search(text)

    async def again(self, talk: Talk) -> Answer:
        """再转一次: the last command that succeeded, as a new one with a card of its own."""
        last = talk.state.last
        skill = self._skill(last)
        if skill is None or last is None:
            return say(talk, "service.nothing_to_repeat")
        return await self._advance(talk, skill, skill.hear(talk, _replace(last, asked="")))

    async def fits(self, talk: Talk) -> bool:
        """Whether this text answers the question asked, or changes the open card."""
        draft, intent = talk.state.draft, talk.heard.intent
        skill = self._skill(draft)
        if draft is None or skill is None or not (draft.asked or talk.state.card):
            return False
        if any(slot.heard(talk) for slot in skill.slots if slot.required):
            return intent in ("unknown", "correct", *skill.intents)
        for slot in skill.slots:
            if await slot.named(talk):
                return True
        asked = skill.slot(draft.asked)
        return asked is not None and (asked.unsure(talk) or intent == "unknown")

    async def answer(self, talk: Talk) -> Answer:
        """An answer to the question asked: a value, a name, or a bit of several."""
        draft = talk.state.draft or Draft()
        skill = self._skills[draft.skill]
        filled = skill.hear(talk, draft)
        asked = skill.slot(draft.asked)
        for slot in skill.slots:
            if not slot.heard(talk) and await slot.named(talk):
                filled = await slot.answer(talk, filled) or filled
        if filled == draft and asked is not None and not asked.unsure(talk):
            answered = await asked.answer(talk, draft)
            if answered is None:
                return Answer((Text(asked.again(talk)),), talk.state)
            filled = answered
        return await self._advance(talk, skill, filled)

    async def choose(self, talk: Talk) -> Answer:
        """A button of a card to choose from."""
        turn, card, draft = talk.turn, answered_card(talk), talk.state.draft
        skill = self._skill(draft)
        slot = skill.slot(draft.asked) if skill and draft else None
        if card is None or draft is None or skill is None or slot is None:
            return say(talk, "service.stale_card").first(CardClosed(turn.card_id, "replaced"))
        chosen = await slot.choose(talk, draft, turn.action)
        if chosen is None:
            return say(talk, "service.stale_card")
        closed = CardClosed(card.card_id, "confirmed")
        calm = _replace(talk, state=_replace(talk.state, card=None))
        going_on = self._skill(chosen) or skill  # a choice may lead to another command
        return (await self._advance(calm, going_on, chosen)).first(closed)

    async def going_on(self, talk: Talk) -> Sequence[Reply]:
        """After a digression: the question that is still open, asked once more."""
        draft = talk.state.draft
        skill = self._skill(draft)
        slot = skill.slot(draft.asked) if skill and draft else None
        if draft is None or slot is None:
            return ()
        open_question = await slot.settle(talk, draft)
        if not isinstance(open_question, Question):
            return ()
        return (Text(talk.words.say("service.going_on", question=open_question.text)),)

    def told(self, talk: Talk) -> str:
        """What the draft holds, for the person who takes over."""
        draft = talk.state.draft
        skill = self._skill(draft)
        if draft is None or skill is None:
            return ""
        return " ".join(told for slot in skill.slots if (told := slot.told(talk, draft)))

    def _skill(self, draft: Draft | None) -> MoneySkill | None:
        return self._skills.get(draft.skill) if draft else None

    async def _advance(self, talk: Talk, skill: MoneySkill, draft: Draft) -> Answer:
        """Cancel what was open, then ask for what is missing, or show the confirm card."""
        if (known := await self._same_under_way(talk, skill, draft)) is not None:
            return known
        said, talk = await self._cancel_open(talk)
        if talk.state.card:  # the bank could not cancel it now: nothing new may begin
            return Answer(said, talk.state)
        return (await self._ask_or_prepare(talk, skill, draft)).first(*said)

    async def _ask_or_prepare(self, talk: Talk, skill: MoneySkill, draft: Draft) -> Answer:
        for slot in skill.slots:
            settled = await slot.settle(talk, draft)
            if isinstance(settled, Question):
                return _ask(talk, slot, settled)
            draft = settled
        return await self._prepare(talk, skill, _replace(draft, asked=""))

    async def _prepare(self, talk: Talk, skill: MoneySkill, draft: Draft) -> Answer:
        step = await prepare(self._script, talk.turn, talk.words, skill.order(talk, draft))
        helped = [
            slot
            for slot, codes in skill.help_after.items()
            if step.refusal is not None and step.refusal.code in codes
        ]
        if not helped:
            return _replace(after_step(_with_draft(talk, draft), step), about=skill.name)
        asking = _replace(draft.having(**{helped[0]: ""}), asked=helped[0])
        answer = after_step(_with_draft(talk, asking), step, keep_draft=True)
        hint = Text(talk.words.say(skill.helped_by))
        return _replace(answer, replies=(*answer.replies, hint))

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

    async def _same_under_way(self, talk: Talk, skill: MoneySkill, draft: Draft) -> Answer | None:
        """The same again while the first one's outcome is unknown is not a second one."""
        for watched in talk.state.watched:
            known = await self._bank.get(watched.instruction_id, talk.turn.customer)
            if not skill.is_same(draft, known):
                continue
            step = await self._script.look(talk.turn, talk.words, watched.instruction_id)
            name, amount = known.payee_name, yuan(known.amount)
            if step.watch:
                return say(talk, "transfer.still_processing", name=name, amount=amount)
            return after_step(forget_watched(talk, watched.instruction_id), step)
        return None


def _ask(talk: Talk, slot: Slot, question: Question) -> Answer:
    if not question.draft.skill:  # nothing can come of it
        return Answer((Text(question.text),), _replace(talk.state, draft=None))
    asked = _with_draft(talk, _replace(question.draft, asked=slot.name if slot.required else ""))
    if question.card is None:
        return Answer((Text(question.text),), asked.state)
    kind = CardKind.PAYEE if slot.name == CardKind.PAYEE else CardKind.CHOICE
    card_id, expires_at = name_card(kind, talk.turn), talk.turn.at + _CHOICE_LIFE
    opened = OpenCard(card_id, kind, expires_at)
    return Answer((question.card(card_id, expires_at),), _replace(asked.state, card=opened))


def _cancelled(talk: Talk) -> str:
    old = talk.state.draft
    if old is None or not old.get("amount") or not old.get("payee_name"):
        return talk.words.say("transfer.cancelled")
    amount = yuan(money_from(old.get("amount")))
    return talk.words.say("transfer.cancelled_for_new", name=old.get("payee_name"), amount=amount)


def _open_money_card(talk: Talk) -> bool:
    return talk.state.card is not None and bool(talk.state.card.instruction_id)


def _with_draft(talk: Talk, draft: Draft | None) -> Talk:
    return _replace(talk, state=_replace(talk.state, draft=draft))


def _with_card(talk: Talk, card: OpenCard | None) -> Talk:
    return _replace(talk, state=_replace(talk.state, card=card))

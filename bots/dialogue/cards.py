"""Buttons of money cards, and the clock that closes them."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from bots.contract import CardClosed, Reply, Text, TurnKind
from bots.dialogue.state import LONGEST_PAUSE
from bots.dialogue.talk import Answer, Talk, after_step, answered_card, forget_watched, say
from bots.phrasing.money_cards import (
    CANCEL,
    CONFIRM,
    RESEND,
    SUBMIT_CODE,
    SUBMIT_SIGNATURE,
)
from bots.transactions.script import MoneyScript
from bots.transactions.steps import CardKind, OpenCard, Step, instruction_of

_LOOK_AGAIN = timedelta(seconds=2)
_replace = msgspec.structs.replace


class CardDesk:
    """Answers to confirm and code cards."""

    def __init__(self, script: MoneyScript) -> None:
        self._script = script

    async def pressed(self, talk: Talk) -> Answer:
        """A button of a money card: the open one, or one whose state was lost with a restart."""
        turn, words = talk.turn, talk.words
        if turn.card_id.startswith(f"{CardKind.SCHEDULED}:"):
            return await self._call_back(talk)
        card = answered_card(talk) or self._orphan(talk)
        if card is None:
            return await self._stale(talk)
        match turn.action:
            case action if action == CONFIRM and card.kind is CardKind.CONFIRM:
                step = await self._script.confirm(turn, words, card)
            case action if action == SUBMIT_CODE and card.kind is CardKind.CODE:
                lost = turn.kind is TurnKind.RESUME
                take = self._script.resume if lost else self._script.submit_code
                step = await take(turn, words, card)
            case action if action == SUBMIT_SIGNATURE and card.kind is CardKind.SIGN:
                step = await self._script.submit_signature(turn, words, card)
            case action if action == RESEND and card.kind is CardKind.CODE:
                step = await self._script.resend(turn, words, card)
            case action if action == CANCEL:
                return await self.cancel(talk, card)
            case _:
                return say(talk, "service.stale_card")
        return after_step(talk, step)

    async def cancel(self, talk: Talk, card: OpenCard) -> Answer:
        """The customer's own wish, by button or by word."""
        cancelled = CardClosed(card.card_id, "cancelled")
        said = Text(talk.words.say("transfer.cancelled"))
        if not card.instruction_id:
            return after_step(talk, Step((cancelled, said)))
        step = await self._script.cancel(talk.turn, talk.words, card, "cancelled")
        if list(step.replies) == [cancelled]:
            step = Step((cancelled, said))
        return after_step(talk, step)

    async def _call_back(self, talk: Talk) -> Answer:
        """A transfer that has not left yet is cancelled; whatever else is open stays so."""
        instruction_id = instruction_of(talk.turn.card_id)
        card = OpenCard(talk.turn.card_id, CardKind.SCHEDULED, talk.turn.at, instruction_id)
        step = await self._script.cancel(talk.turn, talk.words, card, "cancelled")
        if step.card is not None:  # the bank cannot be asked now: the button stays
            return Answer(step.replies, talk.state)
        if list(step.replies) == [CardClosed(card.card_id, "cancelled")]:
            said = Text(talk.words.say("transfer.cancelled"))
            step = Step((*step.replies, said))
            talk = forget_watched(talk, instruction_id)
        state = talk.state.watching(step.watch, talk.turn.at)
        return Answer(step.replies, state)

    async def wake(self, talk: Talk) -> Answer:
        """The clock: look at what was unknown, close what has run out."""
        at, replies = talk.turn.at, list[Reply]()
        for watched in talk.state.watched:
            if watched.look_at > at:
                continue
            step = await self._script.look(talk.turn, talk.words, watched.instruction_id)
            replies += step.replies
            if step.watch:
                later = tuple(w.later(at) if w == watched else w for w in talk.state.watched)
                talk = _replace(talk, state=_replace(talk.state, watched=later))
            else:
                talk = forget_watched(talk, watched.instruction_id)
        card = talk.state.card
        if card and card.expires_at <= at:
            answer = await self._expire(talk, card)
            return answer.first(*replies)
        return Answer(replies, talk.state)

    async def _expire(self, talk: Talk, card: OpenCard) -> Answer:
        closed = CardClosed(card.card_id, "expired")
        if not card.instruction_id:
            return after_step(talk, Step((closed, Text(talk.words.say("outcome.expired")))))
        step = await self._script.tell(talk.turn, talk.words, card)
        if step.card is None:
            return after_step(talk, step)
        # Its time is up here but not yet at the bank, or the bank cannot be asked: come again.
        again = _replace(card, expires_at=talk.turn.at + _LOOK_AGAIN)
        return Answer((), _replace(talk.state, card=again))

    def _orphan(self, talk: Talk) -> OpenCard | None:
        """A card that names its instruction while nothing else is open: the bank will judge it."""
        card_id = talk.turn.card_id
        kind = card_id.partition(":")[0]
        if talk.state.card or not instruction_of(card_id):
            return None
        if kind not in (CardKind.CONFIRM, CardKind.CODE, CardKind.SIGN):
            return None
        expires_at = talk.turn.at + LONGEST_PAUSE
        return OpenCard(card_id, CardKind(kind), expires_at, instruction_of(card_id))

    async def _stale(self, talk: Talk) -> Answer:
        """A card that was replaced: close it, and do nothing that it asks for."""
        closed = CardClosed(talk.turn.card_id, "replaced")
        return say(talk, "service.stale_card").first(closed)

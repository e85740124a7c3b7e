"""Transfers on days to come: when, for the transfer skill; those agreed upon, and their end."""

# ruff: noqa: ARG002 - a slot takes what all slots are given
from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import msgspec

from bank_bridge.standing_contract import Standing, StandingTransfers
from bots.contract import CardClosed, Text, Understood
from bots.dialogue.skills import Question, Slot
from bots.dialogue.state import Draft
from bots.dialogue.talk import Answer, Talk, say
from bots.phrasing.figures import yuan
from bots.phrasing.standing_cards import CARD, STOP, standing_card
from bots.understanding.periods import in_beijing
from bots.understanding.standing import Due, StandingWish, read_due, read_standing
from bots.understanding.text import squeeze

LOOK, CLOSE = StandingWish.LOOK.value, StandingWish.CLOSE.value
_AT_ONCE = re.compile(
    r"(?:那就|那|就)?(?:现在|马上|立刻|立即|今天)(?:就)?(?:转|办|汇)?(?:吧)?|now|today|dothatnow|sendnow"
)
_replace = msgspec.structs.replace


class WhenSlot(Slot):
    """The day it is paid on: `on`, with `rhythm` and `monthday`; at once if nothing is said."""

    name = "when"

    def __init__(self, without: Callable[[str], str]) -> None:
        """`without` leaves out of a sentence what says nothing of the day it is done."""
        self._without = without

    def hear(self, talk: Talk, draft: Draft) -> Draft:
        due = self._due(talk)
        if due is not None:
            return _with_due(draft, due)
        unsaid = read_standing(talk.turn.text) is StandingWish.MAKE and not draft.get("on")
        return draft.having(when_problem="when") if unsaid else draft

    def heard(self, talk: Talk) -> bool:
        due = self._due(talk)
        return due is not None and due.first is not None

    def unsure(self, talk: Talk) -> bool:
        due = self._due(talk)
        return due is not None and bool(due.problem)

    async def named(self, talk: Talk) -> bool:
        draft = talk.state.draft
        spoken_of = draft is not None and (draft.asked == self.name or bool(draft.get("on")))
        return spoken_of and bool(_AT_ONCE.fullmatch(squeeze(talk.turn.text)))

    async def answer(self, talk: Talk, draft: Draft) -> Draft | None:
        return _with_due(draft, Due()) if await self.named(talk) else None

    async def settle(self, talk: Talk, draft: Draft) -> Draft | Question:
        problem, on = draft.get("when_problem"), draft.get("on")
        if on and date.fromisoformat(on) <= in_beijing(talk.turn.at).date():
            problem = "when"  # a day that has come since it was said
        if not problem:
            return draft
        return Question(talk.words.say(f"day.{problem}"), draft.having(on="", when_problem=problem))

    def again(self, talk: Talk) -> str:
        return talk.words.say("day.when")

    def told(self, talk: Talk, draft: Draft) -> str:
        return draft.get("on")

    def _due(self, talk: Talk) -> Due | None:
        return read_due(self._without(talk.turn.text), talk.turn.at)


class StandingTalk:
    """Looks at standing transfers, and ends them; which needs no proof."""

    def __init__(self, bank: StandingTransfers) -> None:
        self._bank = bank

    def refine(self, talk: Talk) -> Talk:
        """The turn with what was understood replaced where the words are surely of these."""
        wish = read_standing(talk.turn.text)
        if wish is None:
            return talk
        return _replace(talk, heard=Understood(wish.value, 1.0, talk.heard.slots))

    async def look(self, talk: Talk) -> Answer:
        active = await self._bank.standing_transfers(talk.turn.customer)
        if not active:
            return say(talk, "standing.none")
        card_id = f"{CARD}{talk.turn.key.rpartition(':')[2]}"
        return Answer((standing_card(talk.words, card_id, active),), talk.state)

    async def close(self, talk: Talk) -> Answer:
        """The only one, or the one that is named; otherwise they are shown to choose from."""
        active = await self._bank.standing_transfers(talk.turn.customer)
        said = squeeze(talk.turn.text)
        named = [one for one in active if squeeze(one.payee_name) in said]
        chosen = named or active
        return await self._end(talk, chosen[0]) if len(chosen) == 1 else await self.look(talk)

    async def pressed(self, talk: Talk) -> Answer:
        """A button of the card; pressed again, it is said again."""
        standing = talk.turn.action.removeprefix(STOP)
        active = await self._bank.standing_transfers(talk.turn.customer)
        one = next((each for each in active if each.standing == standing), None)
        closed = CardClosed(talk.turn.card_id, "done")
        if one is None:
            return say(talk, "standing.over").first(closed)
        return (await self._end(talk, one)).first(closed)

    async def _end(self, talk: Talk, one: Standing) -> Answer:
        await self._bank.close_standing_transfer(one.standing, talk.turn.customer)
        told = talk.words.say("standing.closed", name=one.payee_name, amount=yuan(one.amount))
        return Answer((Text(told),), talk.state)


def _with_due(draft: Draft, due: Due) -> Draft:
    return draft.having(
        on=due.first.isoformat() if due.first else "",
        rhythm=due.rhythm if due.first else "",
        monthday=str(due.day) if due.day else "",
        when_problem=due.problem,
    )

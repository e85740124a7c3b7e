"""How far customers come with a skill, read off what a turn changed.

Skills hardly tell of themselves: the question that is open, the card that is shown and how
a card was closed say it. Nothing of what was said is in it.
"""

from __future__ import annotations

import msgspec

from bots.contract import ENDS, CallPerson, CardClosed, SkillStep, Turn
from bots.dialogue.state import Attempt, DialogueState
from bots.dialogue.talk import Answer
from bots.transactions.steps import CardKind

MOST_STEPS = 24  # of one attempt; who wanders longer is followed no further
BILL = "bill"
PERSON = "person"  # a step like any other: somebody was called while the command was open
_replace = msgspec.structs.replace


def followed(turn: Turn, before: DialogueState, answer: Answer, *, stale: bool) -> Answer:
    """The answer, with the steps that it is for the skill that the customer is at.

    `stale`: the question that was open had become too old to be a context any more.
    """
    attempt, (skill, place) = before.attempt, _place(answer.state)
    steps: list[SkillStep] = []
    if attempt and (stale or not place or skill not in ("", attempt.skill)):
        end = "left" if stale else "replaced" if place else _end(before, answer)
        steps.append(_told(_after(_with_person(attempt, answer), end)))
        attempt = None
    elif attempt is None and not place and answer.about:
        steps.append(_told(_after(Attempt(turn.key, answer.about, turn.at), _end(before, answer))))
    if place and attempt is None and skill:
        attempt = Attempt(turn.key, skill, turn.at)
    if place and attempt:
        called = _with_person(attempt, answer)
        moved = _after(attempt, place) if called is attempt else called
        if moved.steps != attempt.steps and len(moved.steps) <= MOST_STEPS:
            steps.append(_told(moved))
            attempt = _replace(moved, told=attempt.told + 1)
    state = _replace(answer.state, attempt=attempt)
    return _replace(answer, state=state, effects=(*answer.effects, *steps))


def _place(state: DialogueState) -> tuple[str, str]:
    """The skill, if the state names one, and what is open of it; neither: nothing is."""
    draft, form, card = state.draft, state.bill_form, state.card
    skill = draft.skill if draft else BILL if form else ""
    asked = draft.asked if draft else form.asked if form else ""
    if card is None:
        return skill, f"asked:{asked}" if asked else ""
    if card.kind in (CardKind.CONFIRM, CardKind.CODE):
        return skill, card.kind.value
    return skill, f"asked:{asked or card.kind.value}"


def _end(before: DialogueState, answer: Answer) -> str:
    """How it ended, now that nothing is open any more."""
    closed = [one.state for one in answer.replies if isinstance(one, CardClosed)]
    if closed and closed[-1] in ENDS:
        return closed[-1]
    if len(answer.state.watched) > len(before.watched):
        return "processing"
    return answer.ended or "refused"


def _with_person(attempt: Attempt, answer: Answer) -> Attempt:
    called = any(isinstance(effect, CallPerson) for effect in answer.effects)
    return _after(attempt, PERSON) if called else attempt


def _after(attempt: Attempt, step: str) -> Attempt:
    """The same place twice on end is one step."""
    if attempt.steps[-1:] == (step,):
        return attempt
    return _replace(attempt, steps=(*attempt.steps, step))


def _told(attempt: Attempt) -> SkillStep:
    return SkillStep(attempt.key, attempt.skill, attempt.began, attempt.steps, attempt.told + 1)

"""One turn inside the dialogue: what came in, what is remembered, and what to answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from bots.contract import CardClosed, Effect, Reply, Text, Turn, Understood
from bots.dialogue.state import DialogueState
from bots.phrasing.words import Words
from bots.transactions.steps import OpenCard, Step

NOTHING_HEARD = Understood("unknown", 0.0, {})


class Talk(msgspec.Struct, frozen=True):
    """A turn with its context; `heard` is empty for anything but text."""

    turn: Turn
    words: Words
    state: DialogueState
    heard: Understood = NOTHING_HEARD


class Answer(msgspec.Struct, frozen=True):
    """What a skill answers; `state` is what to remember.

    For the figures, where nothing stays open and no card was closed: `about`, the skill that
    was begun, and `ended`, how it ended.
    """

    replies: Sequence[Reply]
    state: DialogueState
    effects: Sequence[Effect] = ()
    about: str = ""
    ended: str = ""

    def first(self, *replies: Reply) -> Answer:
        """The same answer with something said before it."""
        return msgspec.structs.replace(self, replies=(*replies, *self.replies))


Skill = Callable[[Talk], Awaitable[Answer]]


def say(talk: Talk, key: str, **figures: object) -> Answer:
    """One sentence, and nothing else changes."""
    return Answer((Text(talk.words.say(key, **figures)),), talk.state)


def after_step(talk: Talk, step: Step, *, keep_draft: bool = False) -> Answer:
    """A money script's step: its card becomes the open one, its unknown outcome is watched."""
    state = talk.state.watching(step.watch, talk.turn.at)
    draft = state.draft if step.card or keep_draft else None
    done = any(isinstance(one, CardClosed) and one.state == "done" for one in step.replies)
    last = state.draft if done and state.draft else state.last
    after = msgspec.structs.replace(state, card=step.card, draft=draft, last=last)
    return Answer(step.replies, after)


def answered_card(talk: Talk) -> OpenCard | None:
    """The open card, if it is the one that this turn answers."""
    card = talk.state.card
    return card if card and card.card_id == talk.turn.card_id else None


def forget_watched(talk: Talk, instruction_id: str) -> Talk:
    """The customer has been told what became of it."""
    kept = tuple(w for w in talk.state.watched if w.instruction_id != instruction_id)
    return msgspec.structs.replace(talk, state=msgspec.structs.replace(talk.state, watched=kept))

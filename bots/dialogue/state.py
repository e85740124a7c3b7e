"""What a conversation remembers between turns: a few words, a card, never a secret."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
import structlog

from bots.contract import Language
from bots.transactions.steps import OpenCard
from bots.understanding.bills import BillWish

log = structlog.get_logger()

VERSION = 2
MOST_WATCHED = 5
_LOOK_AGAIN_S = (2, 4, 8, 16, 32, 60)
LONGEST_PAUSE = timedelta(minutes=15)  # after that a half-filled form is not a context any more


class Draft(msgspec.Struct, frozen=True, array_like=True):
    """A command being filled in, and kept while its card is open, so that it can be corrected."""

    skill: str = ""
    values: Mapping[str, str] = {}  # of the skill's slots, by names that they choose
    asked: str = ""  # the slot that the last question was about

    def get(self, name: str) -> str:
        """A value, empty when it is not known."""
        return self.values.get(name, "")

    def having(self, **values: str) -> Draft:
        """The draft with these values; empty ones are forgotten."""
        merged = {name: value for name, value in {**self.values, **values}.items() if value}
        return msgspec.structs.replace(self, values=merged)


class BillForm(msgspec.Struct, frozen=True, array_like=True):
    """A bill payment being filled in; `asked` is what the last question was about."""

    wish: BillWish = BillWish.PAY
    fragment: str = ""
    category: int = 0
    item: str = ""
    number: str = ""
    amount: str = ""
    day: int = 0
    asked: str = ""  # "item", "number" or "amount"


class Watched(msgspec.Struct, frozen=True, array_like=True):
    """An instruction whose outcome was unknown when the customer was last told."""

    instruction_id: str
    look_at: datetime
    looks: int = 0

    def later(self, at: datetime) -> Watched:
        wait_s = _LOOK_AGAIN_S[min(self.looks + 1, len(_LOOK_AGAIN_S) - 1)]
        return Watched(self.instruction_id, at + timedelta(seconds=wait_s), self.looks + 1)


class Attempt(msgspec.Struct, frozen=True, array_like=True):
    """A skill that the customer has begun, for the figures; `told` counts its steps told."""

    key: str
    skill: str
    began: datetime
    steps: tuple[str, ...] = ()
    told: int = 0


class DialogueState(msgspec.Struct, frozen=True, array_like=True):
    """Everything a bot knows of one conversation. The version leads, so that a reader can tell."""

    version: int = VERSION
    language: Language | None = None
    draft: Draft | None = None
    card: OpenCard | None = None
    watched: tuple[Watched, ...] = ()
    misses: int = 0  # how many sentences in a row were not understood
    touched_at: datetime | None = None
    bill_form: BillForm | None = None
    last: Draft | None = None  # what succeeded last, for 再转一次
    attempt: Attempt | None = None

    def encode(self) -> bytes:
        return msgspec.msgpack.encode(self)

    def wake_at(self) -> datetime | None:
        """When something has to be done even if the customer says nothing."""
        moments = [watched.look_at for watched in self.watched]
        if self.card:
            moments.append(self.card.expires_at)
        return min(moments, default=None)

    def watching(self, instruction_id: str, at: datetime) -> DialogueState:
        """Also look at this one, soon; the oldest is let go when there are too many."""
        if not instruction_id or any(w.instruction_id == instruction_id for w in self.watched):
            return self
        first = Watched(instruction_id, at + timedelta(seconds=_LOOK_AGAIN_S[0]))
        return msgspec.structs.replace(self, watched=(*self.watched, first)[-MOST_WATCHED:])


def decode_state(data: bytes, conv: str) -> DialogueState:
    """The state that a former turn left; a fresh one when there is none that we can read.

    Nothing is lost with it but the thread of talk: cards name their instruction, and the
    bank knows the rest.
    """
    if not data:
        return DialogueState()
    try:
        state = msgspec.msgpack.decode(data, type=DialogueState)
    except msgspec.DecodeError:
        log.warning("dialogue_state_unreadable", conversation=conv)
        return DialogueState()
    if state.version != VERSION:
        log.warning("dialogue_state_foreign", conversation=conv, version=state.version)
        return DialogueState()
    return state


def without_stale_draft(state: DialogueState, at: datetime) -> DialogueState:
    """Forget a question that the customer left unanswered long ago."""
    stale = state.touched_at is not None and at - state.touched_at > LONGEST_PAUSE
    if state.card is None and stale:
        return msgspec.structs.replace(state, draft=None, bill_form=None)
    return state

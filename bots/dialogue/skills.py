"""How a skill that moves money is declared: its intents, its slots, and one order at the bank.

Everything else (asking, choosing, correcting, cancelling, going on after a digression,
confirming, authorising, the receipt) is the same for all of them and is not declared.
"""

# ruff: noqa: ARG002 - a slot takes what all slots are given
from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from bank_bridge.contract import Instruction, RefusalCode
from bots.contract import Card
from bots.dialogue.state import Draft
from bots.dialogue.talk import Talk


class Question(NamedTuple):
    """What has to be asked before going on. `card`: made of its id and its end, to choose from."""

    text: str
    draft: Draft
    card: Callable[[str, datetime], Card] | None = None


class Slot:
    """One thing a skill needs to know. The defaults are those of a slot that hears nothing.

    A slot changes nothing but its own values, never guesses between two readings, and holds
    no state: the same slot serves every customer.
    """

    name = ""
    required = True

    def hear(self, talk: Talk, draft: Draft) -> Draft:
        """The draft with all that this sentence surely says of the slot."""
        return draft

    def heard(self, talk: Talk) -> bool:
        """Whether the sentence surely says something of it."""
        return False

    def unsure(self, talk: Talk) -> bool:
        """Whether it says something that has more than one reading."""
        return False

    async def named(self, talk: Talk) -> bool:
        """Whether the whole sentence is one of its values, asked for or not."""
        return False

    async def answer(self, talk: Talk, draft: Draft) -> Draft | None:
        """The draft with this sentence as the answer to the slot's question; None: it is none."""
        return None

    async def choose(self, talk: Talk, draft: Draft, action: str) -> Draft | None:
        """The draft with the button of the slot's card taken; None: no such choice any more."""
        return None

    async def settle(self, talk: Talk, draft: Draft) -> Draft | Question:
        """The draft with a certain value, or what to ask."""
        return draft

    def again(self, talk: Talk) -> str:
        """What is said when an answer to its question was not understood."""
        return talk.words.say("service.unknown")

    def told(self, talk: Talk, draft: Draft) -> str:
        """What is known of it, for a person who takes over; never anything secret."""
        return ""


class MoneySkill(msgspec.Struct, frozen=True):
    """A skill as it is declared.

    `slots` are settled in this order; `order` then quotes the command at the bank, keyed by
    the turn, so that the same turn makes the same instruction. `help_after`: which refusals
    another value of which slot may help, by the slot's name. `is_same`: whether an
    instruction whose outcome is not known yet is what this draft would do again.
    """

    name: str
    intents: Collection[str]
    slots: Sequence[Slot]
    order: Callable[[Talk, Draft], Awaitable[Instruction]]
    is_same: Callable[[Draft, Instruction], bool]
    help_after: Mapping[str, Collection[RefusalCode]] = {}
    helped_by: str = ""  # what is said then, a key of the catalogue

    def slot(self, name: str) -> Slot | None:
        return next((slot for slot in self.slots if slot.name == name), None)

    def hear(self, talk: Talk, draft: Draft) -> Draft:
        for slot in self.slots:
            draft = slot.hear(talk, draft)
        return draft

    def one_thing_only(self, talk: Talk) -> bool:
        """Whether the sentence speaks of exactly one of the things that must be known."""
        spoken = [slot.heard(talk) or slot.unsure(talk) for slot in self.slots if slot.required]
        return spoken.count(True) == 1

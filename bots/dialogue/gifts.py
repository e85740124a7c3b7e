"""Money to people of the chat, declared: a red packet, a transfer to a friend, 工银e支付 itself.

Where it goes is one of the customer's own conversations, by name or from a card. A sentence
that only sounds like a gift brings up a card; the card's button and a code send it.
"""

# ruff: noqa: ARG002 - a slot takes what all slots are given
from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bank_bridge.contract import Instruction, RefusalCode
from bank_bridge.product_contract import EpayOrder, GiftKind, GiftOrder, Gifts
from bots.contract import Place, Places, Understood
from bots.dialogue import matching
from bots.dialogue.matching import places_called
from bots.dialogue.skills import MoneySkill, Question, Slot
from bots.dialogue.slots import AmountSlot, PayerSlot
from bots.dialogue.state import Draft
from bots.dialogue.talk import Answer, Talk, say
from bots.phrasing.choice_cards import CHOICE, choice_card
from bots.phrasing.figures import yuan
from bots.transactions.preparing import NO_DEVICE
from bots.transactions.steps import Bank
from bots.transactions.transfer import money_from
from bots.understanding.gifts import MOST_SHARES, GiftWish, read_gift, read_shares
from bots.understanding.standing import read_due
from bots.understanding.text import squeeze

PACKET, FRIEND, EPAY = "red_packet", "p2p", "epay_open"
PLACE_KEY = "gift:"  # of a menu press: followed by the conversation
_HELPED = {
    "amount": frozenset(
        {
            RefusalCode.INSUFFICIENT_FUNDS,
            RefusalCode.LIMIT_SINGLE,
            RefusalCode.LIMIT_DAY,
            RefusalCode.INVALID_AMOUNT,
        }
    )
}
_replace = msgspec.structs.replace


class GiftTalk:
    """What is asked of 工银e支付 without moving anything, and which words mean a gift."""

    def __init__(self, bank: Bank, gifts: Gifts, places: Places) -> None:
        self._bank, self._gifts, self._places = bank, gifts, places

    def skills(self) -> Sequence[MoneySkill]:
        payer = PayerSlot(self._bank)
        everywhere, friends = PlaceSlot(self._places), FriendSlot(self._places)
        return (
            self._gift_skill(PACKET, (everywhere, SharesSlot(), _Amount("gift.how_much"), payer)),
            self._gift_skill(FRIEND, (friends, AmountSlot(), payer)),
            MoneySkill(
                name=EPAY,
                intents=(EPAY, "epay_enable"),
                slots=(LimitSlot(), payer),
                order=self._open,
                is_same=lambda *_: False,
            ),
        )

    async def refine(self, talk: Talk) -> Talk:
        """The turn with what was understood replaced where the words are surely of gifts."""
        reading = read_gift(talk.turn.text)
        if reading is not None:
            slots = {"amount": reading.amount, "currency": "CNY"} if reading.amount else {}
            return _replace(talk, heard=Understood(reading.wish, 1.0, slots))
        heard = talk.heard
        if heard.intent == "transfer" and (name := heard.slots.get("payee", "")):
            saved = matching.called(await self._bank.list_payees(talk.turn.customer), name)
            later = read_due(talk.turn.text, talk.turn.at)  # a friend is paid at once only
            if not (saved or later) and places_called(await friends_of(self._places, talk), name):
                return _replace(talk, heard=_replace(heard, intent=FRIEND))
        return talk

    async def friends(self, talk: Talk) -> Sequence[Place]:
        """Whom the customer may pay in the chat."""
        return await friends_of(self._places, talk)

    async def limits(self, talk: Talk) -> Answer:
        epay = await self._gifts.epay(talk.turn.customer)
        if epay is None or epay.state != "ACTIVE":
            return say(talk, "gift.not_open")
        return say(
            talk,
            "gift.limits",
            single=yuan(epay.single),
            day=yuan(epay.day_left),
            month=yuan(epay.month_left),
        )

    async def close(self, talk: Talk) -> Answer:
        """Needs no proof: it only stops what would move money."""
        await self._gifts.close_epay(talk.turn.customer)
        return say(talk, "gift.closed")

    def _gift_skill(self, name: str, slots: Sequence[Slot]) -> MoneySkill:
        return MoneySkill(
            name=name,
            intents=(name,),
            slots=slots,
            order=self._send,
            is_same=lambda draft, known: (
                (draft.get("payee_name"), known.kind) == (known.payee_name, draft.skill)
            ),
            help_after=_HELPED,
            helped_by="transfer.other_amount",
        )

    async def _send(self, talk: Talk, draft: Draft) -> Instruction:
        shares = int(draft.get("shares") or 1)
        order = GiftOrder(
            customer=talk.turn.customer,
            device=talk.turn.device or NO_DEVICE,
            kind=GiftKind(draft.skill),
            amount=money_from(draft.get("amount")),
            place=draft.get("place"),
            place_name=draft.get("payee_name"),
            taker=draft.get("taker"),
            shares=shares,
            random=shares > 1 and not draft.get("equal"),
            greeting=draft.get("greeting"),
            payer_number=await PayerSlot(self._bank).number(talk, draft),
        )
        return await self._gifts.create_gift(order, f"{talk.turn.key}:gift")

    async def _open(self, talk: Talk, draft: Draft) -> Instruction:
        amount = draft.get("amount")
        order = EpayOrder(
            talk.turn.customer,
            talk.turn.device or NO_DEVICE,
            money_from(amount) if amount else None,
            await PayerSlot(self._bank).number(talk, draft),
        )
        return await self._gifts.create_epay_agreement(order, f"{talk.turn.key}:epay")


class PlaceSlot(Slot):
    """Where it is shown: `place`, with `payee_name`, and `taker` where only one may take it."""

    name = "place"
    question = "gift.where"

    def __init__(self, places: Places) -> None:
        self._places = places

    def hear(self, talk: Talk, draft: Draft) -> Draft:
        if talk.turn.action.startswith(PLACE_KEY):
            return draft.having(place=talk.turn.action.removeprefix(PLACE_KEY))
        name = talk.heard.slots.get("payee")
        return draft.having(payee_name=name, place="", taker="") if name else draft

    async def named(self, talk: Talk) -> bool:
        return len(places_called(await self.options(talk), talk.turn.text)) == 1

    async def answer(self, talk: Talk, draft: Draft) -> Draft | None:
        found = places_called(await self.options(talk), talk.turn.text)
        return _going_to(draft, found[0]) if len(found) == 1 else None

    async def choose(self, talk: Talk, draft: Draft, action: str) -> Draft | None:
        conv = action.removeprefix(CHOICE)
        found = [place for place in await self.options(talk) if place.conv == conv]
        return _going_to(draft, found[0]) if found else None

    async def settle(self, talk: Talk, draft: Draft) -> Draft | Question:
        options = await self.options(talk)
        known = [place for place in options if place.conv == draft.get("place")]
        found = known or places_called(options, draft.get("payee_name"))
        if not found:
            said = squeeze(talk.turn.text)
            found = [place for place in options if squeeze(place.name) in said]
        if len(found) == 1:
            return _going_to(draft, found[0])
        if not options:
            return Question(talk.words.say("gift.nowhere"), Draft())
        title, listed = talk.words.say(self.question), found or options
        choices = [(place.conv, place.name) for place in listed]
        return Question(
            title,
            draft.having(place="", payee_name=""),
            lambda card_id, until: choice_card(talk.words, card_id, title, choices, until),
        )

    def told(self, talk: Talk, draft: Draft) -> str:
        return draft.get("payee_name")

    async def options(self, talk: Talk) -> Sequence[Place]:
        return await self._places.places(talk.turn.customer)


class FriendSlot(PlaceSlot):
    """One friend, who alone may take it."""

    question = "gift.which_friend"

    async def options(self, talk: Talk) -> Sequence[Place]:
        return await friends_of(self._places, talk)


class SharesSlot(Slot):
    """How many may take: `shares`; asked for in a group only."""

    name = "shares"

    def hear(self, talk: Talk, draft: Draft) -> Draft:
        reading = read_gift(talk.turn.text)
        if reading is None or reading.wish is not GiftWish.SEND:
            return draft
        shares = str(reading.shares) if reading.shares else draft.get("shares")
        equal = "yes" if reading.equal else draft.get("equal")
        greeting = reading.greeting or draft.get("greeting")
        return draft.having(shares=shares, equal=equal, greeting=greeting)

    async def answer(self, talk: Talk, draft: Draft) -> Draft | None:
        shares = read_shares(talk.turn.text)
        return draft.having(shares=str(shares)) if 0 < shares <= MOST_SHARES else None

    async def settle(self, talk: Talk, draft: Draft) -> Draft | Question:
        if draft.get("taker"):
            return draft.having(shares="1")
        if draft.get("shares"):
            return draft
        return Question(talk.words.say("gift.how_many", name=draft.get("payee_name")), draft)

    def again(self, talk: Talk) -> str:
        return talk.words.say("gift.how_many_again")


class _Amount(AmountSlot):
    """A sum, unless the sentence is the answer to how many."""

    def hear(self, talk: Talk, draft: Draft) -> Draft:
        return draft if _counting(talk) else super().hear(talk, draft)

    def heard(self, talk: Talk) -> bool:
        return not _counting(talk) and super().heard(talk)

    def unsure(self, talk: Talk) -> bool:
        return not _counting(talk) and super().unsure(talk)


class LimitSlot(AmountSlot):
    """The limit of one payment; the bank's default when none is said."""

    required = False

    def __init__(self) -> None:
        super().__init__("gift.how_much")

    async def settle(self, talk: Talk, draft: Draft) -> Draft | Question:
        return draft


def _counting(talk: Talk) -> bool:
    """The question was how many, and this is a bare number."""
    draft = talk.state.draft
    return draft is not None and draft.asked == SharesSlot.name and read_shares(talk.turn.text) > 0


def _going_to(draft: Draft, place: Place) -> Draft:
    return draft.having(place=place.conv, payee_name=place.name, taker=place.taker)


async def friends_of(places: Places, talk: Talk) -> Sequence[Place]:
    return [place for place in await places.places(talk.turn.customer) if place.taker]

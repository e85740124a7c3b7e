"""The road of any money command, from its confirm card to its receipt.

Every step is safe to take twice: it first asks the bank where the instruction is, or uses
a bank call that does. What the customer is told follows from the instruction's state alone.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from bank_bridge.contract import BankRefusal, Challenge, Instruction, OutcomeUnknown, RefusalCode
from bank_bridge.contract import InstructionState as State
from bank_bridge.device_contract import DeviceKeys
from bots.contract import CardClosed, Reply, Text, Turn
from bots.phrasing import device_keys, money_cards
from bots.phrasing.words import Words
from bots.transactions.refusals import PASSING, refusal_text
from bots.transactions.steps import Bank, CardKind, OpenCard, Step, name_card

NEW_KEY = "device_key_agreement"
SIGNED = "A3"  # a level of proof, as the bank calls it
log = structlog.get_logger()

_CLOSED_AS = {
    State.SUCCEEDED: "done",
    State.PARTLY_REVERSED: "done",
    State.REVERSED: "done",
    State.FAILED: "failed",
    State.CANCELLED: "cancelled",
    State.EXPIRED: "expired",
}
_FULL_WIDTH_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


class MoneyScript:
    """Steps on one instruction. `card` is the card that was answered, still open on the screen."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank

    async def present(self, turn: Turn, words: Words, instruction: Instruction) -> Step:
        """Whatever the instruction's state asks for now: a card, a receipt, or a sentence."""
        match instruction.state:
            case State.CREATED | State.QUOTED | State.REQUIRES_CONFIRMATION:
                card_id = name_card(CardKind.CONFIRM, turn, instruction.instruction_id)
                card = money_cards.confirm_card(words, card_id, instruction)
                return Step((card,), _open(card_id, CardKind.CONFIRM, instruction))
            case State.REQUIRES_AUTH:
                ask = self._ask_signature if instruction.level == SIGNED else self._ask_code
                return await ask(turn, words, instruction)
            case State.SUCCEEDED | State.PARTLY_REVERSED | State.REVERSED:
                return Step(_receipt(turn, words, instruction))
            case State.FAILED | State.CANCELLED | State.EXPIRED:
                return Step((Text(_ended(words, instruction)),))
            case State.HELD if instruction.sends_at and instruction.sends_at > turn.at:
                card_id = name_card(CardKind.SCHEDULED, turn, instruction.instruction_id)
                scheduled = money_cards.scheduled_card(words, card_id, instruction)
                return Step((scheduled,), watch=instruction.instruction_id)
            case _:
                text = Text(words.say("outcome.processing"))
                return Step((text,), watch=instruction.instruction_id)

    async def confirm(self, turn: Turn, words: Words, card: OpenCard) -> Step:
        """The confirm button: fixes the instruction to this device and sends the code."""
        try:
            instruction = await self._bank.confirm(card.instruction_id, turn.customer, turn.device)
            step = await self.present(turn, words, instruction)
        except BankRefusal as refusal:
            return await self._refused(turn, words, card, refusal)
        except OutcomeUnknown:
            return Step((Text(words.say("service.money_trouble")),), card)
        return _after(card, _closed_as(instruction), step)

    async def submit_code(self, turn: Turn, words: Words, card: OpenCard) -> Step:
        """The code goes to the bank and nowhere else."""
        code = turn.values.get(money_cards.CODE_INPUT, "").translate(_FULL_WIDTH_DIGITS).strip()
        if len(code) != money_cards.CODE_DIGITS or not (code.isascii() and code.isdigit()):
            return Step((Text(words.say("code.malformed")),), card)
        try:
            instruction = await self._authorise(turn, card, code)
            step = await self.present(turn, words, instruction)
        except BankRefusal as refusal:
            if refusal.code is RefusalCode.AUTH_FAILED:
                return Step((Text(_wrong_code(words, refusal)),), card)
            return await self._refused(turn, words, card, refusal)
        except OutcomeUnknown:
            return _unknown(words, card)
        return _after(card, _closed_as(instruction), step)

    async def submit_signature(self, turn: Turn, words: Words, card: OpenCard) -> Step:
        """What the device signed goes to the bank; the card stays for another try."""
        signature = device_keys.assertion(turn.values)
        if not signature or not isinstance(self._bank, DeviceKeys):
            return Step((Text(words.say("sign.missing")),), card)
        try:
            instruction = await self._bank.authorise_signed(
                card.instruction_id, turn.customer, turn.device, signature
            )
            step = await self.present(turn, words, instruction)
        except BankRefusal as refusal:
            if refusal.code is RefusalCode.AUTH_FAILED:
                left = refusal.details.get("attempts_left", 0)
                return Step((Text(words.say("sign.wrong", left=left)),), card)
            return await self._refused(turn, words, card, refusal)
        except OutcomeUnknown:
            return _unknown(words, card)
        return _after(card, _closed_as(instruction), step)

    async def resend(self, turn: Turn, words: Words, card: OpenCard) -> Step:
        """A fresh code and a fresh card. The same press taken again sends nothing more."""
        try:
            instruction = await self._bank.get(card.instruction_id, turn.customer)
            if instruction.state is not State.REQUIRES_AUTH:
                return _after(
                    card, _closed_as(instruction), await self.present(turn, words, instruction)
                )
            current = await self._bank.current_challenge(card.instruction_id, turn.customer)
            if current is None or current.expires_at == card.code_until or not card.code_until:
                current = await self._bank.challenge(card.instruction_id, turn.customer)
        except BankRefusal as refusal:
            return await self._refused(turn, words, card, refusal)
        step = await self._code_card(turn, words, instruction, current)
        return _after(card, "replaced", step, Text(words.say("code.resent")))

    async def resume(self, turn: Turn, words: Words, card: OpenCard) -> Step:
        """A code was typed and died with the server: say what is true, and ask again if need be."""
        try:
            instruction = await self._bank.get(card.instruction_id, turn.customer)
            step = await self.present(turn, words, instruction)
        except BankRefusal as refusal:
            return await self._refused(turn, words, card, refusal)
        if instruction.state is State.REQUIRES_AUTH:
            return _after(card, "replaced", step, Text(words.say("code.again")))
        return _after(card, _closed_as(instruction), step)

    async def cancel(self, turn: Turn, words: Words, card: OpenCard, reason: str) -> Step:
        """Cancel at the bank first. `reason` is the state word that the card is closed with.

        An instruction that is past cancelling is told as it is. Nothing is said of a
        cancellation that worked: the caller knows why it happened.
        """
        try:
            await self._bank.cancel(card.instruction_id, turn.customer)
        except BankRefusal as refusal:
            if refusal.code in PASSING:
                return Step((Text(refusal_text(words, refusal)),), card)
            return await self.tell(turn, words, card)
        except OutcomeUnknown:
            return Step((Text(words.say("service.money_trouble")),), card)
        return Step((CardClosed(card.card_id, reason),))

    async def tell(self, turn: Turn, words: Words, card: OpenCard) -> Step:
        """Where the instruction of this card stands now; the card closes if it is over."""
        try:
            instruction = await self._bank.get(card.instruction_id, turn.customer)
        except BankRefusal as refusal:
            if refusal.code in PASSING:
                return Step((Text(refusal_text(words, refusal)),), card)
            closed = CardClosed(card.card_id, "expired")
            return Step((closed, Text(refusal_text(words, refusal))))
        if instruction.state in {State.REQUIRES_CONFIRMATION, State.REQUIRES_AUTH}:
            return Step((), card)
        step = await self.present(turn, words, instruction)
        return _after(card, _closed_as(instruction), step)

    async def look(self, turn: Turn, words: Words, instruction_id: str) -> Step:
        """Look again at an instruction whose outcome was not known; silent while it is not."""
        try:
            instruction = await self._bank.get(instruction_id, turn.customer)
            step = await self.present(turn, words, instruction)
        except BankRefusal as refusal:
            log.warning("look_refused", instruction=instruction_id, reason=refusal.code)
            return Step((), watch=instruction_id if refusal.code in PASSING else "")
        return Step((), watch=step.watch) if step.watch else step

    async def _ask_code(self, turn: Turn, words: Words, instruction: Instruction) -> Step:
        """The code under way, or a new one; asking again does not send a second."""
        bank, instruction_id = self._bank, instruction.instruction_id
        challenge = await bank.current_challenge(instruction_id, turn.customer)
        if challenge is None:
            challenge = await bank.challenge(instruction_id, turn.customer)
        return await self._code_card(turn, words, instruction, challenge)

    async def _ask_signature(self, turn: Turn, words: Words, instruction: Instruction) -> Step:
        """A device that has no key hears how to get one, and nothing stays open."""
        if not isinstance(self._bank, DeviceKeys):
            raise BankRefusal(RefusalCode.STRONGER_PROOF_NEEDED)
        signing = await self._bank.signing(instruction.instruction_id, turn.customer)
        card_id = name_card(CardKind.SIGN, turn, instruction.instruction_id)
        card = money_cards.sign_card(words, card_id, instruction, signing)
        return Step((card,), _open(card_id, CardKind.SIGN, instruction))

    async def _authorise(self, turn: Turn, card: OpenCard, code: str) -> Instruction:
        """The code, and with it the key where the device has just made one."""
        attested = device_keys.registration(turn.values)
        if attested and isinstance(self._bank, DeviceKeys):
            return await self._bank.make_device_key(
                card.instruction_id, turn.customer, turn.device, code, attested
            )
        return await self._bank.authorise(card.instruction_id, turn.customer, turn.device, code)

    async def _code_card(
        self, turn: Turn, words: Words, instruction: Instruction, challenge: Challenge
    ) -> Step:
        card_id = name_card(CardKind.CODE, turn, instruction.instruction_id)
        signing = None
        if instruction.kind == NEW_KEY and isinstance(self._bank, DeviceKeys):
            signing = await self._bank.signing(instruction.instruction_id, turn.customer)
        card = money_cards.code_card(words, card_id, instruction, challenge, signing)
        return Step((card,), _open(card_id, CardKind.CODE, instruction, challenge.expires_at))

    async def _refused(
        self, turn: Turn, words: Words, card: OpenCard, refusal: BankRefusal
    ) -> Step:
        """A passing refusal leaves the card open; any other ends it, with the bank's own state."""
        text = Text(refusal_text(words, refusal))
        if refusal.code in PASSING:
            return Step((text,), card)
        if refusal.code is RefusalCode.ILLEGAL_TRANSITION:
            return await self.tell(turn, words, card)
        if refusal.code is RefusalCode.EXPIRED:
            return Step((CardClosed(card.card_id, "expired"), text))
        await self._give_up(turn, card)
        return Step((CardClosed(card.card_id, "failed"), text))

    async def _give_up(self, turn: Turn, card: OpenCard) -> None:
        """Nothing more can come of it: release it at the bank, where it would expire anyway."""
        try:
            await self._bank.cancel(card.instruction_id, turn.customer)
        except (BankRefusal, OutcomeUnknown):
            log.info("left_to_expire", instruction=card.instruction_id)


def _open(
    card_id: str, kind: CardKind, instruction: Instruction, code_until: datetime | None = None
) -> OpenCard:
    return OpenCard(card_id, kind, instruction.expires_at, instruction.instruction_id, code_until)


def _after(card: OpenCard, closed_as: str, step: Step, *said_between: Reply) -> Step:
    """Close the answered card, then what follows."""
    closed = CardClosed(card.card_id, closed_as)
    return Step((closed, *said_between, *step.replies), step.card, step.watch)


def _closed_as(instruction: Instruction) -> str:
    """The state word for a card whose question has been answered."""
    in_flight = {State.SUBMITTED, State.UNKNOWN, State.HELD, State.AUTHORISED}
    if instruction.state in in_flight | {State.REQUIRES_APPROVAL}:
        return "replaced"
    return _CLOSED_AS.get(instruction.state, "confirmed")


def _receipt(turn: Turn, words: Words, instruction: Instruction) -> tuple[Reply, ...]:
    card_id = f"receipt:{instruction.instruction_id}:{turn.key.rpartition(':')[2]}"
    receipt = money_cards.receipt_card(words, card_id, instruction)
    if instruction.state is State.SUCCEEDED:
        return (receipt,)
    return (receipt, Text(words.say("receipt.reversed")))


def _unknown(words: Words, card: OpenCard) -> Step:
    """Neither done nor failed: the card takes no second answer, and we look again."""
    closed = CardClosed(card.card_id, "replaced")
    text = Text(words.say("outcome.processing"))
    return Step((closed, text), watch=card.instruction_id)


def _ended(words: Words, instruction: Instruction) -> str:
    """It is over, and no money moved."""
    if instruction.state is not State.FAILED:
        return money_cards.said(words, instruction, f"outcome.{instruction.state.lower()}")
    reason = ""
    if instruction.failure:
        reason = refusal_text(words, BankRefusal(instruction.failure))
    return money_cards.said(words, instruction, "outcome.failed", reason=reason).strip()


def _wrong_code(words: Words, refusal: BankRefusal) -> str:
    left = int(refusal.details.get("attempts_left", 0))
    return words.say("code.wrong", left=left) if left else words.say("code.dead")

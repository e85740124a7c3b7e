"""The cards of a money command: choose a payee, confirm, type the code, receipt.

Values in, one `Card` out. A card's id says what it is and which instruction it belongs to
(`confirm:<instruction>:<turn>`), so that an answer can be judged even when the dialogue's
own state is gone; the turn's number makes it unique, and a replayed turn makes the same one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bank_bridge.contract import Arrival, Challenge, Instruction, Payee
from bank_bridge.device_contract import Signing
from bots.contract import Card, Place
from bots.phrasing import device_keys
from bots.phrasing import elements as el
from bots.phrasing.capitals import capitals
from bots.phrasing.figures import clock_time, date_and_time, spoken_moment, yuan
from bots.phrasing.standing_cards import spoken_rhythm
from bots.phrasing.words import Words

CONFIRM, CANCEL, SUBMIT_CODE, RESEND = "confirm", "cancel", "code.submit", "code.resend"
SUBMIT_SIGNATURE = "sign.submit"
CHOOSE = "payee:"  # followed by the payee's id
OF_CHAT = "friend:"  # and by a conversation, where it is none
CODE_INPUT = "code"
CODE_DIGITS = 6
_ARRIVALS = {
    Arrival.REAL_TIME: "confirm.arrival_real_time",
    Arrival.ORDINARY: "confirm.arrival_ordinary",
    Arrival.NEXT_DAY: "confirm.arrival_next_day",
}
MOST_PAYEES = 8  # on one card; the others are named by typing


def payee_card(
    words: Words,
    card_id: str,
    title: str,
    payees: Sequence[Payee],
    expires_at: datetime,
    friends: Sequence[Place] = (),
) -> Card:
    """One button a payee, then friends of the chat; anyone else can be typed."""
    shown = payees[:MOST_PAYEES]
    body = [el.heading(words.say("transfer.who_title")), el.line(title)]
    if len(payees) > len(shown):
        body.append(el.note(words.say("transfer.who_more", count=len(shown))))
    buttons = [
        el.submit(
            el.plain(words.say("account.named", name=payee.name, tail=payee.tail)),
            CHOOSE + payee.payee_id,
        )
        for payee in shown
    ]
    buttons += [
        el.submit(
            el.plain(words.say("transfer.friend", name=friend.name)), CHOOSE + OF_CHAT + friend.conv
        )
        for friend in friends[:MOST_PAYEES]
    ]
    buttons.append(el.submit(words.say("confirm.no"), CANCEL))
    return Card(card_id, el.adaptive_card(words, body, buttons, title), title, expires_at)


def confirm_card(words: Words, card_id: str, instruction: Instruction) -> Card:
    """Everything the customer agrees to, and the only button that agrees."""
    amount = words.say("confirm.amount", amount=yuan(instruction.amount))
    rows = [
        (words.say("confirm.action"), said(words, instruction, "confirm.action_transfer")),
        (words.say("confirm.capitals"), capitals(instruction.amount.fen)),
        (said(words, instruction, "confirm.payee"), named(words, instruction)),
        *_bank(words, instruction),
        *_memo(words, instruction),
        (words.say("confirm.payer"), words.say("account.tail", tail=instruction.payer_tail)),
        (words.say("confirm.fee"), words.say("confirm.fee_amount", fee=yuan(instruction.fee))),
        (words.say("confirm.arrival"), _arrival(words, instruction)),
        (words.say("confirm.expires"), clock_time(instruction.expires_at)),
    ]
    body = [
        el.heading(said(words, instruction, "confirm.title")),
        el.figure(amount),
        el.facts(rows),
        el.line(said(words, instruction, "confirm.warning"), color="Attention", size="Small"),
    ]
    buttons = [
        el.submit(said(words, instruction, "confirm.yes"), CONFIRM, style="positive"),
        el.submit(words.say("confirm.no"), CANCEL),
    ]
    fallback = said(words, instruction, "confirm.fallback", **who_and_how_much(instruction))
    card = el.adaptive_card(words, body, buttons, fallback)
    return Card(card_id, card, fallback, instruction.expires_at)


def code_card(
    words: Words,
    card_id: str,
    instruction: Instruction,
    challenge: Challenge,
    signing: Signing | None = None,
) -> Card:
    """The secure field for the SMS code. It stays open past one code's life, for the next one.

    `signing`: the device makes a key with the same press.
    """
    body = [
        el.heading(words.say("code.title")),
        el.line(words.say("code.sent_to", phone=challenge.phone_masked)),
        el.line(said(words, instruction, "code.purpose", **who_and_how_much(instruction))),
        el.note(words.say("code.valid", until=clock_time(challenge.expires_at))),
        {
            "type": "Input.Text",
            "id": CODE_INPUT,
            "style": "Password",
            "label": words.say("code.label"),
            "placeholder": words.say("code.placeholder"),
            "maxLength": CODE_DIGITS,
            "isRequired": True,
            "regex": f"^[0-9]{{{CODE_DIGITS}}}$",
            "errorMessage": words.say("code.error"),
        },
    ]
    buttons = [
        el.submit(
            words.say("code.submit"),
            SUBMIT_CODE,
            style="positive",
            collects=True,
            **device_keys.asked(signing),
        ),
        el.submit(words.say("code.resend"), RESEND),
        el.submit(words.say("code.cancel"), CANCEL),
    ]
    fallback = words.say("code.fallback")
    card = el.adaptive_card(words, body, buttons, fallback)
    ends, code_ends = instruction.expires_at, challenge.expires_at
    return Card(card_id, card, fallback, ends, (CODE_INPUT,), code_ends)


def sign_card(words: Words, card_id: str, instruction: Instruction, signing: Signing) -> Card:
    """The button that has the device sign what is on the card (A3)."""
    figures = who_and_how_much(instruction)
    body = [
        el.heading(words.say("sign.title")),
        el.line(said(words, instruction, "code.purpose", **figures)),
        el.note(words.say("sign.how")),
    ]
    buttons = [
        el.submit(
            words.say("sign.submit"),
            SUBMIT_SIGNATURE,
            style="positive",
            collects=True,
            **device_keys.asked(signing),
        ),
        el.submit(words.say("code.cancel"), CANCEL),
    ]
    fallback = words.say("sign.fallback")
    card = el.adaptive_card(words, body, buttons, fallback)
    return Card(card_id, card, fallback, instruction.expires_at)


def scheduled_card(words: Words, card_id: str, instruction: Instruction) -> Card:
    """A transfer that is held until it leaves, and the button that calls it back."""
    time = _leaves(words, instruction)
    text = words.say("outcome.scheduled", time=time, **who_and_how_much(instruction))
    body = [el.heading(words.say("outcome.scheduled_title")), el.line(text)]
    buttons = [el.submit(words.say("outcome.scheduled_cancel"), CANCEL)]
    return Card(card_id, el.adaptive_card(words, body, buttons, text), text, instruction.sends_at)


def receipt_card(words: Words, card_id: str, instruction: Instruction) -> Card:
    """The proof of a transfer that succeeded, readable without asking the bank again."""
    finished_at = instruction.finished_at or instruction.created_at
    rows = [
        (words.say("receipt.reference"), instruction.reference or instruction.instruction_id),
        (words.say("receipt.time"), date_and_time(finished_at)),
        (words.say("confirm.capitals"), capitals(instruction.amount.fen)),
        (said(words, instruction, "receipt.payee"), named(words, instruction)),
        *_bank(words, instruction),
        *_not_at_once(words, instruction),
        *_memo(words, instruction),
        (words.say("receipt.payer"), words.say("account.tail", tail=instruction.payer_tail)),
        (words.say("receipt.fee"), words.say("confirm.fee_amount", fee=yuan(instruction.fee))),
        (words.say("receipt.balance"), words.say("receipt.balance_masked")),
    ]
    body = [
        el.heading(said(words, instruction, "receipt.title")),
        el.figure(words.say("confirm.amount", amount=yuan(instruction.amount))),
        el.facts(rows),
        el.note(words.say("receipt.dispute")),
    ]
    fallback = said(
        words,
        instruction,
        "receipt.fallback",
        reference=instruction.reference or "",
        **who_and_how_much(instruction),
    )
    return Card(card_id, el.adaptive_card(words, body, (), fallback), fallback)


def said(words: Words, instruction: Instruction, key: str, **figures: object) -> str:
    """The phrase as this kind of command has it, or as a transfer has it."""
    own = f"kind.{instruction.kind}.{key}"
    return words.say(own if words.knows(own) else key, **figures)


def _memo(words: Words, instruction: Instruction) -> list[tuple[str, str]]:
    """What a product says it is for; a transfer's own words are not on its card."""
    label = f"kind.{instruction.kind}.memo"
    if not instruction.memo or not words.knows(label):
        return []
    memo = instruction.memo
    if instruction.kind == "standing_agreement":
        memo = spoken_rhythm(words, memo)
    return [(words.say(label), memo)]


def named(words: Words, instruction: Instruction) -> str:
    if not instruction.payee_tail:
        return instruction.payee_name
    return words.say("account.named", name=instruction.payee_name, tail=instruction.payee_tail)


def who_and_how_much(instruction: Instruction) -> dict[str, str]:
    """The figures that every sentence about a transfer needs."""
    return {
        "name": instruction.payee_name,
        "tail": instruction.payee_tail,
        "amount": yuan(instruction.amount),
    }


def _arrival(words: Words, instruction: Instruction) -> str:
    if instruction.arrival is None:
        return said(words, instruction, "confirm.arrival_now")
    time = _leaves(words, instruction)
    return words.say(_ARRIVALS[instruction.arrival], time=time)


def _bank(words: Words, instruction: Instruction) -> list[tuple[str, str]]:
    bank = instruction.payee_bank
    return [(words.say("confirm.bank"), bank)] if bank else []


def _not_at_once(words: Words, instruction: Instruction) -> list[tuple[str, str]]:
    """The receipt of a transfer that is not real-time says so (bank-services §2.4)."""
    if instruction.arrival in (None, Arrival.REAL_TIME):
        return []
    return [(words.say("confirm.arrival"), _arrival(words, instruction))]


def _leaves(words: Words, instruction: Instruction) -> str:
    sends_at = instruction.sends_at
    return "" if sends_at is None else spoken_moment(sends_at, words.language)

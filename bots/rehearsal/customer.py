"""A generated customer: wants one thing, says it in pieces, errs, wanders off, comes back.

Plays against the bot as the house does: the state goes through its bytes, turns may be
taken twice with one key, and the bot may be another one in the middle (a restart).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

import msgspec

from bank_bridge.contract import Instructions, InstructionState
from bots.contract import Bot, Card, Document, Language, Reply, Secret, Text, Turn, TurnKind
from bots.dialogue.state import DialogueState, decode_state
from bots.phrasing.figures import yuan
from bots.phrasing.money_cards import CHOOSE, CODE_INPUT, CONFIRM, SUBMIT_CODE
from bots.rehearsal.wording import Wording
from bots.transactions.steps import CardKind, instruction_of

_MOST_TURNS = 30
_SIX_DIGITS = re.compile(r"(?<!\d)\d{6}(?!\d)")


@dataclass
class Wish:
    """What the customer means just now: the frame that a card must show."""

    payee: str  # the payee's id
    fen: int
    payer_tail: str


@dataclass
class Played:
    """What became of one dialogue."""

    seed: str
    lines: list[str] = field(default_factory=list)
    frames: int = 0  # confirm cards shown
    exact: int = 0  # of those, with what the customer meant
    paid: list[tuple[str, str, int]] = field(default_factory=list)  # payer, payee tail, fen
    finished: bool = False
    unagreed: list[str] = field(default_factory=list)  # paid without whom, how much, from where

    @property
    def exact_throughout(self) -> bool:
        """It came to its end, and every card shown was what the customer meant just then."""
        return self.finished and self.exact == self.frames and "!" not in self.marks

    @property
    def marks(self) -> str:
        return "".join(line[0] for line in self.lines)


@dataclass(frozen=True)
class Stage:
    """All that a dialogue is played on."""

    bank: Instructions
    new_bot: Callable[[], Bot]
    now: Callable[[], datetime]
    pass_time: Callable[[int], None]  # seconds
    text_of: Callable[[str], str]  # the newest text to this customer's phone
    payees: Mapping[str, tuple[str, str]]  # payee id -> name, tail
    tails: tuple[str, ...]  # the customer's own accounts, the default one first


class Customer:
    """One dialogue, from its first word to its end."""

    def __init__(self, stage: Stage, user: str, conv: str, seed: str) -> None:
        self._stage, self._user, self._conv = stage, user, conv
        self._chance = Random(seed)  # noqa: S311 - a rehearsal is to be repeatable
        self._say = Wording(self._chance)
        self._bot, self._state = stage.new_bot(), b""
        self._seq = 0
        self.played = Played(seed)
        self._wish = Wish(self._some_payee(), self._some_fen(), stage.tails[0])
        self._wandered = self._corrected = self._unsure = self._typed = 0
        self._repeats = 1 if self._happens(0.2) else 0
        self._judged = ""
        self._cards: dict[str, Card] = {}
        self._agreed: set[str] = set()
        self._paid: set[str] = set()

    async def play(self) -> Played:
        await self._open()
        for _ in range(_MOST_TURNS):
            if self.played.finished:
                break
            await self._next()
        return self.played

    async def _open(self) -> None:
        name, roll = self._name(self._wish.payee), self._chance.random()
        if roll < 0.2 and len(self._stage.tails) > 1:  # noqa: PLR2004 - shares of the openings
            self._wish.payer_tail = self._stage.tails[1]
            await self._write(self._say.from_account(name, self._wish.fen, self._wish.payer_tail))
        elif roll < 0.6:  # noqa: PLR2004
            await self._write(self._say.both(name, self._wish.fen))
        elif roll < 0.75:  # noqa: PLR2004
            await self._write(self._say.name_only(name))
        elif roll < 0.9:  # noqa: PLR2004
            await self._write(self._say.amount_only(self._wish.fen))
        else:
            await self._write(self._say.bare())

    async def _next(self) -> None:
        """One more turn, by what is open."""
        state = self._now()
        if self._wandered < 2 and self._happens(0.15):  # noqa: PLR2004 - twice at most
            self._wandered += 1
            await self._write(self._say.digression())
            return
        if state.card is None:
            await self._without_card(state)
        elif state.card.kind is CardKind.CONFIRM:
            await self._at_confirm(state)
        elif state.card.kind is CardKind.CODE:
            await self._at_code(state)
        else:
            await self._at_choice(state)

    async def _without_card(self, state: DialogueState) -> None:
        if state.draft is None or not state.draft.asked:
            self.played.lines.append("! nothing is open and nothing is done")
            self.played.finished = True
            return
        if state.draft.asked == "amount":
            if not self._unsure and self._happens(0.15):
                self._unsure = 1
                await self._write(self._say.unsure())
            else:
                await self._write(self._say.amount(self._wish.fen))
            return
        await self._write(self._name(self._wish.payee))

    async def _at_choice(self, state: DialogueState) -> None:
        """Someone to choose: by button, by tail, or by name where only one has it."""
        assert state.card is not None  # noqa: S101 - the caller looked
        name, tail = self._stage.payees[self._wish.payee]
        namesakes = sum(one[0] == name for one in self._stage.payees.values())
        if namesakes > 1 or self._happens(0.5):
            await self._press(state.card.card_id, CHOOSE + self._wish.payee)
        elif self._happens(0.2):
            await self._write(f"转给尾号{tail}的")
        else:
            await self._write(name)

    async def _at_confirm(self, state: DialogueState) -> None:
        assert state.card is not None  # noqa: S101 - the caller looked
        card_id = state.card.card_id
        if card_id != self._judged:
            self._judged = card_id
            await self._judge(state.card.instruction_id)
        if self._happens(0.06):
            await self._cancel()
        elif self._corrected < 2 and self._happens(0.25):  # noqa: PLR2004 - twice at most
            self._corrected += 1
            await self._correct()
        elif not self._typed and self._happens(0.15):
            self._typed = 1
            await self._write(self._say.typed_yes())  # words never confirm
        else:
            await self._press(card_id, CONFIRM, twice=self._happens(0.15))

    async def _at_code(self, state: DialogueState) -> None:
        assert state.card is not None  # noqa: S101 - the caller looked
        card_id, instruction = state.card.card_id, state.card.instruction_id
        code = _SIX_DIGITS.findall(self._stage.text_of(self._user))[-1]
        roll = self._chance.random()
        if roll < 0.05:  # noqa: PLR2004 - shares of what people do
            await self._cancel()
        elif roll < 0.15:  # noqa: PLR2004
            await self._write(code)  # as plain text it authorises nothing
        elif roll < 0.25:  # noqa: PLR2004
            wrong = f"{(int(code) + 1) % 1_000_000:06d}"
            await self._press(card_id, SUBMIT_CODE, wrong)
        else:
            await self._press(card_id, SUBMIT_CODE, code, twice=self._happens(0.2))
            await self._after_code(instruction)

    async def _after_code(self, instruction_id: str) -> None:
        known = await self._stage.bank.get(instruction_id, self._user)
        if known.state is InstructionState.SUCCEEDED and instruction_id not in self._paid:
            self._paid.add(instruction_id)
            self.played.paid.append((known.payer_tail, known.payee_tail, known.amount.fen))
            if instruction_id not in self._agreed:
                self.played.unagreed.append(instruction_id)
        if self._now().card is not None:
            return  # the code died with its process, and another is asked for
        if self._repeats:
            self._repeats -= 1
            self._wish.payer_tail = known.payer_tail
            await self._write(self._say.again(self._name(self._wish.payee)))
        self.played.finished = self._now().card is None

    async def _correct(self) -> None:
        if self._happens(0.5):
            self._wish.fen = self._some_fen()
            await self._write(self._say.amount_fixed(self._wish.fen))
        else:
            self._wish.payee = self._some_payee()
            await self._write(self._say.name_fixed(self._name(self._wish.payee)))

    async def _cancel(self) -> None:
        await self._write(self._say.cancel())
        if self._now().card is None:
            self.played.finished = True

    async def _judge(self, instruction_id: str) -> None:
        """Whether the card that is now shown is what the customer meant."""
        known = await self._stage.bank.get(instruction_id, self._user)
        _, tail = self._stage.payees[self._wish.payee]
        shown = (known.payee_tail, known.amount.fen, known.payer_tail)
        self.played.frames += 1
        right = shown == (tail, self._wish.fen, self._wish.payer_tail)
        self.played.exact += right
        if not right:
            meant = (tail, self._wish.fen, self._wish.payer_tail)
            self.played.lines.append(f"! meant {meant}, shown {shown}")

    async def _write(self, text: str) -> None:
        self.played.lines.append(f"> {text}")
        await self._take(TurnKind.TEXT, text=text)

    async def _press(
        self, card_id: str, action: str, code: str = "", *, twice: bool = False
    ) -> None:
        self.played.lines.append(f"> [{action}]{' twice' if twice else ''}")
        if action == CONFIRM:
            await self._agree(card_id)
        values = {CODE_INPUT: Secret(code)} if code else {}
        for _ in range(2 if twice else 1):
            await self._take(
                TurnKind.SUBMIT, card_id=card_id, action=action, device="phone-1", values=values
            )

    async def _agree(self, card_id: str) -> None:
        """A confirmation counts if the card shows whom, how much and from which account."""
        known = await self._stage.bank.get(instruction_of(card_id), self._user)
        card = str(self._cards[card_id].card)
        facts = (known.payee_name, known.payee_tail, yuan(known.amount), known.payer_tail)
        if all(fact in card for fact in facts):
            self._agreed.add(known.instruction_id)

    async def _take(self, kind: TurnKind, **what: Any) -> None:  # noqa: ANN401 - a turn's own fields
        """One turn, as the house takes it; now and then by a process that dies of it."""
        self._seq += 1
        self._stage.pass_time(self._chance.randint(5, 40))
        turn = Turn(
            kind=kind,
            key=f"{self._conv}:{self._seq}",
            conv=self._conv,
            account="@service",
            customer=self._user,
            customer_name=self._user,
            device=what.pop("device", ""),
            language=Language.ZH,
            at=self._stage.now(),
            state=self._state,
            **what,
        )
        if self._happens(0.1):
            await self._bot.take(turn)  # done at the bank, and never committed
            self._bot = self._stage.new_bot()
            if turn.values:  # a code dies with its process
                turn = msgspec.structs.replace(turn, kind=TurnKind.RESUME, values={})
        elif self._happens(0.1):
            self._bot = self._stage.new_bot()
        result = await self._bot.take(turn)
        self._state = result.state
        for reply in result.replies:
            self.played.lines.append(f"< {_line(reply)}")
            if isinstance(reply, Card):
                self._cards[reply.card_id] = reply

    def _now(self) -> DialogueState:
        return decode_state(self._state, self._conv)

    def _happens(self, share: float) -> bool:
        return self._chance.random() < share

    def _name(self, payee: str) -> str:
        return self._stage.payees[payee][0]

    def _some_payee(self) -> str:
        return self._chance.choice(sorted(self._stage.payees))

    def _some_fen(self) -> int:
        yuan_ = self._chance.choice((5, 20, 66, 88, 150, 200, 305, 500, 520, 888, 1000, 1314, 2000))
        return yuan_ * 100 + (self._chance.randint(1, 99) if self._happens(0.2) else 0)


def _line(reply: Reply) -> str:
    match reply:
        case Text(text):
            return text
        case Card(card_id=card_id, fallback=fallback):
            return f"[{card_id.partition(':')[0]}] {fallback}"
        case Document(name=name):
            return f"[file] {name}"
        case _:
            return f"[{reply.card_id.partition(':')[0]} is {reply.state}]"

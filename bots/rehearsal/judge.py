"""The rehearsal as a whole: a bank full of customers, so many dialogues, and the verdict.

The ledger is the judge: after each dialogue the customer's accounts must have changed by
exactly what was agreed to on a card and carried out, once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bank_bridge.contract import BankCore, Money
from bots.contract import Bot
from bots.rehearsal.customer import Customer, Played, Stage

_PAYEES = ("李娜", "王五", "李万千", "张三", "张三", "欧阳锋", "陈百强", "Tom Lee")
_FUNDS = Money(1_000_000_000_00)
_BETWEEN_S = 900  # the pause between two dialogues, seconds
EXACT_WANTED = 0.97


@dataclass
class Verdict:
    """What was seen in all of them."""

    dialogues: int = 0
    turns: int = 0
    paid: int = 0
    frames: int = 0
    exact: int = 0  # dialogues that were exact throughout
    unagreed: list[Played] = field(default_factory=list)  # money moved without a confirmation
    unequal: list[Played] = field(default_factory=list)  # the ledger says something else
    inexact: list[Played] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.exact / max(1, self.dialogues)

    @property
    def passed(self) -> bool:
        return not self.unagreed and not self.unequal and self.share >= EXACT_WANTED


@dataclass(frozen=True)
class Rehearsal:
    """The bank that the dialogues are played at, and how time passes there."""

    bank: BankCore
    new_bot: Callable[[], Bot]
    now: Callable[[], datetime]
    pass_time: Callable[[int], None]
    text_of: Callable[[str], str]
    customers: int = 100  # so many that none is sent more codes a day than a phone may get

    async def prepare(self) -> None:
        """Customers with two accounts, and payees of whom two have one name."""
        for place, name in enumerate(_PAYEES):
            await self.bank.enrol(f"payee{place}", name, f"1390000{place:04d}")
            await self.bank.open_account(f"payee{place}", Money(0), f"open-payee{place}")
        for place in range(self.customers):
            user = f"customer{place}"
            await self.bank.enrol(user, f"客户{place}", f"1380000{place:04d}")
            for account in ("first", "second"):
                await self.bank.open_account(user, _FUNDS, f"{account}-{user}")
            for payee in range(len(_PAYEES)):
                await self.bank.save_payee(user, f"payee{payee}")

    async def play(self, seed: int, dialogues: int) -> Verdict:
        verdict = Verdict()
        for index in range(dialogues):
            await self.play_one(f"{seed}:{index}", index, verdict)
            self.pass_time(_BETWEEN_S)
        return verdict

    async def play_one(self, seed: str, index: int, verdict: Verdict) -> Played:
        user = f"customer{index % self.customers}"
        before = await self._balances(user)
        payees = {one.payee_id: (one.name, one.tail) for one in await self.bank.list_payees(user)}
        stage = Stage(
            bank=self.bank,
            new_bot=self.new_bot,
            now=self.now,
            pass_time=self.pass_time,
            text_of=self.text_of,
            payees=payees,
            tails=tuple(before),
        )
        played = await Customer(stage, user, f"s:@service:{user}:{seed}", seed).play()
        after = await self._balances(user)
        moved = {tail: before[tail] - after[tail] for tail in before if before[tail] != after[tail]}
        _judge(verdict, played, moved)
        return played

    async def _balances(self, user: str) -> dict[str, int]:
        return {one.tail: one.posted.fen for one in await self.bank.list_accounts(user)}


def _judge(verdict: Verdict, played: Played, moved: dict[str, int]) -> None:
    agreed: dict[str, int] = {}
    for payer, _, fen in played.paid:
        agreed[payer] = agreed.get(payer, 0) + fen
    verdict.dialogues += 1
    verdict.turns += sum(line.startswith(">") for line in played.lines)
    verdict.paid += len(played.paid)
    verdict.frames += played.frames
    verdict.exact += played.exact_throughout
    if played.unagreed:
        verdict.unagreed.append(played)
    if agreed != moved:
        verdict.unequal.append(played)
    if not played.exact_throughout:
        verdict.inexact.append(played)


def report(verdict: Verdict, seed: int, shown: int) -> str:
    """The verdict in words, and the dialogues that were not as they should be."""
    lines = [
        f"{verdict.dialogues} dialogues (seed {seed}), {verdict.turns} turns of the customer",
        f"confirm cards shown: {verdict.frames}; transfers carried out: {verdict.paid}",
        f"carried out without payee, amount and account confirmed: {len(verdict.unagreed)}",
        f"ledger and confirmations differ (twice, or not at all): {len(verdict.unequal)}",
        f"slot frame exact throughout: {verdict.exact} = {verdict.share:.2%} of {EXACT_WANTED:.0%}",
        "passed" if verdict.passed else "NOT PASSED",
    ]
    for title, those in (
        ("not confirmed", verdict.unagreed),
        ("ledger differs", verdict.unequal),
        ("not exact", verdict.inexact),
    ):
        lines += [_written(title, played) for played in _first(those, shown)]
    return "\n".join(lines)


def _first(those: Sequence[Played], count: int) -> Sequence[Played]:
    return those[:count]


def _written(title: str, played: Played) -> str:
    return "\n".join([f"--- {title}: {played.seed}", *played.lines])

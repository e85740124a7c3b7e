"""Any mix of commands, beside a plain model of what they must do to money."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)

from bank_bridge.contract import BankRefusal, Instruction, InstructionState, Money, RefusalCode
from bank_bridge.gateways.embedded import open_embedded
from bank_bridge.instructions.rules import Rules
from bank_bridge.ledger.auditor import audit
from tests.contracts.bank_samples import DEVICE, Clock, Inbox, Teller, counting_ids

T = TypeVar("T")
DEPOSIT = 1_000_00
HERS = 100_00
LIMIT = 700_00
RULES = Rules(
    code_hash_memory_kib=8,
    sms_day_limit=Money(LIMIT),
    codes_per_hour=1_000,
    codes_per_day=1_000,
    resend_after_s=0,
)
AMOUNTS = st.integers(-1, 600_00)


class BankBesideAModel(RuleBasedStateMachine):
    """The model: two balances, what was transferred today, wrong codes in a row."""

    waiting = Bundle("waiting")

    def __init__(self) -> None:
        super().__init__()
        self.his, self.hers = DEPOSIT, HERS
        self.moved_today = 0
        self.failures = 0
        self.keys = 0
        self.loop = asyncio.new_event_loop()
        self.stack = AsyncExitStack()
        self.folder = tempfile.TemporaryDirectory()
        self.file = Path(self.folder.name) / "bank.db"
        self.clock, self.inbox, self.ids = Clock(), Inbox(), counting_ids()

    def _do(self, asked: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(asked)

    def _try(self, asked: Coroutine[Any, Any, Instruction]) -> Instruction | RefusalCode:
        try:
            return self._do(asked)
        except BankRefusal as refused:
            return refused.code

    @initialize()
    def open_doors(self) -> None:
        self._open()
        self._do(self.teller.open_doors(DEPOSIT))

    def _open(self) -> None:
        bank = self._do(
            self.stack.enter_async_context(
                open_embedded(
                    self.file, now=self.clock, new_id=self.ids, send_sms=self.inbox, rules=RULES
                )
            )
        )
        self.teller = Teller(bank, self.inbox)

    @rule()
    def close_and_open_again(self) -> None:
        payee = self.teller.payee
        self._do(self.stack.aclose())
        self._open()
        self.teller.payee = payee

    @rule(target=waiting, fen=AMOUNTS)
    def ask_for_a_code(self, fen: int) -> object:
        self.keys += 1
        quoted = self._try(self.teller.confirmed(fen, f"k-{self.keys}"))
        expected = self._expected_refusal(fen)
        if isinstance(quoted, RefusalCode):
            assert quoted is expected
            return multiple()
        assert expected is None
        self._do(self.teller.bank.challenge(quoted.instruction_id, "zhangwei"))
        return (quoted.instruction_id, fen, self.inbox.code)

    def _expected_refusal(self, fen: int) -> RefusalCode | None:
        if fen <= 0:
            return RefusalCode.INVALID_AMOUNT
        if self.moved_today + fen > LIMIT:
            return RefusalCode.STRONGER_PROOF_NEEDED
        return RefusalCode.INSUFFICIENT_FUNDS if fen > self.his else None

    @rule(command=waiting)
    def type_the_right_code(self, command: tuple[str, int, str]) -> None:
        instruction_id, fen, code = command
        before = self._do(self.teller.bank.get(instruction_id, "zhangwei"))
        after = self._do(self.teller.type_code(instruction_id, code))
        if before.state is not InstructionState.REQUIRES_AUTH:
            assert after == before
            return
        self.failures = 0
        expected = self._expected_refusal(fen)
        assert after.failure == expected
        if expected is None:
            self.his, self.hers, self.moved_today = (
                self.his - fen,
                self.hers + fen,
                self.moved_today + fen,
            )
            assert after.balance_after == Money(self.his)

    @rule(command=waiting)
    def type_a_wrong_code(self, command: tuple[str, int, str]) -> None:
        if self.failures == 4:  # the block has its own tests
            return
        instruction_id, _, code = command
        before = self._do(self.teller.bank.get(instruction_id, "zhangwei"))
        under_way = self._do(self.teller.bank.current_challenge(instruction_id, "zhangwei"))
        wrong = f"{(int(code) + 1) % 10**6:06d}"
        after = self._try(self.teller.type_code(instruction_id, wrong))
        assert after in (before, RefusalCode.AUTH_FAILED)
        self.failures += under_way is not None
        if under_way is not None and under_way.attempts_left == 1:
            self._do(self.teller.bank.cancel(instruction_id, "zhangwei"))

    @rule(command=consumes(waiting))
    def cancel(self, command: tuple[str, int, str]) -> None:
        after = self._try(self.teller.bank.cancel(command[0], "zhangwei"))
        assert after is RefusalCode.ILLEGAL_TRANSITION or after.state is InstructionState.CANCELLED

    @rule(command=waiting)
    def confirm_again(self, command: tuple[str, int, str]) -> None:
        before = self._do(self.teller.bank.get(command[0], "zhangwei"))
        after = self._try(self.teller.bank.confirm(command[0], "zhangwei", DEVICE))
        assert after in (before, RefusalCode.ILLEGAL_TRANSITION)

    @rule(fen=AMOUNTS, times=st.integers(1, 3))
    def buy(self, fen: int, times: int) -> None:
        self.keys += 1
        for _ in range(times):  # with one key: once
            bought = self._try(
                self.teller.bank.purchase("zhangwei", "京东", Money(fen), f"k-{self.keys}")
            )
            if fen <= 0:
                assert bought is RefusalCode.INVALID_AMOUNT
                return
            if fen > self.his:
                assert bought is RefusalCode.INSUFFICIENT_FUNDS
                return
        self.his -= fen

    @invariant()
    def balances_are_the_models(self) -> None:
        assert self._do(self.teller.balances()) == (self.his, self.hers)

    def teardown(self) -> None:
        self._do(self.stack.aclose())
        report = audit(self.file)
        assert report.clean, report.page()
        self._do(self.loop.shutdown_default_executor())
        self.loop.close()
        self.folder.cleanup()


TestBankBesideAModel = BankBesideAModel.TestCase
TestBankBesideAModel.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)

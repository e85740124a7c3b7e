"""What every bank core promises of SMS codes."""

from __future__ import annotations

import asyncio

import pytest

from bank_bridge.contract import BankRefusal, InstructionState, RefusalCode
from tests.contracts.bank_samples import DEVICE, Clock, Teller, refusal


class CodeContract:
    async def test_the_text_says_all_the_customer_must_check(self, teller: Teller) -> None:
        await teller.challenged(500_00)
        phone, text = teller.inbox.texts[-1]
        assert phone == "13800138000"
        for part in ("转账", "500.00元", "李娜", teller.zhangwei[-4:], "180秒", "工作人员不会索要"):
            assert part in text
        assert teller.zhangwei not in text

    async def test_a_challenge_shows_what_its_screen_needs(
        self, teller: Teller, clock: Clock
    ) -> None:
        waiting = await teller.challenged()
        shown = await teller.bank.current_challenge(waiting, "zhangwei")
        assert shown is not None
        assert shown.phone_masked == "138****8000"
        assert shown.attempts_left == 3
        assert (shown.expires_at - clock()).total_seconds() == 180
        assert (shown.resend_at - clock()).total_seconds() == 60

    async def test_wrong_codes_count_down_and_the_third_ends_the_code(
        self, teller: Teller, clock: Clock
    ) -> None:
        waiting = await teller.challenged()
        for left in (2, 1, 0):
            with refusal(RefusalCode.AUTH_FAILED) as refused:
                await teller.type_code(waiting, teller.inbox.wrong_code)
            assert refused.value.details == {"attempts_left": left}
        with refusal(RefusalCode.AUTH_FAILED):
            await teller.type_code(waiting, teller.inbox.code)
        assert await teller.bank.current_challenge(waiting, "zhangwei") is None
        clock.forward(60)
        await teller.bank.challenge(waiting, "zhangwei")
        done = await teller.type_code(waiting, teller.inbox.code)
        assert done.state is InstructionState.SUCCEEDED

    @pytest.mark.parametrize("typed", ["", "12345", "abcdef", "1234567", "１２", "²²²²²²"])
    async def test_what_is_no_code_counts_as_a_wrong_one(self, teller: Teller, typed: str) -> None:
        waiting = await teller.challenged()
        with refusal(RefusalCode.AUTH_FAILED):
            await teller.type_code(waiting, typed)

    async def test_a_code_in_full_width_digits_is_the_same_code(self, teller: Teller) -> None:
        waiting = await teller.challenged()
        wide = "".join(chr(ord(digit) + 0xFEE0) for digit in teller.inbox.code)
        assert (await teller.type_code(waiting, f" {wide} ")).reference is not None

    async def test_five_wrong_codes_in_a_row_block_money_commands_for_a_day(
        self, teller: Teller, clock: Clock
    ) -> None:
        other = await teller.confirmed(1_00, "k-other")
        waiting = await teller.challenged()
        for _ in range(3):
            with refusal(RefusalCode.AUTH_FAILED):
                await teller.type_code(waiting, teller.inbox.wrong_code)
        clock.forward(60)
        await teller.bank.challenge(waiting, "zhangwei")
        with refusal(RefusalCode.AUTH_FAILED) as warned:
            await teller.type_code(waiting, teller.inbox.wrong_code)
        assert warned.value.details == {"attempts_left": 1}
        with refusal(RefusalCode.AUTH_LOCKED) as refused:
            await teller.type_code(waiting, teller.inbox.wrong_code)
        assert refused.value.details == {"retry_after_s": 86_400}
        failed = await teller.type_code(waiting, teller.inbox.code)
        assert (failed.state, failed.failure) == (
            InstructionState.FAILED,
            RefusalCode.AUTH_LOCKED,
        )
        with refusal(RefusalCode.AUTH_LOCKED):
            await teller.quoted(1_00, "k-2")
        with refusal(RefusalCode.AUTH_LOCKED):
            await teller.bank.challenge(other.instruction_id, "zhangwei")
        clock.forward(86_400)
        assert (await teller.done(1_00, "k-3")).state is InstructionState.SUCCEEDED

    async def test_while_blocked_no_other_transfer_moves(self, teller: Teller) -> None:
        quoted = await teller.quoted(1_00, "k-quoted")
        waiting = await teller.challenged(2_00, "k-waiting")
        right = teller.inbox.code
        await self._block(teller)
        with refusal(RefusalCode.AUTH_LOCKED):
            await teller.bank.confirm(quoted.instruction_id, "zhangwei", DEVICE)
        with refusal(RefusalCode.AUTH_LOCKED):
            await teller.type_code(waiting, right)
        assert await teller.bank.current_challenge(waiting, "zhangwei") is None
        assert await teller.balances() == (10_000_00, 100_00)

    async def _block(self, teller: Teller) -> None:
        for key in ("k-a", "k-b"):
            waiting = await teller.challenged(3_00, key)
            for _ in range(3):
                with pytest.raises(BankRefusal):
                    await teller.type_code(waiting, teller.inbox.wrong_code)
                if (await teller.bank.get(waiting, "zhangwei")).finished_at:
                    return

    async def test_a_right_code_forgets_the_wrong_ones_before_it(
        self, teller: Teller, clock: Clock
    ) -> None:
        for key in ("k-1", "k-2", "k-3"):
            waiting = await teller.challenged(1_00, key)
            for _ in range(2):
                with refusal(RefusalCode.AUTH_FAILED):
                    await teller.type_code(waiting, teller.inbox.wrong_code)
            assert (await teller.type_code(waiting, teller.inbox.code)).reference
            clock.forward(60)

    async def test_a_code_dies_after_its_time_without_counting_against_anyone(
        self, teller: Teller, clock: Clock
    ) -> None:
        waiting = await teller.challenged()
        late = teller.inbox.code
        clock.forward(180)
        for _ in range(6):
            with refusal(RefusalCode.AUTH_FAILED) as refused:
                await teller.type_code(waiting, late)
            assert refused.value.details == {"attempts_left": 0}
        await teller.bank.challenge(waiting, "zhangwei")
        assert (await teller.type_code(waiting, teller.inbox.code)).reference

    async def test_only_the_newest_code_is_right(self, teller: Teller, clock: Clock) -> None:
        waiting = await teller.challenged()
        older = teller.inbox.code
        clock.forward(60)
        await teller.bank.challenge(waiting, "zhangwei")
        if older != teller.inbox.code:
            with refusal(RefusalCode.AUTH_FAILED):
                await teller.type_code(waiting, older)
        assert (await teller.type_code(waiting, teller.inbox.code)).reference

    async def test_a_code_belongs_to_its_device_and_its_instruction(self, teller: Teller) -> None:
        first = await teller.challenged(1_00, "k-1")
        first_code = teller.inbox.code
        with refusal(RefusalCode.AUTH_FAILED):
            await teller.type_code(first, first_code, device="phone-2")
        second = await teller.challenged(2_00, "k-2")
        if first_code != teller.inbox.code:
            with refusal(RefusalCode.AUTH_FAILED):
                await teller.type_code(second, first_code)
        assert await teller.balances() == (10_000_00, 100_00)

    async def test_without_a_code_nothing_is_right(self, teller: Teller) -> None:
        confirmed = await teller.confirmed()
        with refusal(RefusalCode.AUTH_FAILED) as refused:
            await teller.type_code(confirmed.instruction_id, "123456")
        assert refused.value.details == {"attempts_left": 0}
        assert await teller.bank.current_challenge(confirmed.instruction_id, "zhangwei") is None

    async def test_a_second_code_must_wait_and_the_hour_has_an_end(
        self, teller: Teller, clock: Clock
    ) -> None:
        waiting = await teller.challenged()
        with refusal(RefusalCode.RESEND_TOO_SOON) as refused:
            await teller.bank.challenge(waiting, "zhangwei")
        assert refused.value.details == {"retry_after_s": 60}
        for _ in range(4):
            clock.forward(60)
            await teller.bank.challenge(waiting, "zhangwei")
        clock.forward(60)
        with refusal(RefusalCode.RESEND_LIMIT) as refused:
            await teller.bank.challenge(waiting, "zhangwei")
        assert refused.value.details == {"retry_after_s": 3600 - 5 * 60}

    async def test_the_day_has_an_end_too(self, teller: Teller, clock: Clock) -> None:
        for turn in range(10):
            await teller.challenged(1_00, f"k-{turn}")
            clock.forward(1000)
        waiting = await teller.confirmed(1_00, "k-last")
        with refusal(RefusalCode.RESEND_LIMIT) as refused:
            await teller.bank.challenge(waiting.instruction_id, "zhangwei")
        assert refused.value.details == {"retry_after_s": 86_400 - 10_000}

    async def test_a_text_that_could_not_be_sent_may_be_asked_for_at_once(
        self, teller: Teller, clock: Clock
    ) -> None:
        confirmed = await teller.confirmed()
        teller.inbox.broken = True
        shown = await teller.bank.challenge(confirmed.instruction_id, "zhangwei")
        assert shown.resend_at == clock()
        teller.inbox.broken = False
        await teller.bank.challenge(confirmed.instruction_id, "zhangwei")
        done = await teller.type_code(confirmed.instruction_id, teller.inbox.code)
        assert done.state is InstructionState.SUCCEEDED

    async def test_a_hundred_guesses_at_once_are_three(self, teller: Teller) -> None:
        waiting = await teller.challenged()
        guesses = [f"{n:06d}" for n in range(1000, 1100) if f"{n:06d}" != teller.inbox.code]
        results = await asyncio.gather(
            *(teller.type_code(waiting, guess) for guess in guesses), return_exceptions=True
        )
        left = [r.details["attempts_left"] for r in results if isinstance(r, BankRefusal)]
        assert sorted(left, reverse=True) == [2, 1] + [0] * (len(guesses) - 2)

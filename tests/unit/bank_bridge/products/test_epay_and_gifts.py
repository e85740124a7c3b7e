"""工银e支付: the acceptance checks of bank-services §2.5 by number, and gifts in the chat."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_bridge.contract import Instruction, InstructionState, Money, RefusalCode
from bank_bridge.product_contract import EpayOrder, GiftKind, GiftOrder, Gifts, GiftState
from bank_bridge.products.epay import splitting
from tests.contracts.bank_samples import DEVICE, Clock, refusal

from .conftest import BillTeller

DAY_S = 86_400
TO_LINA = GiftOrder(
    "zhangwei", DEVICE, GiftKind.P2P, Money(88_00), "d:lina:zhangwei", "李娜", "lina"
)
PACKET = GiftOrder(
    "zhangwei", DEVICE, GiftKind.RED_PACKET, Money(100_00), "g:family", "一家人", shares=10
)


async def opened(teller: BillTeller, single: int | None = None, key: str = "open") -> Instruction:
    order = EpayOrder("zhangwei", DEVICE, None if single is None else Money(single))
    return await teller.prove(await teller.bank.create_epay_agreement(order, key))


async def sent(teller: BillTeller, order: GiftOrder, key: str = "gift") -> str:
    """The id of a gift that was paid for."""
    paid = await teller.prove(await teller.bank.create_gift(order, key))
    assert paid.state is InstructionState.SUCCEEDED
    return paid.instruction_id


def fen(order: GiftOrder, amount: int, **more: object) -> GiftOrder:
    return msgspec.structs.replace(order, amount=Money(amount), **more)


async def people(teller: BillTeller, count: int) -> list[str]:
    users = [f"taker{at}" for at in range(count)]
    for at, user in enumerate(users):
        await teller.bank.enrol(user, user, f"1390000{at:04d}")
        await teller.bank.open_account(user, Money(0), f"open-{user}")
    return users


def pool(books: Path) -> int:
    with closing(sqlite3.connect(books)) as conn:
        return int(
            conn.execute(
                "SELECT credits_posted - debits_posted FROM accounts WHERE number = 'gifts/pool'"
            ).fetchone()[0]
        )


async def test_check_1_the_day_s_limit_counts_all_cards_together(teller: BillTeller) -> None:
    await opened(teller)
    second = await teller.bank.open_account("zhangwei", Money(9_000_00), "second card")
    await sent(teller, fen(TO_LINA, 3_000_00))
    other = fen(TO_LINA, 2_000_01, payer_number=second)
    with refusal(RefusalCode.LIMIT_DAY) as refused:
        await teller.bank.create_gift(other, "over")
    assert refused.value.details["left"] == 2_000_00
    await sent(teller, fen(other, 2_000_00), "all of it")
    epay = await teller.bank.epay("zhangwei")
    assert epay is not None
    assert epay.day_left == Money(0)


async def test_check_2_ten_days_of_the_limit_end_the_month(
    teller: BillTeller, clock: Clock
) -> None:
    await opened(teller)
    await teller.bank.open_account("zhangwei", Money(60_000_00), "more")
    number = (await teller.bank.list_accounts("zhangwei"))[1].number
    order = fen(TO_LINA, 5_000_00, payer_number=number)
    for day in range(10):
        await sent(teller, order, f"day-{day}")
        clock.forward(DAY_S)
    with refusal(RefusalCode.LIMIT_MONTH) as refused:
        await teller.bank.create_gift(fen(order, 1), "day 11")
    assert refused.value.details["left"] == 0
    clock.forward(20 * DAY_S)  # 1 April
    await sent(teller, fen(order, 1), "april")


async def test_check_3_more_than_the_default_needs_a_certificate(teller: BillTeller) -> None:
    with refusal(RefusalCode.STRONGER_PROOF_NEEDED):
        await opened(teller, 5_000_01)
    await teller.bank.issue_certificate("zhangwei")
    await opened(teller, 10_000_00)
    with refusal(RefusalCode.LIMIT_SINGLE):
        await opened(teller, 10_000_01, "again")
    epay = await teller.bank.epay("zhangwei")
    assert epay is not None
    assert (epay.state, epay.single) == ("ACTIVE", Money(10_000_00))


async def test_check_4_a_code_pays_what_it_was_made_for_and_nothing_else(
    teller: BillTeller,
) -> None:
    await opened(teller)
    await people(teller, 1)
    first = await teller.bank.create_gift(TO_LINA, "a")
    other = msgspec.structs.replace(TO_LINA, taker="taker0", place_name="taker0")
    ids = [first.instruction_id]
    for key, order in (("b", other), ("c", fen(TO_LINA, 88_01))):
        ids.append((await teller.bank.create_gift(order, key)).instruction_id)
    codes = []
    for each in ids:
        await teller.bank.confirm(each, "zhangwei", DEVICE)
        await teller.bank.challenge(each, "zhangwei")
        codes.append(teller.inbox.code)
    for each in ids[1:]:
        with refusal(RefusalCode.AUTH_FAILED):
            await teller.type_code(each, codes[0])
    with refusal(RefusalCode.AUTH_FAILED):
        await teller.type_code(ids[0], codes[0], "phone-2")
    done = await teller.type_code(ids[0], codes[0])
    assert done.state is InstructionState.SUCCEEDED
    assert (await teller.balances())[0] == 10_000_00 - 88_00


async def test_check_5_and_6_a_hundred_confirms_debit_once_and_a_retry_gets_the_first_receipt(
    teller: BillTeller,
) -> None:
    await opened(teller)
    quoted = await teller.bank.create_gift(TO_LINA, "k")
    await teller.bank.confirm(quoted.instruction_id, "zhangwei", DEVICE)
    await teller.bank.challenge(quoted.instruction_id, "zhangwei")
    code = teller.inbox.code
    ended = await asyncio.gather(
        *(teller.type_code(quoted.instruction_id, code) for _ in range(100))
    )
    assert {each.reference for each in ended} == {ended[0].reference}
    assert await teller.bank.create_gift(TO_LINA, "k") == ended[0]
    assert (await teller.balances())[0] == 10_000_00 - 88_00


async def test_check_7_three_wrong_codes_kill_the_code_and_five_in_a_row_lock(
    teller: BillTeller, clock: Clock
) -> None:
    await opened(teller)
    quoted = await teller.bank.create_gift(TO_LINA, "k")
    await teller.bank.confirm(quoted.instruction_id, "zhangwei", DEVICE)
    await teller.bank.challenge(quoted.instruction_id, "zhangwei")
    for _ in range(3):
        with refusal(RefusalCode.AUTH_FAILED):
            await teller.type_code(quoted.instruction_id, teller.inbox.wrong_code)
    with refusal(RefusalCode.AUTH_FAILED):
        await teller.type_code(quoted.instruction_id, teller.inbox.code)
    clock.forward(61)
    await teller.bank.challenge(quoted.instruction_id, "zhangwei")
    with refusal(RefusalCode.AUTH_FAILED):
        await teller.type_code(quoted.instruction_id, teller.inbox.wrong_code)
    with refusal(RefusalCode.AUTH_LOCKED):
        await teller.type_code(quoted.instruction_id, teller.inbox.wrong_code)
    with refusal(RefusalCode.AUTH_LOCKED):
        await teller.bank.create_gift(TO_LINA, "sixth")


async def test_nothing_is_sent_before_the_agreement_or_after_it_is_closed(
    teller: BillTeller,
) -> None:
    assert await teller.bank.epay("zhangwei") is None
    with refusal(RefusalCode.AGREEMENT_NEEDED):
        await teller.bank.create_gift(TO_LINA, "k")
    await opened(teller)
    assert await teller.balances() == (10_000_00, 100_00)
    quoted = await teller.bank.create_gift(TO_LINA, "k")
    await teller.bank.close_epay("zhangwei")
    ended = await teller.prove(quoted)
    assert ended.failure is RefusalCode.AGREEMENT_NEEDED
    assert isinstance(teller.bank, Gifts)


async def test_a_friend_takes_what_was_sent_and_only_the_friend(
    teller: BillTeller, books: Path
) -> None:
    await opened(teller)
    gift = await sent(teller, TO_LINA)
    assert await teller.balances() == (9_912_00, 100_00)
    with refusal(RefusalCode.NOT_FOUND):
        await teller.bank.take_gift(gift, "zhangwei")
    taken = await teller.bank.take_gift(gift, "lina")
    assert await teller.bank.take_gift(gift, "lina") == taken
    assert (taken.state, taken.taken[0].amount) == (GiftState.TAKEN, Money(88_00))
    assert await teller.balances() == (9_912_00, 188_00)
    assert pool(books) == 0


async def test_what_nobody_took_for_a_day_goes_back_to_the_card_it_came_from(
    teller: BillTeller, clock: Clock
) -> None:
    await opened(teller)
    gift = await sent(teller, TO_LINA)
    clock.forward(DAY_S - 1)
    assert await teller.bank.run_due() == 0
    clock.forward(1)
    late = await teller.bank.take_gift(gift, "lina")
    assert late.taken == []
    assert await teller.bank.run_due() == 1
    assert await teller.bank.run_due() == 0
    assert await teller.balances() == (10_000_00, 100_00)
    assert (await teller.bank.gift(gift)).state is GiftState.RETURNED
    assert (await teller.bank.get(gift, "zhangwei")).state is InstructionState.REVERSED
    assert [e.type for e in await teller.bank.events(0, 99) if e.type.startswith("gift")] == [
        "gift.sent",
        "gift.returned",
    ]


@pytest.mark.parametrize("random", [False, True], ids=["equal", "random"])
async def test_fifty_who_take_ten_shares_at_once_get_ten_and_each_only_one(
    teller: BillTeller, books: Path, random: bool
) -> None:
    await opened(teller)
    users = await people(teller, 50)
    gift = await sent(teller, msgspec.structs.replace(PACKET, random=random))
    assert pool(books) == 100_00
    await asyncio.gather(*(teller.bank.take_gift(gift, user) for user in users * 2))
    seen = await teller.bank.gift(gift)
    assert seen.state is GiftState.TAKEN
    assert len({share.taker for share in seen.taken}) == len(seen.taken) == 10
    assert sum(share.amount.fen for share in seen.taken) == 100_00
    assert pool(books) == 0
    if not random:
        assert {share.amount for share in seen.taken} == {Money(10_00)}
    held = [(await teller.bank.list_accounts(user))[0].posted.fen for user in users]
    assert sum(held) == 100_00


async def test_the_shares_that_are_left_go_back_and_the_taken_ones_stay(
    teller: BillTeller, books: Path, clock: Clock
) -> None:
    await opened(teller)
    users = await people(teller, 3)
    gift = await sent(teller, PACKET)
    for user in users:
        await teller.bank.take_gift(gift, user)
    clock.forward(DAY_S)
    await teller.bank.run_due()
    assert (await teller.balances())[0] == 10_000_00 - 30_00
    assert pool(books) == 0
    assert (await teller.bank.get(gift, "zhangwei")).state is InstructionState.PARTLY_REVERSED


async def test_a_gift_that_was_never_paid_cannot_be_seen_or_taken(teller: BillTeller) -> None:
    await opened(teller)
    quoted = await teller.bank.create_gift(PACKET, "k")
    with refusal(RefusalCode.NOT_FOUND):
        await teller.bank.gift(quoted.instruction_id)
    with refusal(RefusalCode.NOT_FOUND):
        await teller.bank.take_gift(quoted.instruction_id, "lina")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"shares": 0}, RefusalCode.INVALID_REQUEST),
        ({"shares": 101}, RefusalCode.INVALID_REQUEST),
        ({"amount": Money(9)}, RefusalCode.INVALID_AMOUNT),
        ({"amount": Money(0)}, RefusalCode.INVALID_AMOUNT),
        ({"amount": Money(5_000_01)}, RefusalCode.LIMIT_SINGLE),
        ({"greeting": "x" * 26}, RefusalCode.INVALID_REQUEST),
        ({"place": ""}, RefusalCode.INVALID_REQUEST),
        ({"kind": GiftKind.P2P}, RefusalCode.INVALID_REQUEST),
        ({"kind": GiftKind.P2P, "shares": 1}, RefusalCode.INVALID_REQUEST),
        ({"kind": GiftKind.P2P, "shares": 1, "taker": "zhangwei"}, RefusalCode.SAME_ACCOUNT),
        ({"shares": 1, "taker": "nobody"}, RefusalCode.NOT_FOUND),
    ],
    ids=str,
)
async def test_a_gift_that_makes_no_sense_is_refused(
    teller: BillTeller, change: dict[str, object], code: RefusalCode
) -> None:
    await opened(teller)
    with refusal(code):
        await teller.bank.create_gift(msgspec.structs.replace(PACKET, **change), "k")


@given(st.integers(1, 100), st.integers(0, 1_000_000), st.randoms(use_true_random=False))
def test_a_split_is_exact_to_the_fen_and_nobody_gets_nothing(shares, more, random) -> None:
    amount = shares + more
    for split in (
        splitting.equal(amount, shares),
        splitting.at_random(amount, shares, random.randrange),
    ):
        assert len(split) == shares
        assert sum(split) == amount
        assert min(split) >= 1
    assert max(splitting.equal(amount, shares)) - min(splitting.equal(amount, shares)) <= 1

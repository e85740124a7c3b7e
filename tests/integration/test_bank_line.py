"""Between a house and a bank anything may be lost: money moves once, and the truth is told."""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, closing
from pathlib import Path

import aiohttp
import msgspec
import pytest

from bank_bridge.contract import BankError, InstructionState, Money, OutcomeUnknown, RefusalCode
from bank_bridge.gateways.http import signing
from bank_bridge.gateways.http.breaker import Breaker
from bank_bridge.gateways.http.client import HttpBank, open_http_bank
from bank_bridge.gateways.http.keys import End, load_keys, make_keys
from bank_bridge.gateways.http.line import LineTimes
from bank_bridge.ledger.auditor import audit
from bank_bridge.open import Rules
from bank_bridge.paper_contract import StatementFormat, Statements
from bank_bridge.product_contract import BillerDesk, Billing, Chores, EpayOrder, Gifts
from bank_bridge.saving_contract import Savings
from tests.contracts.bank_samples import DEVICE, NOON, refusal
from tests.integration.bank_line import QUICK, TroubledBank, no_wait, troubled


def line_to(
    url: str, keys: Path, times: LineTimes = QUICK
) -> AbstractAsyncContextManager[HttpBank]:
    return open_http_bank(
        url,
        keys=keys,
        now=lambda: NOON,
        new_id=lambda: uuid.uuid4().hex,
        sleep=no_wait,
        times=times,
    )


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[TroubledBank]:
    async with troubled(tmp_path) as line:
        yield line
    assert audit(tmp_path / "bank.db").clean


@pytest.mark.parametrize("word", ["lose the reply", "lose the request", "answer late"])
async def test_a_payment_whose_answer_is_lost_is_found_and_made_once(
    line: TroubledBank, word: str
) -> None:
    waiting = await line.teller.challenged()
    line.trouble.words.append(word)
    done = await line.teller.type_code(waiting, line.teller.inbox.code)
    assert done.state is InstructionState.SUCCEEDED
    assert await line.teller.balances() == (9_500_00, 600_00)


async def test_what_nobody_can_tell_is_unknown_and_later_what_the_bank_says(
    line: TroubledBank,
) -> None:
    waiting = await line.teller.challenged()
    line.trouble.every = "lose the reply"
    with pytest.raises(OutcomeUnknown) as unknown:
        await line.teller.type_code(waiting, line.teller.inbox.code)
    assert unknown.value.instruction_id == waiting
    line.trouble.every = ""
    assert (await line.bank.get(waiting, "zhangwei")).state is InstructionState.SUCCEEDED
    again = await line.teller.type_code(waiting, line.teller.inbox.code)
    assert again.reference is not None
    assert await line.teller.balances() == (9_500_00, 600_00)


async def test_a_wrong_code_whose_refusal_was_lost_counts_once(line: TroubledBank) -> None:
    waiting = await line.teller.challenged()
    line.trouble.words.append("lose the reply")
    with refusal(RefusalCode.AUTH_FAILED) as refused:
        await line.teller.type_code(waiting, line.teller.inbox.wrong_code)
    assert refused.value.details == {"attempts_left": 2}
    shown = await line.bank.current_challenge(waiting, "zhangwei")
    assert shown is not None
    assert shown.attempts_left == 2


async def test_an_order_given_again_after_a_lost_answer_is_the_same_instruction(
    line: TroubledBank,
) -> None:
    line.trouble.every = "lose the reply"
    with pytest.raises(OutcomeUnknown):
        await line.teller.quoted()
    line.trouble.every = ""
    first, second = await line.teller.quoted(), await line.teller.quoted()
    assert first == second
    with refusal(RefusalCode.IDEMPOTENCY_CONFLICT):
        await line.teller.quoted(1_00)


async def test_a_purchase_that_was_lost_three_times_is_one_debit(line: TroubledBank) -> None:
    line.trouble.words += ["lose the reply"] * 3
    bought = await line.bank.purchase("zhangwei", "京东", Money(328_00), "buy-1")
    assert bought.state is InstructionState.SUCCEEDED
    assert (await line.teller.balances())[0] == 9_672_00


async def test_a_reply_that_somebody_changed_is_not_believed(line: TroubledBank) -> None:
    waiting = await line.teller.quoted(500_00)
    line.trouble.words.append("change the reply")
    with refusal(RefusalCode.CORE_UNAVAILABLE):
        await line.bank.get(waiting.instruction_id, "zhangwei")


async def test_a_bank_that_stops_answering_is_left_alone_for_half_a_minute(
    line: TroubledBank,
) -> None:
    line.trouble.every = "lose the request"
    for _ in range(Breaker.WINDOW):
        with refusal(RefusalCode.CORE_UNAVAILABLE):
            await line.bank.list_payees("zhangwei")
    line.trouble.every = ""
    with refusal(RefusalCode.CORE_UNAVAILABLE):
        await line.bank.list_payees("zhangwei")
    assert line.trouble.seen == []
    assert await line.bank.list_accounts("zhangwei")  # another operation has its own breaker
    line.clock.forward(Breaker.REST.total_seconds())
    assert await line.bank.list_payees("zhangwei") == [line.teller.payee]
    assert await line.bank.list_payees("zhangwei") == [line.teller.payee]


async def test_a_bank_that_is_not_there_has_done_nothing(tmp_path: Path) -> None:
    make_keys(tmp_path)
    async with line_to("http://127.0.0.1:9", tmp_path) as bank:
        with refusal(RefusalCode.CORE_UNAVAILABLE):
            await bank.purchase("zhangwei", "京东", Money(1), "buy-1")
        with refusal(RefusalCode.CORE_UNAVAILABLE):
            await bank.list_accounts("zhangwei")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"signature": ""}, "SIGNATURE_INVALID"),
        ({"signature": "e30..e30"}, "SIGNATURE_INVALID"),
        ({"body": b'{"customer":"lina"}'}, "SIGNATURE_INVALID"),
        ({"path": "/v1/payees/list"}, "SIGNATURE_INVALID"),
        ({"device": "phone-9"}, "SIGNATURE_INVALID"),
        ({"late": 61}, "TIMESTAMP_OUT_OF_WINDOW"),
        ({"late": -61}, "TIMESTAMP_OUT_OF_WINDOW"),
        ({"nonce": "short"}, "NONCE_INVALID"),
        ({"twice": True}, "REPLAYED"),
    ],
    ids=str,
)
async def test_the_door_lets_in_what_is_signed_fresh_and_new(
    line: TroubledBank, change: dict[str, object], code: str
) -> None:
    path, body = "/v1/accounts/list", b'{"customer":"zhangwei"}'
    moment = int(line.clock().timestamp()) - int(str(change.get("late", 0)))
    headers = {
        signing.TIMESTAMP: str(moment),
        signing.NONCE: str(change.get("nonce", "nonce-0123456789-abc")),
        signing.REQUEST_ID: "r-1",
    }
    page = signing.request_page("POST", path, headers, body)
    headers[signing.SIGNATURE] = str(
        change.get("signature", signing.sign(page, load_keys(line.keys, End.HOUSE).own))
    )
    if "device" in change:
        headers[signing.DEVICE] = str(change["device"])
    url = line.url + str(change.get("path", path))
    sent = change.get("body", body)
    async with aiohttp.ClientSession() as http:
        if "twice" in change:
            async with http.post(url, data=sent, headers=headers) as answer:
                assert answer.status == 200
        async with http.post(url, data=sent, headers=headers) as answer:
            assert answer.status == 401
            assert (await answer.json())["error"]["code"] == code


async def test_a_code_is_not_in_the_gateways_file(line: TroubledBank, tmp_path: Path) -> None:
    waiting = await line.teller.challenged()
    await line.teller.type_code(waiting, line.teller.inbox.code)
    with closing(sqlite3.connect(tmp_path / "line.db")) as conn:
        rows = conn.execute("SELECT operation, CAST(body AS TEXT) FROM requests").fetchall()
    assert "authorise" in [operation for operation, _ in rows]
    assert not any(line.teller.inbox.code in body for _, body in rows)


async def test_a_gateway_that_was_opened_again_still_knows_its_keys(tmp_path: Path) -> None:
    async with troubled(tmp_path) as line:
        bought = await line.bank.purchase("zhangwei", "京东", Money(328_00), "buy-1")
    async with troubled(tmp_path) as line:
        assert await line.bank.purchase("zhangwei", "京东", Money(328_00), "buy-1") == bought
        with refusal(RefusalCode.IDEMPOTENCY_CONFLICT):
            await line.bank.purchase("zhangwei", "京东", Money(1_00), "buy-1")
        assert (await line.teller.balances())[0] == 9_672_00


async def test_who_waits_is_not_kept_and_the_inquiry_goes_on(tmp_path: Path) -> None:
    times = msgspec.structs.replace(QUICK, read=5, answer=0.05)
    async with troubled(tmp_path) as setup, line_to(setup.url, setup.keys, times) as hasty:
        waiting = await setup.teller.challenged()
        code = setup.teller.inbox.code
        setup.trouble.words.append("answer late")
        with pytest.raises(OutcomeUnknown):
            await hasty.authorise(waiting, "zhangwei", DEVICE, code)
        async with asyncio.timeout(5):
            while (await setup.bank.get(waiting, "zhangwei")).reference is None:
                pass
        assert await setup.teller.balances() == (9_500_00, 600_00)


async def test_every_product_is_sold_over_the_line_as_its_port_says(line: TroubledBank) -> None:
    bank: object = line.bank
    assert isinstance(bank, Billing)
    assert isinstance(bank, BillerDesk)
    assert isinstance(bank, Gifts)
    assert isinstance(bank, Savings)
    assert isinstance(bank, Statements)
    assert not isinstance(bank, Chores)  # the core does its own
    day = Rules().business_date(line.clock())
    number = line.teller.zhangwei
    paper = await bank.account_statement("zhangwei", number, day, day)
    assert paper.closing == Money(10_000_00)
    camt = await bank.statement_document("zhangwei", number, day, day, StatementFormat.CAMT053)
    assert b"camt.053" in camt
    assert len(await bank.bill_categories()) == 9
    assert await bank.epay("zhangwei") is None
    order = EpayOrder(customer="zhangwei", device=DEVICE)
    line.trouble.words.append("lose the reply")
    agreed = await bank.create_epay_agreement(order, "epay-1")
    assert await bank.create_epay_agreement(order, "epay-1") == agreed
    await line.bank.confirm(agreed.instruction_id, "zhangwei", DEVICE)
    await line.bank.challenge(agreed.instruction_id, "zhangwei")
    done = await line.teller.type_code(agreed.instruction_id, line.teller.inbox.code)
    assert done.state is InstructionState.SUCCEEDED
    assert await bank.epay("zhangwei") is not None


async def test_a_line_that_leaves_the_machine_needs_tls(tmp_path: Path) -> None:
    make_keys(tmp_path)
    with pytest.raises(BankError, match="use https://"):
        async with line_to("http://core.bank:8090", tmp_path):
            pass
    with pytest.raises(BankError, match=r"ca\.pem"):
        async with line_to("https://core.bank", tmp_path):
            pass
    with pytest.raises(BankError, match="elian bank keys"):
        async with line_to("http://127.0.0.1:9", tmp_path / "nowhere"):
            pass

"""A file of payments: read whole or refused whole, approved by another, paid once each."""

from __future__ import annotations

import asyncio
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner, Result

from bank_bridge.cli import app
from bank_bridge.contract import Money, RefusalCode
from bank_bridge.documents.pain001 import STATUS_NAMESPACE, read_payment_file
from bank_bridge.gateways.embedded import EmbeddedBank
from bank_bridge.ledger.auditor import audit
from bank_bridge.paper_contract import FilePayment, PaymentFile
from tests.contracts.bank_samples import Teller, refusal

STATUS = {"s": STATUS_NAMESPACE}


def document(
    *amounts: str,
    payer: str = "1",
    payee: str = "2",
    name: str = "李娜",
    version: str = "09",
    **changes: str,
) -> bytes:
    """A pain.001 with one payment for each amount; `changes` replace pieces of its text."""
    transfers = "".join(
        f"<CdtTrfTxInf><PmtId><EndToEndId>E{n}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="CNY">{amount}</InstdAmt></Amt>'
        f"<Cdtr><Nm>{name}</Nm></Cdtr><CdtrAcct><Id><Othr><Id>{payee}</Id></Othr></Id></CdtrAcct>"
        f"<RmtInf><Ustrd>工资</Ustrd></RmtInf></CdtTrfTxInf>"
        for n, amount in enumerate(amounts)
    )
    text = (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.{version}">'
        "<CstmrCdtTrfInitn><GrpHdr><MsgId>S-2026-03</MsgId>"
        f"<CreDtTm>2026-03-02T12:00:00</CreDtTm><NbOfTxs>{len(amounts)}</NbOfTxs>"
        "<InitgPty><Nm>张伟</Nm></InitgPty></GrpHdr><PmtInf><PmtInfId>P1</PmtInfId>"
        "<PmtMtd>TRF</PmtMtd><Dbtr><Nm>张伟</Nm></Dbtr>"
        f"<DbtrAcct><Id><Othr><Id>{payer}</Id></Othr></Id></DbtrAcct>{transfers}</PmtInf>"
        "</CstmrCdtTrfInitn></Document>"
    )
    for old, new in changes.items():
        assert f"<{old}>" in text
        text = text.replace(text[text.index(f"<{old}>") : text.index(f"</{old}>")], f"<{old}>{new}")
    return text.encode()


@pytest.fixture
def bank(teller: Teller) -> EmbeddedBank:
    assert isinstance(teller.bank, EmbeddedBank)
    return teller.bank


@pytest.mark.parametrize("version", ["03", "09"])
def test_a_file_is_read_exactly(version: str) -> None:
    file = read_payment_file(document("1.5", "2000.05", "3", version=version))
    assert file.message_id == "S-2026-03"
    assert [p.amount for p in file.payments] == [Money(150), Money(200_005), Money(300)]
    assert file.payments[0] == FilePayment("E0", "1", "2", "李娜", Money(150), "工资")


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"no XML",
        b"<Document/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]>' + document("1"),
        document("1", version="02"),
        document("1.005"),
        document("-1"),
        document("1e3"),
        document("１"),
        document(),
        document("1", NbOfTxs="2"),
        document("1", PmtMtd="CHK"),
        document("1", MsgId="x" * 36),
        document("1", EndToEndId=" "),
        document("1", "2").replace(b"E1", b"E0"),
        document("1").replace(b'"CNY"', b'"USD"'),
        document("1").replace(b"</NbOfTxs>", b"</NbOfTxs><CtrlSum>1.01</CtrlSum>"),
        b" " * 10_000_001,
        document("1").decode().encode("utf-16"),
    ],
)
def test_a_file_that_is_not_right_is_refused_whole(broken: bytes) -> None:
    with refusal(RefusalCode.INVALID_REQUEST):
        read_payment_file(broken)


def paying(teller: Teller, *fen: int, name: str = "李娜") -> PaymentFile:
    return PaymentFile(
        "S1",
        [
            FilePayment(f"E{n}", teller.zhangwei, teller.lina, name, Money(amount))
            for n, amount in enumerate(fen)
        ],
    )


async def test_a_file_is_paid_once_after_another_person_approved_it(
    teller: Teller, bank: EmbeddedBank, bank_file: Path
) -> None:
    file = paying(teller, 100_00, 200_00)
    batch = await bank.submit_batch("zhangwei", file, "maker")
    assert (batch.payments, batch.total, batch.decision) == (2, Money(300_00), None)
    assert await bank.submit_batch("zhangwei", file, "maker") == batch
    assert await teller.balances() == (10_000_00, 100_00)
    with refusal(RefusalCode.STRONGER_PROOF_NEEDED):
        await bank.approve_batch(batch.batch_id, "maker", batch.content_hash)
    with refusal(RefusalCode.INVALID_REQUEST):
        await bank.approve_batch(batch.batch_id, "checker", "00" * 32)
    paid = await bank.approve_batch(batch.batch_id, "checker", batch.content_hash)
    assert [p.refused for p in paid] == [None, None]
    assert await bank.approve_batch(batch.batch_id, "checker", batch.content_hash) == paid
    assert await teller.balances() == (9_700_00, 400_00)
    with refusal(RefusalCode.ILLEGAL_TRANSITION):
        await bank.reject_batch(batch.batch_id, "checker", "too late")
    (line, *_) = await bank.statement("lina", teller.lina, 1)
    assert (line.summary, line.reference) == ("transfer_in", paid[-1].reference)
    assert audit(bank_file).clean


async def test_a_hundred_approvals_at_once_pay_once(teller: Teller, bank: EmbeddedBank) -> None:
    batch = await bank.submit_batch("zhangwei", paying(teller, 100_00), "maker")
    outcomes = await asyncio.gather(
        *(bank.approve_batch(batch.batch_id, "checker", batch.content_hash) for _ in range(100))
    )
    assert len({str(outcome) for outcome in outcomes}) == 1
    assert await teller.balances() == (9_900_00, 200_00)


async def test_one_refused_payment_does_not_hold_up_the_others(
    teller: Teller, bank: EmbeddedBank
) -> None:
    file = paying(teller, 100_00, 99_999_00, 50_00)
    wrong = FilePayment("E9", teller.zhangwei, teller.lina, "王芳", Money(1))
    nobody = FilePayment("E10", teller.zhangwei, "6212", "李娜", Money(1))
    own = FilePayment("E11", teller.zhangwei, teller.zhangwei, "张伟", Money(1))
    batch = await bank.submit_batch(
        "zhangwei", PaymentFile("S1", [*file.payments, wrong, nobody, own]), "maker"
    )
    paid = await bank.approve_batch(batch.batch_id, "checker", batch.content_hash)
    assert [p.refused for p in paid] == [
        None,
        RefusalCode.INSUFFICIENT_FUNDS,
        None,
        RefusalCode.PAYEE_NAME_MISMATCH,
        RefusalCode.NOT_FOUND,
        RefusalCode.SAME_ACCOUNT,
    ]
    assert await teller.balances() == (9_850_00, 250_00)


async def test_a_rejected_file_is_never_paid(teller: Teller, bank: EmbeddedBank) -> None:
    batch = await bank.submit_batch("zhangwei", paying(teller, 100_00), "maker")
    rejected = await bank.reject_batch(batch.batch_id, "checker", "who is Li Na?")
    assert rejected.decision == "rejected"
    with refusal(RefusalCode.ILLEGAL_TRANSITION):
        await bank.approve_batch(batch.batch_id, "checker", batch.content_hash)
    assert await teller.balances() == (10_000_00, 100_00)


async def test_a_message_id_stands_for_one_file_and_pays_from_own_accounts_only(
    teller: Teller, bank: EmbeddedBank
) -> None:
    await bank.submit_batch("zhangwei", paying(teller, 100_00), "maker")
    with refusal(RefusalCode.IDEMPOTENCY_CONFLICT):
        await bank.submit_batch("zhangwei", paying(teller, 100_01), "maker")
    with refusal(RefusalCode.NOT_FOUND):
        await bank.submit_batch("lina", paying(teller, 100_00), "maker")
    with refusal(RefusalCode.NOT_FOUND):
        await bank.approve_batch("zhangwei/S9", "checker", "00")


async def test_the_commands_bring_approve_and_report(
    teller: Teller, bank_file: Path, tmp_path: Path
) -> None:
    file, report = tmp_path / "salaries.xml", tmp_path / "status.xml"
    payments = document("1.00", "99999.00", payer=teller.zhangwei, payee=teller.lina)
    file.write_bytes(payments)

    async def run(*words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, [*words, "--data", str(bank_file)])

    brought = await run("submit", str(file), "--customer", "zhangwei", "--maker", "li.na")
    assert "zhangwei/S-2026-03: 2 payments, 100000.00 CNY, by li.na" in brought.output
    digest = brought.output.split("--hash ")[1].strip()
    approve = ("approve", "zhangwei/S-2026-03", "--hash", digest, "--out", str(report))
    own = await run(*approve, "--checker", "li.na")
    assert own.exit_code == 1
    assert (await run(*approve, "--checker", "wang")).exit_code == 0
    told = ET.fromstring(report.read_bytes())  # noqa: S314 - our own
    states = [e.text for e in told.iterfind(".//s:TxSts", STATUS)]
    assert states == ["ACSC", "RJCT"]
    assert told.findtext(".//s:GrpSts", "", STATUS) == "PART"
    assert await teller.balances() == (9_999_00, 101_00)
    late = await run("reject", "zhangwei/S-2026-03", "--checker", "wang", "--reason", "no")
    assert late.exit_code == 1

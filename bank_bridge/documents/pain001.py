"""Payment files in (ISO 20022 pain.001, versions 03 and 09) and their status out (pain.002.001.03).

A file is read whole or refused whole: its own counts and sums must be those of its payments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from xml.etree import ElementTree as ET

from bank_bridge.contract import (
    BankRefusal,
    Money,
    RefusalCode,
)
from bank_bridge.paper_contract import (
    FilePayment,
    PaidPayment,
    PaymentFile,
)

NAMESPACES = frozenset(f"urn:iso:std:iso:20022:tech:xsd:pain.001.001.{v}" for v in ("03", "09"))
STATUS_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"
MOST_BYTES, MOST_PAYMENTS = 10_000_000, 10_000
_AMOUNT = re.compile(r"([0-9]{1,13})(?:\.([0-9]{1,2}))?")
_CURRENCY = "CNY"


def read_payment_file(file: bytes) -> PaymentFile:
    """The payments, in the file's order. Raises INVALID_REQUEST with what is wrong."""
    if len(file) > MOST_BYTES:
        raise _wrong(f"more than {MOST_BYTES} bytes")
    try:
        text = file.decode("utf-8-sig")
        if "<!DOCTYPE" in text:
            raise _wrong("a document type is not taken")
        root = ET.fromstring(text)  # noqa: S314 - without a document type there are no entities
    except (UnicodeDecodeError, ET.ParseError) as exc:
        raise _wrong(f"not XML in UTF-8: {exc}") from exc
    namespace = root.tag[1:].partition("}")[0]
    if namespace not in NAMESPACES:
        raise _wrong("not a pain.001.001.03 or .09 document")
    names = {"p": namespace}
    told = root.find("p:CstmrCdtTrfInitn", names)
    header = None if told is None else told.find("p:GrpHdr", names)
    if told is None or header is None:
        raise _wrong("no CstmrCdtTrfInitn with a GrpHdr")
    payments = list(_payments(told, names))
    _check(header, payments, names)
    return PaymentFile(_needed(header, "p:MsgId", names, 35), payments)


def _payments(told: ET.Element, names: dict[str, str]) -> Iterator[FilePayment]:
    for group in told.findall("p:PmtInf", names):
        if _needed(group, "p:PmtMtd", names, 3) != "TRF":
            raise _wrong("PmtMtd is not TRF")
        payer = _needed(group, "p:DbtrAcct/p:Id/p:Othr/p:Id", names, 34)
        for transfer in group.findall("p:CdtTrfTxInf", names):
            amount = transfer.find("p:Amt/p:InstdAmt", names)
            if amount is None or amount.get("Ccy") != _CURRENCY:
                raise _wrong(f"an InstdAmt is not in {_CURRENCY}")
            yield FilePayment(
                end_to_end_id=_needed(transfer, "p:PmtId/p:EndToEndId", names, 35),
                payer_number=payer,
                payee_number=_needed(transfer, "p:CdtrAcct/p:Id/p:Othr/p:Id", names, 34),
                payee_name=_needed(transfer, "p:Cdtr/p:Nm", names, 140),
                amount=_money(amount.text),
                memo=(transfer.findtext("p:RmtInf/p:Ustrd", "", names)).strip(),
            )


def _check(header: ET.Element, payments: Sequence[FilePayment], names: dict[str, str]) -> None:
    if not 1 <= len(payments) <= MOST_PAYMENTS:
        raise _wrong(f"1 to {MOST_PAYMENTS} payments")
    if _needed(header, "p:NbOfTxs", names, 15) != str(len(payments)):
        raise _wrong("NbOfTxs is not the number of payments")
    told = header.findtext("p:CtrlSum", None, names)
    if told is not None and _money(told).fen != sum(p.amount.fen for p in payments):
        raise _wrong("CtrlSum is not the sum of the payments")
    if len({p.end_to_end_id for p in payments}) != len(payments):
        raise _wrong("an EndToEndId comes twice")


def _needed(parent: ET.Element, path: str, names: dict[str, str], longest: int) -> str:
    text = (parent.findtext(path, "", names)).strip()
    if not 1 <= len(text) <= longest:
        raise _wrong(f"{path.replace('p:', '')} is not 1 to {longest} characters")
    return text


def _money(text: str | None) -> Money:
    """Exact: never through a float, never rounded."""
    found = _AMOUNT.fullmatch((text or "").strip())
    if found is None:
        raise _wrong(f"{text!r} is not an amount with at most two decimals")
    return Money(int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")))


def _wrong(what: str) -> BankRefusal:
    return BankRefusal(RefusalCode.INVALID_REQUEST, what)


def status_report(
    message_id: str, original: str, payments: Sequence[PaidPayment], made_at: datetime
) -> bytes:
    """What became of each payment: ACSC with the reference, or RJCT with the reason."""
    root = ET.Element("Document", xmlns=STATUS_NAMESPACE)
    report = ET.SubElement(root, "CstmrPmtStsRpt")
    header = ET.SubElement(report, "GrpHdr")
    ET.SubElement(header, "MsgId").text = message_id
    ET.SubElement(header, "CreDtTm").text = made_at.isoformat(timespec="seconds")
    group = ET.SubElement(report, "OrgnlGrpInfAndSts")
    ET.SubElement(group, "OrgnlMsgId").text = original
    ET.SubElement(group, "OrgnlMsgNmId").text = "pain.001"
    done = sum(payment.refused is None for payment in payments)
    status = "ACSC" if done == len(payments) else "PART" if done else "RJCT"
    ET.SubElement(group, "GrpSts").text = status
    info = ET.SubElement(report, "OrgnlPmtInfAndSts")
    ET.SubElement(info, "OrgnlPmtInfId").text = original
    for payment in payments:
        element = ET.SubElement(info, "TxInfAndSts")
        ET.SubElement(element, "OrgnlEndToEndId").text = payment.end_to_end_id
        ET.SubElement(element, "TxSts").text = "ACSC" if payment.refused is None else "RJCT"
        if payment.refused is not None:
            reason = ET.SubElement(ET.SubElement(element, "StsRsnInf"), "Rsn")
            ET.SubElement(reason, "Prtry").text = payment.refused
        if payment.reference is not None:
            ET.SubElement(element, "AcctSvcrRef").text = payment.reference
    return bytes(ET.tostring(root, encoding="UTF-8", xml_declaration=True))

"""A statement as ISO 20022 camt.053.001.08: elements in the order of the message's schema."""

from __future__ import annotations

from datetime import date, datetime
from xml.etree import ElementTree as ET

from bank_bridge.contract import (
    Money,
)
from bank_bridge.paper_contract import (
    AccountStatement,
    StatementEntry,
)

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
_LONGEST_NAME, _LONGEST_ID, _LONGEST_CODE = 140, 35, 35


def statement_camt053(statement: AccountStatement) -> bytes:
    """One statement; amounts are positive with their direction beside, as the message asks."""
    root = ET.Element("Document", xmlns=NAMESPACE)
    report = ET.SubElement(root, "BkToCstmrStmt")
    header = ET.SubElement(report, "GrpHdr")
    name = f"{statement.number}{statement.first:%y%m%d}{statement.last:%y%m%d}"[:_LONGEST_ID]
    _text(header, "MsgId", name)
    _text(header, "CreDtTm", _moment(statement.drawn_at))
    told = ET.SubElement(report, "Stmt")
    _text(told, "Id", name)
    _text(told, "CreDtTm", _moment(statement.drawn_at))
    period = ET.SubElement(told, "FrToDt")
    _text(period, "FrDtTm", f"{statement.first}T00:00:00")
    _text(period, "ToDtTm", f"{statement.last}T23:59:59")
    _account(told, statement)
    _balance(told, "OPBD", statement.opening, statement.first, statement.currency)
    _balance(told, "CLBD", statement.closing, statement.last, statement.currency)
    _totals(told, statement)
    for entry in statement.entries:
        _entry(told, entry, statement.currency)
    return bytes(ET.tostring(root, encoding="UTF-8", xml_declaration=True))


def _account(told: ET.Element, statement: AccountStatement) -> None:
    account = ET.SubElement(told, "Acct")
    other = ET.SubElement(ET.SubElement(account, "Id"), "Othr")
    _text(other, "Id", statement.number)
    _text(account, "Ccy", statement.currency)
    _text(ET.SubElement(account, "Ownr"), "Nm", statement.holder[:_LONGEST_NAME])
    servicer = ET.SubElement(ET.SubElement(account, "Svcr"), "FinInstnId")
    _text(servicer, "Nm", statement.bank[:_LONGEST_NAME])


def _balance(told: ET.Element, code: str, money: Money, on: date, currency: str) -> None:
    balance = ET.SubElement(told, "Bal")
    _text(ET.SubElement(ET.SubElement(balance, "Tp"), "CdOrPrtry"), "Cd", code)
    _amount(balance, money, currency)
    _text(ET.SubElement(balance, "Dt"), "Dt", on.isoformat())


def _totals(told: ET.Element, statement: AccountStatement) -> None:
    summary = ET.SubElement(told, "TxsSummry")
    credits_ = [entry.amount.fen for entry in statement.entries if entry.amount.fen > 0]
    debits = [-entry.amount.fen for entry in statement.entries if entry.amount.fen < 0]
    for element, amounts in (("TtlCdtNtries", credits_), ("TtlDbtNtries", debits)):
        total = ET.SubElement(summary, element)
        _text(total, "NbOfNtries", str(len(amounts)))
        _text(total, "Sum", str(Money(sum(amounts))))


def _entry(told: ET.Element, entry: StatementEntry, currency: str) -> None:
    element = ET.SubElement(told, "Ntry")
    _text(element, "NtryRef", entry.reference)
    _amount(element, entry.amount, currency)
    if entry.summary in {"reversal", "void"}:
        _text(element, "RvslInd", "true")
    _text(ET.SubElement(element, "Sts"), "Cd", "BOOK")
    for date_of in ("BookgDt", "ValDt"):
        _text(ET.SubElement(element, date_of), "Dt", entry.booked_on.isoformat())
    _text(element, "AcctSvcrRef", entry.reference)
    code = ET.SubElement(ET.SubElement(element, "BkTxCd"), "Prtry")
    _text(code, "Cd", entry.summary[:_LONGEST_CODE])
    details = ET.SubElement(ET.SubElement(element, "NtryDtls"), "TxDtls")
    _text(ET.SubElement(details, "Refs"), "AcctSvcrRef", entry.reference)
    if entry.counterparty:
        side = "Cdtr" if entry.amount.fen < 0 else "Dbtr"
        party = ET.SubElement(ET.SubElement(ET.SubElement(details, "RltdPties"), side), "Pty")
        _text(party, "Nm", entry.counterparty[:_LONGEST_NAME])


def _amount(parent: ET.Element, money: Money, currency: str) -> None:
    ET.SubElement(parent, "Amt", Ccy=currency).text = str(Money(abs(money.fen)))
    _text(parent, "CdtDbtInd", "DBIT" if money.fen < 0 else "CRDT")


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")

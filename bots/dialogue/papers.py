"""Account statements as files: which account, which days, drawn by the bank, sent as a message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from bank_bridge.contract import BankAccount, BankRefusal, RefusalCode
from bank_bridge.paper_contract import StatementFormat, Statements
from bots.contract import Document, Text, Understood
from bots.dialogue.talk import Answer, Talk, say
from bots.transactions.steps import Bank
from bots.understanding.papers import read_paper
from bots.understanding.periods import in_beijing, period_back
from bots.understanding.slots import read_slots

STATEMENT_FILE = "statement_file"
_MIMES = {
    StatementFormat.PDF: "application/pdf",
    StatementFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_DAY = timedelta(days=1)
_replace = msgspec.structs.replace


class PaperTalk:
    """Reads only: nothing is confirmed, and nobody but this conversation gets the file."""

    def __init__(self, bank: Bank, statements: Statements) -> None:
        self._bank, self._statements = bank, statements

    def refine(self, talk: Talk) -> Talk:
        """The turn with what was understood replaced where a file is surely wanted."""
        if read_paper(talk.turn.text) is None:
            return talk
        slots = read_slots(talk.turn.text).slots
        tail = {"account_tail": slots["account_tail"]} if "account_tail" in slots else {}
        return _replace(talk, heard=Understood(STATEMENT_FILE, 1.0, tail))

    async def send(self, talk: Talk) -> Answer:
        """The days that were named; none named: the month gone by."""
        kind = StatementFormat(read_paper(talk.turn.text) or StatementFormat.PDF)
        tail = talk.heard.slots.get("account_tail", "")
        account = _account(await self._bank.list_accounts(talk.turn.customer), tail)
        if account is None:
            return say(talk, "statement.no_account" if tail else "service.no_accounts", tail=tail)
        period = period_back(talk.turn.text, talk.turn.at)
        if period.problem:
            return say(talk, f"day.{period.problem}")
        first, last = _days(period.start, period.end, in_beijing(talk.turn.at).date())
        try:
            content = await self._statements.statement_document(
                talk.turn.customer, account.number, first, last, kind
            )
        except BankRefusal as refusal:
            if refusal.code is not RefusalCode.INVALID_REQUEST:
                raise
            return say(talk, "statement.too_long")
        said = talk.words.say("statement.file", tail=account.tail, start=first, end=last)
        name = talk.words.say("statement.file_name", tail=account.tail, start=first, end=last)
        paper = Document(f"{name}.{kind}", _MIMES[kind], content)
        return Answer((Text(said), paper), talk.state)


def _account(accounts: Sequence[BankAccount], tail: str) -> BankAccount | None:
    return next((one for one in accounts if tail in ("", one.tail)), None)


def _days(start: date | None, end: date | None, today: date) -> tuple[date, date]:
    if end is None:
        last = today.replace(day=1) - _DAY
        return last.replace(day=1), last
    last = min(end - _DAY, today)
    return start or last - 365 * _DAY, last

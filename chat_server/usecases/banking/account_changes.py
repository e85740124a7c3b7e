"""Account-change notices (动账通知): a posting of the bank as a filled-in template notice.

They name the movement and never the balance. The form is the bank's own, approved in its library;
what became of each is the fact `notice_ended`, as of every template notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bank_bridge.contract import BankEvent
from bots.contract import Herald, Language
from chat_server.domain.accounts.notices import BankNotice
from chat_server.domain.errors import InvalidValue
from chat_server.domain.people import Person
from chat_server.usecases.public_accounts.notices import Notices

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_FEN = 100
_LONGEST = 20  # characters of a field of text
_NOBODY = "—"


class _Form(NamedTuple):
    """A form of the library, and the words that fill it in."""

    number: str
    income: str
    expense: str
    tail: str
    note: str


_FORMS: Mapping[Language, _Form] = {
    Language.ZH: _Form("TM00005", "收入", "支出", "尾号{tail}", "如非本人业务，请致电 95588。"),
    Language.EN: _Form(
        "TM00006", "Income", "Expense", "ending {tail}", "Not you? Please call 95588."
    ),
}


class AccountChanges:
    """Tells each posting once, whatever is repeated: its notice is named by the bank's event."""

    def __init__(self, notices: Notices, herald: Herald, *, account: str) -> None:
        self._notices, self._herald, self._account = notices, herald, account

    async def __call__(self, event: BankEvent, person: Person) -> None:
        """Raises BotError for an event that is no posting."""
        language = Language(person.language)
        text = self._herald.balance_notice(event, language)
        form = _FORMS[language]
        await self._notices.tell(
            self._account,
            BankNotice(
                name=f"posting:{event.event_id}",
                number=event.position,
                customer=person.user,
                form=form.number,
                values=filled(event, language),
                text=text,
                topic="balance",
                note=form.note,
            ),
        )


def filled(event: BankEvent, language: Language) -> Mapping[str, str]:
    """The form's fields. Amounts are yuan with their sign, times those of Shanghai."""
    if event.amount is None:
        raise InvalidValue("a posting has an amount")
    form = _FORMS[language]
    fen = event.amount.fen
    yuan, cents = divmod(abs(fen), _FEN)
    party = "".join(each for each in event.counterparty if each.isprintable()).strip()
    return {
        "account": form.tail.format(tail=event.account_tail),
        "kind": form.expense if fen < 0 else form.income,
        "amount": f"{'-' if fen < 0 else '+'}{yuan:,}.{cents:02}",
        "party": party[:_LONGEST].strip() or _NOBODY,
        "at": event.occurred_at.astimezone(_SHANGHAI).strftime("%Y-%m-%d %H:%M"),
    }

"""The demonstration's phone."""

from __future__ import annotations

from chat_server.domain.errors import NotFound
from chat_server.transport.http.shapes import SmsItem
from chat_server.transport.http.use_cases import UseCases

_SHOWN = 50


async def phone_messages(cases: UseCases, phone: str | None = None) -> list[SmsItem]:
    """Texts that were sent, newest last; of one number if given."""
    if cases.sms_inbox is None:
        raise NotFound("there is no demonstration phone")
    found = await cases.sms_inbox.messages(phone or None, _SHOWN)
    return [SmsItem(each.phone, each.text, each.at_ms) for each in found]

"""A sender for one purpose of the table in `domain/texting.py`, and for nothing else."""

from __future__ import annotations

import structlog

from chat_server.domain.errors import InvalidValue
from chat_server.domain.texting import SmsPurpose, check_text
from chat_server.ports.notify import SmsSender

log = structlog.get_logger()


class AllowedSms:
    def __init__(self, sender: SmsSender, purpose: SmsPurpose) -> None:
        self._sender, self._purpose = sender, purpose

    async def send(self, phone: str, text: str) -> None:
        try:
            check_text(self._purpose, text)
        except InvalidValue:
            log.error("sms_not_allowed", purpose=self._purpose.value)  # noqa: TRY400 - a trace may quote the text
            raise
        await self._sender.send(phone, text)

"""Fraud, freeze, complaint: the accounts are frozen at once, and a person is called (§2.11).

No proof is asked and nothing waits for an answer. The customer is told what is true: frozen,
with the case's number, or that it could not be done here and whom to call.
"""

from __future__ import annotations

import asyncio

import msgspec
import structlog

from bank_bridge.contract import BankError
from bank_bridge.freeze_contract import Freeze, FreezeReason, Freezing
from bots.contract import CallPerson
from bots.dialogue.services import topic_of
from bots.dialogue.talk import Answer, Talk, say

WITHIN_S = 2.0  # bank-services §2.11
log = structlog.get_logger()


class Emergency:
    """The answer to urgent words."""

    def __init__(self, bank: object) -> None:
        """`bank`: any core; one that cannot freeze is not asked to."""
        self._bank = bank if isinstance(bank, Freezing) else None

    async def answer(self, talk: Talk) -> Answer:
        """Whoever waits for a person already is not queued anew."""
        intent = talk.heard.intent
        frozen = await self._freeze(talk)
        if frozen is None:
            answer = say(talk, f"service.urgent_{intent}")
            request = talk.words.say("service.urgent_request", topic=topic_of(talk))
        else:
            answer = say(talk, f"service.urgent_frozen_{intent}", case=frozen.case)
            topic, case = topic_of(talk), frozen.case
            request = talk.words.say("service.urgent_request_frozen", topic=topic, case=case)
        if talk.turn.person == "waiting":
            return answer
        return msgspec.structs.replace(answer, effects=(CallPerson(request),))

    async def _freeze(self, talk: Talk) -> Freeze | None:
        """None: it is not surely frozen."""
        if self._bank is None:
            return None
        try:
            async with asyncio.timeout(WITHIN_S):
                return await self._bank.freeze(talk.turn.customer, FreezeReason(talk.heard.intent))
        except (BankError, TimeoutError) as exc:
            log.error("not_frozen", turn=talk.turn.key, reason=type(exc).__name__)  # noqa: TRY400 - the reason is enough
            return None

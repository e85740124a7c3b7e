"""A campaign's further steps: after a wait, to who read or clicked or did not, by chat or SMS.

Each step has rows of its own in the recipient ledger, under the campaign's id and its number,
so that nobody gets a step twice. Whoever is held back from one gets none of those after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from chat_server.domain.errors import InvalidValue
from chat_server.domain.texting import SmsPurpose, check_text

MAX_STEPS = 5
MAX_WAIT = 30 * 24 * 60  # minutes
MAX_WORDS = 1_000


class When(StrEnum):
    """What of the campaign's first message must be so."""

    ALWAYS = "always"
    READ = "read"
    UNREAD = "unread"
    CLICKED = "clicked"
    UNCLICKED = "unclicked"

    def meets(self, *, read: bool, clicked: bool) -> bool:
        match self:
            case When.READ:
                return read
            case When.UNREAD:
                return not read
            case When.CLICKED:
                return clicked
            case When.UNCLICKED:
                return not clicked
            case _:
                return True


class Via(StrEnum):
    CHAT = "chat"
    SMS = "sms"


class JourneyStep(msgspec.Struct, frozen=True):
    """`after_minutes` counts from the step before; the first one's from the first message."""

    after_minutes: int
    when: When
    text: str
    via: Via = Via.CHAT


def ledger_name(campaign_id: str, number: int) -> str:
    """Of the step's rows; the first step is number 1."""
    return f"{campaign_id}/{number}"


def check_steps(steps: Sequence[JourneyStep], *, service: bool) -> None:
    """InvalidValue, naming the field. An SMS says who sends it, and only service notices do."""
    if len(steps) > MAX_STEPS:
        raise InvalidValue(f"steps: at most {MAX_STEPS}")
    for each in steps:
        if not 0 <= each.after_minutes <= MAX_WAIT:
            raise InvalidValue(f"steps.after_minutes: 0 to {MAX_WAIT}")
        if not 1 <= len(each.text.strip()) <= MAX_WORDS:
            raise InvalidValue(f"steps.text: 1 to {MAX_WORDS} characters")
        if each.via is Via.SMS:
            if not service:
                raise InvalidValue("steps.via: offers are never sent by SMS, service notices may")
            check_text(SmsPurpose.SERVICE_NOTICE, each.text)

"""What the bank's short number 95588 is used for: the whole table, and the only one.

Everything else that somebody should know goes through the chat and its pushes. An SMS is
paid for, read on a locked screen and easily imitated, so the table is short on purpose:
what is not in it cannot be sent, since a sender is only opened for a purpose of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

import msgspec

from chat_server.domain.errors import InvalidValue


class SmsPurpose(StrEnum):
    ONE_TIME_CODE = "one_time_code"
    SERVICE_NOTICE = "service_notice"


class SmsRule(msgspec.Struct, frozen=True):
    """`must` all be found in the text, `never` nothing of it. Commercial SMS need a consent."""

    why: str
    must: tuple[str, ...]
    never: tuple[str, ...] = (r"https?://", r"www\.")
    longest: int = 500  # characters
    commercial: bool = False


SMS_RULES: Mapping[SmsPurpose, SmsRule] = {
    SmsPurpose.ONE_TIME_CODE: SmsRule(
        why="bank-services §1.8: the second factor of one instruction; how many, the bank counts",
        must=(r"(?<!\d)\d{6}(?!\d)", "切勿告诉任何人|tell nobody"),
        never=(r"https?://", r"www\.", r"\d{12,}"),  # no link, and no card number in full
    ),
    SmsPurpose.SERVICE_NOTICE: SmsRule(
        why="bank-services §4.2 rule 6: service messages carry no marketing; three approve each",
        must=(r"^【[^【】]{2,12}】\S",),  # who sends it
        never=(r"https?://", r"www\.", r"\d{12,}", r"(?<!\d)\d{6}(?!\d)", "验证码|动态密码"),
        longest=200,
    ),
}


def check_text(purpose: SmsPurpose, text: str) -> None:
    """Raise InvalidValue for a text that this purpose may not have."""
    rule = SMS_RULES[purpose]
    allowed = len(text) <= rule.longest
    allowed = allowed and all(re.search(pattern, text) for pattern in rule.must)
    if not allowed or any(re.search(pattern, text) for pattern in rule.never):
        raise InvalidValue(f"no SMS of purpose {purpose.value} looks like this")

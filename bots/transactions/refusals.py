"""The bank's refusals in the customer's words (bank-services §1.10), figures included."""

from __future__ import annotations

from datetime import datetime

from bank_bridge.contract import BankRefusal, Money, RefusalCode
from bots.phrasing.figures import spoken_moment, yuan
from bots.phrasing.words import Words

PASSING = frozenset(
    {
        RefusalCode.CORE_UNAVAILABLE,
        RefusalCode.WRITES_STOPPED,
        RefusalCode.IN_PROGRESS,
        RefusalCode.RESEND_TOO_SOON,
        RefusalCode.RESEND_LIMIT,
    }
)
"""Refusals after which the same button may be pressed again a little later."""

_HOUR_S = 3600


def refusal_text(words: Words, refusal: BankRefusal) -> str:
    """One sentence; without the figure when the bank gave none."""
    key = f"refusal.{refusal.code}"
    figures = _figures(words, refusal)
    if words.knows(f"{key}_bare") and not figures:
        return words.say(f"{key}_bare")
    return words.say(key, **figures)


def _figures(words: Words, refusal: BankRefusal) -> dict[str, str | int]:
    match refusal.code, refusal.details:
        case (
            RefusalCode.LIMIT_SINGLE
            | RefusalCode.LIMIT_DAY
            | RefusalCode.LIMIT_MONTH
            | RefusalCode.LIMIT_YEAR,
            {"left": int(left)},
        ):
            return {"left": yuan(Money(left))}
        case RefusalCode.AUTH_LOCKED, details:
            return {"hours": max(1, -(-int(details.get("retry_after_s", _HOUR_S)) // _HOUR_S))}
        case RefusalCode.RESEND_TOO_SOON, details:
            return {"seconds": max(1, int(details.get("retry_after_s", 60)))}
        case RefusalCode.CLEARING_CLOSED, {"opens_at": str(opens_at)}:
            return {"opens": spoken_moment(datetime.fromisoformat(opens_at), words.language)}
        case RefusalCode.DUPLICATE, {"reference": str(reference)}:
            return {"reference": reference}
        case _:
            return {}

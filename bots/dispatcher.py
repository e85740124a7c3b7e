"""The dispatcher: which bot takes this turn, and what is said when it fails.

The only way into the bots. A bot that raises harms nobody: its state stays as it was, the
customer is told the truth, and the failure is logged by ids, never by what was said.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

import structlog

from bank_bridge.contract import BankError
from bots.contract import Bot, Text, Turn, TurnKind, TurnResult
from bots.phrasing.words import words_in

log = structlog.get_logger()

# A card that was open stays open, and its end must still come.
_WAKE_AGAIN = timedelta(minutes=1)
NO_BOTS: Mapping[str, Bot] = MappingProxyType({})


class Dispatcher:
    """Implements `Bot`: a public account's own bot if it has one, else the default."""

    def __init__(self, default: Bot, by_account: Mapping[str, Bot] = NO_BOTS) -> None:
        self._default, self._by_account = default, by_account

    async def take(self, turn: Turn) -> TurnResult:
        """Never raises, but for being cancelled."""
        bot = self._by_account.get(turn.account, self._default)
        try:
            return await bot.take(turn)
        except Exception as exc:  # noqa: BLE001 - whatever a bot raises, the customer is answered
            # No trace: an exception's text may quote what the customer wrote.
            log.error(  # noqa: TRY400
                "bot_failed",
                turn=turn.key,
                kind=turn.kind,
                error=type(exc).__name__,
                at=_place(exc),
            )
            return _sorry(turn, exc)


def _sorry(turn: Turn, exc: Exception) -> TurnResult:
    wake_at = turn.at + _WAKE_AGAIN if turn.state else None
    failed = f"{type(exc).__name__} at {_place(exc)}"
    if turn.kind is TurnKind.CLOCK:
        return TurnResult((), turn.state, wake_at=wake_at, failed=failed)
    key = "service.money_trouble" if isinstance(exc, BankError) else "service.trouble"
    said = Text(words_in(turn.language).say(key))
    return TurnResult((said,), turn.state, wake_at=wake_at, failed=failed)


def _place(exc: Exception) -> str:
    """The innermost line that raised: enough to find it, and no words in it."""
    trace = exc.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""

"""What an account's own rules answer, for the one who takes the customers' turns."""

from __future__ import annotations

from collections.abc import Sequence

from chat_server.domain.accounts.conduct import Conduct
from chat_server.domain.publishing import Capability, PublicAccount
from chat_server.ports.clock import Clock
from chat_server.usecases.public_accounts.conduct import Conducts

FRESH_MS = 1_000  # a change is known everywhere after that


class Rules:
    """Remembers each account's rules for a second: every turn asks, and they seldom change."""

    def __init__(self, conducts: Conducts, clock: Clock) -> None:
        self._conducts, self._clock = conducts, clock
        self._read: dict[str, tuple[int, Conduct]] = {}

    async def of(self, account: PublicAccount) -> Conduct | None:
        """None where nothing is answered by rule."""
        if Capability.REPLIES not in account.capabilities:
            return None
        now = self._clock.now_ms()
        read_ms, conduct = self._read.get(account.account, (0, None))
        if conduct is None or now - read_ms >= FRESH_MS:
            conduct = await self._conducts.read(account.account)
            self._read[account.account] = (now, conduct)
        return conduct if conduct.replies else None


def answers(conduct: Conduct, said: str, *, first: bool, bot: bool) -> Sequence[str]:
    """What is said to a text or a button's key; with nothing that fits, it is left to the bot.

    The greeting of a first message goes before what the bot will say of it.
    """
    by_rule = conduct.reply_to(said)
    if by_rule:
        return (by_rule,)
    greeting = (conduct.first,) if first and conduct.first else ()
    if bot or greeting or not conduct.otherwise:
        return greeting
    return (conduct.otherwise,)

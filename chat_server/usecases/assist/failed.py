"""Dead letters: turns that a bot failed to take, and nobody has taken again since.

They stand in the audit trail, written in the commit that told the customer; nothing of what
was said is in them. Whoever mended the bot takes them again with `BotTurns.take_again`.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chat_server.ports.store import AuditTrail
from chat_server.usecases.assist.turns import FAILED, TAKEN_AGAIN

_PAGE = 200


class FailedTurn(msgspec.Struct, frozen=True):
    """A dead letter: the event that asked, when it failed, and why."""

    conv: str
    seq: int
    at_ms: int
    why: str


async def failed_turns(audit: AuditTrail, limit: int = 100) -> Sequence[FailedTurn]:
    """The newest ones that are still open, oldest first."""
    ended = {
        (fact.subject, fact.detail["seq"])
        for change in await audit.newest(kind=TAKEN_AGAIN, limit=_PAGE)
        if (fact := change.fact) is not None
    }
    open_ones: dict[tuple[str, int], FailedTurn] = {}
    for change in await audit.newest(kind=FAILED, limit=_PAGE):
        if (fact := change.fact) is None:
            continue
        key = (fact.subject, int(fact.detail["seq"]))
        if key not in ended and key not in open_ones:
            open_ones[key] = FailedTurn(*key, fact.at_ms, str(fact.detail["why"]))
    return sorted(list(open_ones.values())[:limit], key=lambda one: (one.at_ms, one.conv, one.seq))

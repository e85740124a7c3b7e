"""What is done again and again until the house stops.

A round that fails is logged and the next one tries again: what waits is in the store, and a
store that is away for a minute, or one bad entry, must not end the work for good.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from chat_server.ports.clock import Clock

log = structlog.get_logger()


async def in_rounds(
    look: Callable[[], Awaitable[object]], clock: Clock, *, every_s: float, failed: str
) -> None:
    """Look, rest, and look again, until cancelled; `failed`: the log's word for a failed round."""
    while True:
        try:
            await look()
        except Exception:
            log.exception(failed)
        await clock.sleep(every_s)

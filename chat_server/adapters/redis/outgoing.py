"""What waits to be sent to the other processes: bounded in bytes, dropped when full.

Filled by `publish`, emptied by the one sending task. Never waits for room: a signal is a
hint, and a lost one is repaired from the log.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

MAX_BYTES = 16 * 1024 * 1024
BATCH_BYTES = 256 * 1024


class Outgoing:
    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._signals: deque[bytes] = deque()
        self._bytes = 0
        self._filled = asyncio.Event()

    def offer(self, signal: bytes) -> bool:
        """False when there is no room."""
        if self._bytes + len(signal) > self._max_bytes:
            return False
        self._signals.append(signal)
        self._bytes += len(signal)
        self._filled.set()
        return True

    async def batch(self, patience_s: float) -> Sequence[bytes]:
        """The next signals, oldest first; none if nothing came for so long."""
        try:
            async with asyncio.timeout(patience_s):
                await self._filled.wait()
        except TimeoutError:
            return ()
        taken: list[bytes] = []
        room = BATCH_BYTES
        while self._signals and room > 0:
            signal = self._signals.popleft()
            room -= len(signal)
            taken.append(signal)
        self._bytes -= sum(map(len, taken))
        if not self._signals:
            self._filled.clear()
        return taken

    def clear(self) -> int:
        """Forget what waits; how many that were."""
        count = len(self._signals)
        self._signals.clear()
        self._bytes = 0
        self._filled.clear()
        return count

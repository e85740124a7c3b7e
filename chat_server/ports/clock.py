"""Time, handed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

NewId = Callable[[], str]  # a fresh UUIDv7 as text: unique, ordered by time


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware UTC."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch."""

    async def sleep(self, seconds: float) -> None: ...

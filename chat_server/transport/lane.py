"""A lane: one connection's work that has to wait for the store, done in order.

Transport puts in what cannot be done at once. A failure ends that piece of work, never
the lane.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine

Work = Callable[[], Awaitable[None]]


class Lane:
    """`spawn` starts the lane's task in the room's group; it ends when nothing is left."""

    __slots__ = ("_spawn", "_waiting", "_working")

    def __init__(self, spawn: Callable[[Coroutine[None, None, None]], object]) -> None:
        self._spawn = spawn
        self._waiting: list[Work] = []
        self._working = False

    @property
    def busy(self) -> bool:
        return self._working

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, work: Work) -> None:
        self._waiting.append(work)
        if not self._working:
            self._working = True
            self._spawn(self._run())

    def clear(self) -> None:
        """What has not begun is dropped."""
        self._waiting.clear()

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._waiting.pop(0)()
        finally:
            self._working = False

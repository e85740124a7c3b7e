"""What is kept for offline pushes: a person's wishes, and who waits to be told of what.

Where a device is reached is kept with the device, so that it goes when the device does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from chat_server.domain.facts import Fact
from chat_server.domain.notifying import Knock, Wishes


class PushStore(Protocol):
    """Knocks are kept by the rules `merged` and `settled` of `domain.notifying`."""

    async def wishes(self, users: Iterable[str]) -> Mapping[str, Wishes]:
        """Of those who said something."""

    async def put_wishes(self, wishes: Wishes, fact: Fact) -> None: ...

    async def note(self, knocks: Sequence[Knock]) -> None:
        """Keep them, in one commit; the same again changes nothing."""

    async def take(self, now_ms: int, lease_ms: int, limit: int) -> Sequence[Knock]:
        """Those that are due, earliest first. Each is due again after the lease, so that one
        whose process died is taken by another; until then nobody else takes it.
        """

    async def settle(self, taken: Knock, after: Knock) -> None:
        """What becomes of one that was taken."""

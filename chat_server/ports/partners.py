"""What the console needs of the open platform, which knows partners' applications and calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chat_server.domain.accounts.developing import (
    CallbackEntry,
    Developer,
    DeveloperChange,
    QuotaUse,
    RefusedCall,
)


class PartnerDesk(Protocol):
    """Whoever calls was let in already; what is changed leaves a fact of its `actor`.

    All but `developer` and `enlist` raise NotFound for an account without an application.
    """

    async def developer(self, account: str) -> Developer | None: ...

    async def enlist(self, account: str, actor: str) -> tuple[Developer, str]:
        """A new application and its secret, which is told this once. AlreadyExists."""

    async def renew_secret(self, account: str, actor: str) -> str:
        """The new one; tokens under the former end at once."""

    async def change(self, account: str, actor: str, change: DeveloperChange) -> Developer:
        """Raises InvalidValue, naming the field."""

    async def callbacks(self, account: str, before: int, limit: int) -> Sequence[CallbackEntry]:
        """Newest first, before that number; 0: from the newest."""

    async def replay(self, account: str, msg_id: int) -> None:
        """Send it again, the same. NotFound."""

    async def refused(self, account: str, rid: str) -> RefusedCall:
        """NotFound for one that is not this account's, or is too long ago."""

    async def quotas(self, account: str) -> Sequence[QuotaUse]:
        """What was called today, and what has a limit of its own."""

"""The search index: which messages have a text in them. Behind the outbox, never in an append.

It is made from the change feed and can be made again from nothing. It knows no members:
who asks says what may be read, each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chat_server.domain.searching import Entry, Readable, Rewrite, Term


class SearchIndex(Protocol):
    async def position(self) -> int:
        """Up to which change the index is made; 0 at first."""

    async def index(self, after: int, found: Sequence[Entry | Rewrite], up_to: int) -> int:
        """Take in what the changes after `after` and up to `up_to` hold, in their order and
        in one commit. Where the index then stands: somewhere else, with nothing taken in,
        when it did not stand at `after`, since another process was there first.
        A rewrite of a message that is not indexed changes nothing.
        """

    async def find(
        self,
        terms: Sequence[Term],
        readable: Sequence[Readable],
        *,
        files: bool = False,
        before: int | None = None,
        limit: int,
    ) -> Sequence[Entry]:
        """The newest messages within `readable` that have all the terms, newest first, in
        their current form; with `files`, files by their names alone; with `before`, those
        at positions below it.
        """

    async def clear(self) -> None:
        """Forget everything: the index stands at 0."""

"""Reading a table that somebody made in an office program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class SheetReader(Protocol):
    async def rows(self, content: bytes) -> Sequence[Sequence[str]]:
        """The rows of a CSV file or of an XLSX file's first sheet, the first one first.

        At most `MOST_ROWS` and one more, which says that there are more. InvalidValue for what
        is no table, is too large to unpack, or takes too long.
        """

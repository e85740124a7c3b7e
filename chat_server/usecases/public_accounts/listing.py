"""An uploaded list becomes part of an audience: read, sorted out, and told row by row."""

from __future__ import annotations

from collections.abc import Sequence

from chat_server.domain.accounts.listing import LONGEST_NAME, CustomerList, named_in, sorted_out
from chat_server.domain.people import Branch
from chat_server.ports.sheets import SheetReader
from chat_server.ports.store import Store
from chat_server.usecases.public_accounts.entry import Entry

_PAGE = 1_000


class ReadLists:
    """Nothing of the file is kept: what counts is the list in the plan that is approved."""

    def __init__(self, store: Store, sheets: SheetReader) -> None:
        self._store, self._sheets = store, sheets

    async def read(self, entry: Entry, content: bytes) -> CustomerList:
        """InvalidValue for no table or an empty one, TooLong for too many rows."""
        named = named_in(await self._sheets.rows(content))
        names = sorted({value for _, value in named if 0 < len(value) <= LONGEST_NAME})
        followers: set[str] = set()
        for start in range(0, len(names), _PAGE):
            page = names[start : start + _PAGE]
            found = await self._store.followers.among(entry.id, page)
            followers |= {each.customer for each in found if each.following and not each.blocked}
        return sorted_out(named, followers)

    async def branches(self) -> Sequence[Branch]:
        """What an audience can be narrowed to."""
        return await self._store.people.branches()

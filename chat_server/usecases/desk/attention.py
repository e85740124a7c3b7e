"""Who answers what a customer just said: the bot, or a person. Bots ask before each turn."""

from __future__ import annotations

from chat_server.domain.desk.case import CaseState, Reason
from chat_server.domain.desk.urgent import is_urgent
from chat_server.ports.store import Store
from chat_server.usecases.assist.persons import Attention
from chat_server.usecases.desk.floor import Floors
from chat_server.usecases.desk.opening import OpenCase


class DeskAttention:
    """Meets the bots' need to know; see `usecases/assist/persons.py`."""

    def __init__(self, store: Store, floors: Floors, open_: OpenCase) -> None:
        self._store, self._floors, self._open = store, floors, open_

    async def of(self, conv: str, text: str) -> Attention:
        floor = await self._floors.of_conversation(conv)
        if floor is None:
            return Attention.BOT
        if is_urgent(text):  # the desk hears it as well, and opens the case
            return Attention.PERSON
        case = await self._store.cases.latest(conv)
        if case is None:
            return Attention.FREE
        if case.state is CaseState.SERVING:
            return Attention.PERSON
        if case.state is CaseState.WAITING:
            return Attention.WAITING
        return Attention.RECENT if self._open.recent(floor, case) else Attention.FREE

    async def call(self, conv: str, reason: str, seq: int) -> bool:
        """A person is to answer; False: there is no desk."""
        return await self._open(conv, Reason(reason), seq=seq) is not None

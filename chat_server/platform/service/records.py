"""What agents and customers said to each other on one day, read from the log itself.

A customer's message counts while somebody serves them, which the log says as well: it is read
from where a case began, and who serves changes with each `assign` event.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import msgspec

from chat_server.domain import bodies
from chat_server.domain.desk.case import Case, CaseState
from chat_server.domain.ids import is_account
from chat_server.domain.message import Event, EventKind
from chat_server.platform.service.agents import Agents
from chat_server.ports.store import Store

SENT, RECEIVED = 2002, 2003  # by the agent
_PAGE = 200
_MOST_CASES = 50_000
_decode = msgspec.json.Decoder(bodies.Body).decode
_decode_assign = msgspec.json.Decoder(bodies.Assign).decode


class Record(msgspec.Struct, frozen=True):
    """`worker` is the agent's name; times in milliseconds."""

    customer: str
    code: int
    text: str
    at_ms: int
    worker: str


class Records:
    def __init__(self, store: Store, agents: Agents) -> None:
        self._store, self._agents = store, agents

    async def between(self, account: str, start_ms: int, end_ms: int) -> list[Record]:
        """Oldest first; what was recalled is left out."""
        desk = await self._agents.desk(account)
        if desk is None:
            return []
        names = await self._agents.names(account)
        found: list[Record] = []
        for case in (await self._cases(desk.desk, start_ms)).values():
            found += [
                record
                async for record in self._said(case, end_ms, names)
                if start_ms <= record.at_ms
            ]
        return sorted(found, key=lambda each: (each.at_ms, each.customer))

    async def _cases(self, desk: str, start_ms: int) -> dict[str, Case]:
        """The earliest case of each conversation that may have been alive then."""
        cases = self._store.cases
        closed = await cases.cases(desk, CaseState.CLOSED, since_ms=start_ms, limit=_MOST_CASES)
        found: dict[str, Case] = {}
        for state in (CaseState.WAITING, CaseState.SERVING):
            closed = [*closed, *await cases.cases(desk, state, limit=_MOST_CASES)]
        for case in closed:
            former = found.get(case.conv)
            if former is None or case.first_seq < former.first_seq:
                found[case.conv] = case
        return found

    async def _said(
        self, case: Case, end_ms: int, names: Mapping[str, str]
    ) -> AsyncIterator[Record]:
        after, serving = case.first_seq - 1, ""
        while page := await self._store.messages.events(case.conv, after=after, limit=_PAGE):
            messages = [each.seq for each in page if each.kind is EventKind.MESSAGE]
            forms = await self._store.messages.forms(case.conv, messages)
            for event in page:
                if event.ts > end_ms:
                    return
                if event.kind is EventKind.ASSIGN:
                    told = _decode_assign(event.body)
                    serving = told.agent if told.state == "serving" else ""
                form = forms.get(event.seq)
                if event.kind is not EventKind.MESSAGE or is_account(event.sender):
                    continue
                if form is None or not form.recalled:
                    worker = serving if event.sender == case.customer else event.sender
                    if worker:
                        body = form.body if form and form.body else event.body
                        yield _record(case, event, body, names.get(worker, worker))
            after = page[-1].seq


def _record(case: Case, event: Event, body: bytes, worker: str) -> Record:
    said = _decode(body)
    text = said.text if isinstance(said, bodies.Text) else ""
    code = RECEIVED if event.sender == case.customer else SENT
    return Record(case.customer, code, text, event.ts, worker)

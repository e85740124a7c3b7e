"""A process that claims every case of a store as soon as it is told to, and prints what it got.

    claiming_process.py FILE AGENT CAPACITY

It says `ready`, waits for a line, then tries all cases at once; each line is a case id.
"""

from __future__ import annotations

import asyncio
import sys

import msgspec

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_store
from chat_server.domain.bodies import Assign
from chat_server.domain.desk.case import Case, CaseState, taken
from chat_server.domain.desk.step import CaseStep, Seating
from chat_server.domain.errors import AgentUnavailable, VersionConflict
from chat_server.domain.message import Draft, EventKind
from chat_server.ports.store import Store


async def claim(store: Store, case: Case, agent: str, capacity: int) -> str:
    after = taken(case, agent, why="claimed", now_ms=1)
    body = msgspec.json.encode(Assign(case.case_id, "serving", "…", agent=agent))
    mid = f"{case.case_id}:{after.version}"
    draft = Draft(case.conv, case.account, mid, EventKind.ASSIGN, body, body, 1, counts=False)
    step = CaseStep(case=after, facts=[], drafts=[draft], seating=Seating(agent, capacity))
    try:
        await store.cases.commit(step)
    except (VersionConflict, AgentUnavailable):
        return ""
    return case.case_id


async def main(path: str, agent: str, capacity: int) -> None:
    async with open_store(f"sqlite:///{path}", clock=SystemClock()) as store:
        waiting = await store.cases.cases("main", CaseState.WAITING)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        got = await asyncio.gather(*(claim(store, each, agent, capacity) for each in waiting))
        sys.stdout.write("\n".join(case for case in got if case) + "\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))

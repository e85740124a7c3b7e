"""Processes that claim the same cases of one file at the same moment."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from pathlib import Path

from msgspec.structs import replace

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_store
from chat_server.domain.desk.case import Case, CaseState, Reason
from chat_server.domain.desk.step import CaseStep

CLAIMING = Path(__file__).with_name("claiming_process.py")
CASES, CAPACITY = 24, 5
AGENTS = ("amy", "ben", "eve", "amy")  # amy has two windows open
FIRST = Case(
    case_id="c0", desk="main", account="@icbc", conv="s:@icbc:p0", customer="p0", queue="general",
    state=CaseState.WAITING, reason=Reason.ASKED, opened_ms=1, opened_seq=1, first_seq=1,
    queued_ms=1,
)  # fmt: skip


async def test_each_case_is_claimed_once_and_nobody_gets_too_many(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    async with open_store(f"sqlite:///{path}", clock=SystemClock()) as store:
        for n in range(CASES):
            case = replace(FIRST, case_id=f"c{n}", conv=f"s:@icbc:p{n}", customer=f"p{n}")
            await store.cases.commit(CaseStep(case=case, facts=[]))
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, CLAIMING, path, agent, str(CAPACITY), stdin=PIPE, stdout=PIPE
        )
        for agent in AGENTS
    ]
    for each in processes:
        assert each.stdout is not None
        assert await each.stdout.readline() == b"ready\n"
    told = await asyncio.gather(*(each.communicate(b"go\n") for each in processes))
    answers = [out.decode().split() for out, _ in told]
    claimed = Counter(case for got in answers for case in got)
    assert set(claimed.values()) == {1}
    assert len(answers[0]) + len(answers[3]) == CAPACITY
    assert [len(answers[1]), len(answers[2])] == [CAPACITY] * 2
    async with open_store(f"sqlite:///{path}", clock=SystemClock()) as store:
        assert await store.cases.serving(AGENTS) == dict.fromkeys(AGENTS, CAPACITY)
        for agent, got in zip(AGENTS, answers, strict=True):
            for case_id in got:
                case = await store.cases.case(case_id)
                assert case
                assert case.agent == agent
                members = await store.conversations.members(case.conv)
                assert [each.user for each in members] == [agent]
                assert (await store.messages.head(case.conv)).seq == 1

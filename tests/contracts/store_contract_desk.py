"""The store's suite: desks and cases, whose claim is decided by one commit of several."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from msgspec.structs import replace

from chat_server.domain.bodies import Assign
from chat_server.domain.desk.case import (
    Case,
    CaseState,
    Note,
    Outcome,
    Reason,
    closed,
    queued,
    reopened,
    taken,
)
from chat_server.domain.desk.choosing import AgentStatus, Status
from chat_server.domain.desk.settings import Desk, DeskRole, DeskStaff, Queue
from chat_server.domain.desk.step import CaseStep, Seating
from chat_server.domain.errors import AgentUnavailable, AlreadyExists, VersionConflict
from chat_server.domain.message import Draft, EventKind
from chat_server.ports.store import Store
from tests.contracts.store_contract_shared import OpenAgain
from tests.contracts.store_samples import append_many, as_written, draft, fact, fact_kinds

CONV = "s:@icbc:ann"
ROOM = Seating("amy", 2)


def desk(version: int = 1, **fields: object) -> Desk:
    made = Desk(
        desk="main",
        account="@icbc",
        name="服务台",
        week=(((540, 1080),),) * 5 + ((), ()),
        queues=(Queue("general", "综合"),),
        staff=(DeskStaff("amy", DeskRole.AGENT, queues=("general",)),),
        version=version,
    )
    return replace(made, **fields)


def case(case_id: str = "c1", *, conv: str = CONV, seq: int = 4, **fields: object) -> Case:
    made = Case(
        case_id=case_id,
        desk="main",
        account="@icbc",
        conv=conv,
        customer=conv.rpartition(":")[2],
        queue="general",
        state=CaseState.WAITING,
        reason=Reason.ASKED,
        opened_ms=1000,
        opened_seq=seq,
        first_seq=2,
        queued_ms=1000,
        heard_seq=seq,
    )
    return replace(made, **fields)


def told(of: Case, *former: str) -> Draft:
    agent = of.agent if of.state is CaseState.SERVING else ""
    body = msgspec.json.encode(Assign(of.case_id, of.state, "…", agent=agent, former=former))
    plain = draft(conv=of.conv, sender="@icbc", mid=f"{of.case_id}:{of.version}", counts=False)
    return replace(plain, kind=EventKind.ASSIGN, body=body)


def step(after: Case, *former: str, **fields: object) -> CaseStep:
    plain = CaseStep(
        case=after, facts=[fact(f"case_{after.state}")], drafts=[told(after, *former)],
        leaving=former,
    )  # fmt: skip
    return replace(plain, **fields)


async def opened(store: Store, **fields: object) -> Case:
    made = case(**fields)  # type: ignore[arg-type]
    await append_many(store, 4, made.conv)
    await store.cases.commit(step(made))
    return made


async def served(store: Store, made: Case, seating: Seating = ROOM) -> Case:
    after = taken(made, seating.user, why="claimed", now_ms=2000)
    await store.cases.commit(step(after, seating=seating))
    return after


class DesksContract:
    async def test_a_desk_is_put_and_replaced_by_its_next_version(self, store: Store) -> None:
        assert await store.desks.desks() == []
        await store.desks.put_desk(desk(), fact("desk_changed"))
        await store.desks.put_desk(desk(2, name="夜间"), fact("desk_changed"))
        assert as_written((await store.desks.desks())[0]) == as_written(desk(2, name="夜间"))
        with pytest.raises(VersionConflict):
            await store.desks.put_desk(desk(2), fact("desk_changed"))
        assert await fact_kinds(store) == ["desk_changed"] * 2

    async def test_an_account_has_one_desk(self, store: Store) -> None:
        await store.desks.put_desk(desk(), fact())
        with pytest.raises(AlreadyExists):
            await store.desks.put_desk(desk(desk="other"), fact())

    async def test_a_case_is_kept_with_its_event_and_fact(self, store: Store) -> None:
        made = await opened(store)
        assert as_written(await store.cases.case("c1")) == as_written(made)
        assert as_written(await store.cases.latest(CONV)) == as_written(made)
        assert (await store.messages.head(CONV)).seq == 5
        assert await fact_kinds(store) == ["case_waiting"]
        assert await store.cases.case("c2") is None
        assert await store.cases.latest("s:@icbc:bob") is None

    async def test_of_many_claims_at_once_one_is_made(self, store: Store) -> None:
        made = await opened(store)
        agents = [f"agent{n}" for n in range(6)]
        claims = [
            store.cases.commit(
                step(taken(made, agent, why="claimed", now_ms=2000), seating=Seating(agent, 3))
            )
            for agent in agents
        ]
        answers = await asyncio.gather(*claims, return_exceptions=True)
        lost = [each for each in answers if isinstance(each, VersionConflict)]
        assert len(lost) == len(agents) - 1
        now = await store.cases.case("c1")
        assert now
        assert (now.state, now.version) == (CaseState.SERVING, 2)
        members = [each.user for each in await store.conversations.members(CONV)]
        assert members == [now.agent]
        assert (await store.messages.head(CONV)).seq == 6

    async def test_an_agent_never_serves_more_than_they_can(self, store: Store) -> None:
        made = [await opened(store, case_id=f"c{n}", conv=f"s:@icbc:p{n}") for n in range(5)]
        claims = [
            store.cases.commit(step(taken(each, "amy", why="x", now_ms=2000), seating=ROOM))
            for each in made
        ]
        answers = await asyncio.gather(*claims, return_exceptions=True)
        assert sum(isinstance(each, AgentUnavailable) for each in answers) == len(made) - 2
        assert await store.cases.serving(["amy", "eve"]) == {"amy": 2}
        (status,) = await store.cases.statuses(["amy"])
        assert status.assigned_ms == 2000

    async def test_who_is_seated_reads_from_the_case_on_and_who_leaves_up_to_it(
        self, store: Store
    ) -> None:
        now = await served(store, await opened(store))
        seat = await store.conversations.membership(CONV, "amy")
        assert seat
        assert (seat.first_seq, seat.read, seat.left_seq) == (2, 3, None)
        back = queued(now, "general", reason=Reason.RETURNED)
        await store.cases.commit(step(back, "amy"))
        await append_many(store, 3, CONV)
        seat = await store.conversations.membership(CONV, "amy")
        assert seat
        assert seat.left_seq == 7
        again = taken(back, "amy", why="sticky", now_ms=3000)
        await store.cases.commit(step(again, seating=ROOM))
        seat = await store.conversations.membership(CONV, "amy")
        assert seat
        assert (seat.first_seq, seat.left_seq) == (2, None)

    async def test_a_conversation_has_one_open_case(self, store: Store) -> None:
        made = await opened(store)
        with pytest.raises(VersionConflict):
            await store.cases.commit(step(case("c2", seq=9)))
        done = closed(made, Outcome.RESOLVED, rating_card="", now_ms=3000)
        await store.cases.commit(step(done))
        with pytest.raises(VersionConflict):  # opened by what the former one has heard
            await store.cases.commit(step(case("c2", seq=4)))
        await store.cases.commit(step(case("c2", seq=9)))
        latest = await store.cases.latest(CONV)
        assert latest
        assert latest.case_id == "c2"

    async def test_a_case_that_was_closed_is_opened_again(self, store: Store) -> None:
        done = closed(await opened(store), Outcome.RESOLVED, rating_card="", now_ms=3000)
        await store.cases.commit(step(done))
        again = reopened(done, reason=Reason.REOPENED, urgent=False, seq=9, now_ms=4000)
        await store.cases.commit(step(again))
        assert as_written(await store.cases.latest(CONV)) == as_written(again)

    async def test_cases_are_listed_by_state(self, store: Store) -> None:
        made = [
            await opened(store, case_id=f"c{n}", conv=f"s:@icbc:p{n}", queued_ms=1000 - n)
            for n in range(4)
        ]
        urgent = await opened(store, case_id="u", conv="s:@icbc:u", urgent=True, queued_ms=5000)
        await served(store, made[0])
        for n in (1, 2):
            done = closed(made[n], Outcome.RESOLVED, rating_card="", now_ms=3000 + n)
            await store.cases.commit(step(done))
        waiting = await store.cases.cases("main", CaseState.WAITING)
        assert [each.case_id for each in waiting] == [urgent.case_id, "c3"]
        serving = await store.cases.cases("main", CaseState.SERVING, agent="amy")
        assert [each.case_id for each in serving] == ["c0"]
        assert await store.cases.cases("main", CaseState.SERVING, agent="eve") == []
        over = await store.cases.cases("main", CaseState.CLOSED)
        assert [each.case_id for each in over] == ["c2", "c1"]
        later = await store.cases.cases("main", CaseState.CLOSED, since_ms=3002, limit=9)
        assert [each.case_id for each in later] == ["c2"]
        assert await store.cases.cases("main", CaseState.WAITING, limit=0) == []
        assert await store.cases.cases("other", CaseState.WAITING) == []

    async def test_what_has_come_due_is_found_earliest_first(self, store: Store) -> None:
        for n, look in enumerate([300, 100, None, 900]):
            await opened(store, case_id=f"c{n}", conv=f"s:@icbc:p{n}", look_ms=look)
        due = await store.cases.due(500, 9)
        assert [each.case_id for each in due] == ["c1", "c0"]
        assert len(await store.cases.due(500, 1)) == 1
        assert await store.cases.due(500, 0) == []

    async def test_notes_are_kept_in_order_and_out_of_the_log(self, store: Store) -> None:
        now = await opened(store)
        for text in ("一", "二"):
            note = Note("c1", "amy", 5000, text)
            now = replace(now, version=now.version + 1)
            quiet = CaseStep(case=now, facts=[fact("case_noted")], note=note)
            assert await store.cases.commit(quiet) == []
        assert [each.text for each in await store.cases.notes("c1")] == ["一", "二"]
        assert await store.cases.notes("c2") == []
        assert (await store.messages.head(CONV)).seq == 5

    async def test_a_status_is_what_was_said_last(self, store: Store) -> None:
        assert await store.cases.statuses(["amy"]) == []
        await store.cases.set_status(AgentStatus("amy", Status.BUSY, 5), fact("status_changed"))
        await served(store, await opened(store))
        await store.cases.set_status(AgentStatus("amy", Status.AVAILABLE, 6), fact())
        assert await store.cases.statuses(["amy", "eve"]) == [
            AgentStatus("amy", Status.AVAILABLE, 6, 2000)
        ]


class SharedDesksContract:
    async def test_of_claims_by_two_processes_one_is_made(
        self, store: Store, open_again: OpenAgain
    ) -> None:
        made = await opened(store)
        async with open_again() as other:
            claims = [
                where.cases.commit(
                    step(taken(made, agent, why="claimed", now_ms=2000), seating=Seating(agent, 3))
                )
                for where, agent in ((store, "amy"), (other, "ben")) * 4
            ]
            answers = await asyncio.gather(*claims, return_exceptions=True)
            assert sum(isinstance(each, VersionConflict) for each in answers) == len(claims) - 1
            here, there = await store.cases.case("c1"), await other.cases.case("c1")
            assert as_written(here) == as_written(there)
            assert [each.user for each in await other.conversations.members(CONV)] == [
                here.agent if here else ""
            ]

    async def test_two_processes_never_give_an_agent_too_much(
        self, store: Store, open_again: OpenAgain
    ) -> None:
        made = [await opened(store, case_id=f"c{n}", conv=f"s:@icbc:p{n}") for n in range(6)]
        async with open_again() as other:
            claims = [
                (store, other)[n % 2].cases.commit(
                    step(taken(each, "amy", why="x", now_ms=2000), seating=ROOM)
                )
                for n, each in enumerate(made)
            ]
            answers = await asyncio.gather(*claims, return_exceptions=True)
            assert sum(isinstance(each, AgentUnavailable) for each in answers) == len(made) - 2

"""Desks and their cases: a step is one transaction, with its events and its seats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bson import ObjectId

from chat_server.adapters.mongodb.appender import Appender
from chat_server.adapters.mongodb.conversations import MongoConversationStore
from chat_server.adapters.mongodb.database import Database, answered
from chat_server.adapters.mongodb.documents import document, record_or_none, records
from chat_server.adapters.mongodb.driver import Document, Session
from chat_server.adapters.mongodb.facts import note
from chat_server.adapters.mongodb.log import Log, Standing
from chat_server.adapters.rules_desk import (
    check_case,
    check_desk,
    check_room,
    in_order,
    seated,
    with_assignment,
)
from chat_server.domain.conversation import Membership
from chat_server.domain.desk.case import Case, CaseState, Note
from chat_server.domain.desk.choosing import AgentStatus
from chat_server.domain.desk.settings import Desk
from chat_server.domain.desk.step import CaseStep
from chat_server.domain.facts import Fact
from chat_server.domain.message import Event

_LATEST = [("opened_seq", -1)]


class MongoDeskStore:
    """`DeskStore` and `CaseStore`."""

    def __init__(
        self,
        database: Database,
        log: Log,
        appender: Appender,
        conversations: MongoConversationStore,
    ) -> None:
        self._database, self._log, self._appender = database, log, appender
        self._conversations = conversations
        self._desks = database.collection("desks")
        self._cases = database.collection("cases")
        self._notes = database.collection("case_notes")
        self._statuses = database.collection("agent_statuses")

    async def put_desk(self, desk: Desk, fact: Fact) -> None:
        async def work(session: Session) -> None:
            rows = await self._desks.find({}, session=session).to_list(None)
            check_desk(desk, records(rows, Desk))
            key = {"_id": desk.desk}
            row = document(desk, **key)
            await self._desks.replace_one(key, row, upsert=True, session=session)
            await note(self._database, session, fact)

        await self._database.transact(work)

    async def desks(self) -> Sequence[Desk]:
        return records(await answered(self._desks.find({}).sort("_id").to_list(None)), Desk)

    async def commit(self, step: CaseStep) -> Sequence[Event]:
        async def work(session: Session) -> tuple[list[Event], Standing | None]:
            case = step.case
            stored = await self._cases.find_one({"_id": case.case_id}, session=session)
            latest = await self._cases.find_one({"conv": case.conv}, sort=_LATEST, session=session)
            check_case(case, record_or_none(stored, Case), record_or_none(latest, Case))
            if step.seating:
                await self._seat(step, step.seating.user, session)
            events, standing = await self._append(step, session)
            key = {"_id": case.case_id}
            row = document(case, open=case.open, **key)
            await self._cases.replace_one(key, row, upsert=True, session=session)
            members = await self._members(step, session)
            await self._conversations.keep_all(seated(step, members, events), session)
            if step.note:
                row = document(step.note, order=self._database.order())
                await self._notes.insert_one(row, session=session)
            await note(self._database, session, *step.facts)
            return events, standing

        async with self._appender.alone(step.case.conv) as lane:
            events, standing = await self._database.transact(work)
            if events:
                lane.standing = standing
                self._appender.ring(events)
        return events

    async def case(self, case_id: str) -> Case | None:
        return record_or_none(await answered(self._cases.find_one({"_id": case_id})), Case)

    async def latest(self, conv: str) -> Case | None:
        found = self._cases.find_one({"conv": conv}, sort=_LATEST)
        return record_or_none(await answered(found), Case)

    async def cases(
        self, desk: str, state: CaseState, *, agent: str = "", since_ms: int = 0, limit: int = 500
    ) -> Sequence[Case]:
        if limit < 1:
            return []
        wanted: Document = {"desk": desk, "state": state.value, "closed_ms": {"$gte": since_ms}}
        if agent:
            wanted["agent"] = agent
        rows = self._cases.find(wanted)
        if state is CaseState.CLOSED:
            rows = rows.sort([("closed_ms", -1), ("_id", 1)]).limit(limit)
        return in_order(records(await answered(rows.to_list(None)), Case), state)[:limit]

    async def due(self, now_ms: int, limit: int) -> Sequence[Case]:
        if limit < 1:
            return []
        due = self._cases.find({"open": True, "look_ms": {"$lte": now_ms}})
        rows = due.sort([("look_ms", 1), ("_id", 1)]).limit(limit)
        return records(await answered(rows.to_list(None)), Case)

    async def serving(self, agents: Iterable[str]) -> Mapping[str, int]:
        counts = {agent: await answered(self._count(agent)) for agent in sorted(set(agents))}
        return {agent: count for agent, count in counts.items() if count}

    async def notes(self, case_id: str) -> Sequence[Note]:
        rows = self._notes.find({"case_id": case_id}).sort([("at_ms", 1), ("order", 1)])
        return records(await answered(rows.to_list(None)), Note)

    async def set_status(self, status: AgentStatus, fact: Fact) -> None:
        async def work(session: Session) -> None:
            key = {"_id": status.user}
            former = await self._statuses.find_one(key, session=session)
            row = document(status, **key)
            row["assigned_ms"] = former["assigned_ms"] if former else 0
            await self._statuses.replace_one(key, row, upsert=True, session=session)
            await note(self._database, session, fact)

        await self._database.transact(work)

    async def statuses(self, users: Iterable[str]) -> Sequence[AgentStatus]:
        rows = self._statuses.find({"_id": {"$in": sorted(set(users))}}).sort("_id")
        return records(await answered(rows.to_list(None)), AgentStatus)

    async def _seat(self, step: CaseStep, user: str, session: Session) -> None:
        """Whoever is seated twice at once is counted twice: each writes this one document."""
        check_room(step, await self._count(user, session))
        key = {"_id": user}
        former = await self._statuses.find_one(key, session=session)
        row = document(with_assignment(step, record_or_none(former, AgentStatus)), **key)
        row["seated"] = (former or {}).get("seated", 0) + 1
        await self._statuses.replace_one(key, row, upsert=True, session=session)

    async def _count(self, agent: str, session: Session | None = None) -> int:
        served = {"agent": agent, "state": CaseState.SERVING.value}
        return len(await self._cases.find(served, {"_id": 1}, session=session).to_list(None))

    async def _members(self, step: CaseStep, session: Session) -> dict[str, Membership]:
        users = [*step.leaving, *([step.seating.user] if step.seating else [])]
        found = [
            await self._conversations.membership_in(step.case.conv, user, session) for user in users
        ]
        return {each.user: each for each in found if each}

    async def _append(
        self, step: CaseStep, session: Session
    ) -> tuple[list[Event], Standing | None]:
        if not step.drafts:
            return [], None
        conv = step.case.conv
        known = await self._log.found(conv, step.drafts, session)
        standing = await self._log.standing(conv, session)
        events: list[Event] = []
        rows: list[Document] = []
        for draft in step.drafts:
            if found := known.get((draft.sender, draft.mid)):
                events.append(found.answer(draft).event)
                continue
            event, row, standing = self._log.next(standing, ObjectId(), draft)
            events.append(event)
            rows.append(row)
        if rows:
            await self._log.insert(rows, session)
        return events, standing

"""People, branches and who looks after whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chat_server.adapters.mongodb.database import Database, answered
from chat_server.adapters.mongodb.documents import document, record, record_or_none, records
from chat_server.adapters.mongodb.driver import Session
from chat_server.adapters.mongodb.facts import note
from chat_server.domain.errors import AlreadyExists
from chat_server.domain.facts import Fact
from chat_server.domain.people import Assignment, Branch, Person


class MongoPeopleStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._people = database.collection("people")
        self._branches = database.collection("branches")
        self._assignments = database.collection("assignments")

    async def add_person(self, person: Person, fact: Fact) -> None:
        async def work(session: Session) -> None:
            if await self._people.find_one({"_id": person.user}, session=session):
                raise AlreadyExists(person.user)
            await self._people.insert_one(document(person, _id=person.user), session=session)
            await note(self._database, session, fact)

        await self._database.transact(work)

    async def person(self, user: str) -> Person | None:
        return record_or_none(await answered(self._people.find_one({"_id": user})), Person)

    async def people(self, users: Iterable[str]) -> Sequence[Person]:
        rows = self._people.find({"_id": {"$in": list(set(users))}}).sort("_id")
        return records(await answered(rows.to_list(None)), Person)

    async def set_language(self, user: str, language: str, fact: Fact) -> None:
        async def work(session: Session) -> None:
            spoken = {"_id": user, "language": {"$ne": language}}
            change = {"$set": {"language": language}}
            changed = await self._people.update_one(spoken, change, session=session)
            if changed.modified_count:
                await note(self._database, session, fact)

        await self._database.transact(work)

    async def add_branch(self, branch: Branch, fact: Fact) -> None:
        async def work(session: Session) -> None:
            former = await self._branches.find_one({"_id": branch.branch_id}, session=session)
            if former is None:
                row = document(branch, _id=branch.branch_id)
                await self._branches.insert_one(row, session=session)
                await note(self._database, session, fact)
            elif record(former, Branch) != branch:
                raise AlreadyExists(branch.branch_id)

        await self._database.transact(work)

    async def branches(self) -> Sequence[Branch]:
        rows = self._branches.find({}).sort("_id")
        return records(await answered(rows.to_list(None)), Branch)

    async def assign(self, assignment: Assignment, fact: Fact) -> None:
        async def work(session: Session) -> None:
            key = {"_id": assignment.customer}
            row = document(assignment)
            await self._assignments.replace_one(key, row, upsert=True, session=session)
            await note(self._database, session, fact)

        await self._database.transact(work)

    async def assignment(self, customer: str) -> Assignment | None:
        found = await answered(self._assignments.find_one({"_id": customer}))
        return record_or_none(found, Assignment)

    async def assigned_to(self, manager: str) -> Sequence[Assignment]:
        rows = self._assignments.find({"manager": manager}).sort("_id")
        return records(await answered(rows.to_list(None)), Assignment)

"""The consent ledger: lines that are only ever inserted, numbered by one counter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from chat_server.adapters.mongodb.database import Database, answered, next_number
from chat_server.adapters.mongodb.documents import document, records
from chat_server.adapters.mongodb.driver import Session
from chat_server.adapters.mongodb.facts import note
from chat_server.domain.facts import ConsentEntry, Fact, Purpose


class MongoConsentLedger:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._consents = database.collection("consents")
        self._counters = database.collection("counters")

    async def record_consent(self, entry: ConsentEntry, fact: Fact) -> ConsentEntry:
        async def work(session: Session) -> ConsentEntry:
            number = await next_number(self._counters, "consent", session)
            kept = replace(entry, entry_id=number)
            await self._consents.insert_one(document(kept, _id=kept.entry_id), session=session)
            await note(self._database, session, fact)
            return kept

        return await self._database.transact(work)

    async def consents(self, customer: str) -> Sequence[ConsentEntry]:
        rows = self._consents.find({"customer": customer}).sort("_id")
        return records(await answered(rows.to_list(None)), ConsentEntry)

    async def consenting(self, customers: Iterable[str], purpose: Purpose) -> set[str]:
        wanted = {"customer": {"$in": sorted(set(customers))}, "purpose": purpose.value}
        rows = await answered(self._consents.find(wanted).sort("_id").to_list(None))
        last = {row["customer"]: row["granted"] for row in rows}
        return {customer for customer, granted in last.items() if granted}

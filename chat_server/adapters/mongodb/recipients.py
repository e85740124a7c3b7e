"""The recipient ledger in MongoDB."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pymongo import ReplaceOne

from chat_server.adapters.mongodb.database import Database, answered
from chat_server.adapters.mongodb.documents import document, records
from chat_server.adapters.mongodb.driver import Document, Session, aggregated
from chat_server.domain.accounts.campaigns import Recipient, RecipientState, Tally

_REACHED = ["sent", "read", "recalled"]


class MongoRecipientLedger:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._recipients = database.collection("recipients")

    async def enrol(self, recipients: Sequence[Recipient]) -> int:
        async def work(session: Session) -> int:
            taken = await self._there(recipients, session)
            new = {
                (one.campaign, one.customer): document(one)
                for one in recipients
                if (one.campaign, one.customer) not in taken
            }
            if new:
                await self._recipients.insert_many(list(new.values()), session=session)
            return len(new)

        return await self._database.transact(work)

    async def move(self, former: RecipientState, recipients: Sequence[Recipient]) -> int:
        async def work(session: Session) -> int:
            there = await self._there(recipients, session)
            changes = [
                ReplaceOne({"campaign": one.campaign, "customer": one.customer}, document(one))
                for one in recipients
                if there.get((one.campaign, one.customer)) == former
            ]
            if changes:
                await self._recipients.bulk_write(changes, session=session)
            return len(changes)

        return await self._database.transact(work)

    async def in_state(
        self, campaign: str, state: RecipientState, *, after: str = "", limit: int
    ) -> Sequence[Recipient]:
        if limit < 1:
            return []
        wanted = {"campaign": campaign, "state": state.value, "customer": {"$gt": after}}
        rows = self._recipients.find(wanted).sort("customer").limit(limit)
        return records(await answered(rows.to_list(None)), Recipient)

    async def tallies(self, campaign: str) -> Sequence[Tally]:
        key = {"variant": "$variant", "state": "$state", "reason": "$reason"}
        counted = await answered(
            aggregated(
                self._recipients,
                [
                    {"$match": {"campaign": campaign}},
                    {"$group": {"_id": key, "count": {"$sum": 1}}},
                ],
            )
        )
        told = [
            (row["_id"]["variant"], RecipientState(row["_id"]["state"]), row["_id"]["reason"])
            for row in counted
        ]
        found = [Tally(*key, row["count"]) for key, row in zip(told, counted, strict=True)]
        return sorted(found, key=lambda each: (each.variant, each.state, each.reason))

    async def reached(self, customers: Iterable[str], since_ms: int) -> Mapping[str, int]:
        wanted: Document = {
            "customer": {"$in": sorted(set(customers))},
            "at_ms": {"$gte": since_ms},
            "state": {"$in": _REACHED},
        }
        counted = await answered(
            aggregated(
                self._recipients,
                [{"$match": wanted}, {"$group": {"_id": "$customer", "count": {"$sum": 1}}}],
            )
        )
        return {row["_id"]: row["count"] for row in counted}

    async def _there(
        self, recipients: Sequence[Recipient], session: Session
    ) -> Mapping[tuple[str, str], str]:
        campaigns = sorted({each.campaign for each in recipients})
        customers = sorted({each.customer for each in recipients})
        asked = {"campaign": {"$in": campaigns}, "customer": {"$in": customers}}
        rows = await self._recipients.find(asked, session=session).to_list(None)
        return {(row["campaign"], row["customer"]): row["state"] for row in rows}

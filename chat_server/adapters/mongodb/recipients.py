"""The recipient ledger in MongoDB."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from pymongo import ReplaceOne, UpdateOne

from chat_server.adapters.mongodb.database import Database, answered
from chat_server.adapters.mongodb.documents import document, records
from chat_server.adapters.mongodb.driver import Document, Session, aggregated
from chat_server.adapters.mongodb.facts import note
from chat_server.adapters.rules_recipients import HOUR_MS, STEP_TIMES, key_of, walked
from chat_server.domain.accounts.campaigns import (
    REACHED,
    HourTally,
    Recipient,
    RecipientState,
    Tally,
)
from chat_server.domain.accounts.progress import Mark

_SENT_TO = sorted(state.value for state in REACHED)
_GROUPED = ("variant", "state", "reason", "language", "branch")
_COUNTED = ("delivered", "read", "clicked", "converted", "left")


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
                UpdateOne(_key(one), {"$set": _given(one)})
                for one in recipients
                if there.get(key_of(one)) == former
            ]
            if changes:
                await self._recipients.bulk_write(changes, session=session)
            return len(changes)

        return await self._database.transact(work)

    async def mark(self, marks: Sequence[Mark]) -> int:
        async def work(session: Session) -> int:
            asked = {"$or": [_key(each) for each in marks]}
            found = await self._recipients.find(asked, session=session).to_list(None)
            rows = {key_of(one): one for one in records(found, Recipient)}
            changed, facts = walked(rows, marks)
            if changed:
                replacing = [ReplaceOne(_key(one), document(one)) for one in changed]
                await self._recipients.bulk_write(replacing, session=session)
            await note(self._database, session, *facts)
            return len(changed)

        return await self._database.transact(work) if marks else 0

    async def in_state(
        self, campaign: str, state: RecipientState, *, after: str = "", limit: int
    ) -> Sequence[Recipient]:
        if limit < 1:
            return []
        wanted = {"campaign": campaign, "state": state.value, "customer": {"$gt": after}}
        rows = self._recipients.find(wanted).sort("customer").limit(limit)
        return records(await answered(rows.to_list(None)), Recipient)

    async def of_customer(self, customer: str, since_ms: int) -> Sequence[Recipient]:
        wanted = {"customer": customer, "at_ms": {"$gte": since_ms}}
        rows = self._recipients.find(wanted).sort([("at_ms", -1), ("campaign", 1)])
        return records(await answered(rows.to_list(None)), Recipient)

    async def tallies(self, campaign: str) -> Sequence[Tally]:
        sums: Document = {
            name: {"$sum": {"$cond": [{"$gt": [f"${name}_ms", 0]}, 1, 0]}} for name in _COUNTED
        }
        group = {
            "_id": {name: {"$ifNull": [f"${name}", ""]} for name in _GROUPED},
            "count": {"$sum": 1},
            "revenue": {"$sum": "$revenue"},
            **sums,
        }
        counted = await answered(
            aggregated(self._recipients, [{"$match": {"campaign": campaign}}, {"$group": group}])
        )
        found = [msgspec.convert({**row.pop("_id"), **row}, Tally) for row in counted]
        return sorted(found, key=lambda one: tuple(getattr(one, name) for name in _GROUPED))

    async def hours(self, campaign: str) -> Sequence[HourTally]:
        found = []
        for step, at_ms in STEP_TIMES.items():
            wanted = {"campaign": campaign, "state": {"$in": _SENT_TO}, at_ms: {"$gt": 0}}
            hour = {"$subtract": [f"${at_ms}", {"$mod": [f"${at_ms}", HOUR_MS]}]}
            fen = "$revenue" if step == "converted" else 0
            group = {"_id": hour, "count": {"$sum": 1}, "revenue": {"$sum": fen}}
            counted = aggregated(self._recipients, [{"$match": wanted}, {"$group": group}])
            found += [
                HourTally(row["_id"], step, row["count"], row["revenue"])
                for row in await answered(counted)
            ]
        return sorted(found, key=lambda one: (one.hour_ms, one.step))

    async def reached(self, customers: Iterable[str], since_ms: int) -> Mapping[str, int]:
        wanted: Document = {
            "customer": {"$in": sorted(set(customers))},
            "at_ms": {"$gte": since_ms},
            "state": {"$in": _SENT_TO},
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


def _key(one: Recipient | Mark) -> Document:
    return {"campaign": one.campaign, "customer": one.customer}


def _given(one: Recipient) -> Document:
    """What `rules_recipients.given` gives."""
    return {
        "variant": one.variant,
        "state": one.state.value,
        "reason": one.reason,
        "seq": one.seq,
        "at_ms": one.at_ms,
    }

"""Public accounts and their broadcasts."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chat_server.adapters.mongodb.database import Database, answered
from chat_server.adapters.mongodb.documents import document, record_or_none, records
from chat_server.adapters.mongodb.driver import Session
from chat_server.adapters.mongodb.facts import note
from chat_server.domain.conversation import Role
from chat_server.domain.errors import VersionConflict
from chat_server.domain.facts import Fact
from chat_server.domain.ids import feed_conversation
from chat_server.domain.publishing import Broadcast, PublicAccount


class MongoPublicAccountStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._accounts = database.collection("accounts")
        self._broadcasts = database.collection("broadcasts")
        self._memberships = database.collection("memberships")

    async def put_account(self, account: PublicAccount, fact: Fact) -> None:
        async def work(session: Session) -> None:
            key = {"_id": account.account}
            row = document(account)
            await self._accounts.replace_one(key, row, upsert=True, session=session)
            await note(self._database, session, fact)

        await self._database.transact(work)

    async def change_account(
        self, former: PublicAccount | None, account: PublicAccount, fact: Fact
    ) -> None:
        async def work(session: Session) -> None:
            key = {"_id": account.account}
            found = await self._accounts.find_one(key, session=session)
            stored = record_or_none(found, PublicAccount)
            if msgspec.json.encode(stored) != msgspec.json.encode(former):
                raise VersionConflict(account.account)
            row = document(account)
            await self._accounts.replace_one(key, row, upsert=True, session=session)
            await note(self._database, session, fact)

        await self._database.transact(work)

    async def account(self, account: str) -> PublicAccount | None:
        found = await answered(self._accounts.find_one({"_id": account}))
        return record_or_none(found, PublicAccount)

    async def accounts(self) -> Sequence[PublicAccount]:
        rows = self._accounts.find().sort("_id")
        return records(await answered(rows.to_list(None)), PublicAccount)

    async def follower_count(self, account: str) -> int:
        followers = {"conv": feed_conversation(account), "present": True, "role": Role.FOLLOWER}
        return await answered(self._memberships.count_documents(followers))

    async def save_broadcast(self, broadcast: Broadcast, fact: Fact) -> None:
        async def work(session: Session) -> None:
            key = {"_id": broadcast.broadcast_id}
            former = await self._broadcasts.find_one(key, session=session)
            if (former["version"] if former else 0) != broadcast.version - 1:
                raise VersionConflict(broadcast.broadcast_id)
            row = document(broadcast)
            await self._broadcasts.replace_one(key, row, upsert=True, session=session)
            await note(self._database, session, fact)

        await self._database.transact(work)

    async def broadcast(self, broadcast_id: str) -> Broadcast | None:
        found = await answered(self._broadcasts.find_one({"_id": broadcast_id}))
        return record_or_none(found, Broadcast)

    async def broadcasts(self, account: str, limit: int) -> Sequence[Broadcast]:
        if limit < 1:
            return []
        rows = self._broadcasts.find({"account": account})
        newest = rows.sort([("submitted_ms", -1), ("_id", -1)]).limit(limit)
        return records(await answered(newest.to_list(None)), Broadcast)

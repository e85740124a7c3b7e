"""A step of the schema: ties for those who had a conversation before there were ties.

May be done twice, as each step may.
"""

from __future__ import annotations

from pymongo import UpdateOne

from chat_server.adapters.mongodb.database import Database, answered
from chat_server.adapters.mongodb.documents import document
from chat_server.domain.contacts import Tie

_PAGE = 1000


async def tie_acquainted(database: Database) -> None:
    """Whoever has a direct conversation with somebody is their contact already."""
    ties = database.collection("ties")
    directs = database.collection("conversations").find({"kind": "direct"}, {"_id": True})
    while found := await answered(directs.to_list(_PAGE)):
        pairs = [row["_id"].split(":")[1:] for row in found]
        steps = [
            UpdateOne(
                {"one": one, "other": other},
                {"$setOnInsert": document(Tie(one=one, other=other, friends_ms=1, revision=1))},
                upsert=True,
            )
            for one, other in pairs
        ]
        await answered(ties.bulk_write(steps, ordered=False))

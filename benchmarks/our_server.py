"""The house's own socket over its own SQLite store, with people to load it, and nothing else.

Writes `--out` in the form of `elian bench prepare`: users with tokens, and pairs. A store
that has them already is served as it is.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from pathlib import Path

import uvicorn
import uvloop
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_bus, open_store
from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.facts import Fact
from chat_server.domain.ids import direct_conversation
from chat_server.domain.people import DeviceSession, Person, StaffRole
from chat_server.ports.store import Store
from chat_server.transport.websocket import SocketRoom
from chat_server.usecases.identity.tokens import AccessTokens
from chat_server.usecases.messaging.send import body_hasher

KEY = b"benchmark" * 4


async def prepare(store: Store, tokens: AccessTokens, pairs: int) -> dict[str, object]:
    def fact(subject: str) -> Fact:
        return Fact("bench_prepared", "bench", subject, 1)

    async def person(user: str) -> dict[str, str]:
        who = Person(user, user, StaffRole.CUSTOMER, "hq", "", unlimited=True)
        await store.people.add_person(who, fact(user))
        session = DeviceSession(f"s-{user}", user, "bench", "", 1, 1, 2**50)
        await store.devices.start_session(session, fact(user))
        token = tokens.issue(
            user=user, device="bench", session_id=f"s-{user}", role=StaffRole.CUSTOMER
        )
        return {"user": user, "token": token, "device": "bench"}

    async def pair(one: str, other: str) -> list[str]:
        conv = direct_conversation(one, other)
        await store.conversations.open_conversation(
            Conversation(conv, ConversationKind.DIRECT),
            [Membership(conv, user, Role.MEMBER) for user in (one, other)],
            fact(conv),
        )
        return [one, other, conv]

    users = await asyncio.gather(*(person(f"u{n}") for n in range(2 * pairs)))
    convs = await asyncio.gather(*(pair(f"u{n}", f"u{n + pairs}") for n in range(pairs)))
    return {"users": users, "pairs": convs}


def save(out: Path, prepared: dict[str, object]) -> None:
    out.write_text(json.dumps(prepared))


async def main(port: int, url: str, pairs: int, out: Path) -> None:
    clock = SystemClock()
    tokens = AccessTokens(KEY, clock)
    async with (
        open_store(url, clock=clock) as store,
        open_bus("memory://", clock=clock) as bus,
    ):
        if await store.people.person("u0") is None:
            save(out, await prepare(store, tokens, pairs))
        room = SocketRoom(
            store,
            bus,
            clock,
            authenticate=tokens.verify,
            submit=None,
            hash_body=body_hasher(KEY),
            registry=CollectorRegistry(),
        )
        await room.start()
        config = uvicorn.Config(
            Starlette(), port=port, ws=room.protocol_class, log_level="error", lifespan="off"
        )
        await uvicorn.Server(config).serve()
        await room.stop()


if __name__ == "__main__":
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("--port", type=int, required=True)
    asks.add_argument("--core", type=int, default=0)
    asks.add_argument("--store", required=True, help="memory:// or sqlite:///path")
    asks.add_argument("--pairs", type=int, default=100)
    asks.add_argument("--out", type=Path, required=True)
    told = asks.parse_args()
    os.sched_setaffinity(0, {told.core})
    uvloop.run(main(told.port, told.store, told.pairs, told.out))

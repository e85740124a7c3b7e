"""A real server on a free port, in the test's own loop: the chat socket over a store.

Two people who talk, a public account with a service and a feed conversation, and tokens
for as many devices as a test wants.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import msgspec
import uvicorn
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from websockets.asyncio.client import ClientConnection, connect

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.memory.bus import MemoryBus
from chat_server.adapters.open import open_store
from chat_server.domain.conversation import Conversation, ConversationKind, Membership, Role
from chat_server.domain.errors import CardNotOpen
from chat_server.domain.facts import Fact
from chat_server.domain.ids import direct_conversation, feed_conversation, service_conversation
from chat_server.domain.message import Appended, Draft, EventKind
from chat_server.domain.people import DeviceSession, Person, StaffRole
from chat_server.domain.publishing import PublicAccount
from chat_server.ports.store import Store
from chat_server.transport.door import Door
from chat_server.transport.limits import SocketLimits
from chat_server.transport.websocket import SocketRoom
from chat_server.usecases.identity.tokens import AccessTokens
from chat_server.usecases.messaging.act import Windows
from chat_server.usecases.messaging.pace import Pace, Paces
from chat_server.usecases.messaging.send import body_hasher

KEY = b"0123456789abcdef" * 2
DIRECT = direct_conversation("ann", "bob")
SERVICE = service_conversation("@bank", "ann")
FEED = feed_conversation("@bank")


def fact(kind: str, subject: str) -> Fact:
    return Fact(kind=kind, actor="test", subject=subject, at_ms=1)


def draft(conv: str, sender: str, mid: str, text: str = "hello") -> Draft:
    body = msgspec.json.encode({"type": "text", "text": text})
    return Draft(
        conv=conv,
        sender=sender,
        mid=mid,
        kind=EventKind.MESSAGE,
        body=body,
        body_hash=body_hasher(KEY)(body),
        at_ms=1,
    )


class Socket:
    """A device's end: frames as dicts, and what it was closed with."""

    def __init__(self, ws: ClientConnection) -> None:
        self.ws = ws

    async def send(self, **frame: Any) -> None:
        await self.ws.send(msgspec.json.encode(frame).decode())

    async def get(self, within_s: float = 5.0) -> dict[str, Any]:
        async with asyncio.timeout(within_s):
            data = await self.ws.recv()
        return msgspec.json.decode(data) if isinstance(data, str) else msgspec.msgpack.decode(data)

    async def wait_for(self, kind: str, within_s: float = 5.0) -> dict[str, Any]:
        while (frame := await self.get(within_s))["type"] != kind:
            pass
        return frame

    async def ask(self, **frame: Any) -> dict[str, Any]:
        """Send, and skip to the answer that bears the request's id."""
        await self.send(**frame)
        while (answer := await self.get()).get("id") != frame["id"]:
            pass
        return answer

    async def say(self, conv: str, mid: str, text: str = "hello") -> dict[str, Any]:
        return await self.ask(
            type="send", id=mid, conv=conv, mid=mid, body={"type": "text", "text": text}
        )

    async def silent(self, seconds: float = 0.15) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self.ws.recv()
        except TimeoutError:
            return True
        return False

    async def closed(self, within_s: float = 5.0) -> tuple[int, str]:
        async with asyncio.timeout(within_s):
            with contextlib.suppress(Exception):
                while True:
                    await self.ws.recv()
        return self.ws.close_code or 0, self.ws.close_reason or ""


class House:
    def __init__(self, store: Store, room: SocketRoom, bus: MemoryBus, port: int) -> None:
        self.store, self.room, self.bus, self.port = store, room, bus, port
        self.clock = SystemClock()
        self.tokens = AccessTokens(KEY, self.clock)
        self.presses: list[Mapping[str, str]] = []
        self._open: list[ClientConnection] = []

    async def token(self, user: str, device: str = "phone") -> str:
        session_id = f"{user}-{device}"
        if await self.store.devices.session(session_id) is None:
            await self.store.devices.start_session(
                DeviceSession(session_id, user, device, "hash", 1, 1, self.clock.now_ms() + 10**9),
                fact("session_started", user),
            )
        return self.tokens.issue(
            user=user, device=device, session_id=session_id, role=StaffRole.CUSTOMER
        )

    async def connect(self, **options: Any) -> Socket:
        options.setdefault("subprotocols", ["elian.v1"])
        path = options.pop("path", "/v1/ws")
        ws = await connect(
            f"ws://127.0.0.1:{self.port}{path}", compression=None, proxy=None, **options
        )
        self._open.append(ws)
        return Socket(ws)

    async def device(self, user: str, device: str = "phone", **options: Any) -> Socket:
        """Connected and greeted."""
        token = await self.token(user, device)
        device_end = await self.connect(**options)
        await device_end.send(type="hello", device=device, token=token)
        assert (await device_end.get())["type"] == "welcome"
        return device_end

    async def hang_up(self) -> None:
        for ws in self._open:
            ws.transport.abort()


async def furnish(store: Store) -> None:
    for user in ("ann", "bob", "eve", "load"):
        await store.people.add_person(
            Person(user, user.title(), StaffRole.CUSTOMER, "hq", "", unlimited=user == "load"),
            fact("user_added", user),
        )
    await store.people.add_person(
        Person("mia", "Mia", StaffRole.MANAGER, "hq", ""), fact("user_added", "mia")
    )
    await store.accounts.put_account(
        PublicAccount("@bank", "The Bank", "talks", verified=True), fact("account_put", "@bank")
    )
    for conv, kind, account, members in (
        (DIRECT, ConversationKind.DIRECT, "", ("ann", "bob")),
        (direct_conversation("ann", "mia"), ConversationKind.DIRECT, "", ("ann", "mia")),
        (direct_conversation("load", "bob"), ConversationKind.DIRECT, "", ("load", "bob")),
        (SERVICE, ConversationKind.SERVICE, "@bank", ("ann", "@bank")),
    ):
        await store.conversations.open_conversation(
            Conversation(conv, kind, account),
            [Membership(conv, user, Role.MEMBER) for user in members],
            fact("conversation_opened", conv),
        )
    await store.conversations.open_conversation(
        Conversation(FEED, ConversationKind.FEED, "@bank"),
        [
            Membership(FEED, "@bank", Role.PUBLISHER),
            Membership(FEED, "ann", Role.FOLLOWER),
            Membership(FEED, "bob", Role.FOLLOWER),
        ],
        fact("conversation_opened", FEED),
    )


@contextlib.asynccontextmanager
async def open_house(
    store_url: str = "memory://",
    limits: SocketLimits | None = None,
    pace: Pace | None = None,
    windows: Windows | None = None,
    origins: tuple[str, ...] = (),
    door: Door | None = None,
    spoil: Callable[[Store], object] | None = None,
) -> AsyncIterator[House]:
    clock = SystemClock()
    async with open_store(store_url, clock=clock) as store:
        await furnish(store)
        if spoil is not None:  # a test wants a store that breaks its promises
            spoil(store)
        bus = MemoryBus()
        held: list[House] = []

        async def submit(*, conv: str, user: str, mid: str, **press: Any) -> Appended:
            held[0].presses.append(press["values"])
            if press["card_seq"] != 1:
                raise CardNotOpen
            return await store.messages.append(draft(conv, user, mid, press["action"]))

        room = SocketRoom(
            store,
            bus,
            clock,
            authenticate=AccessTokens(KEY, clock).verify,
            submit=submit,
            hash_body=body_hasher(KEY),
            limits=limits or SocketLimits(),
            paces=pace and Paces(person=pace, staff=pace, device=pace, staff_device=pace),
            windows=windows,
            door=door or Door(origins=origins),
            registry=CollectorRegistry(),
        )
        await room.start()
        async with _serving(room) as port:
            house = House(store, room, bus, port)
            held.append(house)
            try:
                yield house
            finally:
                await house.hang_up()
                await room.stop()


@contextlib.asynccontextmanager
async def _serving(room: SocketRoom) -> AsyncIterator[int]:
    async def hello(request: object) -> PlainTextResponse:
        return PlainTextResponse("hello")

    line = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        Starlette(routes=[Route("/", hello)]),
        ws=room.protocol_class,
        log_config=None,
        lifespan="off",
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve([line]))
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it no other way
        await asyncio.sleep(0.005)
    try:
        yield line.getsockname()[1]
    finally:
        server.should_exit = True
        await serving

"""Houses that break one promise each: a store that lies, and a line that tampers with frames."""

from __future__ import annotations

import asyncio
import json
from asyncio import Future
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from msgspec.structs import replace
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from chat_server.client.link import SUBPROTOCOL
from chat_server.domain.conversation import Membership, Positions
from chat_server.domain.message import Appended, Draft, Event
from chat_server.ports.store import ConversationStore, MessageStore, Ring, Store

# --- stores


class Messages:
    """The true store's, but for what a fault replaces."""

    def __init__(self, store: Store) -> None:
        self.true: MessageStore = store.messages
        self.rings: list[Ring] = []
        true_watch = store.watch

        def watch(ring: Ring) -> None:
            self.rings.append(ring)
            true_watch(lambda events: ring(self.told(events)))

        store.watch = watch  # type: ignore[method-assign] # the fault
        store.messages = self  # type: ignore[assignment] # the fault

    def __getattr__(self, name: str) -> Any:
        return getattr(self.true, name)

    def told(self, events: Sequence[Event]) -> Sequence[Event]:
        """What the store says of these."""
        return events

    async def events(self, conv: str, **where: Any) -> Sequence[Event]:
        return self.told(await self.true.events(conv, **where))


class AcksBeforeWriting(Messages):
    """Sends named `lost…` are acked, told to everybody, and never written."""

    def append(self, draft: Draft) -> Future[Appended]:
        if not draft.mid.startswith("lost"):
            return self.true.append(draft)
        return asyncio.ensure_future(self._pretend(draft))

    async def _pretend(self, draft: Draft) -> Appended:
        head = await self.true.head(draft.conv)
        seq, n, at_ms = head.seq + 1, head.n + 1, max(head.ts, draft.at_ms)
        event = Event(draft.conv, seq, draft.mid, draft.sender, at_ms, draft.kind, n, draft.body)
        for ring in self.rings:
            ring([event])
        return Appended(event)


class WritesTwice(Messages):
    """What is sent again is stored again, under the same name."""

    def append(self, draft: Draft) -> Future[Appended]:
        return asyncio.ensure_future(self._again(draft))

    async def _again(self, draft: Draft) -> Appended:
        if await self.true.find(draft.conv, draft.sender, draft.mid):
            draft = replace(draft, mid=f"{draft.mid}~")
        appended = await self.true.append(draft)
        (event,) = self.told([appended.event])
        return Appended(event, appended.duplicate)

    def told(self, events: Sequence[Event]) -> Sequence[Event]:
        return [replace(event, mid=event.mid.rstrip("~")) for event in events]


class LosesOne(Messages):
    """The event at seq 3 is not there, whoever reads; nobody is told of it."""

    def told(self, events: Sequence[Event]) -> Sequence[Event]:
        return [event for event in events if event.seq != 3]


class ChangesBodies(Messages):
    """What is read is not what was acked and pushed."""

    async def events(self, conv: str, **where: Any) -> Sequence[Event]:
        return [_altered(event) for event in await self.true.events(conv, **where)]


class Overtakes(Messages):
    """The first send of a pair waits for the second."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._first: tuple[Draft, Future[Appended]] | None = None

    def append(self, draft: Draft) -> Future[Appended]:
        if self._first is None:
            held: Future[Appended] = asyncio.get_running_loop().create_future()
            self._first = draft, held
            return held
        second = self.true.append(draft)
        (first, held), self._first = self._first, None
        written = asyncio.ensure_future(self.true.append(first))
        written.add_done_callback(lambda done: held.set_result(done.result()))
        return second


class Memberships:
    """The true store's conversations, but for what a fault replaces."""

    def __init__(self, store: Store) -> None:
        self.true: ConversationStore = store.conversations
        store.conversations = self  # type: ignore[assignment] # the fault

    def __getattr__(self, name: str) -> Any:
        return getattr(self.true, name)


class ForgetsLeaving(Memberships):
    """Who has left may still read."""

    async def membership(self, conv: str, user: str) -> Membership | None:
        found = await self.true.membership(conv, user)
        return found and replace(found, left_seq=None)


class ForgetsPositions(Memberships):
    """They are told as they move, and not kept."""

    async def advance(
        self, conv: str, user: str, *, read: int = 0, delivered: int = 0
    ) -> Positions | None:
        return Positions(conv, user, read, max(read, delivered), 1)


class ForgetsHeads(Memberships):
    """Positions may stand where nothing is."""

    async def advance(
        self, conv: str, user: str, *, read: int = 0, delivered: int = 0
    ) -> Positions | None:
        return Positions(conv, user, read + 1000, delivered + 1000, 1)


def _altered(event: Event) -> Event:
    body = json.loads(event.body)
    return replace(event, body=json.dumps(body | {"text": "something else"}).encode())


# --- lines

Frame = dict[str, Any]
Tamper = Callable[[Frame], Iterable[Frame]]


def _as_it_is(frame: Frame) -> Iterable[Frame]:
    return [frame]


@asynccontextmanager
async def tampered(
    port: int, down: Tamper = _as_it_is, up: Tamper = _as_it_is
) -> AsyncIterator[str]:
    """The URL of a line to that port: every frame that goes down or up it passes a tamper."""

    async def carry(device: ServerConnection) -> None:
        path = f"ws://127.0.0.1:{port}/v1/ws"
        async with connect(path, subprotocols=[SUBPROTOCOL], compression=None) as house:  # type: ignore[list-item]

            async def pump(source: Any, target: Any, tamper: Tamper) -> None:
                with suppress(ConnectionClosed):
                    async for data in source:
                        for frame in tamper(json.loads(data)):
                            await target.send(json.dumps(frame))
                await target.close()

            await asyncio.gather(pump(device, house, up), pump(house, device, down))

    async with serve(carry, "127.0.0.1", 0, subprotocols=[SUBPROTOCOL], compression=None) as line:  # type: ignore[list-item]
        yield f"http://127.0.0.1:{next(iter(line.sockets)).getsockname()[1]}"

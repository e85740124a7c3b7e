"""The client: one device that stays connected, loses nothing and repeats nothing.

Keeps a cursor for each conversation, resends what was not acked under the same `mid`,
fills gaps from the log, and hands events on once, in order.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import msgspec
from msgspec.structs import replace

from chat_server.client.contacts import ContactRoad
from chat_server.client.desk import DeskRoad
from chat_server.client.devices import DeviceRoad
from chat_server.client.faults import ClientFault, Refused
from chat_server.client.groups import Groups
from chat_server.client.inbox import Inbox, list_conversations, sync
from chat_server.client.journal import UNCERTAIN, Journal
from chat_server.client.link import Link, Lost
from chat_server.client.media import MediaRoad, Medium
from chat_server.client.own import Own
from chat_server.client.presence import PresenceWatch
from chat_server.client.road import Road
from chat_server.client.searching import Found, Kind, search
from chat_server.client.staying import Staying
from chat_server.domain.bodies import ClientBody, Emoji, File, Image, Text
from chat_server.domain.message import Place
from chat_server.wire import frames

T = TypeVar("T")
Named = frames.Send | frames.EditMessage | frames.RecallMessage | frames.React
_decode_body = msgspec.json.Decoder(ClientBody).decode
_SOON_S, _LATE_S = 0.2, 5.0


class Client:
    """`async with Client(...)` is connected from its first line to its last, drops aside.

    Give a password, or an access token for as long as that is valid. `cursors` are what a
    former run held (see `cursors()`); other conversations begin at their head, or at their
    first event with `from_start`. `instead_of` is the session of the device that goes when this
    one would be one too many. Waits for a server that is not there: set a timeout
    around what may not wait.
    """

    def __init__(
        self,
        url: str,
        user: str,
        password: str = "",
        device: str = "client",
        *,
        token: str = "",
        instead_of: str = "",
        cursors: Mapping[str, int] | None = None,
        from_start: bool = False,
        journal: Path | None = None,
        new_mid: Callable[[], str] | None = None,
    ) -> None:
        self.user, self.device = user, device
        self._journal = Journal(journal, user, device)
        self._inbox = Inbox(cursors or {}, from_start=from_start)
        self._url = url
        self._staying = Staying(
            url,
            user,
            device,
            password=password,
            token=token,
            instead_of=instead_of,
            inbox=self._inbox,
            journal=self._journal,
        )
        road = Road(url, self._staying.access, self._staying.wait)
        self.media = MediaRoad(road)
        self.groups = Groups(road)
        self.desk = DeskRoad(road)
        self.devices = DeviceRoad(road)
        self._running: asyncio.Task[None] | None = None
        run, numbers = secrets.token_hex(6), count(1)
        self._new_mid = new_mid or (lambda: f"{run}-{next(numbers):08d}")
        self.own = Own(self._insist, self._new_mid, self._inbox)
        self.contacts = ContactRoad(road, self._inbox)
        self.presence = PresenceWatch(self._insist, self._inbox)
        self._staying.begin = self.presence.again

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self._staying.run())
        try:
            await self._staying.link()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        self._staying.end("the client was closed")
        if self._running is not None:
            await self._running
        self._journal.close()

    def cursors(self) -> dict[str, int]:
        """What is held of each conversation: give it to the next client of this device."""
        return self._inbox.cursors()

    def drop(self) -> None:
        """Cut the line without a word, as a lost network does; the client comes back by itself."""
        self._staying.drop()

    async def read_back(self) -> None:
        """The end of a journal that is to be checked: all is quiet, and every log is read whole.

        Everybody's sends must have been answered by now; see docs/history-checker.md.
        """
        self._journal.final()
        held = self.cursors()
        await self._insist(lambda link: sync(link, held))
        for conv in held:
            after, more = 0, True
            with suppress(Refused):  # of a conversation that one may not read any longer
                while more:
                    page = await self.history(conv, after=after, limit=frames.HISTORY_LIMIT)
                    after = page.events[-1].seq if page.events else page.head
                    more = page.more

    def on_marks(self, tell: Callable[[frames.Marks | frames.Mark], object]) -> None:
        """Call `tell` with every read and delivered position that is heard of."""
        self._inbox.on_marks = tell

    def on_typing(self, tell: Callable[[frames.TypingState], object]) -> None:
        self._inbox.on_typing = tell

    def on_waiting(self, tell: Callable[[frames.Waiting], object]) -> None:
        """Call `tell` with one's place in a desk's queue whenever it changes."""
        self._inbox.on_waiting = tell

    def on_desk(self, tell: Callable[[frames.DeskMoved], object]) -> None:
        """For staff: call `tell` when something of a desk should be asked for again."""
        self._inbox.on_desk = tell

    async def events(self) -> AsyncIterator[frames.Event]:
        """Everything others and one's other devices say: once, each conversation in order.

        Ends when the client ends. Must be taken: when too many wait, nothing is read.
        """
        while (
            event := await self._inbox.take(lambda: self._staying.ended is not None)
        ) is not None:
            yield event

    async def send(
        self,
        conv: str,
        body: ClientBody | str,
        mid: str | None = None,
        *,
        reply_to: int = 0,
        mentions: Sequence[str] = (),
    ) -> frames.Ack:
        """Durable when it returns, and stored once, whatever happened on the way."""
        said = Text(body) if isinstance(body, str) else body
        frame = frames.Send(
            conv=conv, mid=mid or self._new_mid(), body=said, reply_to=reply_to, mentions=mentions
        )
        return await self._put(frame)

    async def forward(self, conv: str, origin: frames.Event, mid: str | None = None) -> frames.Ack:
        """Pass on what somebody said elsewhere, as it reads there now."""
        said = replace(_decode_body(origin.body), about=None)
        frame = frames.Send(
            conv=conv,
            mid=mid or self._new_mid(),
            body=said,
            forwarded=Place(origin.conv, origin.seq),
        )
        return await self._put(frame)

    async def edit(self, conv: str, target: int, text: str, mid: str | None = None) -> frames.Ack:
        frame = frames.EditMessage(
            conv=conv, mid=mid or self._new_mid(), target=target, body=Text(text)
        )
        return await self._put(frame)

    async def recall(self, conv: str, target: int, mid: str | None = None) -> frames.Ack:
        frame = frames.RecallMessage(conv=conv, mid=mid or self._new_mid(), target=target)
        return await self._put(frame)

    async def react(
        self, conv: str, target: int, emoji: Emoji, mid: str | None = None
    ) -> frames.Ack:
        """One emoji for each person and message; an empty one takes it back."""
        frame = frames.React(conv=conv, mid=mid or self._new_mid(), target=target, emoji=emoji)
        return await self._put(frame)

    async def _put(self, frame: Named) -> frames.Ack:
        return await self._until_acked(lambda request: replace(frame, id=request))

    async def send_file(
        self,
        conv: str,
        content: bytes | Path,
        name: str = "",
        *,
        tell: Callable[[Medium], ClientBody] | None = None,
        mid: str | None = None,
    ) -> frames.Ack:
        """Upload, then send: as a picture if it is one, else as a file, or as `tell` says."""
        name = name or (content.name if isinstance(content, Path) else "")
        medium = await self.media.upload(conv, content, name)
        if tell is not None:
            return await self.send(conv, tell(medium), mid)
        kind = Image if medium.width else File
        return await self.send(conv, kind(media=medium.digest, name=name), mid)

    async def submit(
        self,
        conv: str,
        seq: int,
        action: str,
        values: Mapping[str, str] | None = None,
        mid: str | None = None,
    ) -> frames.Ack:
        """Press a button of the card at `seq`; the values are written down nowhere."""
        mid, typed = mid or self._new_mid(), dict(values or {})

        def put(request: str) -> frames.ClientFrame:
            return frames.Submit(
                conv=conv, mid=mid, seq=seq, action=action, values=typed, id=request
            )

        return await self._until_acked(put)

    async def history(
        self, conv: str, *, after: int | None = None, before: int | None = None, limit: int = 50
    ) -> frames.Events:
        async def ask(link: Link) -> frames.ServerFrame:
            return await link.ask(
                lambda r: frames.History(conv=conv, id=r, after=after, before=before, limit=limit)
            )

        return _expect(await self._insist(ask), frames.Events)

    async def search(
        self, text: str, *, kind: Kind = "messages", conv: str = "", before: int | None = None
    ) -> Found:
        """What one may read, newest first; a page of it, followed by that before its `more`."""
        token = await self._staying.access()
        asked = partial(search, self._url, text=text, kind=kind, conv=conv, before=before)
        try:
            return await asked(token)
        except Refused as exc:
            if exc.code != "not_authenticated":
                raise
        return await asked(await self._staying.access(refused=token))

    async def conversations(self) -> list[frames.ConversationItem]:
        return await self._insist(list_conversations)

    async def read(self, conv: str, seq: int) -> None:
        await self._insist(lambda link: link.tell(frames.Read(conv=conv, seq=seq)))

    async def delivered(self, conv: str, seq: int) -> None:
        await self._insist(lambda link: link.tell(frames.Delivered(conv=conv, seq=seq)))

    async def typing(self, conv: str, *, on: bool) -> None:
        await self._insist(lambda link: link.tell(frames.Typing(conv=conv, on=on)))

    async def _until_acked(self, make: Callable[[str], frames.ClientFrame]) -> frames.Ack:
        """Raises Refused once it is certain that nothing was stored, and waiting cannot help.

        Where the server names no time, one waits longer each time: a store that is behind is
        not helped by being asked again at once.
        """
        pauses = (min(_SOON_S * 2**number, _LATE_S) for number in count())
        while True:
            try:
                return _expect(await self._insist(lambda link: link.ask(make)), frames.Ack)
            except Refused as exc:
                if exc.code not in UNCERTAIN and exc.retry_after is None:
                    raise
                await self._staying.wait(exc.retry_after or next(pauses))

    async def _insist(self, work: Callable[[Link], Awaitable[T]]) -> T:
        """On one link after another, until it was done on one."""
        while True:
            link = await self._staying.link()
            try:
                return await work(link)
            except Lost:
                await self._staying.gone(link)


def _expect(frame: frames.ServerFrame, kind: type[T]) -> T:
    if not isinstance(frame, kind):
        raise ClientFault(f"the server answered with {type(frame).__name__}")
    return frame

"""What one connection has under way: its sends, its reads, its marks and presses.

The connection hands intents over. Sends keep their order and are never waited for one by
one; reads follow each other in a lane of their own; everything is bounded, and a bound that
is reached stops the reading of the socket.
"""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, assert_never

import structlog

from chat_server.delivery.seat import Awaited
from chat_server.domain.errors import ChatError, Overloaded, RateLimited, StoreUnavailable
from chat_server.domain.message import Appended
from chat_server.session import intents
from chat_server.transport.answers import conversation_page
from chat_server.transport.lane import Lane
from chat_server.transport.own_errands import kept
from chat_server.usecases.messaging.send import Posted, Sender

if TYPE_CHECKING:
    from chat_server.transport.connection import Connection
    from chat_server.transport.websocket import SocketRoom

log = structlog.get_logger()


class Errands:
    __slots__ = (
        "_asked", "_connection", "_drained", "_moves", "_moving", "_presses", "_room",
        "_sends", "_steps", "_stopped", "_typing", "device", "in_flight", "sender",
    )  # fmt: skip

    def __init__(self, room: SocketRoom, connection: Connection) -> None:
        self._room, self._connection = room, connection
        self.sender, self.device = Sender(""), ""
        self.in_flight = 0
        self._sends = Lane(room.spawn)
        self._asked = Lane(room.spawn)
        self._moves: dict[str, tuple[int, int]] = {}
        self._moving = Lane(room.spawn)
        self._presses = 0
        self._typing = self._steps = 0
        self._stopped = False
        self._drained: asyncio.Event | None = None

    def stop(self) -> None:
        """The connection ends: what has not begun is dropped."""
        self._stopped = True
        self._moves.clear()
        for lane in (self._sends, self._asked, self._moving):
            lane.clear()
        self.drained()

    def on_tick(self) -> None:
        self._typing = self._steps = 0

    # --- sends

    def post(self, post: intents.Post) -> None:
        if self._room.overloaded:
            self._refuse_for_now(post.request)
            return
        if not self._sends.busy and post.conv in self._connection.seat.convs:
            try:
                posted = self._room.use.send.at_once(self.sender, post)
            except ChatError as exc:
                self._connection.refuse(exc, post.request)
                return
            if posted is not None:
                self._expect(post, posted)
                return
        self._add(self._sends, post.request, partial(self._post_later, post))

    async def _post_later(self, post: intents.Post) -> None:
        await self._be_there(post.conv)
        posted = await self._room.use.send(self.sender, post)
        await self._expect_there(post, posted)

    def _refuse_for_now(self, request: str) -> None:
        self._room.turned_down += 1
        self._connection.refuse(Overloaded(retry_after_s=self._room.retry_after_s()), request)

    def act(self, act: intents.Act) -> None:
        if self._room.overloaded:
            self._refuse_for_now(act.request)
            return
        self._add(self._sends, act.request, partial(self._act, act))

    async def _act(self, act: intents.Act) -> None:
        """What is sent after it is stored after it."""
        await self._be_there(act.conv)
        posted = await self._room.use.act(self.sender, act)
        await self._expect_there(act, posted)
        await asyncio.wait([posted.appended])

    async def _be_there(self, conv: str) -> None:
        """Acks leave by the fan-out, so the conversation must be live on this seat."""
        seat = self._connection.seat
        if conv not in seat.convs and not seat.gone:
            standing = await self._room.use.standings.find(seat.user, conv)
            standing.membership.may_send()
            await self._room.fanout.attach(seat, conv)

    async def _expect_there(self, post: intents.Post | intents.Act, posted: Posted) -> None:
        """It is on its way into the log: who left meanwhile is told so, and not that they left."""
        seat = self._connection.seat
        try:
            await self._be_there(post.conv)
        except StoreUnavailable:
            raise
        except ChatError:
            pass  # no longer theirs
        if post.conv in seat.convs:
            self._expect(post, posted)
            return
        awaited = Awaited(seat, post.mid, post.request, self._room.monotonic())
        awaited.changed = posted.changed
        self._count(1)
        posted.appended.add_done_callback(partial(self._appended_without, awaited))

    def _appended_without(self, awaited: Awaited, future: Future[Appended]) -> None:
        """The fan-out says nothing to who is no longer there, or whose line is gone."""
        self._count(-1)
        failure = StoreUnavailable() if future.cancelled() else future.exception()
        if failure is None:
            appended = future.result()
            awaited.duplicate = appended.duplicate
            awaited.seat.acknowledge(appended.event, awaited)
        else:
            self._connection.refuse(failure, awaited.request)

    def _expect(self, post: intents.Post | intents.Act, posted: Posted) -> None:
        awaited = self._await_ack(post.conv, post.mid, post.request)
        awaited.changed = posted.changed
        self._count(1)
        posted.appended.add_done_callback(partial(self._appended, post.conv, awaited))

    def _await_ack(self, conv: str, mid: str, request: str) -> Awaited:
        awaited = Awaited(self._connection.seat, mid, request, self._room.monotonic())
        self._room.fanout.expect(conv, awaited)
        return awaited

    def _appended(self, conv: str, awaited: Awaited, future: Future[Appended]) -> None:
        self._count(-1)
        failure = StoreUnavailable() if future.cancelled() else future.exception()
        if failure is None:
            self._room.fanout.appended(future.result(), awaited)
        else:
            self._room.fanout.give_up(conv, awaited)
            self._connection.refuse(failure, awaited.request)

    def _count(self, change: int) -> None:
        self.in_flight += change
        self._room.in_flight += change
        most = self._room.limits.in_flight
        if self.in_flight >= most:
            self._connection.hush("in flight")
        elif change < 0 and self.in_flight <= most // 2:
            self._connection.unhush("in flight")

    def press(self, press: intents.Press) -> None:
        if self._presses >= self._room.limits.presses:
            self._connection.refuse(RateLimited(retry_after_s=1.0), press.request)
            return
        if self._room.overloaded:
            self._refuse_for_now(press.request)
            return
        self._presses += 1
        self._room.spawn(self._press(press))

    async def _press(self, press: intents.Press) -> None:
        awaited: Awaited | None = None
        self._count(1)
        try:
            await self._be_there(press.conv)
            awaited = self._await_ack(press.conv, press.mid, press.request)
            appended = await self._room.use.submit(
                user=self.sender.user,
                device=self.device,
                conv=press.conv,
                mid=press.mid,
                card_seq=press.card_seq,
                action=press.action,
                values=press.values,
            )
            self._room.fanout.appended(appended, awaited)
        except Exception as exc:  # noqa: BLE001 - whatever it is, the customer is told
            if awaited is not None:
                self._room.fanout.give_up(press.conv, awaited)
            self._connection.refuse(exc, press.request)
        finally:
            self._presses -= 1
            self._count(-1)

    # --- reads

    def read(self, intent: intents.TurnPage | intents.CatchUp | intents.ListMine) -> None:
        self.ask(intent.request, partial(self._read, intent))

    def keep_own(self, intent: intents.Own) -> None:
        self.ask(intent.request, partial(self._keep_own, intent))

    async def _keep_own(self, intent: intents.Own) -> None:
        connection = self._connection
        connection.answer(await kept(self._room.use, self.sender, connection.dialect, intent))

    def attend(self, intent: intents.Attend) -> None:
        presence, seat = self._room.presence, self._connection.seat
        if isinstance(intent, intents.WatchPeople):
            self.ask(intent.request, partial(presence.watch, seat, intent.users))
            return
        self._steps += 1
        if self._steps <= self._room.limits.typing_per_s:
            presence.stepped(seat, away=intent.away)

    def ask(self, request: str, work: Callable[[], Awaitable[None]]) -> None:
        self._add(self._asked, request, partial(self._in_turn, work))

    async def _in_turn(self, work: Callable[[], Awaitable[None]]) -> None:
        await self._connection.drained()
        async with self._room.reading:
            await work()

    async def _read(self, intent: intents.TurnPage | intents.CatchUp | intents.ListMine) -> None:
        connection, use = self._connection, self._room.use
        match intent:
            case intents.TurnPage(conv, after, before, limit, request):
                await use.reading_on.history(
                    connection, conv, after=after, before=before, limit=limit, request=request
                )
            case intents.CatchUp(cursors, request):
                await use.reading_on.sync(connection, cursors, request)
            case intents.ListMine(after, limit, request):
                lines, more = await use.conversations(self.sender.user, after=after, limit=limit)
                page = conversation_page(connection.dialect, lines, request, more=more)
                connection.answer(page)
            case _:
                assert_never(intent)

    # --- marks and typing

    def move(self, move: intents.Move) -> None:
        """Only the newest position of each conversation is stored."""
        begun = bool(self._moves)
        read, delivered = self._moves.get(move.conv, (0, 0))
        self._moves[move.conv] = (max(read, move.read), max(delivered, move.delivered))
        if not begun:
            self._add(self._moving, "", self._store_moves)
        if len(self._moves) >= self._room.limits.waiting:
            self._connection.hush("waiting")

    async def _store_moves(self) -> None:
        """One conversation's; the next follows even if this one fails."""
        conv = next(iter(self._moves))
        read, delivered = self._moves.pop(conv)
        if self._moves:
            self._add(self._moving, "", self._store_moves)
        await self._room.use.move(self.sender.user, conv, read=read, delivered=delivered)

    def tell_typing(self, typing: intents.Type) -> None:
        self._typing += 1
        if self._typing <= self._room.limits.typing_per_s:
            tell = self._room.use.tell_typing
            self._add(self._moving, "", partial(tell, self.sender.user, typing.conv, on=typing.on))

    # --- waiting

    def drained(self) -> None:
        if self._drained is not None:
            self._drained.set()

    async def wait_drained(self) -> None:
        self._drained = asyncio.Event()
        await self._drained.wait()

    def _add(self, lane: Lane, request: str, work: Callable[[], Awaitable[None]]) -> None:
        if self._stopped:
            return
        lane.add(partial(self._guarded, request, work))
        if len(lane) >= self._room.limits.waiting:
            self._connection.hush("waiting")

    async def _guarded(self, request: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception as exc:  # noqa: BLE001 - whatever it is, the device is told
            if not self._stopped:
                self._connection.refuse(exc, request)
        finally:
            waiting = (self._sends, self._asked, self._moving, self._moves)
            if all(len(some) < self._room.limits.waiting for some in waiting):
                self._connection.unhush("waiting")

"""A lane for each account: its callbacks go out beside everybody else's, a customer's in order.

Many of one account's are under way at once, and no more; so a backend that hangs delays its own
customers and nobody else's. What waits is in the store: a process that dies leaves it there, and
of several processes the one that holds the account's lease goes on with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import msgspec
import structlog

from chat_server.domain.errors import VersionConflict
from chat_server.platform.apps import App
from chat_server.platform.callbacks.delivery import Deliver
from chat_server.platform.callbacks.records import Callback, waiting
from chat_server.platform.drawers import Drawer
from chat_server.platform.registry import Apps
from chat_server.ports.clock import Clock
from chat_server.ports.shelf import Shelf
from chat_server.usecases.rounds import in_rounds

log = structlog.get_logger()

AT_ONCE = 16  # callbacks of one account under way
PAGE = 200  # looked at, to find customers who have none under way
LEASE_MS = 30_000
LOOK_S = 1.0  # how often a lane looks without being woken
IDLE_LOOKS = 60  # of a lane without anything to do, until it ends


class Lease(msgspec.Struct, frozen=True):
    node: str
    until_ms: int


class Lanes:
    def __init__(
        self, apps: Apps, shelf: Shelf, clock: Clock, deliver: Deliver, new_id: Callable[[], str]
    ) -> None:
        self._apps, self._clock, self._deliver = apps, clock, deliver
        self._waiting = waiting(shelf, clock)
        self._leases = Drawer(shelf, clock, "lease", Lease)
        self._node = new_id()
        self._bells: dict[str, asyncio.Event] = {}
        self._new: asyncio.Queue[str] = asyncio.Queue()

    def wake(self, account: str) -> None:
        """Something waits there."""
        bell = self._bells.get(account)
        if bell is None:
            self._new.put_nowait(account)
        else:
            bell.set()

    async def run(self) -> None:
        """Until cancelled. What a former process left is found at the start."""
        async with asyncio.TaskGroup() as lanes:
            looking = in_rounds(
                self._find_left_over,
                self._clock,
                every_s=LEASE_MS / 1000,
                failed="callbacks_not_looked_for",
            )
            lanes.create_task(looking)
            while True:
                account = await self._new.get()
                if account not in self._bells:
                    self._bells[account] = asyncio.Event()
                    lanes.create_task(self._lane(account))

    async def _find_left_over(self) -> None:
        for app in await self._apps.all():
            if app.callback and await self._waiting.page(app.account, limit=1):
                self.wake(app.account)

    async def _lane(self, account: str) -> None:
        bell = self._bells[account]
        busy: dict[str, asyncio.Task[None]] = {}
        idle = 0
        try:
            while idle < IDLE_LOOKS or busy:
                bell.clear()
                try:
                    begun = await self._begin(account, busy)
                except Exception:
                    log.exception("callbacks_wait", account=account)
                    begun = 0
                idle = 0 if begun or busy else idle + 1
                await self._rest(bell, busy)
        finally:
            self._bells.pop(account, None)
            for task in busy.values():
                task.cancel()
            await asyncio.gather(*busy.values(), return_exceptions=True)

    async def _begin(self, account: str, busy: dict[str, asyncio.Task[None]]) -> int:
        """Start what can be; how many were."""
        if len(busy) >= AT_ONCE:
            return 0
        page = await self._waiting.page(account, limit=PAGE)
        if not page or not await self._hold(account):
            return 0
        app = await self._apps.of_account(account)
        if app is None:
            return 0
        begun = 0
        for name, callback in page:
            if callback.customer in busy or len(busy) >= AT_ONCE:
                continue
            task = asyncio.create_task(self._delivered(app, name, callback))
            busy[callback.customer] = task
            task.add_done_callback(partial(self._end, busy, callback.customer))
            begun += 1
        return begun

    async def _delivered(self, app: App, name: str, callback: Callback) -> None:
        try:
            if await self._waiting.get(app.account, name) is None:
                return  # it ended after the page was read
            await self._deliver(app, callback)
        except Exception:
            log.exception("callback_left_waiting", appid=app.appid, msg_id=callback.msg_id)
            await self._clock.sleep(LOOK_S)  # its customer's turn comes again after that

    @staticmethod
    def _end(busy: dict[str, asyncio.Task[None]], customer: str, _: asyncio.Task[None]) -> None:
        busy.pop(customer, None)

    async def _rest(self, bell: asyncio.Event, busy: dict[str, asyncio.Task[None]]) -> None:
        ring = asyncio.create_task(bell.wait())
        try:
            await asyncio.wait(
                {ring, *busy.values()}, timeout=LOOK_S, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            ring.cancel()

    async def _hold(self, account: str) -> bool:
        """Whether the account's callbacks are ours for now."""
        now = self._clock.now_ms()
        held = await self._leases.get(account, "callbacks")
        if held is not None and held.node == self._node and held.until_ms - now > LEASE_MS / 2:
            return True

        def edit(stored: Lease | None) -> Lease:
            if stored is not None and stored.node != self._node and stored.until_ms > now:
                raise VersionConflict("held by another process")
            return Lease(self._node, now + LEASE_MS)

        try:
            await self._leases.change(account, "callbacks", edit)
        except VersionConflict:
            return False
        return True

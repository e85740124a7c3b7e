"""A bank's few people with a desk: two agents, a supervisor, a customer who needs somebody."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest

from chat_server.adapters.memory.store import open_store
from chat_server.domain.bodies import Assign, Text
from chat_server.domain.desk.case import Case
from chat_server.domain.desk.choosing import Status
from chat_server.domain.desk.replies import CannedReply
from chat_server.domain.desk.settings import Desk, DeskRole, DeskStaff, Queue, Targets
from chat_server.domain.facts import Change
from chat_server.domain.ids import service_conversation
from chat_server.domain.message import Draft, Event, EventKind
from chat_server.domain.publishing import PublicAccount
from chat_server.ports.bus import CaseMoved
from chat_server.usecases.identity.people import NewPerson
from tests.front_desk import FrontDesk, SteppedClock

ACCOUNT = "@care"
MONDAY_10 = 1_770_601_200_000  # 2026-02-09 09:40 in Shanghai, a Monday
STAFF = {"lin": ("林晓", "agent"), "chen": ("陈晨", "agent"), "zhou": ("周敏", "supervisor")}
ALL_DAY = (((0, 1440),),) * 7
DESK = Desk(
    desk="care",
    account=ACCOUNT,
    name="客户服务台",
    week=ALL_DAY,
    queues=(
        Queue("general", "综合服务"),
        Queue("english", "English", skills=("english",), language="en"),
        Queue("wealth", "理财", skills=("wealth",), auto=False),
    ),
    staff=(
        DeskStaff("lin", DeskRole.AGENT, queues=("general",), capacity=1),
        DeskStaff("chen", DeskRole.AGENT, ("english",), ("general", "english"), 2),
        DeskStaff("zhou", DeskRole.SUPERVISOR, ("wealth",), ("wealth",), 5),
    ),
    targets=Targets(60, 120, 3600, 80),
    replies=(CannedReply("hello", "hi", "问候", "{customer_name}您好，我是{agent_name}"),),
    covers_managers=True,
    version=0,
)


class Floor:
    """The desk with everything behind it; `say` speaks, `settle` lets the relays run."""

    def __init__(self, front: FrontDesk) -> None:
        self.front, self.store, self.clock = front, front.store, front.clock
        self.desk = front.assist
        self._heard = 0
        self._mids = 0

    async def say(self, user: str, text: str, *, conv: str = "", settle: bool = True) -> Event:
        self._mids += 1
        body = msgspec.json.encode(Text(text))
        draft = Draft(
            conv or self.conv(user),
            user,
            f"m{self._mids}",
            EventKind.MESSAGE,
            body,
            body,
            self.clock.now_ms(),
        )
        appended = await self.store.messages.append(draft)
        if settle:
            await self.settle()
        return appended.event

    async def settle(self) -> None:
        for change in await self.store.changes.changes(self._heard, 1000):
            await self.replay(change)
            self._heard = change.position

    async def replay(self, change: Change) -> None:
        await self.desk.hear.on_change(change)
        if change.event and change.event.conv.startswith("d:"):
            await self.desk.stand_in.on_change(change)

    def conv(self, user: str) -> str:
        return service_conversation(ACCOUNT, user)

    async def case(self, user: str = "lina") -> Case:
        found = await self.store.cases.latest(self.conv(user))
        assert found
        return found

    async def told(self, user: str = "lina") -> list[Assign]:
        """What the customer was told of their case, in the log."""
        events = await self.store.messages.events(self.conv(user), after=0, limit=200)
        return [
            msgspec.json.decode(each.body, type=Assign)
            for each in events
            if each.kind is EventKind.ASSIGN
        ]

    async def available(self, *users: str) -> None:

        for user in users:
            await self.desk.attend.say_status(user, Status.AVAILABLE)

    def places(self, user: str) -> list[tuple[int, int | None]]:
        """The transient words to a customer who waits."""
        return [
            (each.position, each.estimate_s)
            for each in self.front.signals
            if isinstance(each, CaseMoved) and each.customer == user
        ]


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    clock = SteppedClock()
    clock.ms = MONDAY_10
    async with open_store("memory://", clock=clock) as store:
        front = FrontDesk(store, clock)
        await front.open()
        for user, (name, role) in STAFF.items():
            new = NewPerson(user=user, name=name, role=role, password=f"demo-{user}", branch="hq")
            await front.add_person(new, actor="test")
        care = PublicAccount(ACCOUNT, "客服", "", verified=True)
        await front.register(care, actor="test")
        for customer in ("lina", "zhangwei"):
            await front.cases.accounts.follow(customer, ACCOUNT)
        await front.assist.configure("admin", DESK)
        yield Floor(front)

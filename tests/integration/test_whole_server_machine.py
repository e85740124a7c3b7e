"""A whole server under hypothesis: a real process on SQLite, whose clients connect, drop, send,
send again, edit, recall, read, come and go, while it is killed, restarted, or has no disk left.

After each example the history checker judges what the clients wrote down.
"""

from __future__ import annotations

import asyncio
import itertools
import resource
import shutil
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from benchmarks.verdict.nodes import House, on_sqlite
from benchmarks.verdict.people import People, furnish
from chat_server.client.client import Client
from chat_server.client.faults import Refused
from chat_server.domain.ids import direct_conversation
from chat_server.history.check import check
from chat_server.history.verdict import in_words
from chat_server.wire import frames

pytestmark = pytest.mark.crash

EXAMPLES, STEPS = 5, 20
TEAMS = 6
WITHIN_S = 60.0
NO_DISK = 1024  # bytes of any file that may be written
T = TypeVar("T")
WHICH = st.integers(0, 100)  # of what there is: nothing is drawn from what the server did
WHO = st.sampled_from(["manager", "phone", "tablet", "bob"])


class World:
    """One server for all examples, and a loop for the clients."""

    def __init__(self, house: House, people: People, folder: Path) -> None:
        self.house, self.people, self.folder = house, people, folder
        self.examples = itertools.count()
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.begin(work).result(WITHIN_S)

    def disk(self, *, full: bool) -> None:
        most = resource.RLIM_INFINITY
        pid = self.house.nodes[0].pid
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (NO_DISK if full else most, most))

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("machine")
    with on_sqlite(folder) as house:
        people = asyncio.run(furnish(house, TEAMS * 20))
        house.start()
        world = World(house, people, folder)
        try:
            yield world
        finally:
            world.close()


class Device:
    """A client that may be there or not; it goes on where it left."""

    def __init__(self, world: World, user: str, device: str, histories: Path) -> None:
        self._world, self._user, self._device = world, user, device
        self._journal = histories / f"{user}-{device}.jsonl"
        self._token = next(
            each.token
            for each in world.people.devices
            if (each.user, each.device) == (user, device)
        )
        self._cursors: dict[str, int] = {}
        self.client: Client | None = None

    async def connect(self) -> Client:
        if self.client is None:
            self.client = Client(
                f"http://127.0.0.1:{self._world.house.ports[0]}",
                self._user,
                device=self._device,
                token=self._token,
                cursors=self._cursors,
                from_start=True,
                journal=self._journal,
            )
            await self.client.__aenter__()
            self._listening = asyncio.create_task(self._listen(self.client))
        return self.client

    async def disconnect(self) -> None:
        if self.client is not None:
            client, self.client = self.client, None
            await client.close()
            await self._listening
            self._cursors = client.cursors()

    async def _listen(self, client: Client) -> None:
        async for _ in client.events():
            pass


class Chat(RuleBasedStateMachine):
    world: World  # of the test that runs it

    @initialize()
    def open(self) -> None:
        number = next(self.world.examples)
        self.histories = self.world.folder / f"histories-{number}"
        shutil.rmtree(self.histories, ignore_errors=True)
        self.histories.mkdir()
        teams = list(self.world.people.looked_after.items())
        manager, customers = teams[number % len(teams)]
        self.ann, self.bob = customers[:2]
        devices = {
            "manager": (manager, "phone"),
            "phone": (self.ann, "phone"),
            "tablet": (self.ann, "tablet"),
            "bob": (self.bob, "phone"),
        }
        self.devices = {
            name: Device(self.world, *device, self.histories) for name, device in devices.items()
        }
        self.direct = direct_conversation(self.ann, self.bob)
        chief = self.world.do(self.devices["manager"].connect())
        self.group = self.world.do(chief.groups.create("Friday", [self.ann])).conv
        for device in self.devices.values():
            self.world.do(device.connect())
        self.sends: list[tuple[str, str, str, str, Future[frames.Ack]]] = []
        self.under_way: list[Future[Any]] = []
        self.full = self.struck = False
        self.mids = (f"{number}-{self.histories.name}-{n}" for n in itertools.count())

    # --- devices

    @rule(who=WHO)
    def connect(self, who: str) -> None:
        self.world.do(self.devices[who].connect())

    @rule(who=st.sampled_from(["phone", "tablet", "bob"]))
    @precondition(lambda self: not self.full)
    def disconnect(self, who: str) -> None:
        """With nothing under way: else a program would end that was never answered."""
        self.settle()
        self.world.do(self.devices[who].disconnect())

    @rule(who=WHO)
    def drop(self, who: str) -> None:
        client = self.devices[who].client
        if client is not None:
            self.world.loop.call_soon_threadsafe(client.drop)

    # --- what people do

    @rule(who=WHO, in_group=st.booleans(), text=st.text(min_size=1, max_size=30))
    def send(self, who: str, *, in_group: bool, text: str) -> None:
        conv = self.group if in_group or who == "manager" else self.direct
        self._say(who, conv, text, next(self.mids))

    @rule(which=WHICH)
    def send_again(self, which: int) -> None:
        if self.sends:
            who, conv, text, mid, _ = self.sends[which % len(self.sends)]
            self._say(who, conv, text, mid)

    def _say(self, who: str, conv: str, text: str, mid: str) -> None:
        client = self.devices[who].client
        if client is not None:
            sending = self.world.begin(client.send(conv, text, mid))
            self.sends.append((who, conv, text, mid, sending))
            self.under_way.append(sending)

    @rule(which=WHICH, recall=st.booleans())
    def act_on(self, which: int, *, recall: bool) -> None:
        acked = [sent for sent in self.sends if sent[4].done() and sent[4].exception() is None]
        if not acked:
            return
        who, conv, _, _, sent = acked[which % len(acked)]
        client, mid = self.devices[who].client, next(self.mids)
        if client is not None:
            target = sent.result().seq
            act = (
                client.recall(conv, target, mid) if recall else client.edit(conv, target, "!", mid)
            )
            self.under_way.append(self.world.begin(act))

    @rule(who=WHO, back=st.integers(0, 3))
    def read(self, who: str, back: int) -> None:
        client = self.devices[who].client
        if client is not None:
            for conv, cursor in client.cursors().items():
                if cursor > back:
                    self.under_way.append(self.world.begin(client.read(conv, cursor - back)))

    @rule(what=st.sampled_from(["invite", "remove", "leave"]))
    @precondition(lambda self: not self.full)
    def come_or_go(self, what: str) -> None:
        self.settle()
        chief = self.world.do(self.devices["manager"].connect())
        bob = self.world.do(self.devices["bob"].connect())
        with suppress(Refused):  # he is not in there
            if what == "invite":
                self.world.do(chief.groups.invite(self.group, [self.bob]))
            elif what == "remove":
                self.world.do(chief.groups.remove(self.group, self.bob))
            else:
                self.world.do(bob.groups.leave(self.group))

    # --- what happens to the house

    @rule(kill=st.booleans())
    @precondition(lambda self: not self.struck)
    def end_and_start_again(self, *, kill: bool) -> None:
        node = self.world.house.nodes[0]
        self.struck, self.full = True, False
        self.world.disk(full=False)
        if kill:
            node.kill()
        else:
            node.stop()
        node.start()

    @rule()
    @precondition(lambda self: not self.full)
    def disk_is_full(self) -> None:
        self.full = True
        self.world.disk(full=True)

    @rule()
    @precondition(lambda self: self.full)
    def disk_has_room(self) -> None:
        self.full = False
        self.world.disk(full=False)

    # --- the end

    def settle(self) -> None:
        """Everything that was asked for has its answer."""
        for asked in self.under_way:
            with suppress(Refused):
                asked.result(WITHIN_S)
        self.under_way.clear()

    def teardown(self) -> None:
        if not hasattr(self, "devices"):
            return
        self.world.disk(full=False)
        try:
            self.settle()
            clients = [self.world.do(device.connect()) for device in self.devices.values()]
            self.world.do(_caught_up(clients))
            for client in clients:
                self.world.do(client.read_back())
        finally:
            for device in self.devices.values():
                self.world.do(device.disconnect())
        verdict = check(self.histories)
        assert verdict.held, in_words(verdict)
        assert verdict.counts.unread_acks == 0


async def _caught_up(clients: list[Client]) -> None:
    """Until nobody misses anything; the checker says so if that never comes."""
    for client in clients:
        heads = {item.conv: item.head for item in await client.conversations()}
        with suppress(TimeoutError):
            async with asyncio.timeout(20):
                while any(client.cursors().get(conv, 0) < heads[conv] for conv in heads):  # noqa: ASYNC110 - the client has no event for it
                    await asyncio.sleep(0.01)
    await asyncio.sleep(0.3)  # positions, which nothing answers


def test_whatever_happens_the_promises_are_kept(world: World) -> None:
    machine = type("ChatInThisWorld", (Chat,), {"world": world})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=[Phase.generate],  # a server does not fail the same way twice
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )


def test_a_full_disk_is_told_and_nothing_is_lost(world: World, tmp_path: Path) -> None:
    """What is sent then is refused clearly, acked once there is room, and stored once."""
    customers = next(iter(world.people.looked_after.values()))
    ann, bob = customers[2:4]
    conv = direct_conversation(ann, bob)
    devices = [Device(world, user, "phone", tmp_path) for user in (ann, bob)]
    phone, other = [world.do(device.connect()) for device in devices]
    world.do(phone.send(conv, "before", "m0"))
    world.disk(full=True)
    sending = [world.begin(phone.send(conv, "meanwhile", f"m{n}")) for n in range(1, 10)]
    journal = tmp_path / f"{ann}-phone.jsonl"
    world.do(_until(lambda: journal.read_text().count('"store_unavailable"') >= len(sending)))
    assert not any(one.done() for one in sending)
    page = world.do(other.history(conv, after=0))
    assert [event.seq for event in page.events] == [1]
    world.disk(full=False)
    assert sorted(one.result(WITHIN_S).seq for one in sending) == list(range(2, 11))
    world.do(_caught_up([phone, other]))
    for client in (phone, other):
        world.do(client.read_back())
    for device in devices:
        world.do(device.disconnect())
    verdict = check(tmp_path)
    assert verdict.held, in_words(verdict)


async def _until(true: Any) -> None:
    while not true():  # noqa: ASYNC110 - a file is looked at
        await asyncio.sleep(0.05)

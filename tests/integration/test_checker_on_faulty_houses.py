"""The history checker finds what really faulty houses do: each breaks one promise, by a store
that lies or by a line that loses, doubles, swaps or changes frames.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from chat_server.adapters.clock import new_uuid7
from chat_server.client.client import Client
from chat_server.domain.people import Assignment
from chat_server.history.check import check
from chat_server.history.verdict import Verdict, in_words
from chat_server.ports.store import Store
from chat_server.usecases.groups.open import open_groups
from chat_server.usecases.messaging.send import body_hasher
from tests.integration import faulty
from tests.integration.faulty import Frame, Tamper
from tests.socket_house import DIRECT, KEY, House, draft, fact, open_house

WITHIN_S = 20.0


class Run:
    """Ann and Bob at a house; `down` and `up` tamper with Bob's line."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house, self.folder = house, folder
        self.clients: list[Client] = []

    @asynccontextmanager
    async def client(
        self, user: str, device: str = "phone", **tampers: Tamper
    ) -> AsyncIterator[Client]:
        async with AsyncExitStack() as stack:
            url = f"http://127.0.0.1:{self.house.port}"
            if tampers:
                url = await stack.enter_async_context(faulty.tampered(self.house.port, **tampers))
            token = await self.house.token(user, device)
            journal = self.folder / f"{user}-{device}.jsonl"
            opened = Client(url, user, device=device, token=token, from_start=True, journal=journal)
            client = await stack.enter_async_context(opened)
            self.clients.append(client)
            yield client

    async def verdict(self) -> Verdict:
        async with asyncio.timeout(WITHIN_S):
            for client in self.clients:
                await client.read_back()
        return check(self.folder)


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Any]:
    @asynccontextmanager
    async def opened(spoil: Callable[[Store], object] | None = None) -> AsyncIterator[Run]:
        async with asyncio.timeout(WITHIN_S), open_house(spoil=spoil) as house:
            yield Run(house, tmp_path)

    return opened


async def holds(client: Client, seq: int, conv: str = DIRECT) -> None:
    while client.cursors().get(conv, 0) < seq:  # noqa: ASYNC110 - the client has no event for it
        await asyncio.sleep(0.005)


def found(verdict: Verdict, invariant: str, words: str) -> bool:
    told = [one for one in verdict.violations if one.invariant == invariant and words in one.what]
    assert told, in_words(verdict)
    return all(one.proof for one in told)


async def test_a_true_house_keeps_every_promise(run):
    async with (
        run() as house,
        house.client("ann") as ann,
        house.client("ann", "tablet"),
        house.client("bob", down=lambda frame: [frame]) as bob,
    ):
        for number in range(20):
            await ann.send(DIRECT, f"from ann {number}", f"a{number}")
            await bob.send(DIRECT, f"from bob {number}", f"b{number}")
        await ann.send(DIRECT, "from ann 3", "a3")
        await holds(ann, 40)
        await holds(bob, 40)
        await bob.read(DIRECT, 40)
        await ann.edit(DIRECT, 1, "better")
        await ann.recall(DIRECT, 3)
        await holds(bob, 42)
        verdict = await house.verdict()
    assert verdict.held, in_words(verdict)
    assert (verdict.counts.acked_events, verdict.counts.unread_acks) == (42, 0)


# --- stores that lie


async def test_an_ack_before_the_write_is_found(run):
    async with run(faulty.AcksBeforeWriting) as house, house.client("ann") as ann:
        await ann.send(DIRECT, "written", "a1")
        await ann.send(DIRECT, "not written", "lost1")
        verdict = await house.verdict()
    assert found(verdict, "I1", "lost1 of ann was acked, and is not in the log of 1")


async def test_an_ack_whose_seq_another_event_gets_is_found(run):
    async with (
        run(faulty.AcksBeforeWriting) as house,
        house.client("ann") as ann,
        house.client("bob") as bob,
    ):
        await ann.send(DIRECT, "not written", "lost1")
        await bob.send(DIRECT, "written", "b1")
        verdict = await house.verdict()
    assert found(verdict, "I1", "another event has the seq of one that was told")
    assert found(verdict, "I1", "lost1 of ann was acked, and b1 of bob has its seq")


async def test_another_body_under_an_acked_mid_is_found(run):
    async with run(faulty.ChangesBodies) as house, house.client("ann") as ann:
        await ann.send(DIRECT, "hello", "a1")
        verdict = await house.verdict()
    assert found(verdict, "I1", "a1 was acked, and has another body")


async def test_a_doubled_event_is_found(run):
    async with run(faulty.WritesTwice) as house, house.client("ann") as ann:
        await ann.send(DIRECT, "hello", "a1")
        await ann.send(DIRECT, "hello", "a1")
        verdict = await house.verdict()
    assert found(verdict, "I3", "a1 was acked as 1 and as 2")
    assert found(verdict, "I3", "a1 of ann is stored twice, as 1 and as 2")


async def test_a_gap_in_the_log_is_found(run):
    async with run(faulty.LosesOne) as house, house.client("ann") as ann:
        for number in (1, 2):
            await ann.send(DIRECT, "hello", f"a{number}")
        for number in (3, 4):
            await house.house.store.messages.true.append(draft(DIRECT, "bob", f"b{number}"))
        verdict = await house.verdict()
    assert found(verdict, "I2", "a page has 4 where 3 belongs")


async def test_sends_that_overtake_each_other_are_found(run):
    async with run(faulty.Overtakes) as house, house.client("ann") as ann:
        await asyncio.gather(ann.send(DIRECT, "1", "a1"), ann.send(DIRECT, "2", "a2"))
        verdict = await house.verdict()
    assert found(verdict, "I4", "a2 was sent after a1, and numbered before it")


async def test_a_leak_after_leaving_is_found(run):
    async with (
        run(faulty.ForgetsLeaving) as house,
        house.client("bob") as bob,
        house.client("mia") as mia,
    ):
        store, clock = house.house.store, house.house.clock
        for customer in ("ann", "bob"):
            assigned = Assignment(customer, "mia", "hq", 1)
            await store.people.assign(assigned, fact("manager_assigned", customer))
        groups = open_groups(store, clock, new_uuid7, body_hasher(KEY), link_key=KEY)
        conv = (await groups.create("mia", "Friday", ["ann", "bob"])).conv
        await holds(bob, 1, conv)
        await groups.leave("bob", conv)
        await holds(mia, 2, conv)
        await mia.send(conv, "bob has gone")
        verdict = await house.verdict()
    assert found(verdict, "I7", "bob had left by 2, and got 3")


async def test_positions_that_are_not_kept_are_found(run):
    async with (
        run(faulty.ForgetsPositions) as house,
        house.client("ann") as ann,
        house.client("bob") as bob,
    ):
        told = asyncio.Event()
        ann.on_marks(lambda mark: mark.read == 1 and told.set())
        await ann.send(DIRECT, "hello")
        await bob.read(DIRECT, 1)
        await told.wait()
        verdict = await house.verdict()
    assert found(verdict, "I6", "the read position of bob went back from 1 to 0")
    assert found(verdict, "I6", "bob's read position was 1, and ends at 0")


async def test_positions_beyond_the_head_are_found(run):
    async with run(faulty.ForgetsHeads) as house, house.client("bob") as bob:
        told = asyncio.Event()
        bob.on_marks(lambda mark: mark.read > 1 and told.set())
        await bob.send(DIRECT, "hello")
        await bob.read(DIRECT, 1)
        await told.wait()
        verdict = await house.verdict()
    assert found(verdict, "I6", "is beyond the head 1")


# --- lines that tamper


def only_once(change: Callable[[Frame], Iterable[Frame] | None]) -> Tamper:
    """Until `change` has given something for a frame."""
    done = False

    def tamper(frame: Frame) -> Iterable[Frame]:
        nonlocal done
        changed = None if done else change(frame)
        done = done or changed is not None
        return [frame] if changed is None else changed

    return tamper


def is_event(frame: Frame, seq: int) -> bool:
    return frame["type"] == "event" and (frame["conv"], frame["seq"]) == (DIRECT, seq)


async def test_a_push_that_never_came_is_found(run):
    lose = only_once(lambda frame: [] if is_event(frame, 2) else None)
    async with (
        run() as house,
        house.client("ann") as ann,
        house.client("bob", down=lose) as bob,
    ):
        await ann.send(DIRECT, "heard")
        await ann.send(DIRECT, "not heard")
        await holds(bob, 1)
        verdict = await house.verdict()
    assert found(verdict, "I2", "was connected, and never got 2")


async def test_a_push_that_came_twice_is_found(run):
    double = only_once(lambda frame: [frame, frame] if is_event(frame, 1) else None)
    async with (
        run() as house,
        house.client("ann") as ann,
        house.client("bob", down=double) as bob,
    ):
        await ann.send(DIRECT, "heard twice")
        await holds(bob, 1)
        verdict = await house.verdict()
    assert found(verdict, "I4", "1 came after 1 on one connection")


async def test_pushes_that_change_places_are_found(run):
    held: list[Frame] = []

    def swap(frame: Frame) -> Iterable[Frame]:
        if is_event(frame, 1):
            held.append(frame)
            return []
        return [frame, *held] if is_event(frame, 2) else [frame]

    async with (
        run() as house,
        house.client("ann") as ann,
        house.client("bob", down=swap) as bob,
    ):
        await ann.send(DIRECT, "first")
        await ann.send(DIRECT, "second")
        await holds(bob, 2)
        verdict = await house.verdict()
    assert found(verdict, "I4", "1 came after 2 on one connection")


async def test_a_lag_that_is_never_made_good_is_found(run):
    """Bob is told that he lags; what he asks for then is lost, and so is what comes."""
    lag = {"type": "lagging", "conv": DIRECT, "head": 2}
    told = asyncio.Event()

    def lags(frame: Frame) -> Iterable[Frame]:
        if is_event(frame, 2):
            told.set()
            return [lag]
        return [frame]

    lost = only_once(lambda frame: [] if frame["type"] == "history" else None)
    async with (
        run() as house,
        house.client("ann") as ann,
        house.client("bob", down=lags, up=lost) as bob,
    ):
        await ann.send(DIRECT, "heard")
        await holds(bob, 1)
        await ann.send(DIRECT, "behind")
        await told.wait()
        verdict = await house.verdict()
    assert found(verdict, "I5", "was told that it lags, and never got 2")


async def test_a_position_that_goes_back_is_found(run):
    def back(frame: Frame) -> Iterable[Frame]:
        marks = frame["type"] == "marks" and frame["read"] == 2
        return [frame, frame | {"read": 1}] if marks else [frame]

    told = asyncio.Event()
    async with (
        run() as house,
        house.client("ann") as ann,
        house.client("bob", down=back) as bob,
    ):
        bob.on_marks(lambda mark: mark.read == 1 and told.set())
        for text in ("one", "two"):
            await ann.send(DIRECT, text)
        await holds(bob, 2)
        await bob.read(DIRECT, 2)
        await told.wait()
        verdict = await house.verdict()
    assert found(verdict, "I6", "the read position of bob went back from 2 to 1")


async def test_an_ack_with_another_seq_is_found(run):
    wrong = only_once(
        lambda frame: (
            [frame | {"seq": 1}] if (frame["type"], frame.get("seq")) == ("ack", 2) else None
        )
    )
    async with (
        run() as house,
        house.client("ann") as ann,
        house.client("bob", down=wrong) as bob,
    ):
        await ann.send(DIRECT, "one", "a1")
        await bob.send(DIRECT, "two", "b1")
        verdict = await house.verdict()
    assert found(verdict, "I1", "b1 of bob was acked, and a1 of ann has its seq")

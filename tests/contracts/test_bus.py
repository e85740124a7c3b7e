"""Both buses keep the contract; Redis' also keeps it between processes, and without Redis."""

from __future__ import annotations

import asyncio
import signal as posix
from collections.abc import AsyncIterator, Callable

import msgspec
import pytest
from redis.asyncio import Redis

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.memory.bus import open_bus as open_memory_bus
from chat_server.adapters.redis.bus import RedisBus, open_bus
from chat_server.adapters.redis.outgoing import Outgoing
from chat_server.domain.errors import ConfigError, StoreUnavailable
from chat_server.ports.bus import Bus, Signal
from tests.contracts.bus_contract import EVERY_KIND, BusContract, stored
from tests.servers import RunningServer, free_port, redis_command, running

CLOCK = SystemClock()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - looks from outside, as a reader would
            await asyncio.sleep(0.005)


def hearing(bus: Bus) -> list[Signal]:
    heard: list[Signal] = []
    bus.subscribe(heard.append)
    return heard


class TestMemoryBus(BusContract):
    @pytest.fixture
    async def bus(self) -> AsyncIterator[Bus]:
        async with open_memory_bus("memory://", clock=CLOCK) as bus:
            yield bus


class TestRedisBus(BusContract):
    @pytest.fixture
    async def bus(self, redis_url: str) -> AsyncIterator[Bus]:
        async with open_bus(redis_url, clock=CLOCK) as bus:
            yield bus

    @pytest.fixture
    async def other(self, redis_url: str) -> AsyncIterator[Bus]:
        async with open_bus(redis_url, clock=CLOCK) as bus:
            yield bus

    async def test_another_process_hears_every_kind_in_order_and_whole(
        self, bus: Bus, other: Bus
    ) -> None:
        heard = hearing(other)
        sent = EVERY_KIND + [stored(seq) for seq in range(2, 2000)]
        for signal in sent:
            bus.publish(signal)
        await until(lambda: len(heard) >= len(sent))
        assert heard == sent

    async def test_each_process_hears_each_signal_once(self, bus: Bus, other: Bus) -> None:
        here, there = hearing(bus), hearing(other)
        bus.publish(stored(1, "ann's"))
        other.publish(stored(1, "bob's"))
        await until(lambda: len(here) == len(there) == 2)
        bus.publish(stored(2, "ann's"))
        other.publish(stored(2, "bob's"))
        await until(lambda: len(here) == len(there) == 4)
        await asyncio.sleep(0.05)
        for heard in (here, there):
            for conv in ("ann's", "bob's"):
                mine = [one for one in heard if one.event.conv == conv]  # type: ignore[union-attr]
                assert mine == [stored(1, conv), stored(2, conv)]

    async def test_databases_of_one_redis_do_not_hear_each_other(
        self, bus: Bus, redis_server: RunningServer
    ) -> None:
        elsewhere = f"redis://127.0.0.1:{redis_server.port}/1"
        async with open_bus(elsewhere, clock=CLOCK) as stranger:
            heard, known = hearing(bus), hearing(stranger)
            stranger.publish(stored(1))
            await until(lambda: bool(known))
            await asyncio.sleep(0.05)
            assert heard == []

    async def test_after_a_lost_connection_it_tells_and_hears_again(
        self, bus: Bus, other: Bus, redis_url: str
    ) -> None:
        gaps: list[str] = []
        bus.on_reconnect(lambda: gaps.append("bus"))
        other.on_reconnect(lambda: gaps.append("other"))
        heard = hearing(bus)
        async with Redis.from_url(redis_url) as admin:
            assert await admin.client_kill_filter(_type="pubsub") >= 2
        await until(lambda: {"bus", "other"} <= set(gaps))
        other.publish(stored(1))
        await until(lambda: heard == [stored(1)])
        await bus.ping()

    async def test_a_killed_sending_connection_is_replaced(
        self, bus: Bus, other: Bus, redis_url: str
    ) -> None:
        heard = hearing(other)
        bus.publish(stored(1))
        await until(lambda: len(heard) == 1)
        async with Redis.from_url(redis_url) as admin:
            await admin.client_kill_filter(_type="normal", skipme=True)
        seq = 1
        while len(heard) == 1:
            seq += 1
            bus.publish(stored(seq))
            await asyncio.sleep(0.01)
        assert heard[1].event.seq <= 3  # type: ignore[union-attr]

    async def test_an_unknown_kind_of_signal_is_passed_over(self, bus: Bus, redis_url: str) -> None:
        heard = hearing(bus)
        newer = ["other", [{"type": "stored_twice"}, stored(1)]]
        async with Redis.from_url(redis_url) as raw:
            await raw.publish("elian:0:signals", b"\xc1 not an envelope")
            await raw.publish("elian:0:signals", msgspec.msgpack.encode(newer))
        await until(lambda: heard == [stored(1)])

    async def test_the_channel_carries_no_signal_back_to_its_sender(
        self, bus: Bus, other: Bus
    ) -> None:
        here, there = hearing(bus), hearing(other)
        for seq in range(1, 50):
            bus.publish(stored(seq))
        await until(lambda: len(there) == 49)
        await asyncio.sleep(0.05)
        assert len(here) == 49


class TestWithoutRedis:
    """Each with a Redis of its own, since it is frozen or killed here."""

    async def test_a_frozen_redis_stops_neither_publishing_nor_hearing_oneself(self) -> None:
        port = free_port()
        with running(redis_command(port), port) as server:
            url = f"redis://127.0.0.1:{port}"
            async with open_bus(url, clock=CLOCK, max_bytes=100_000) as bus:
                assert isinstance(bus, RedisBus)
                heard = hearing(bus)
                server.signal(posix.SIGSTOP)
                sent = [stored(seq, body=b"x" * 1000) for seq in range(1, 1001)]
                for signal in sent:
                    bus.publish(signal)
                    await asyncio.sleep(0)
                server.signal(posix.SIGCONT)
                assert heard == sent
                assert 500 < bus.dropped < 1000

    async def test_a_killed_redis_is_found_again_when_it_returns(self) -> None:
        port = free_port()
        with running(redis_command(port), port) as server:
            url = f"redis://127.0.0.1:{port}"
            async with open_bus(url, clock=CLOCK) as bus, open_bus(url, clock=CLOCK) as other:
                assert isinstance(bus, RedisBus)
                gaps: list[str] = []
                bus.on_reconnect(lambda: gaps.append("bus"))
                other.on_reconnect(lambda: gaps.append("other"))
                here, there = hearing(bus), hearing(other)
                server.kill()
                await until(lambda: _unreachable(bus))
                with pytest.raises(StoreUnavailable):
                    await bus.ping()
                bus.publish(stored(1))
                assert here == [stored(1)]
                assert bus.dropped == 1
                server.start()
                await until(lambda: set(gaps) == {"bus", "other"})
                bus.publish(stored(2))
                await until(lambda: there == [stored(2)])
                await bus.ping()

    async def test_a_silent_redis_is_noticed_and_an_idle_one_is_not_silent(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chat_server.adapters.redis.bus.HEARTBEAT_S", 0.05)
        monkeypatch.setattr("chat_server.adapters.redis.bus.SILENCE_S", 0.5)
        port = free_port()
        with running(redis_command(port), port) as server:
            async with open_bus(f"redis://127.0.0.1:{port}", clock=CLOCK) as bus:
                assert isinstance(bus, RedisBus)
                gaps: list[str] = []
                bus.on_reconnect(lambda: gaps.append("bus"))
                await asyncio.sleep(1.0)
                assert gaps == []
                server.signal(posix.SIGSTOP)
                await until(lambda: _unreachable(bus))
                server.signal(posix.SIGCONT)
                await until(lambda: gaps == ["bus"])

    async def test_opening_without_redis_says_what_does_not_answer(self) -> None:
        url = f"redis://:secret-word@127.0.0.1:{free_port()}/0"
        with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1") as caught:
            async with open_bus(url, clock=CLOCK):
                pass
        assert "secret-word" not in str(caught.value)

    async def test_an_impossible_address_is_a_matter_of_settings(self) -> None:
        with pytest.raises(ConfigError, match="BUS_URL"):
            async with open_bus("redis://127.0.0.1:notaport/0", clock=CLOCK):
                pass


class TestOutgoing:
    async def test_a_full_queue_refuses_and_an_emptied_one_takes_again(self) -> None:
        outgoing = Outgoing(max_bytes=10)
        assert outgoing.offer(b"12345")
        assert outgoing.offer(b"67890")
        assert not outgoing.offer(b"x")
        assert await outgoing.batch(1) == [b"12345", b"67890"]
        assert outgoing.offer(b"x" * 10)

    async def test_an_empty_queue_gives_nothing_after_a_while(self) -> None:
        assert await Outgoing().batch(0.01) == ()

    async def test_a_large_backlog_leaves_in_several_batches_and_in_order(self) -> None:
        outgoing = Outgoing()
        sent = [bytes([number]) * 100_000 for number in range(10)]
        assert all(map(outgoing.offer, sent))
        taken: list[bytes] = []
        while len(taken) < len(sent):
            batch = await outgoing.batch(1)
            assert len(batch) <= 3
            taken += batch
        assert taken == sent

    async def test_what_is_cleared_is_counted_and_gone(self) -> None:
        outgoing = Outgoing(max_bytes=2)
        outgoing.offer(b"1")
        outgoing.offer(b"2")
        assert outgoing.clear() == 2
        assert await outgoing.batch(0.01) == ()
        assert outgoing.offer(b"12")


def _unreachable(bus: RedisBus) -> bool:
    return not bus._connected.is_set()

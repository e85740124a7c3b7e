"""What every store keeps of devices beyond their log-in: how many, names, where pushes go."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from chat_server.domain.devices import PushAddress, PushKind
from chat_server.domain.errors import TooManyDevices
from chat_server.domain.notifying import Knock, Wishes
from chat_server.ports.store import Store
from tests.contracts.store_samples import device_session, draft, fact, fact_kinds

THERE = PushAddress(PushKind.WEB, "https://push.example/1", "key", "secret")
ELSEWHERE = PushAddress(PushKind.VENDOR, "token-2")


async def five(store: Store) -> None:
    for n in range(5):
        await store.devices.start_session(
            device_session(f"s{n}", device=f"d{n}", created_ms=1000 + n), fact(), limit=5
        )


async def live(store: Store, user: str = "ann") -> list[str]:
    return sorted(one.session_id for one in await store.devices.sessions(user))


class MoreDevicesContract:
    async def test_a_device_comes_back_whole(self, store: Store) -> None:
        whole = replace(
            device_session("s1"), kind="phone", browser="Chrome", system="Android", name="我的"
        )
        await store.devices.start_session(whole, fact())
        await store.devices.subscribe("s1", THERE)
        assert await store.devices.session("s1") == replace(whole, push=THERE)

    async def test_a_sixth_device_is_refused_and_changes_nothing(self, store: Store) -> None:
        await five(store)
        with pytest.raises(TooManyDevices):
            await store.devices.start_session(
                device_session("s9", device="d9"), fact("logged_in"), limit=5
            )
        assert await live(store) == ["s0", "s1", "s2", "s3", "s4"]
        assert await store.devices.session("s9") is None
        assert "logged_in" not in await fact_kinds(store)

    async def test_a_sixth_device_comes_in_place_of_one_that_is_named(self, store: Store) -> None:
        await five(store)
        await store.devices.subscribe("s2", THERE)
        start = store.devices.start_session
        fresh = device_session("s9", device="d9", created_ms=2000)
        assert await start(fresh, fact(), limit=5, instead_of="s2") is None
        assert await live(store) == ["s0", "s1", "s3", "s4", "s9"]
        gone = await store.devices.session("s2")
        assert gone is not None
        assert (gone.revoked_ms, gone.push) == (2000, None)

    async def test_nobodys_device_goes_for_somebody_else(self, store: Store) -> None:
        await five(store)
        for n in range(5):
            other = device_session(f"b{n}", user="bob", device=f"d{n}")
            await store.devices.start_session(other, fact(), limit=5)
        for stranger in ("s2", "none"):
            with pytest.raises(TooManyDevices):
                await store.devices.start_session(
                    device_session("b9", user="bob", device="d9"),
                    fact(),
                    limit=5,
                    instead_of=stranger,
                )
        assert len(await live(store)) == 5

    async def test_the_same_device_again_is_not_one_more(self, store: Store) -> None:
        await five(store)
        again = device_session("s9", device="d3", created_ms=2000)
        assert await store.devices.start_session(again, fact(), limit=5) == "s3"
        assert await live(store) == ["s0", "s1", "s2", "s4", "s9"]

    async def test_an_expired_device_is_not_counted(self, store: Store) -> None:
        await five(store)
        old = replace(device_session("b0", user="bob", device="old"), expires_ms=1500)
        await store.devices.start_session(old, fact(), limit=1)
        fresh = device_session("b1", user="bob", device="new", created_ms=1600)
        await store.devices.start_session(fresh, fact(), limit=1)
        assert await live(store, "bob") == ["b1"]

    async def test_of_many_log_ins_at_once_only_as_many_as_may_come_in(self, store: Store) -> None:
        answers = await asyncio.gather(
            *(
                store.devices.start_session(
                    device_session(f"s{n}", device=f"d{n}"), fact(), limit=5
                )
                for n in range(12)
            ),
            return_exceptions=True,
        )
        assert sum(isinstance(answer, TooManyDevices) for answer in answers) == 7
        assert answers.count(None) == 5
        assert len(await live(store)) == 5

    async def test_of_many_in_place_of_the_same_one_one_comes_in(self, store: Store) -> None:
        await five(store)
        answers = await asyncio.gather(
            *(
                store.devices.start_session(
                    device_session(f"n{n}", device=f"n{n}"), fact(), limit=5, instead_of="s0"
                )
                for n in range(6)
            ),
            return_exceptions=True,
        )
        assert answers.count(None) == 1
        assert len(await live(store)) == 5

    async def test_a_device_is_renamed_while_it_lives(self, store: Store) -> None:
        await store.devices.start_session(device_session("s1"), fact())
        assert await store.devices.rename("s1", "办公室电脑")
        found = await store.devices.session("s1")
        assert found is not None
        assert found.name == "办公室电脑"
        await store.devices.revoke("s1", 9, fact())
        assert not await store.devices.rename("s1", "x")
        assert not await store.devices.rename("none", "x")

    async def test_being_seen_only_moves_forward_and_tells_who_is_gone(self, store: Store) -> None:
        await five(store)
        await store.devices.revoke("s1", 9, fact())
        assert await store.devices.seen(["s0", "s1", "none"], 5000) == ["s1", "none"]
        assert list(await store.devices.seen(["s0"], 4000)) == []
        assert list(await store.devices.seen([], 4000)) == []
        found = await store.devices.session("s0")
        assert found is not None
        assert (found.seen_ms, found.active_ms) == (5000, 5000)


class PushesContract:
    async def test_a_device_is_reached_until_it_goes(self, store: Store) -> None:
        await five(store)
        assert not await store.devices.anyone_subscribed()
        assert await store.devices.subscribe("s1", THERE)
        assert await store.devices.subscribe("s2", ELSEWHERE)
        found = await store.devices.subscribed(["ann", "bob", "ann"])
        assert [(one.session_id, one.push) for one in found] == [("s1", THERE), ("s2", ELSEWHERE)]
        assert list(await store.devices.subscribed(["bob"])) == []
        await store.devices.revoke("s1", 9, fact())
        await store.devices.start_session(
            device_session("s9", device="d2", created_ms=2000), fact(), limit=5
        )
        assert list(await store.devices.subscribed(["ann"])) == []
        assert not await store.devices.anyone_subscribed()

    async def test_a_device_that_is_gone_is_not_reached(self, store: Store) -> None:
        await five(store)
        await store.devices.revoke("s1", 9, fact())
        assert not await store.devices.subscribe("s1", THERE)
        assert not await store.devices.subscribe("none", THERE)
        assert not await store.devices.anyone_subscribed()

    async def test_one_address_is_one_device(self, store: Store) -> None:
        await five(store)
        await store.devices.start_session(device_session("b1", user="bob"), fact())
        for session_id in ("s1", "s2", "s2", "b1"):
            assert await store.devices.subscribe(session_id, THERE)
        assert list(await store.devices.subscribed(["ann"])) == []
        assert len(await store.devices.subscribed(["bob"])) == 1

    async def test_only_the_address_that_failed_is_forgotten(self, store: Store) -> None:
        await five(store)
        await store.devices.subscribe("s1", THERE)
        assert not await store.devices.unsubscribe("s1", "https://push.example/old")
        assert await store.devices.unsubscribe("s1", THERE.endpoint)
        assert not await store.devices.unsubscribe("s1", THERE.endpoint)
        await store.devices.subscribe("s1", THERE)
        assert await store.devices.unsubscribe("s1")
        assert not await store.devices.unsubscribe("s1")
        assert not await store.devices.unsubscribe("none")

    async def test_wishes_are_kept_with_their_fact(self, store: Store) -> None:
        asked = Wishes(
            "ann", hide_content=False, quiet_from="22:00", quiet_until="07:30", zone="UTC"
        )
        await store.pushes.put_wishes(Wishes("ann"), fact("wishes_changed"))
        await store.pushes.put_wishes(asked, fact("wishes_changed"))
        assert await store.pushes.wishes(["ann", "bob"]) == {"ann": asked}
        assert await fact_kinds(store) == ["wishes_changed", "wishes_changed"]

    async def test_what_is_said_before_the_telling_is_told_once(self, store: Store) -> None:
        note = store.pushes.note
        await note([Knock("ann", "c1", 3, 3, due_ms=50), Knock("bob", "c1", 3, 3, due_ms=40)])
        await note([Knock("ann", "c1", 4, 4, due_ms=70, mention=True)])
        await note([Knock("ann", "c1", 4, 4, due_ms=20)])  # told of twice
        await note([])
        assert list(await store.pushes.take(39, 100, 10)) == []
        (bob,) = await store.pushes.take(49, 100, 10)
        assert bob == Knock("bob", "c1", 3, 3, due_ms=149)
        (ann,) = await store.pushes.take(60, 100, 10)
        assert ann == Knock("ann", "c1", 3, 4, due_ms=160, mention=True)
        assert list(await store.pushes.take(99, 100, 10)) == []
        (again,) = await store.pushes.take(150, 100, 10)  # its taker died
        assert again.user == "bob"

    async def test_what_was_told_is_not_told_again(self, store: Store) -> None:
        await store.pushes.note([Knock("ann", "c1", 3, 5, due_ms=50)])
        (taken,) = await store.pushes.take(50, 100, 10)
        await store.pushes.settle(taken, replace(taken, sent=5, due_ms=None))
        await store.pushes.note([Knock("ann", "c1", 4, 4, due_ms=60)])  # the relay repeats
        assert list(await store.pushes.take(1000, 100, 10)) == []
        await store.pushes.note([Knock("ann", "c1", 6, 6, due_ms=60)])
        (fresh,) = await store.pushes.take(1000, 100, 10)
        assert (fresh.first, fresh.seq, fresh.sent) == (6, 6, 5)

    async def test_what_is_said_during_the_telling_is_not_lost(self, store: Store) -> None:
        await store.pushes.note([Knock("ann", "c1", 3, 5, due_ms=50)])
        (taken,) = await store.pushes.take(50, 100, 10)
        await store.pushes.note([Knock("ann", "c1", 6, 6, due_ms=80)])
        await store.pushes.settle(taken, replace(taken, sent=5, due_ms=None))
        (rest,) = await store.pushes.take(80, 100, 10)
        assert (rest.first, rest.seq, rest.sent) == (6, 6, 5)
        await store.pushes.settle(Knock("bob", "c1", 1, 1), Knock("bob", "c1", 1, 1))

    async def test_two_takers_take_each_once(self, store: Store) -> None:
        await store.pushes.note([Knock(f"u{n:02}", "c1", 1, 1, due_ms=n) for n in range(20)])
        rounds = await asyncio.gather(*(store.pushes.take(100, 1000, 20) for _ in range(4)))
        taken = [knock.user for some in rounds for knock in some]
        assert sorted(taken) == [f"u{n:02}" for n in range(20)]
        assert list(await store.pushes.take(2000, 1, 0)) == []

    async def test_the_newest_position_is_where_reading_ends(self, store: Store) -> None:
        assert await store.changes.newest_position() == 0
        await store.messages.append(draft("m1"))
        await store.audit.record(fact("seen"))
        newest = await store.changes.newest_position()
        assert [one.position for one in await store.changes.changes(0, 10)][-1] == newest
        assert list(await store.changes.changes(newest, 10)) == []

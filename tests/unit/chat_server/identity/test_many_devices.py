from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_server.domain.devices import DeviceKind, DeviceMake, make_of
from chat_server.domain.errors import (
    InvalidValue,
    NotAuthenticated,
    NotFound,
    StoreUnavailable,
    TooLong,
    TooManyDevices,
)
from chat_server.ports.bus import SessionEnded
from chat_server.usecases.identity.login import MOST_DEVICES, Credentials
from chat_server.usecases.identity.seen import EVERY_S, NoteSeen
from tests.front_desk import FrontDesk

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/156.0.0.0 Safari/537.36"
)


async def session_of(desk: FrontDesk, device: str, user: str = "zhangwei") -> str:
    grant = await desk.log_in(user, device=device)
    return (await desk.cases.authenticate(grant.access_token)).session_id


async def devices_of(desk: FrontDesk, user: str = "zhangwei") -> list[str]:
    return sorted(each.device for each in await desk.cases.devices.list(user))


async def five(desk: FrontDesk) -> list[str]:
    return [await session_of(desk, f"d{number}") for number in range(MOST_DEVICES)]


async def test_a_sixth_device_is_told_which_there_are(desk: FrontDesk) -> None:
    sessions = await five(desk)
    with pytest.raises(TooManyDevices) as refused:
        await desk.log_in("zhangwei", device="sixth")
    assert {each.session_id for each in refused.value.devices} == set(sessions)
    assert await devices_of(desk) == ["d0", "d1", "d2", "d3", "d4"]


async def test_only_the_right_password_sees_the_list(desk: FrontDesk) -> None:
    sessions = await five(desk)
    given = Credentials("zhangwei", "wrong", "sixth", "192.0.2.1", "", sessions[0])
    with pytest.raises(NotAuthenticated):
        await desk.cases.log_in(given)
    assert len(await devices_of(desk)) == MOST_DEVICES


async def test_a_sixth_device_takes_the_place_of_the_named_one(desk: FrontDesk) -> None:
    sessions = await five(desk)
    given = Credentials("zhangwei", "demo-zhangwei", "sixth", "192.0.2.1", WINDOWS, sessions[1])
    grant = await desk.cases.log_in(given)
    assert grant.user == "zhangwei"
    assert await devices_of(desk) == ["d0", "d2", "d3", "d4", "sixth"]
    assert desk.signals == [SessionEnded(sessions[1])]


async def test_nobody_elses_device_is_rung_off(desk: FrontDesk) -> None:
    other = await session_of(desk, "phone", user="lina")
    given = Credentials("zhangwei", "demo-zhangwei", "phone", "192.0.2.1", "", other)
    await desk.cases.log_in(given)
    assert desk.signals == []
    assert await devices_of(desk, "lina") == ["phone"]


async def test_log_ins_at_once_leave_as_many_as_may_be(desk: FrontDesk) -> None:
    answers = await asyncio.gather(
        *(desk.log_in("zhangwei", device=f"d{number}") for number in range(12)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, TooManyDevices) for each in answers) == 12 - MOST_DEVICES
    assert len(await devices_of(desk)) == MOST_DEVICES


async def test_all_others_go_and_this_one_stays(desk: FrontDesk) -> None:
    sessions = await five(desk)
    await desk.cases.devices.revoke_others("zhangwei", sessions[3])
    assert await devices_of(desk) == ["d3"]
    assert len(desk.signals) == MOST_DEVICES - 1


async def test_a_device_is_called_what_its_person_calls_it(desk: FrontDesk) -> None:
    session = await session_of(desk, "phone")
    await desk.cases.devices.rename("zhangwei", session, "  我的   手机 ")
    (found,) = await desk.cases.devices.list("zhangwei")
    assert found.name == "我的 手机"
    with pytest.raises(TooLong):
        await desk.cases.devices.rename("zhangwei", session, "长" * 41)
    with pytest.raises(InvalidValue):
        await desk.cases.devices.rename("zhangwei", session, "a\u202eb")
    for user, target in (("lina", session), ("zhangwei", "none")):
        with pytest.raises(NotFound):
            await desk.cases.devices.rename(user, target, "x")
    await desk.cases.devices.revoke("zhangwei", session)
    with pytest.raises(NotFound):
        await desk.cases.devices.rename("zhangwei", session, "x")


async def test_who_is_connected_is_seen_and_who_should_not_be_is_closed(desk: FrontDesk) -> None:
    there, gone = await session_of(desk, "phone"), await session_of(desk, "tablet")
    await desk.store.devices.revoke(gone, 1, (await desk.facts("login_succeeded"))[0])
    desk.clock.move(90)
    note = NoteSeen(desk.store.devices, desk.bus, desk.clock, lambda: [there, gone])
    await note.note()
    (found,) = await desk.cases.devices.list("zhangwei")
    assert found.active_ms == desk.clock.now_ms()
    assert desk.signals == [SessionEnded(gone)]


async def test_seeing_goes_on_when_the_store_was_away(desk: FrontDesk) -> None:
    asked: list[float] = []

    class Stopped(Exception):
        pass

    async def sleep(seconds: float) -> None:
        asked.append(seconds)
        if len(asked) > 2:
            raise Stopped

    def away() -> list[str]:
        raise StoreUnavailable

    desk.clock.sleep = sleep
    with pytest.raises(Stopped):
        await NoteSeen(desk.store.devices, desk.bus, desk.clock, away).run()
    assert asked == [EVERY_S] * 3


@pytest.mark.parametrize(
    ("user_agent", "make"),
    [
        (WINDOWS, DeviceMake(DeviceKind.DESK, "Chrome", "Windows")),
        (WINDOWS + " Edg/156.0.0.0", DeviceMake(DeviceKind.DESK, "Edge", "Windows")),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
                "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
            ),
            DeviceMake(DeviceKind.PHONE, "Safari", "iPhone"),
        ),
        (
            (
                "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/156.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.50"
            ),
            DeviceMake(DeviceKind.PHONE, "WeChat", "Android"),
        ),
        (
            (
                "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/156.0.0.0 Safari/537.36"
            ),
            DeviceMake(DeviceKind.TABLET, "Chrome", "Android"),
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
            DeviceMake(DeviceKind.TABLET, "", "iPad"),
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0",
            DeviceMake(DeviceKind.DESK, "Firefox", "macOS"),
        ),
        ("elian-client/0.1.0", DeviceMake(DeviceKind.PROGRAM)),
        ("curl/8.5.0", DeviceMake()),
        ("", DeviceMake()),
    ],
)
def test_a_device_is_named_by_what_it_says_of_itself(user_agent: str, make: DeviceMake) -> None:
    assert make_of(user_agent) == make


@given(st.text(max_size=600))
def test_any_user_agent_gives_a_make(user_agent: str) -> None:
    assert make_of(user_agent).kind in DeviceKind

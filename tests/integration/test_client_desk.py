"""The client library at the desk: a customer and an agent, against a served house."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from chat_server.client.client import Client
from chat_server.client.faults import Refused
from chat_server.wire import frames
from tests.house import ServedHouse, copy_of, loaded_data

__all__ = ["loaded_data"]
CONV = "s:@service:zhangwei"


@pytest.fixture(scope="module")
def served(loaded_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHouse]:
    house = ServedHouse(copy_of(loaded_data, tmp_path_factory.mktemp("desk") / "data"))
    try:
        house.start()
        yield house
    finally:
        house.stop()


async def test_a_customer_waits_is_served_and_rates(served: ServedHouse) -> None:
    async with asyncio.timeout(60), AsyncExitStack() as stack:
        zhangwei, kefu1, zhuguan = [
            await stack.enter_async_context(Client(served.url, user, f"demo-{user}"))
            for user in ("zhangwei", "kefu1", "zhuguan")
        ]
        places: asyncio.Queue[frames.Waiting] = asyncio.Queue()
        moved: asyncio.Queue[frames.DeskMoved] = asyncio.Queue()
        zhangwei.on_waiting(places.put_nowait)
        kefu1.on_desk(moved.put_nowait)
        place = await zhangwei.desk.call_person(CONV)
        assert (place.state, place.position) == ("waiting", 1)
        assert await zhangwei.desk.call_person(CONV) == place
        assert (await places.get()).position == 1
        hint = await moved.get()
        assert (hint.desk, hint.case) == ("main", place.case)
        (case,) = await kefu1.desk.cases("main", "waiting")
        assert (await kefu1.desk.claim(case.case)).agent == "kefu1"
        with pytest.raises(Refused, match="case_taken"):
            await zhuguan.desk.claim(case.case)
        while (await places.get()).position:  # until told that it is no longer waiting
            pass
        await kefu1.desk.add_note(case.case, "老客户")
        assert [each.text for each in await zhuguan.desk.notes(case.case)] == ["老客户"]
        assert [each.reply for each in await kefu1.desk.replies("main", "nh")] == ["hello"]
        assert (await kefu1.desk.fill(case.case, "hello")).startswith("张伟您好")
        await kefu1.desk.give_back(case.case, "有事")
        await zhuguan.desk.transfer(case.case, "请接", agent="zhuguan")
        await zhuguan.desk.transfer(case.case, "请排队", queue="general")
        await kefu1.desk.say("available")
        assert (await zhangwei.desk.place(CONV)).agent_name == "林晓"
        await kefu1.desk.close(case.case)
        await zhangwei.desk.rate(case.case, 4, "不错")
        figures = await zhuguan.desk.figures("main")
        assert (figures["closed_today"], figures["rating_average"]) == (1, 4.0)
        await zhangwei.desk.call_person(CONV)
        assert (await kefu1.desk.hand_back(case.case)).state == "closed"

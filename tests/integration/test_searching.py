"""Search in a served house: found soon after it is said, as it now reads, and by whom."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from chat_server.client.client import Client
from chat_server.client.faults import Refused
from chat_server.client.searching import FoundMessage
from chat_server.domain.ids import direct_conversation
from tests.house import ServedHouse, copy_of, loaded_data

__all__ = ["loaded_data"]

CONV = direct_conversation("zhangwei", "wangfang")


@pytest.fixture(scope="module")
def house(loaded_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHouse]:
    served = ServedHouse(copy_of(loaded_data, tmp_path_factory.mktemp("searched") / "data"))
    served.start()
    yield served
    served.stop()


def device(house: ServedHouse, user: str) -> Client:
    return Client(house.url, user, f"demo-{user}", "search")


async def found(client: Client, text: str, count: int) -> Sequence[FoundMessage]:
    """The index comes behind the outbox: soon, and not at once."""
    async with asyncio.timeout(10):
        while (  # noqa: ASYNC110 - looks from outside, as a reader would
            len(messages := (await client.search(text)).messages) != count
        ):
            await asyncio.sleep(0.4)
    return messages


async def test_what_is_said_is_found_by_those_who_may_read_it(house: ServedHouse) -> None:
    async with (
        device(house, "zhangwei") as zhangwei,
        device(house, "wangfang") as wangfang,
        device(house, "lina") as lina,
    ):
        ack = await zhangwei.send(CONV, "麻烦王经理看看李娜推荐的三年定期")
        (hit,) = await found(wangfang, "李娜推荐", 1)
        assert (hit.conv, hit.seq, hit.sender) == (CONV, ack.seq, "zhangwei")
        assert [hit.text[start:end] for start, end in hit.marks] == ["李娜推荐"]
        assert (await found(zhangwei, "三年 定期", 1))[0].seq == hit.seq
        assert (await lina.search("李娜推荐")).messages == []
        with pytest.raises(Refused) as refused:
            await lina.search("定期", conv=CONV)
        assert refused.value.code == "not_a_member"
        (manager,) = (await zhangwei.search("王芳", kind="people")).people
        assert (manager.user, manager.badge) == ("wangfang", "manager")
        assert (await lina.search("张伟", kind="people")).people == []


async def test_edited_and_recalled_words_are_found_no_more(house: ServedHouse) -> None:
    async with device(house, "zhangwei") as zhangwei:
        ack = await zhangwei.send(CONV, "下周买黄金积存")
        await found(zhangwei, "黄金积存", 1)
        await zhangwei.edit(CONV, ack.seq, "下周买白银挂钩")
        (hit,) = await found(zhangwei, "白银挂钩", 1)
        assert hit.seq == ack.seq
        assert (await zhangwei.search("黄金积存")).messages == []
        await zhangwei.recall(CONV, ack.seq)
        await found(zhangwei, "白银挂钩", 0)


async def test_an_index_made_again_finds_the_same(house: ServedHouse) -> None:
    async with device(house, "zhangwei") as zhangwei:
        await zhangwei.send(CONV, "保险柜号码本")
        before = await found(zhangwei, "保险柜", 1)
        assert "up to change" in house.elian("search", "rebuild")
        assert await found(zhangwei, "保险柜", 1) == before
        await zhangwei.send(CONV, "第二个保险柜")
        await found(zhangwei, "保险柜", 2)
    house.stop()
    (house.data / "search.db").unlink()
    house.start()
    async with device(house, "zhangwei") as zhangwei:
        assert (await found(zhangwei, "保险柜", 2))[1:] == before

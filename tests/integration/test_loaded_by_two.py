"""Two houses that load the demonstration into one empty folder at the same time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from chat_server.bootstrap.house import House
from chat_server.bootstrap.opening import open_house
from chat_server.demo.load import load_demo
from chat_server.domain.ids import feed_conversation
from chat_server.settings import load_settings

FEED = feed_conversation("@service")


async def learn_nothing(house: House, *, customers: int, seed: int) -> None:
    """Training takes long and writes nothing that both have."""


async def test_what_two_load_at_once_is_there_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(House, "learn_from_population", learn_nothing)
    settings = load_settings({"data": tmp_path, "demo": True}, environ={})
    async with open_house(settings) as one, open_house(settings) as other:
        said: list[str] = []
        await asyncio.gather(load_demo(one, said.append), load_demo(other, said.append))
        working = [asyncio.create_task(house.run()) for house in (one, other)]
        messages = one.rooms.store.messages
        async with asyncio.timeout(30):
            while not (await messages.head(FEED)).seq:  # noqa: ASYNC110 - the relay puts it there
                await asyncio.sleep(0.02)
        await asyncio.sleep(1.0)  # for a second one that must not come
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        assert (await messages.head(FEED)).seq == 1
        assert len(await one.rooms.store.accounts.broadcasts("@service", 10)) == 1
        assert await load_demo(one, said.append) is False

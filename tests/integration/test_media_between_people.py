"""Pictures and files between real devices of a real house: sent, seen, refused, and kept."""

from __future__ import annotations

import asyncio
import hashlib
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from chat_server.client.client import Client
from chat_server.client.faults import Refused
from chat_server.domain import bodies
from tests.house import ServedHouse, demo_data, loaded_data
from tests.integration.talking import WITH_LINA, WITH_ZHANGWEI

__all__ = ["demo_data", "loaded_data"]

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 20_000  # two pieces


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (900, 600), (20, 120, 200)).save(out, "PNG")
    return out.getvalue()


def wait_for_bytes(drafts: Path) -> None:
    while not (drafts.is_dir() and any(file.stat().st_size for file in drafts.iterdir())):
        time.sleep(0.005)


@pytest.fixture
def house(demo_data: Path) -> Iterator[ServedHouse]:
    served = ServedHouse(demo_data)
    served.start()
    yield served
    served.stop()


@pytest.fixture
async def people(house: ServedHouse) -> AsyncIterator[tuple[Client, Client, Client]]:
    async with (
        Client(house.url, "zhangwei", "demo-zhangwei") as zhangwei,
        Client(house.url, "wangfang", "demo-wangfang") as wangfang,
        Client(house.url, "lina", "demo-lina") as lina,
    ):
        yield zhangwei, wangfang, lina


async def test_what_is_sent_is_seen_by_whom_it_was_sent_to_and_nobody_else(
    people: tuple[Client, Client, Client],
) -> None:
    zhangwei, wangfang, lina = people
    told = await zhangwei.send_file(WITH_ZHANGWEI, picture(), "猫.png")
    image = msgspec.convert(msgspec.json.decode(bytes(told.body)), bodies.Image)
    assert (image.width, image.height, image.mime) == (900, 600, "image/png")
    await zhangwei.send_file(WITH_ZHANGWEI, PDF, "账单.pdf")
    page = await wangfang.history(WITH_ZHANGWEI, before=2**40, limit=2)
    heard = [msgspec.json.decode(bytes(event.body), type=bodies.Body) for event in page.events]
    assert heard[0] == image
    assert isinstance(heard[1], bodies.File)
    assert (heard[1].name, heard[1].size, heard[1].mime) == (
        "账单.pdf",
        len(PDF),
        "application/pdf",
    )
    assert await wangfang.media.download(image.media) == picture()
    assert (await wangfang.media.download(image.thumbnail)).startswith(b"\xff\xd8\xff")
    assert await wangfang.media.download(heard[1].media) == PDF
    for digest in (image.media, image.thumbnail, heard[1].media):
        with pytest.raises(Refused) as refused:
            await lina.media.download(digest)
        assert refused.value.code == "not_found"
    with pytest.raises(Refused) as refused:
        await lina.send(WITH_LINA, bodies.Image(media=image.media))
    assert refused.value.code == "not_found"
    await wangfang.send(WITH_LINA, heard[1])
    assert await lina.media.download(heard[1].media) == PDF


async def test_bodies_are_checked_against_what_the_bytes_are(
    people: tuple[Client, Client, Client],
) -> None:
    zhangwei, _, _ = people
    medium = await zhangwei.media.upload(WITH_ZHANGWEI, PDF, "x.pdf")
    for kind in (bodies.Image, bodies.Voice, bodies.Video):
        with pytest.raises(Refused) as refused:
            await zhangwei.send(WITH_ZHANGWEI, kind(media=medium.digest))
        assert refused.value.code == "invalid_value"
    for body in (
        bodies.Location(latitude=39.9, longitude=116.4, title="金融街支行"),
        bodies.Link(url="https://example.com/rates?y=1", title="利率"),
    ):
        ack = await zhangwei.send(WITH_ZHANGWEI, body)
        assert ack.seq
    masked = await zhangwei.send(
        WITH_ZHANGWEI, bodies.Link(url="https://example.com/", title="6222020200112230335")
    )
    assert b"6222***********0335" in bytes(masked.body)


async def test_resending_answers_the_same_and_a_program_is_refused(
    people: tuple[Client, Client, Client],
) -> None:
    zhangwei, _, _ = people
    medium = await zhangwei.media.upload(WITH_ZHANGWEI, picture())
    body = bodies.Image(media=medium.digest, name="a.png")
    first, *again = [await zhangwei.send(WITH_ZHANGWEI, body, "pic-1") for _ in range(3)]
    assert {one.seq for one in again} == {first.seq}
    assert all(one.duplicate for one in again)
    with pytest.raises(Refused) as refused:
        await zhangwei.media.upload(WITH_ZHANGWEI, b"MZ" + bytes(100))
    assert refused.value.code == "media_refused"


async def test_an_upload_outlives_a_killed_server(house: ServedHouse) -> None:
    async with Client(house.url, "zhangwei", "demo-zhangwei") as zhangwei:
        upload = asyncio.create_task(zhangwei.send_file(WITH_ZHANGWEI, PDF * 4, "big.pdf"))
        drafts = house.data / "media" / "drafts"
        await asyncio.to_thread(wait_for_bytes, drafts)
        house.kill()
        await asyncio.to_thread(house.start)
        async with asyncio.timeout(30):
            ack = await upload
        body = msgspec.json.decode(bytes(ack.body), type=bodies.Body)
        assert isinstance(body, bodies.File)
        assert body.media == hashlib.sha256(PDF * 4).hexdigest()
        assert await zhangwei.media.download(body.media) == PDF * 4
    assert not list(drafts.iterdir())


async def test_a_forged_link_is_refused(
    house: ServedHouse, people: tuple[Client, Client, Client]
) -> None:
    zhangwei, _, _ = people
    medium = await zhangwei.media.upload(WITH_ZHANGWEI, picture())
    forged = f"{house.url}/v1/media/{medium.digest}/{'A' * 32}.99999999999999.zhangwei"
    with pytest.raises(urllib.error.HTTPError) as refused:
        await asyncio.to_thread(urllib.request.urlopen, forged)
    with refused.value:
        assert refused.value.code == 403

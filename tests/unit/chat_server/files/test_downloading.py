from __future__ import annotations

import pytest

from chat_server.domain.errors import Forbidden, InvalidValue, NotFound
from chat_server.domain.facts import Fact
from chat_server.domain.ids import direct_conversation
from chat_server.domain.media import Medium
from chat_server.usecases.files.downloads import LINK_MS
from tests.front_desk import FrontDesk
from tests.unit.chat_server.files.pictures import PDF, picture
from tests.unit.chat_server.files.test_uploading import bring

TALK = direct_conversation("wangfang", "zhangwei")


async def content_of(desk: FrontDesk, user: str, digest: str) -> bytes:
    found = await desk.cases.downloads.open(user, digest)
    return b"".join([part async for part in found.read(0, found.medium.size)])


async def test_only_who_brought_it_may_have_it_before_it_is_sent(desk: FrontDesk) -> None:
    medium = await bring(desk, PDF)
    assert await content_of(desk, "zhangwei", medium.digest) == PDF
    for user in ("wangfang", "lina"):
        with pytest.raises(NotFound):
            await desk.cases.downloads.open(user, medium.digest)
        with pytest.raises(NotFound):
            await desk.cases.downloads.link(user, medium.digest)


async def test_a_link_opens_for_five_minutes_what_its_owner_may_read(desk: FrontDesk) -> None:
    medium = await bring(desk, picture())
    link = await desk.cases.downloads.link("zhangwei", medium.digest)
    assert link.expires_ms == desk.clock.now_ms() + LINK_MS
    assert (await desk.cases.downloads.follow(medium.digest, link.ticket)).medium == medium
    desk.clock.move(301)
    with pytest.raises(Forbidden, match="expired"):
        await desk.cases.downloads.follow(medium.digest, link.ticket)


async def test_a_link_cannot_be_changed(desk: FrontDesk) -> None:
    medium = await bring(desk, picture())
    link = await desk.cases.downloads.link("zhangwei", medium.digest)
    seal, expires, _ = link.ticket.split(".")
    for ticket in (
        f"{seal}.{int(expires) + 1}.zhangwei",
        f"{seal}.{expires}.lina",
        f"{seal}.{expires}",
        f"{seal}.٣.zhangwei",
        "",
        "é.é.é",
    ):
        with pytest.raises(Forbidden):
            await desk.cases.downloads.follow(medium.digest, ticket)
    with pytest.raises(Forbidden):
        await desk.cases.downloads.follow(medium.thumbnail, link.ticket)


async def test_a_cover_from_before_media_had_records_is_found(desk: FrontDesk) -> None:
    digest = await desk.blobs.put(picture())
    with pytest.raises(NotFound):
        await desk.cases.downloads.open("lina", digest)
    await desk.store.audit.record(Fact("media_stored", "ops", digest, 1))
    for _ in range(2):
        found = await desk.cases.downloads.open("lina", digest)
        assert (found.medium.mime, found.medium.public) == ("image/png", True)


async def test_a_medium_whose_blob_is_lost_is_not_found(desk: FrontDesk) -> None:
    await desk.store.media.put_medium(Medium("a" * 64, "image/png", 3, 1, public=True))
    with pytest.raises(NotFound):
        await desk.cases.downloads.open("lina", "a" * 64)


async def test_a_cover_is_for_all_even_if_somebody_brought_it_before(desk: FrontDesk) -> None:
    medium = await bring(desk, picture())
    assert await desk.cases.media.put("ops", picture()) == medium.digest
    assert await content_of(desk, "lina", medium.digest) == picture()
    with pytest.raises(InvalidValue):
        await desk.cases.media.put("ops", PDF)

from __future__ import annotations

import asyncio
import hashlib
from io import BytesIO

import pytest
from PIL import Image
from PIL.ExifTags import Base

from chat_server.domain.errors import (
    InvalidValue,
    MediaRefused,
    NotAMember,
    NotFound,
    RateLimited,
    TooLong,
    VersionConflict,
)
from chat_server.domain.ids import direct_conversation
from chat_server.domain.media import MAX_MEDIUM, Medium
from chat_server.usecases.files.uploads import PACE
from tests.front_desk import FrontDesk
from tests.unit.chat_server.files.pictures import PDF, PROGRAM, picture, taken_at_home

TALK = direct_conversation("wangfang", "zhangwei")
HOUR = 3600


async def bring(desk: FrontDesk, content: bytes, user: str = "zhangwei") -> Medium:
    """In two pieces."""
    uploads = desk.cases.uploads
    begun = await uploads.begin(user, conv=TALK, size=len(content), name="x")
    name, half = begun.upload.upload_id, len(content) // 2
    await uploads.extend(user, name, 0, content[:half])
    await uploads.extend(user, name, half, content[half:])
    return await uploads.finish(user, name)


async def test_a_picture_is_named_measured_and_drawn_small(desk: FrontDesk) -> None:
    content = picture(1200, 900)
    medium = await bring(desk, content)
    assert medium.digest == hashlib.sha256(content).hexdigest()
    assert (medium.mime, medium.size) == ("image/png", len(content))
    assert (medium.width, medium.height) == (1200, 900)
    small = await desk.blobs.get(medium.thumbnail)
    assert small is not None
    assert small.startswith(b"\xff\xd8\xff")
    assert len(await desk.facts("media_uploaded")) == 1


async def test_one_goes_on_where_one_left_off(desk: FrontDesk) -> None:
    uploads = desk.cases.uploads
    begun = await uploads.begin("zhangwei", conv=TALK, size=len(PDF), name="账单.pdf")
    name = begun.upload.upload_id
    await uploads.extend("zhangwei", name, 0, PDF[:100])
    with pytest.raises(VersionConflict):
        await uploads.extend("zhangwei", name, 0, PDF[:100])
    with pytest.raises(InvalidValue):
        await uploads.finish("zhangwei", name)
    assert (await uploads.progress("zhangwei", name)).received == 100
    with pytest.raises(TooLong):
        await uploads.extend("zhangwei", name, 100, PDF)
    await uploads.extend("zhangwei", name, 100, PDF[100:])
    finished = await asyncio.gather(*(uploads.finish("zhangwei", name) for _ in range(5)))
    assert {one.digest for one in finished} == {hashlib.sha256(PDF).hexdigest()}
    assert finished[0].mime == "application/pdf"
    assert (await uploads.progress("zhangwei", name)).received == len(PDF)
    with pytest.raises(VersionConflict):
        await uploads.extend("zhangwei", name, len(PDF), b"")


async def test_a_stated_sum_is_held_to(desk: FrontDesk) -> None:
    uploads = desk.cases.uploads
    begun = await uploads.begin("zhangwei", conv=TALK, size=3, name="", sha256="0" * 64)
    await uploads.extend("zhangwei", begun.upload.upload_id, 0, b"abc")
    with pytest.raises(InvalidValue):
        await uploads.finish("zhangwei", begun.upload.upload_id)
    with pytest.raises(NotFound):
        await uploads.progress("zhangwei", begun.upload.upload_id)


async def test_others_and_strangers_have_no_part_in_it(desk: FrontDesk) -> None:
    uploads = desk.cases.uploads
    with pytest.raises(NotAMember):
        await uploads.begin("lina", conv=TALK, size=3, name="")
    begun = await uploads.begin("zhangwei", conv=TALK, size=3, name="")
    for attempt in (
        uploads.progress("wangfang", begun.upload.upload_id),
        uploads.extend("wangfang", begun.upload.upload_id, 0, b"abc"),
        uploads.finish("wangfang", begun.upload.upload_id),
        uploads.abandon("wangfang", begun.upload.upload_id),
        uploads.progress("zhangwei", "../../etc/passwd"),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_sizes_speed_and_the_days_sum_are_limited(desk: FrontDesk) -> None:
    uploads = desk.cases.uploads
    for size, error in ((MAX_MEDIUM + 1, TooLong), (0, InvalidValue)):
        with pytest.raises(error):
            await uploads.begin("zhangwei", conv=TALK, size=size, name="")
    for _ in range(10):
        begun = await uploads.begin("zhangwei", conv=TALK, size=MAX_MEDIUM, name="")
    with pytest.raises(RateLimited):
        await uploads.begin("zhangwei", conv=TALK, size=MAX_MEDIUM, name="")
    await uploads.abandon("zhangwei", begun.upload.upload_id)
    await uploads.begin("zhangwei", conv=TALK, size=MAX_MEDIUM, name="")
    for _ in range(PACE.burst):
        await uploads.begin("wangfang", conv=TALK, size=1, name="")
    with pytest.raises(RateLimited) as refused:
        await uploads.begin("wangfang", conv=TALK, size=1, name="")
    assert refused.value.retry_after_s


async def test_programs_and_what_the_scanner_finds_are_never_there(desk: FrontDesk) -> None:
    desk.scanner.known[b"EICAR"] = "Eicar-Signature"
    for content in (PROGRAM, PDF + b"EICAR"):
        with pytest.raises(MediaRefused):
            await bring(desk, content)
        digest = hashlib.sha256(content).hexdigest()
        assert await desk.blobs.get(digest) is None
        with pytest.raises(NotFound):
            await desk.cases.downloads.open("zhangwei", digest)
    facts = await desk.facts("media_refused")
    assert [fact.detail["harm"] for fact in facts] == ["program", "Eicar-Signature"]


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\xff" * 40, picture(3000, 20)[:60]]
)
async def test_a_broken_picture_is_a_file_like_any(desk: FrontDesk, content: bytes) -> None:
    medium = await bring(desk, content)
    assert (medium.width, medium.thumbnail) == (0, "")


async def test_the_thumbnail_is_upright_and_says_nothing_of_the_camera(desk: FrontDesk) -> None:
    from PIL import Image  # noqa: PLC0415 - only here

    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera"
    exif.get_ifd(0x8825)[2] = (39.0, 54.0, 0.0)
    medium = await bring(desk, picture(600, 300, "JPEG", exif=exif))
    assert (medium.width, medium.height) == (300, 600)
    small = await desk.blobs.get(medium.thumbnail)
    assert small is not None
    assert b"Exif" not in small
    assert b"Camera" not in small


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_picture_does_not_tell_where_it_was_taken(desk: FrontDesk, kind: str) -> None:
    content = picture(60, 40, kind, **taken_at_home(orientation=6))
    assert b"N39.9" in content
    medium = await bring(desk, content)
    kept = await desk.blobs.get(medium.digest)
    assert kept is not None
    assert medium.size == len(kept)
    assert (medium.width, medium.height) == (40, 60)
    assert b"N39.9" not in kept
    with Image.open(BytesIO(kept)) as shown, Image.open(BytesIO(content)) as taken:
        assert dict(shown.getexif()) == {Base.Orientation: 6}
        assert shown.tobytes() == taken.tobytes()
    assert (await bring(desk, kept)).digest == medium.digest


async def test_nothing_hides_behind_the_end_of_a_picture(desk: FrontDesk) -> None:
    second = picture(8, 8, "JPEG", **taken_at_home())
    medium = await bring(desk, picture(60, 40, "JPEG", progressive=True, comment=b"N39.9") + second)
    assert await desk.blobs.get(medium.digest) == picture(60, 40, "JPEG", progressive=True)


async def test_the_same_bytes_of_two_people_are_one_blob_of_both(desk: FrontDesk) -> None:
    medium = await bring(desk, PDF)
    assert (await bring(desk, PDF, "wangfang")).digest == medium.digest
    for user in ("zhangwei", "wangfang"):
        assert (await desk.cases.downloads.open(user, medium.digest)).medium.size == len(PDF)


async def test_an_upload_that_died_between_its_steps_is_done_again(desk: FrontDesk) -> None:
    """The blob has its name already, the upload does not know: the bytes are asked for again."""
    uploads = desk.cases.uploads
    begun = await uploads.begin("zhangwei", conv=TALK, size=len(PDF), name="")
    name = begun.upload.upload_id
    await uploads.extend("zhangwei", name, 0, PDF)
    await desk.blobs.drafts.keep(name)
    assert (await uploads.progress("zhangwei", name)).received == 0
    await uploads.extend("zhangwei", name, 0, PDF)
    assert (await uploads.finish("zhangwei", name)).digest == hashlib.sha256(PDF).hexdigest()


async def test_what_nobody_used_is_gone_after_a_day(desk: FrontDesk) -> None:
    uploads = desk.cases.uploads
    begun = await uploads.begin("zhangwei", conv=TALK, size=10, name="")
    await uploads.extend("zhangwei", begun.upload.upload_id, 0, b"half")
    medium = await bring(desk, picture())
    desk.clock.move(23 * HOUR + 1)
    with pytest.raises(NotFound):
        await uploads.extend("zhangwei", begun.upload.upload_id, 4, b"more")
    await desk.expire_media.expire()
    assert await desk.blobs.get(medium.digest)
    desk.clock.move(HOUR)
    await desk.expire_media.expire()
    assert await desk.blobs.drafts.size(begun.upload.upload_id) == 0
    assert await desk.blobs.get(medium.digest) is None
    assert await desk.blobs.get(medium.thumbnail) is None
    again = await bring(desk, picture())
    assert await desk.blobs.get(again.digest)


async def test_a_reader_that_takes_too_long_is_ended(desk: FrontDesk) -> None:
    from chat_server.adapters.pictures.reader import ProcessPictureReader  # noqa: PLC0415

    assert await ProcessPictureReader(within_s=0.001).look(picture(4000, 4000)) is None

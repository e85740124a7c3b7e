from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_server.domain.errors import Forbidden, InvalidValue, NotFound, TooLong
from chat_server.domain.media import MAX_PICTURE, sniff
from tests.front_desk import FrontDesk

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\0" * 20
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 20
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 " + b"\0" * 20


@pytest.mark.parametrize(
    ("content", "kind"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (WEBP, "image/webp")]
)
async def test_a_picture_comes_back_as_what_it_is(
    desk: FrontDesk, content: bytes, kind: str
) -> None:
    for _ in range(2):
        digest = await desk.cases.media.put("ops", content)
    assert digest == hashlib.sha256(content).hexdigest()
    for user in ("zhangwei", "lina"):
        found = await desk.cases.downloads.open(user, digest)
        assert found.medium.mime == kind
        assert b"".join([part async for part in found.read(0, len(content))]) == content


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"<svg onload=x>", b"<html>", b"\xff\xd8", PNG[:10], b" " + PNG]
)
async def test_nothing_else_is_taken(desk: FrontDesk, content: bytes) -> None:
    with pytest.raises(InvalidValue):
        await desk.cases.media.put("ops", content)


async def test_two_mebibytes_are_enough(desk: FrontDesk) -> None:
    await desk.cases.media.put("ops", PNG.ljust(MAX_PICTURE, b"\0"))
    with pytest.raises(TooLong):
        await desk.cases.media.put("ops", PNG.ljust(MAX_PICTURE + 1, b"\0"))


@pytest.mark.parametrize("user", ["zhangwei", "shenhe", "nobody"])
async def test_only_operators_upload(desk: FrontDesk, user: str) -> None:
    with pytest.raises(Forbidden):
        await desk.cases.media.put(user, PNG)


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "0" * 64, "A" * 64])
async def test_what_is_not_there_is_not_found(desk: FrontDesk, digest: str) -> None:
    with pytest.raises(NotFound):
        await desk.cases.downloads.open("zhangwei", digest)


async def test_a_blob_that_is_no_picture_is_not_given(desk: FrontDesk) -> None:
    digest = await desk.blobs.put(b"<script>")
    with pytest.raises(NotFound):
        await desk.cases.downloads.open("zhangwei", digest)


@given(st.binary(max_size=64))
def test_sniffing_never_stumbles(content: bytes) -> None:
    assert sniff(content).count("/") == 1

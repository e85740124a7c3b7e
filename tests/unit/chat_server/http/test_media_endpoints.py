from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx2
import pytest

from chat_server.domain.ids import direct_conversation
from tests.front_desk import FrontDesk
from tests.unit.chat_server.files.pictures import PDF, PROGRAM, picture

AsUser = Callable[..., Awaitable[httpx2.AsyncClient]]
TALK = direct_conversation("wangfang", "zhangwei")
PAGE = b"<html><script>alert(1)</script>"


async def upload(http: httpx2.AsyncClient, content: bytes) -> httpx2.Response:
    begun = await http.post("/v1/media/uploads", json={"conv": TALK, "size": len(content)})
    assert begun.status_code == 200
    place = f"/v1/media/uploads/{begun.json()['upload']}"
    sent = await http.put(place, params={"offset": 0}, content=content)
    assert sent.json() == (await http.get(place)).json()
    return await http.post(f"{place}/finish")


async def test_a_file_goes_up_in_pieces_and_comes_down_whole(as_user: AsUser) -> None:
    async with await as_user("zhangwei") as http:
        begun = (await http.post("/v1/media/uploads", json={"conv": TALK, "size": 6})).json()
        assert (begun["received"], begun["digest"]) == (0, "")
        place = f"/v1/media/uploads/{begun['upload']}"
        assert (await http.put(f"{place}?offset=0", content=b"abc")).json()["received"] == 3
        again = await http.put(f"{place}?offset=0", content=b"abc")
        assert (again.status_code, again.json()["code"]) == (409, "version_conflict")
        assert (await http.post(f"{place}/finish")).status_code == 400
        await http.put(f"{place}?offset=3", content=b"def")
        told = (await http.post(f"{place}/finish")).json()
        assert (told["mime"], told["size"]) == ("application/octet-stream", 6)
        assert (await http.get(f"/v1/media/{told['digest']}")).content == b"abcdef"


async def test_an_upload_can_be_given_up(as_user: AsUser) -> None:
    async with await as_user("zhangwei") as http:
        begun = (await http.post("/v1/media/uploads", json={"conv": TALK, "size": 6})).json()
        place = f"/v1/media/uploads/{begun['upload']}"
        assert (await http.delete(place)).status_code == 204
        assert (await http.get(place)).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"conv": TALK, "size": 0}, 400, "invalid_value"),
        ({"conv": TALK, "size": 100 * 1024 * 1024 + 1}, 413, "too_long"),
        ({"conv": "d:lina:zhou", "size": 5}, 403, "not_a_member"),
        ({"conv": TALK, "size": 5, "sha256": "xyz"}, 400, "invalid_value"),
        ({"conv": TALK, "size": 5, "name": "n" * 256}, 400, "invalid_value"),
        ({"size": 5}, 400, "invalid_value"),
    ],
)
async def test_what_cannot_be_uploaded_is_told(
    as_user: AsUser, asked: dict[str, object], status: int, code: str
) -> None:
    async with await as_user("zhangwei") as http:
        refused = await http.post("/v1/media/uploads", json=asked)
        assert (refused.status_code, refused.json()["code"]) == (status, code)


async def test_a_piece_beyond_the_limits_is_refused(as_user: AsUser) -> None:
    async with await as_user("zhangwei") as http:
        begun = (await http.post("/v1/media/uploads", json={"conv": TALK, "size": 3})).json()
        place = f"/v1/media/uploads/{begun['upload']}"
        for content in (b"abcd", bytes(4 * 1024 * 1024 + 1)):
            refused = await http.put(f"{place}?offset=0", content=content)
            assert (refused.status_code, refused.json()["code"]) == (413, "too_long")
        assert (await http.put(f"{place}?offset=-1", content=b"a")).status_code == 400


async def test_a_program_is_refused(as_user: AsUser) -> None:
    async with await as_user("zhangwei") as http:
        refused = await upload(http, PROGRAM)
        assert (refused.status_code, refused.json()["code"]) == (422, "media_refused")


@pytest.mark.parametrize(
    ("asked", "status", "content", "told"),
    [
        ("bytes=0-3", 206, PDF[:4], f"bytes 0-3/{len(PDF)}"),
        ("bytes=10-", 206, PDF[10:], f"bytes 10-{len(PDF) - 1}/{len(PDF)}"),
        ("bytes=-5", 206, PDF[-5:], f"bytes {len(PDF) - 5}-{len(PDF) - 1}/{len(PDF)}"),
        (f"bytes=5-{10**17}", 206, PDF[5:], f"bytes 5-{len(PDF) - 1}/{len(PDF)}"),
        (f"bytes={len(PDF)}-", 416, b"", f"bytes */{len(PDF)}"),
        ("bytes=5-2", 416, b"", f"bytes */{len(PDF)}"),
        ("bytes=-0", 416, b"", f"bytes */{len(PDF)}"),
        ("bytes=-", 200, PDF, None),
        ("bytes=0-1,4-5", 200, PDF, None),
        ("lines=0-1", 200, PDF, None),
        ("bytes=a-b", 200, PDF, None),
    ],
)
async def test_ranges(
    as_user: AsUser, asked: str, status: int, content: bytes, told: str | None
) -> None:
    async with await as_user("zhangwei") as http:
        digest = (await upload(http, PDF)).json()["digest"]
        got = await http.get(f"/v1/media/{digest}", headers={"range": asked})
        assert (got.status_code, got.content) == (status, content)
        assert got.headers.get("content-range") == told
        assert got.headers["content-length"] == str(len(content))


async def test_what_one_has_need_not_come_again(as_user: AsUser) -> None:
    async with await as_user("zhangwei") as http:
        digest = (await upload(http, PDF)).json()["digest"]
        place = f"/v1/media/{digest}"
        etag = (await http.get(place)).headers["etag"]
        same = await http.get(place, headers={"if-none-match": etag})
        assert (same.status_code, same.content) == (304, b"")
        stale = {"range": "bytes=0-3", "if-range": '"another"'}
        assert (await http.get(place, headers=stale)).status_code == 200
        fresh = {"range": "bytes=0-3", "if-range": etag}
        assert (await http.get(place, headers=fresh)).status_code == 206


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "attachment"),
        ("账单.pdf", "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E8%B4%A6%E5%8D%95.pdf"),
        ("../../etc/passwd", "attachment; filename=\"passwd\"; filename*=UTF-8''passwd"),
        ('a"b\r\nx: y', "attachment; filename=\"a_bx_ y\"; filename*=UTF-8''a%22bx%3A%20y"),
    ],
)
async def test_a_file_is_kept_under_a_harmless_name(as_user: AsUser, name: str, told: str) -> None:
    async with await as_user("zhangwei") as http:
        digest = (await upload(http, PAGE)).json()["digest"]
        got = await http.get(f"/v1/media/{digest}", params={"name": name})
        assert got.headers["content-disposition"] == told
        assert got.headers["content-type"] == "application/octet-stream"
        assert got.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in got.headers["content-security-policy"]


async def test_a_link_needs_no_header_and_expires(
    as_user: AsUser, http: httpx2.AsyncClient, desk: FrontDesk
) -> None:
    async with await as_user("zhangwei") as zhangwei, await as_user("lina") as lina:
        digest = (await upload(zhangwei, picture())).json()["digest"]
        assert (await lina.get(f"/v1/media/{digest}")).status_code == 404
        assert (await lina.post(f"/v1/media/{digest}/link")).status_code == 404
        link = (await zhangwei.post(f"/v1/media/{digest}/link")).json()
    seen = await http.get(link["url"], params={"name": "猫.png"})
    assert (seen.status_code, seen.headers["content-type"]) == (200, "image/png")
    assert seen.headers["content-disposition"].startswith("inline;")
    assert (await http.get(link["url"] + "x")).status_code in {403, 404}
    desk.clock.move(301)
    refused = await http.get(link["url"])
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

import httpx2
import pytest

from tests.front_desk import FrontDesk

AsUser = Callable[[str], Awaitable[httpx2.AsyncClient]]
DESK = "/v1/staff/accounts/@service"
HTML = '<p>一<script>x</script></p><img src="https://elsewhere.example/p.png">'
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63f8cfc0f01f00050001ffa5f7c4e50000000049454e44ae426082"
)


async def published(as_user: AsUser, **story: object) -> str:
    """Written by the operator, approved by the reviewer; its broadcast."""
    async with await as_user("ops") as ops:
        written = {"title": "利率<调整>", "html": HTML, "author": "编辑部", **story}
        made = await ops.post(f"{DESK}/article-drafts", json={"articles": [written]})
        draft = made.json()
        sent = await ops.post(
            f"{DESK}/article-drafts/{draft['draft']}/submit", json={"revision": draft["revision"]}
        )
    told: dict[str, str] = sent.json()
    async with await as_user("shenhe") as reviewer:
        approval = {"content_hash": told["content_hash"]}
        await reviewer.post(f"/v1/staff/broadcasts/{told['broadcast']}/approve", json=approval)
    return told["broadcast"]


async def test_a_draft_lives_until_it_is_deleted(as_user: AsUser) -> None:
    async with await as_user("ops") as http:
        made = await http.post(f"{DESK}/article-drafts", json={"articles": [{"html": HTML}]})
        draft = made.json()
        assert draft["articles"][0]["html"] == "<p>一</p><img>"
        place = f"{DESK}/article-drafts/{draft['draft']}"
        body = {"articles": [{"title": "新"}], "revision": draft["revision"]}
        saved = await http.put(place, json=body)
        stale = await http.put(place, json=body)
        (line,) = (await http.get(f"{DESK}/article-drafts")).json()
        assert (saved.json()["revision"], stale.status_code) == (2, 409)
        assert (line["title"], line["revision"], line["count"]) == ("新", 2, 1)
        assert (await http.get(place)).json()["articles"][0]["title"] == "新"
        assert (await http.delete(place)).status_code == 204
        assert (await http.get(place)).status_code == 404
    async with await as_user("zhangwei") as http:
        assert (await http.get(f"{DESK}/article-drafts")).status_code == 403


async def test_everybody_reads_the_page_and_its_card(
    as_user: AsUser, http: httpx2.AsyncClient
) -> None:
    async with await as_user("ops") as ops:
        cover = (await ops.post("/v1/media", content=PNG)).json()["digest"]
        file = (
            await ops.post(f"{DESK}/attachments?name={quote('条款.pdf')}", content=b"%PDF-1.7 x")
        ).json()
    assert (file["name"], file["mime"], file["size"]) == ("条款.pdf", "application/pdf", 10)
    broadcast = await published(
        as_user, cover=cover, attachments=[file], source="https://bank.example/a?b=1&c"
    )
    shown = await http.get(f"/a/{broadcast}")
    page = shown.text
    assert shown.status_code == 200
    assert "script-src" not in shown.headers["content-security-policy"]
    assert shown.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<h1>利率&lt;调整&gt;</h1>" in page
    assert "<p>一</p>" in page
    for mark in ("<script", "elsewhere", "$"):
        assert mark not in page
    for name, said in {
        "og:title": "利率&lt;调整&gt;",
        "og:type": "article",
        "og:description": "一",
        "og:url": f"http://127.0.0.1:8080/a/{broadcast}",
        "og:image": f"http://127.0.0.1:8080/a/media/{cover}",
        "og:site_name": "工银服务",
    }.items():
        assert f'<meta property="{name}" content="{said}">' in page
    assert (await http.get(f"/a/media/{cover}")).content == PNG
    assert (await http.get(f"/a/media/{file['media']}")).content == b"%PDF-1.7 x"
    assert (await http.get(f"/a/{broadcast}/0")).status_code == 200
    for none in (f"/a/{broadcast}/1", "/a/none", f"/a/media/{'0' * 64}"):
        assert (await http.get(none)).status_code == 404


async def test_a_withdrawn_article_is_gone(as_user: AsUser, http: httpx2.AsyncClient) -> None:
    broadcast = await published(as_user)
    async with await as_user("ops") as ops:
        decided = await ops.patch(f"{DESK}/articles/{broadcast}/0", json={"withdrawn": True})
    assert decided.json()["withdrawn"] is True
    assert (await http.get(f"/a/{broadcast}")).status_code == 410


async def test_a_comment_is_written_elected_answered_and_deleted(as_user: AsUser) -> None:
    broadcast = await published(as_user, comments="open")
    article, own = f"/v1/broadcasts/{broadcast}/articles/0", f"{DESK}/articles/{broadcast}/0"
    async with await as_user("lina") as lina, await as_user("ops") as ops:
        assert (await lina.get(article)).json()["path"] == f"/a/{broadcast}"
        assert (await lina.put(f"{article}/like")).status_code == 204
        assert (await lina.put(f"{article}/share")).status_code == 204
        made = (await lina.post(f"{article}/comments", json={"text": "好"})).json()
        place = f"{own}/comments/{made['number']}"
        elected = await ops.post(place, json={"step": "elect"})
        await ops.post(place, json={"step": "reply", "text": "谢谢"})
        assert (elected.json()["elected"], elected.json()["name"]) == (True, "李娜")
        async with await as_user("zhangwei") as zhangwei:
            talk = (await zhangwei.get(f"{article}/talk")).json()
        (comment,) = talk["elected"]
        assert (comment["name"], comment["user"], comment["reply"]) == ("李**", "", "谢谢")
        assert talk["numbers"] == {"reads": 1, "likes": 1, "shares": 1, "comments": 1}
        (listed,) = (await ops.get(f"{DESK}/articles")).json()
        assert (listed["numbers"], listed["comments"]) == (talk["numbers"], "open")
        assert (await ops.delete(place)).status_code == 204
        assert (await ops.get(f"{own}/comments")).json() == []
        assert (await lina.delete(f"{article}/comments/{made['number']}")).status_code == 404
        assert (await lina.delete(f"{article}/like")).status_code == 204


@pytest.mark.parametrize(
    "body", [{"articles": []}, {"articles": [{"titel": "x"}]}, {"articles": [{"cover": "x"}]}]
)
async def test_what_is_no_draft_is_refused(as_user: AsUser, body: object) -> None:
    async with await as_user("ops") as http:
        assert (await http.post(f"{DESK}/article-drafts", json=body)).status_code == 400


async def test_a_program_is_not_attached(as_user: AsUser, desk: FrontDesk) -> None:
    async with await as_user("ops") as http:
        refused = await http.post(f"{DESK}/attachments?name=x.exe", content=b"MZ\x90")
    assert refused.status_code == 422
    assert await desk.facts("media_refused")

"""Groups over HTTP."""

from __future__ import annotations

import pytest


@pytest.fixture
async def wangfang(desk, as_user):
    await desk.assign("lina", "wangfang", actor="test")
    async with await as_user("wangfang", "desk") as http:
        yield http


@pytest.fixture
async def lina(as_user):
    async with await as_user("lina") as http:
        yield http


async def make(http, *members: str, **more: object) -> dict:
    draft = {"title": "周五理财", "members": members, **more}
    answer = await http.post("/v1/groups", json=draft)
    assert answer.status_code == 200
    return answer.json()


async def test_a_group_is_made_changed_and_dissolved(wangfang, lina):
    group = await make(wangfang, "lina", "zhangwei")
    assert (group["members"], group["role"], group["silent"]) == (3, "owner", False)
    path = f"/v1/groups/{group['conv']}"
    changes = {"title": "新", "announcement": "明天", "silent": True, "approval": True}
    changed = (await wangfang.patch(path, json=changes)).json()
    assert {name: changed[name] for name in changes} == changes
    assert (await lina.get(path)).json()["role"] == "member"
    page = (await lina.get(f"{path}/members", params={"limit": 2})).json()
    assert ([m["user"] for m in page["members"]], page["more"]) == (["lina", "wangfang"], True)
    named = (await lina.get(f"{path}/people", params={"users": "zhangwei,ops"})).json()
    assert [each["name"] for each in named] == ["张伟"]
    refused = await wangfang.post(f"{path}/leave")
    assert (refused.status_code, refused.json()["code"]) == (409, "last_owner")
    assert (await wangfang.delete(path)).status_code == 204
    assert (await lina.get(path)).status_code == 404


async def test_members_are_promoted_silenced_removed_and_made_owner(wangfang, lina):
    path = f"/v1/groups/{(await make(wangfang, 'lina', 'zhangwei'))['conv']}"
    assert (await lina.patch(f"{path}/members/zhangwei", json={"role": "admin"})).status_code == 403
    changes = {"role": "admin", "silenced": True}
    assert (await wangfang.patch(f"{path}/members/lina", json=changes)).status_code == 204
    assert (await lina.delete(f"{path}/members/zhangwei")).status_code == 204
    assert (await wangfang.post(f"{path}/owner", json={"user": "lina"})).json()["role"] == "admin"
    assert (await wangfang.post(f"{path}/leave")).status_code == 204
    assert (await lina.get(path)).json() | {"role": "owner", "members": 1} == (
        await lina.get(path)
    ).json()


async def test_by_a_link_one_is_asked_for_and_let_in(wangfang, lina):
    path = f"/v1/groups/{(await make(wangfang, approval=True))['conv']}"
    link = (await wangfang.post(f"{path}/links", json={"days": 3})).json()
    ticket = {"token": link["token"]}
    shown = (await lina.post("/v1/groups/look", json=ticket)).json()
    assert (shown["title"], shown["inviter"], shown["state"]) == ("周五理财", "王芳", "outside")
    assert (await lina.post("/v1/groups/join", json=ticket)).json()["state"] == "asked"
    (request,) = (await wangfang.get(f"{path}/requests")).json()
    assert (request["user"], request["name"], request["inviter"]) == ("lina", "李娜", "王芳")
    assert (await wangfang.post(f"{path}/requests/lina")).status_code == 204
    assert (await lina.post("/v1/groups/join", json=ticket)).json()["state"] == "inside"
    assert (await wangfang.delete(f"{path}/requests/lina")).status_code == 404
    assert (await wangfang.delete(f"{path}/links")).status_code == 204
    refused = await lina.post("/v1/groups/look", json=ticket)
    assert (refused.status_code, refused.json()["code"]) == (410, "link_expired")


async def test_inviting_and_readers(wangfang, lina):
    path = f"/v1/groups/{(await make(wangfang))['conv']}"
    assert (await wangfang.post(f"{path}/members", json={"users": ["lina"]})).json()["members"] == 2
    assert (await lina.post(f"{path}/members", json={"users": ["ops"]})).status_code == 403
    readers = (await wangfang.get(f"{path}/readers/2")).json()
    assert ([m["user"] for m in readers["read"]], readers["unread"]) == (["lina"], [])
    assert (await lina.get(f"{path}/readers/1")).status_code == 404
    outside = await lina.get("/v1/groups/g:none")
    assert (outside.status_code, outside.json()["code"]) == (404, "not_found")

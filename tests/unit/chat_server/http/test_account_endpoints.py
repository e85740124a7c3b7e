"""A public account's desk over HTTP."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest

from chat_server.domain.facts import Fact
from chat_server.domain.people import Person, StaffRole

SHOP = "/v1/staff/accounts/@service"


@pytest.fixture
async def staff(as_user):
    """Each of them logged in: `staff["ops"]`."""
    async with AsyncExitStack() as stack:
        yield {
            user: await stack.enter_async_context(await as_user(user))
            for user in ("ops", "shenhe", "admin", "zhangwei")
        }


async def test_an_account_is_applied_for_approved_and_verified_by_three(staff):
    asked = {"account": "@shop", "name": "积分商城", "kind": "subscription"}
    made = await staff["ops"].post("/v1/staff/accounts", json=asked)
    assert (made.status_code, made.json()["state"]) == (200, "applied")
    again = await staff["ops"].post("/v1/staff/accounts", json=asked)
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    path = "/v1/staff/accounts/@shop/standing"
    for user, step, state in (
        ("shenhe", "approve", "active"),
        ("admin", "verify", "active"),
        ("admin", "suspend", "suspended"),
        ("admin", "resume", "active"),
    ):
        done = await staff[user].post(path, json={"step": step, "reason": "核对"})
        assert (done.status_code, done.json()["state"]) == (200, state)
    assert done.json()["verified"]
    assert "templates" not in done.json()["capabilities"]
    refused = await staff["shenhe"].post(path, json={"step": "verify"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    again = await staff["shenhe"].post(path, json={"step": "reject", "reason": "x"})
    assert (again.status_code, again.json()["code"]) == (409, "already_decided")
    shown = (await staff["admin"].get("/v1/staff/accounts")).json()
    assert [each["account"] for each in shown] == ["@service", "@shop"]
    changed = {"name": "工银积分", "staff": [{"user": "ops", "role": "owner"}]}
    done = await staff["ops"].patch("/v1/staff/accounts/@shop", json=changed)
    assert {key: done.json()[key] for key in changed} == changed
    done = await staff["ops"].patch("/v1/staff/accounts/@shop", json={"bot": "bank"})
    assert done.json()["bot"] == "bank"
    withheld = {"withheld": ["codes"]}
    done = await staff["admin"].put("/v1/staff/accounts/@shop/withheld", json=withheld)
    assert "codes" not in done.json()["capabilities"]


async def test_followers_are_tagged_noted_and_put_on_the_black_list(staff):
    await staff["zhangwei"].post("/v1/accounts/@service/follow")
    ops = staff["ops"]
    tag = (await ops.post(f"{SHOP}/tags", json={"name": "贵宾"})).json()["tag"]
    tagging = {"customers": ["zhangwei", "lina"], "tagged": True}
    done = await ops.post(f"{SHOP}/tags/{tag}/followers", json=tagging)
    assert done.json() == {"count": 1}
    noted = await ops.put(f"{SHOP}/followers/zhangwei", json={"remark": "老客户"})
    assert (noted.json()["remark"], noted.json()["name"]) == ("老客户", "张伟")
    page = (await ops.get(f"{SHOP}/followers", params={"tag": tag})).json()
    assert (page["total"], page["followers"]) == (1, [noted.json()])
    assert (await ops.put(f"{SHOP}/tags/{tag}", json={"name": "VIP"})).status_code == 204
    assert (await staff["shenhe"].get(f"{SHOP}/tags")).json() == [
        {"tag": tag, "name": "VIP", "count": 1}
    ]
    taken = await ops.post(f"{SHOP}/tags/{tag}/followers", json={**tagging, "tagged": False})
    assert taken.json() == {"count": 1}
    assert (await ops.delete(f"{SHOP}/tags/{tag}")).status_code == 204
    assert (await ops.delete(f"{SHOP}/tags/{tag}")).status_code == 404
    listing = {"customers": ["zhangwei"], "blocked": True}
    assert (await ops.post(f"{SHOP}/black-list", json=listing)).json() == {"count": 1}
    page = (await ops.get(f"{SHOP}/followers", params={"blocked": "true"})).json()
    assert [each["user"] for each in page["followers"]] == ["zhangwei"]
    refused = await staff["zhangwei"].post("/v1/accounts/@service/follow")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_accepting")
    assert (await staff["zhangwei"].get(f"{SHOP}/followers")).status_code == 403


async def test_menus_and_replies_are_set_up_and_seen(staff):
    ops = staff["ops"]
    menu = {
        "buttons": [
            {"title": "官网", "kind": "view", "url": "https://bank.example/"},
            {"title": "更多", "children": [{"title": "网点", "key": "branches"}]},
        ]
    }
    put = (await ops.put(f"{SHOP}/menu", json=menu)).json()
    assert put["menu"][1]["children"][0]["key"] == "branches"
    seen = (await staff["zhangwei"].get("/v1/accounts/@service")).json()["menu"]
    assert seen == put["menu"]
    only = {"rule": {"client": "ios"}, "buttons": [{"title": "苹果", "key": "apple"}]}
    added = (await ops.post(f"{SHOP}/menus", json=only)).json()
    iphone = {"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0)"}
    seen = (await staff["zhangwei"].get("/v1/accounts/@service", headers=iphone)).json()["menu"]
    assert [each["title"] for each in seen] == ["苹果"]
    assert (await ops.delete(f"{SHOP}/menus/{added['number']}")).status_code == 204
    replies = {
        "welcome": "您好",
        "first": "",
        "keywords": [{"words": ["利率"], "reply": "1.10%", "exact": False}],
        "otherwise": "",
    }
    await ops.put(f"{SHOP}/replies", json=replies)
    conduct = (await staff["shenhe"].get(f"{SHOP}/conduct")).json()
    assert (conduct["replies"], conduct["menus"]) == (replies, [])
    wrong = {"buttons": [{"title": "坏", "kind": "view", "url": "ftp://x"}]}
    refused = await ops.put(f"{SHOP}/menu", json=wrong)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_value")
    assert "menu.0" in refused.json()["message"]


async def test_a_code_is_made_scanned_and_followed_by(staff):
    made = (await staff["ops"].post(f"{SHOP}/codes", json={"scene": "hall-3"})).json()
    assert made["path"] == f"/#/scan/{made['ticket']}"
    scanned = (await staff["zhangwei"].post(f"/v1/scans/{made['ticket']}")).json()
    assert (scanned["account"]["following"], scanned["scene"]) == (False, "hall-3")
    ticket = {"ticket": made["ticket"]}
    followed = await staff["zhangwei"].post("/v1/accounts/@service/follow", params=ticket)
    assert followed.json()["following"]
    page = (await staff["ops"].get(f"{SHOP}/followers")).json()
    assert (page["followers"][0]["source"], page["followers"][0]["scene"]) == ("qr", "hall-3")
    assert (await staff["zhangwei"].post("/v1/scans/nothing")).status_code == 404


async def test_templates_are_reviewed_and_notices_told_of(desk, staff):
    ops = staff["ops"]
    await staff["zhangwei"].post("/v1/accounts/@service/follow")
    draft = {"title": "到期提醒", "fields": [{"key": "at", "label": "日期", "kind": "date"}]}
    made = (await ops.post(f"{SHOP}/templates", json=draft)).json()
    path = f"{SHOP}/templates/{made['template']}"
    done = await staff["shenhe"].post(path, json={"step": "approve"})
    assert done.json()["state"] == "approved"
    adopted = await ops.post(f"{SHOP}/templates", json={"number": "TM00003"})
    assert adopted.json()["state"] == "approved"
    listed = (await ops.get(f"{SHOP}/templates")).json()
    assert len(listed["templates"]) == 2
    assert "TM00001" in {each["number"] for each in listed["library"]}
    notice = {"template": made["template"], "customer": "zhangwei", "data": {"at": "2026-03-01"}}
    sent = (await ops.post(f"{SHOP}/notices", json={**notice, "key": "1"})).json()
    assert (await ops.post(f"{SHOP}/notices", json={**notice, "key": "1"})).json() == sent
    await desk.deliver_changes()
    told = (await staff["shenhe"].get(f"{SHOP}/notices/{sent['notice']}")).json()
    assert (told["state"], told["sent"]) == ("delivered", sent["sent"])
    wrong = await ops.post(f"{SHOP}/notices", json={**notice, "data": {"at": "morgen"}})
    assert (wrong.status_code, wrong.json()["message"]) == (400, "data.at: not of kind date")
    assert (await ops.post(path, json={"step": "withdraw"})).json()["state"] == "withdrawn"
    rejected = await staff["shenhe"].post(path, json={"step": "reject", "reason": "x"})
    assert rejected.status_code == 409


async def test_a_campaign_goes_through_three_hands_and_is_counted(desk, staff):
    fact = Fact("test", "test", "test", 1)
    for number in range(20):
        person = Person(f"c{number}", "客", StaffRole.CUSTOMER, "haidian", "")
        await desk.store.people.add_person(person, fact)
        await desk.cases.accounts.follow(person.user, "@service")
    ops = staff["ops"]
    audience = {"branches": ["haidian"]}
    sized = await ops.post(f"{SHOP}/audience", json=audience)
    assert sized.json() == {"count": 20}
    button = {"title": "查看", "url": "https://bank.example/may"}
    draft = {
        "name": "五一",
        "audience": audience,
        "texts": ["满减"],
        "service": True,
        "button": button,
    }
    few = {**draft, "audience": {"customers": ["c1"]}}
    refused = await ops.post(f"{SHOP}/campaigns", json=few)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_value")
    made = (await ops.post(f"{SHOP}/campaigns", json=draft)).json()
    path = f"{SHOP}/campaigns/{made['campaign']}"
    made = (await ops.put(path, json={**draft, "texts": ["满减与积分"]})).json()
    approval = {"step": "approve", "content_hash": made["content_hash"]}
    assert (await staff["shenhe"].post(path, json=approval)).json()["state"] == "reviewed"
    assert (await staff["admin"].post(path, json=approval)).json()["state"] == "running"
    assert (await ops.post(path, json={"step": "pause"})).json()["state"] == "paused"
    assert (await ops.post(path, json={"step": "resume"})).json()["state"] == "running"
    while await desk.cases.account_work.run_campaigns.look():
        pass
    told = (await staff["shenhe"].get(f"{path}/result")).json()
    assert told["counts"] == [{"variant": 0, "state": "sent", "reason": "", "count": 20}]
    assert (told["variants"][0]["sent"], told["winner"], told["lift"]) == (20, None, None)
    assert (told["funnel"]["sent"], told["segments"][1]["value"]) == (20, "haidian")
    assert [(each["step"], each["count"]) for each in told["hours"]] == [("sent", 20)]
    taken = await staff["shenhe"].get(f"{path}/result/csv", params={"language": "en"})
    assert taken.headers["content-disposition"].startswith("attachment")
    assert "All,,20,0,0,0,0,0,0.00" in taken.text.splitlines()
    taken = await ops.get(f"{path}/result/xlsx")
    assert (taken.status_code, taken.content[:2]) == (200, b"PK")
    assert (await ops.get(f"{path}/result/pdf")).status_code == 400
    pressed = "/v1/accounts/@service/leaflets/1"
    assert (await staff["zhangwei"].post(pressed)).status_code == 404
    assert (await ops.post(pressed)).status_code == 403
    assert (await ops.post(path, json={"step": "recall"})).json()["state"] == "recalling"
    (listed,) = (await staff["admin"].get(f"{SHOP}/campaigns")).json()
    assert (listed["plan"]["texts"], listed["checker"]) == (["满减与积分"], "admin")
    assert (listed["plan"]["button"], listed["plan"]["window_days"]) == (button, 7)
    rejected = await staff["shenhe"].post(path, json={"step": "reject", "reason": "x"})
    assert rejected.status_code == 409


async def test_a_list_of_customers_is_uploaded_and_its_bad_rows_are_told(staff):
    await staff["zhangwei"].post("/v1/accounts/@service/follow")
    content = "客户号\nzhangwei\nzhangwei\n".encode()
    told = await staff["ops"].post(f"{SHOP}/audience/list", content=content)
    assert told.json() == {
        "rows": 2,
        "customers": ["zhangwei"],
        "bad": [{"row": 3, "value": "zhangwei", "fault": "repeated"}],
        "faults": {"repeated": 1},
    }
    refused = await staff["shenhe"].post(f"{SHOP}/audience/list", content=content)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    found = (await staff["ops"].get("/v1/staff/branches")).json()
    assert all(set(each) == {"branch", "name"} for each in found)

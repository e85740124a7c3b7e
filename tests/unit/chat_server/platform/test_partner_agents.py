"""Customer service through the API: agents, whose sessions they have, and what was said."""

from __future__ import annotations

from chat_server.domain.desk.choosing import Status
from chat_server.domain.desk.settings import Desk, DeskRole, DeskStaff, Queue
from chat_server.usecases.identity.people import NewPerson
from tests.partner_front import PartnerFront, desk, front

__all__ = ["desk", "front"]


async def staffed(front: PartnerFront, *users: str) -> None:
    for user in users:
        new = NewPerson(
            user=user, name=user.title(), role="agent", password="demo-agent", branch="chaoyang"
        )
        await front.desk.add_person(new, actor="test")
        await front.desk.assist.attend.say_status(user, Status.AVAILABLE)


async def added(front: PartnerFront, name: str, nickname: str = "小王") -> int:
    body = {"kf_account": f"{name}{front.account}", "nickname": nickname, "password": "0" * 32}
    return int((await front.call("/customservice/kfaccount/add", body))["errcode"])


async def session(front: PartnerFront, openid: str) -> str:
    found = await front.call(f"/customservice/kfsession/getsession?openid={openid}")
    return str(found["kf_account"])


async def test_an_agent_of_the_banks_name_gets_on_the_accounts_desk(front: PartnerFront) -> None:
    await staffed(front, "lin")
    assert await added(front, "lin") == 0
    [agent] = (await front.call("/cgi-bin/customservice/getkflist"))["kf_list"]
    assert (agent["kf_account"], agent["kf_nick"], agent["kf_wx"]) == ("lin@shop", "小王", "lin")
    [there] = (await front.call("/cgi-bin/customservice/getonlinekflist"))["kf_online_list"]
    assert (there["kf_account"], there["accepted_case"]) == ("lin@shop", 0)
    renamed = {"kf_account": "lin@shop", "nickname": "小林"}
    assert (await front.call("/customservice/kfaccount/update", renamed))["errcode"] == 0
    [agent] = (await front.call("/cgi-bin/customservice/getkflist"))["kf_list"]
    assert agent["kf_nick"] == "小林"


async def test_a_name_that_is_nobodys_waits_for_somebody_of_the_bank(front: PartnerFront) -> None:
    await staffed(front, "lin")
    openid = await front.follow()
    assert await added(front, "test1") == 0
    asked = {"kf_account": "test1@shop", "openid": openid}
    assert (await front.call("/customservice/kfsession/create", asked))["errcode"] == 65402
    invited = {"kf_account": "test1@shop", "invite_wx": "zhangwei"}
    path = "/customservice/kfaccount/inviteworker"
    assert (await front.call(path, invited))["errcode"] == 65409  # a customer
    assert (await front.call(path, {**invited, "invite_wx": "lin"}))["errcode"] == 0
    assert (await front.call(path, {**invited, "invite_wx": "lin"}))["errcode"] == 65408
    assert (await front.call("/customservice/kfsession/create", asked))["errcode"] == 0
    assert await session(front, openid) == "test1@shop"


async def test_wrong_agents_are_refused_by_their_codes(front: PartnerFront) -> None:
    await staffed(front, "lin")
    assert await added(front, "much_too_long") == 61454
    assert await added(front, "客服") == 61455
    assert await added(front, "lin", "") == 65403
    assert await added(front, "lin") == 0
    assert await added(front, "lin") == 61453
    gone = await front.call("/customservice/kfaccount/del?kf_account=nobody@shop")
    assert gone["errcode"] == 61452
    posted = await front.call("/customservice/kfaccount/del", {"kf_account": "lin@shop"})
    assert posted["errcode"] == 0
    assert (await front.call("/cgi-bin/customservice/getkflist"))["kf_list"] == []


async def test_whom_the_bank_put_on_the_desk_no_partner_takes_off(front: PartnerFront) -> None:
    await staffed(front, "lin")
    lin = DeskStaff("lin", DeskRole.AGENT, queues=("all",))
    week = (((0, 1440),),) * 7
    here = Desk(
        desk="shop", account="@shop", name="台", week=week, queues=(Queue("all", "全部"),),
        staff=(lin,), version=0,
    )  # fmt: skip
    await front.desk.assist.configure("admin", here)
    refused = await front.call("/customservice/kfaccount/del?kf_account=lin@shop")
    assert refused["errcode"] == 48001
    [agent] = (await front.call("/cgi-bin/customservice/getkflist"))["kf_list"]
    assert (agent["kf_account"], agent["kf_nick"]) == ("lin@shop", "Lin")


async def test_a_session_is_opened_told_of_recorded_and_closed(front: PartnerFront) -> None:
    await staffed(front, "lin", "chen")
    await added(front, "lin")
    await added(front, "chen")
    openid = await front.follow()
    await front.say("在吗")
    asked = {"kf_account": "chen@shop", "openid": openid, "text": "老客户"}
    assert (await front.call("/customservice/kfsession/create", asked))["errcode"] == 0
    assert (await front.call("/customservice/kfsession/create", asked))["errcode"] == 0  # has it
    assert await session(front, openid) == "chen@shop"
    other = {**asked, "kf_account": "lin@shop"}
    assert (await front.call("/customservice/kfsession/create", other))["errcode"] == 65414
    mine = await front.call("/customservice/kfsession/getsessionlist?kf_account=chen@shop")
    assert [each["openid"] for each in mine["sessionlist"]] == [openid]
    front.clock.move(2)
    await front.say("想办卡")
    await front.say("好的", sender="chen")
    now = front.clock.now_ms() // 1000
    day = {"starttime": now - 3600, "endtime": now, "msgid": 1, "number": 1}
    path = "/customservice/msgrecord/getmsglist"
    first = await front.call(path, day)
    rest = await front.call(path, {**day, "msgid": first["msgid"], "number": 100})
    assert [(each["opercode"], each["text"], each["worker"]) for each in first["recordlist"]] == [
        (2003, "想办卡", "chen@shop")
    ]
    assert [(each["opercode"], each["text"]) for each in rest["recordlist"]] == [(2002, "好的")]
    late = await front.call(path, {**day, "starttime": now - 2 * 86_400})
    assert late["errcode"] == 65417
    assert (await front.call("/customservice/kfsession/close", asked))["errcode"] == 0
    assert (await front.call("/customservice/kfsession/close", asked))["errcode"] == 65413
    assert await session(front, openid) == ""
    told = await front.events("kf_create_session", "kf_switch_session", "kf_close_session")
    assert told[-1] == {
        "Event": "kf_close_session", "KfAccount": "chen@shop", "CloseType": "KF",
    }  # fmt: skip
    names = {each["Event"] for each in told}
    assert names >= {"kf_create_session", "kf_close_session"}


async def test_a_deleted_agents_customers_wait_for_the_others(front: PartnerFront) -> None:
    await staffed(front, "lin")
    await added(front, "lin")
    openid = await front.follow()
    asked = {"kf_account": "lin@shop", "openid": openid}
    assert (await front.call("/customservice/kfsession/create", asked))["errcode"] == 0
    gone = await front.call("/customservice/kfaccount/del?kf_account=lin@shop")
    assert gone["errcode"] == 0
    waits = await front.call("/customservice/kfsession/getwaitcase")
    assert [each["openid"] for each in waits["waitcaselist"]] == [openid]


async def test_an_agent_who_is_away_gets_nobody(front: PartnerFront) -> None:
    await staffed(front, "lin")
    await added(front, "lin")
    await front.desk.assist.attend.say_status("lin", Status.AWAY)
    openid = await front.follow()
    asked = {"kf_account": "lin@shop", "openid": openid}
    assert (await front.call("/customservice/kfsession/create", asked))["errcode"] == 65415

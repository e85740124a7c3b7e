"""Mass sends through the API: to all, to a tag, previewed, told of, taken back; once each."""

from __future__ import annotations

from typing import Any

from tests.partner_front import PartnerFront, desk, front

__all__ = ["desk", "front"]
TWO = {
    "articles": [{"title": "一", "content": "<p>甲</p>"}, {"title": "二", "content": "<p>乙</p>"}]
}


async def run(front: PartnerFront) -> None:
    """Until nothing is under way; a page of each at a time."""
    for _ in range(9):
        await front.platform.parts.mass.go_round()


async def bodies(front: PartnerFront, conv: str) -> list[bytes]:
    events = await front.store.messages.events(conv, after=0, limit=100)
    forms = await front.store.messages.forms(conv, [each.seq for each in events])
    recalled = {seq for seq, form in forms.items() if form.recalled}
    return [each.body for each in events if each.seq not in recalled and each.kind == "message"]


async def tagged(front: PartnerFront, openids: list[str]) -> int:
    made = await front.call("/cgi-bin/tags/create", {"tag": {"name": "贵宾"}})
    tag = int(made["tag"]["id"])
    body = {"openid_list": openids, "tagid": tag}
    assert (await front.call("/cgi-bin/tags/members/batchtagging", body))["errcode"] == 0
    return tag


async def sent(front: PartnerFront, filter_: dict[str, Any], **said: Any) -> dict[str, Any]:
    body = {"filter": filter_, **said}
    return await front.call("/cgi-bin/message/mass/sendall", body)


async def test_a_tag_gets_it_once_and_the_end_is_told(front: PartnerFront) -> None:
    first, _ = await front.follow(), await front.follow("lina")
    tag = await tagged(front, [first])
    asked = {"msgtype": "text", "text": {"content": "您好"}, "clientmsgid": "spring"}
    answer = await sent(front, {"is_to_all": False, "tag_id": tag}, **asked)
    again = await sent(front, {"is_to_all": False, "tag_id": tag}, **asked)
    assert (answer["errcode"], again["errcode"], again["msg_id"]) == (0, 45065, answer["msg_id"])
    asked_for = {"msg_id": str(answer["msg_id"])}
    state = await front.call("/cgi-bin/message/mass/get", asked_for)
    assert state["msg_status"] == "SENDING"
    await run(front)
    await run(front)
    assert len(await bodies(front, f"s:{front.account}:zhangwei")) == 1
    assert await bodies(front, f"s:{front.account}:lina") == []
    state = await front.call("/cgi-bin/message/mass/get", asked_for)
    assert state == {"msg_id": answer["msg_id"], "msg_status": "SEND_SUCCESS"}
    [told] = await front.events("MASSSENDJOBFINISH")
    counts = [told[name] for name in ("TotalCount", "FilterCount", "SentCount", "ErrorCount")]
    assert (told["MsgID"], told["Status"], counts) == (
        answer["msg_id"],
        "send success",
        [1, 1, 1, 0],
    )


async def test_a_draft_leaves_the_box_and_each_article_has_its_page(front: PartnerFront) -> None:
    await front.follow()
    draft = (await front.call("/cgi-bin/draft/add", TWO))["media_id"]
    said = {"msgtype": "mpnews", "mpnews": {"media_id": draft}}
    answer = await sent(front, {"is_to_all": True}, **said)
    assert answer["errcode"] == 0
    assert (await front.call("/cgi-bin/draft/count"))["total_count"] == 0
    await run(front)
    assert len(await bodies(front, f"f:{front.account}")) == 1
    [told] = await front.events("MASSSENDJOBFINISH")
    urls = [each["ArticleUrl"] for each in told["ArticleUrlResult"]["ResultList"]["item"]]
    assert (told["ArticleUrlResult"]["Count"], len(set(urls))) == (2, 2)
    gone = {"msg_id": answer["msg_id"], "article_idx": 2}
    assert (await front.call("/cgi-bin/message/mass/delete", gone))["errcode"] == 0
    assert (await front.call("/cgi-bin/message/mass/delete", {"url": urls[0]}))["errcode"] == 0
    none = await front.call("/cgi-bin/message/mass/delete", {"url": "https://else.example/a"})
    assert none["errcode"] == 40035
    beyond = {"msg_id": answer["msg_id"], "article_idx": 3}
    assert (await front.call("/cgi-bin/message/mass/delete", beyond))["errcode"] == 40035
    assert len(await bodies(front, f"f:{front.account}")) == 1


async def test_what_was_sent_is_taken_back_from_everybody(front: PartnerFront) -> None:
    openids = [await front.follow(), await front.follow("lina")]
    said = {"touser": openids, "msgtype": "text", "text": {"content": "错了"}}
    answer = await front.call("/cgi-bin/message/mass/send", said)
    await run(front)
    convs = [f"s:{front.account}:{user}" for user in ("zhangwei", "lina")]
    assert [len(await bodies(front, conv)) for conv in convs] == [1, 1]
    gone = {"msg_id": answer["msg_id"]}
    assert (await front.call("/cgi-bin/message/mass/delete", gone))["errcode"] == 0
    await run(front)
    assert [len(await bodies(front, conv)) for conv in convs] == [0, 0]
    state = await front.call("/cgi-bin/message/mass/get", gone)
    assert state["msg_status"] == "DELETE"
    assert (await front.call("/cgi-bin/message/mass/get", {"msg_id": 7}))["errcode"] == 40059


async def test_a_preview_reaches_one_person(front: PartnerFront) -> None:
    openid = await front.follow()
    await front.follow("lina")
    said = {"touser": openid, "msgtype": "text", "text": {"content": "看看"}}
    assert (await front.call("/cgi-bin/message/mass/preview", said))["errcode"] == 0
    by_name = {"towxname": "lina", "msgtype": "text", "text": {"content": "看看"}}
    assert (await front.call("/cgi-bin/message/mass/preview", by_name))["errcode"] == 0
    for user in ("zhangwei", "lina"):
        assert len(await bodies(front, f"s:{front.account}:{user}")) == 1
    stranger = {**by_name, "towxname": "nobody"}
    assert (await front.call("/cgi-bin/message/mass/preview", stranger))["errcode"] == 43004

"""What customers said, counted by hour, day, week and month."""

from __future__ import annotations

from datetime import UTC, datetime

from chat_server.domain.bodies import Location
from chat_server.platform.quotas import SHANGHAI
from tests.partner_front import PartnerFront, desk, front

__all__ = ["desk", "front"]
DAY_S = 86_400


async def counted(front: PartnerFront, name: str, day: str, until: str = "") -> list[object]:
    asked = {"begin_date": day, "end_date": until or day}
    rows = (await front.call(f"/datacube/{name}", asked))["list"]
    return [tuple(row.values()) for row in rows]


def day_of(front: PartnerFront) -> str:
    return str(datetime.fromtimestamp(front.clock.now_ms() / 1000, SHANGHAI).date())


async def test_messages_are_counted_by_hour_week_and_month(front: PartnerFront) -> None:
    monday = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # half past nine in Shanghai
    front.clock.ms = round(monday.timestamp() * 1000)
    await front.log_in()
    await front.follow()
    await front.follow("lina")
    for text in ("一", "二"):
        await front.say(text)
    await front.say("三", customer="lina")
    front.clock.move(3600)
    await front.say(Location(latitude=31.2, longitude=121.5))
    first = day_of(front)
    front.clock.move(DAY_S)
    for _ in range(6):
        await front.say("again")
    second = day_of(front)
    front.clock.move(DAY_S - 3600 * 2)
    await front.log_in()
    assert (first, second) == ("2026-03-02", "2026-03-03")
    assert await counted(front, "getupstreammsghour", first) == [
        (first, 1, 2, 3, 900),
        (first, 6, 1, 1, 1000),
    ]
    assert await counted(front, "getupstreammsg", first, second) == [
        (first, 1, 2, 3),
        (first, 6, 1, 1),
        (second, 1, 1, 6),
    ]
    assert await counted(front, "getupstreammsgweek", first, second) == [
        ("2026-03-02", 1, 2, 9),
        ("2026-03-02", 6, 1, 1),
    ]
    assert await counted(front, "getupstreammsgmonth", first, second) == [
        ("2026-03-01", 1, 2, 9),
        ("2026-03-01", 6, 1, 1),
    ]
    assert await counted(front, "getupstreammsgdist", first, second) == [
        (first, 1, 2),
        (second, 2, 1),
    ]
    assert await counted(front, "getupstreammsgdistweek", first, second) == [
        ("2026-03-02", 1, 1),
        ("2026-03-02", 2, 1),
    ]
    assert await counted(front, "getupstreammsgdistmonth", first, second) == [
        ("2026-03-01", 1, 1),
        ("2026-03-01", 2, 1),
    ]
    late = await front.call(
        "/datacube/getupstreammsghour", {"begin_date": first, "end_date": second}
    )
    assert late["errcode"] == 61501


async def test_articles_are_counted_once_a_reader_and_stand_as_of_each_day(
    front: PartnerFront,
) -> None:
    for user in ("zhangwei", "lina"):
        await front.follow(user)
    two = [{"title": "一", "content": "<p>甲</p>"}, {"title": "二", "content": "<p>乙</p>"}]
    draft = (await front.call("/cgi-bin/draft/add", {"articles": two}))["media_id"]
    said = {"filter": {"is_to_all": True}, "msgtype": "mpnews", "mpnews": {"media_id": draft}}
    sent = await front.call("/cgi-bin/message/mass/sendall", said)
    await front.platform.parts.mass.go_round()
    [broadcast] = await front.store.accounts.broadcasts(front.account, 9)
    read, talk = front.desk.cases.read_article, front.desk.cases.account_work.talk
    first, hour = day_of(front), datetime.fromtimestamp(front.clock.ms / 1000, SHANGHAI).hour
    for _ in range(2):
        await read("zhangwei", broadcast.broadcast_id, 0)
    await talk.share("zhangwei", broadcast.broadcast_id, 0)
    front.clock.move(DAY_S)
    second = day_of(front)
    await read("lina", broadcast.broadcast_id, 0)
    await read("lina", broadcast.broadcast_id, 1)
    front.clock.move(DAY_S)
    await front.log_in()
    asked = {"begin_date": first, "end_date": first}
    one, _ = (await front.call("/datacube/getarticlesummary", asked))["list"]
    assert one["msgid"] == f"{sent['msg_data_id']}_1"
    assert (one["int_page_read_user"], one["share_user"], one["title"]) == (1, 1, "一")
    totals = (await front.call("/datacube/getarticletotal", asked))["list"]
    stood = [(each["stat_date"], each["int_page_read_user"]) for each in totals[0]["details"]]
    assert stood == [(first, 1), (second, 2)]
    assert {each["target_user"] for each in totals[1]["details"]} == {2}
    both = {"begin_date": first, "end_date": second}
    rows = (await front.call("/datacube/getuserread", both))["list"]
    assert [(row["ref_date"], row["int_page_read_user"]) for row in rows] == [
        (first, 1),
        (second, 1),
    ]
    assert rows[1]["int_page_read_count"] == 2
    [hourly] = (await front.call("/datacube/getuserreadhour", asked))["list"]
    assert (hourly["ref_hour"], hourly["int_page_read_user"]) == (hour * 100, 1)
    shared = (await front.call("/datacube/getusershare", both))["list"]
    assert shared == [{"ref_date": first, "share_scene": 1, "share_count": 1, "share_user": 1}]
    [by_hour] = (await front.call("/datacube/getusersharehour", asked))["list"]
    assert (by_hour["ref_hour"], by_hour["share_user"]) == (hour * 100, 1)

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

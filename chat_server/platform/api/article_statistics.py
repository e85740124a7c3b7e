"""How articles were read and passed on, from the facts that the house has of every article.

A reader counts once for an article, and so does who passes it on: counts and users are the same
number of one article, and differ over several.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from chat_server.domain.accounts.articles import article_place
from chat_server.domain.facts import Fact
from chat_server.platform.api.call import Answer, Call
from chat_server.platform.api.statistics import WEEK, days, facts_about
from chat_server.platform.articles import Sent
from chat_server.platform.parts import Platform
from chat_server.platform.quotas import SHANGHAI, day_of
from chat_server.platform.tallies import hour_of

_READ, _SHARED = "article_read", "article_shared"
_FOLLOWED_FOR = 7  # days of one article that `getarticletotal` tells
_BROADCASTS = 500  # of an account, newest first, that the sums over all articles look at
_DAYS_OF_READING = 3
_BY_FRIENDS = 1
_ANY_SOURCE = 0
# What this house does not count: pages of other hosts, favourites.
_UNCOUNTED = {
    "ori_page_read_user": 0,
    "ori_page_read_count": 0,
    "add_to_fav_user": 0,
    "add_to_fav_count": 0,
}


def _read_told(facts: Iterable[Fact]) -> dict[str, Any]:
    found = list(facts)
    read = [each.actor for each in found if each.kind == _READ]
    shared = [each.actor for each in found if each.kind == _SHARED]
    return {
        "int_page_read_user": len(set(read)),
        "int_page_read_count": len(read),
        "share_user": len(set(shared)),
        "share_count": len(shared),
        **_UNCOUNTED,
    }


async def _about(platform: Platform, sent: Sent, index: int) -> list[Fact]:
    place = article_place(sent.broadcast_id, index)
    return await facts_about(platform, place, {_READ, _SHARED})


async def summary(platform: Platform, call: Call) -> Answer:
    """What was sent that day, and who read it on that day."""
    rows = []
    (day,) = days(call, 1)
    for sent in await platform.articles.sent_on(call.account, day):
        for index, title in enumerate(sent.titles):
            found = await _about(platform, sent, index)
            told = _read_told(each for each in found if day_of(each.at_ms) == day)
            rows.append({**_named(day, sent, index, title), **told})
    return {"list": rows}


async def total(platform: Platform, call: Call) -> Answer:
    """What was sent that day, and how it stood at the end of each day since, up to seven."""
    rows = []
    (day,) = days(call, 1)
    first, today = date.fromisoformat(day), datetime.fromtimestamp(call.now_ms / 1000, SHANGHAI)
    ends = [first + timedelta(days=number) for number in range(_FOLLOWED_FOR)]
    for sent in await platform.articles.sent_on(call.account, day):
        target = await platform.mass.told_of(call.account, sent.msg_data_id)
        for index, title in enumerate(sent.titles):
            found = await _about(platform, sent, index)
            details = [
                {
                    "stat_date": str(end),
                    "target_user": target,
                    **_read_told(each for each in found if day_of(each.at_ms) <= str(end)),
                }
                for end in ends
                if end < today.date()
            ]
            rows.append({**_named(day, sent, index, title), "details": details})
    return {"list": rows}


def _named(day: str, sent: Sent, index: int, title: str) -> dict[str, Any]:
    return {"ref_date": day, "msgid": f"{sent.msg_data_id}_{index + 1}", "title": title}


async def _of_account(platform: Platform, call: Call) -> list[Fact]:
    found: list[Fact] = []
    for each in await platform.store.accounts.broadcasts(call.account, _BROADCASTS):
        for index in range(len(each.articles)):
            place = article_place(each.broadcast_id, index)
            found += await facts_about(platform, place, {_READ, _SHARED})
    return found


def _by_hour(facts: Iterable[Fact], day: str) -> Mapping[int, list[Fact]]:
    found: dict[int, list[Fact]] = {}
    for each in facts:
        if day_of(each.at_ms) == day:
            found.setdefault(int(hour_of(each.at_ms)[-2:]) * 100, []).append(each)
    return dict(sorted(found.items()))


def _share_told(facts: Iterable[Fact]) -> dict[str, Any]:
    actors = [each.actor for each in facts if each.kind == _SHARED]
    return {
        "share_scene": _BY_FRIENDS,
        "share_count": len(actors),
        "share_user": len(set(actors)),
    }


async def read(platform: Platform, call: Call) -> Answer:
    asked, found = days(call, _DAYS_OF_READING), await _of_account(platform, call)
    rows = []
    for day in asked:
        told = _read_told(each for each in found if day_of(each.at_ms) == day)
        if any(told.values()):
            rows.append({"ref_date": day, "user_source": _ANY_SOURCE, **told})
    return {"list": rows}


async def read_hours(platform: Platform, call: Call) -> Answer:
    (day,) = days(call, 1)
    hours = _by_hour(await _of_account(platform, call), day)
    rows = [
        {"ref_date": day, "ref_hour": hour, "user_source": _ANY_SOURCE, **_read_told(facts)}
        for hour, facts in hours.items()
    ]
    return {"list": rows}


async def shared(platform: Platform, call: Call) -> Answer:
    asked, found = days(call, WEEK), await _of_account(platform, call)
    rows = []
    for day in asked:
        told = _share_told(each for each in found if day_of(each.at_ms) == day)
        if told["share_count"]:
            rows.append({"ref_date": day, **told})
    return {"list": rows}


async def shared_hours(platform: Platform, call: Call) -> Answer:
    (day,) = days(call, 1)
    hours = _by_hour(await _of_account(platform, call), day)
    rows = [
        {"ref_date": day, "ref_hour": hour, **_share_told(facts)} for hour, facts in hours.items()
    ]
    return {"list": [row for row in rows if row["share_count"]]}

"""Statistics of a day that is over: counted from the house's own facts and from the callbacks.

Nothing is counted twice for it: who came and went is in the audit trail, what was said in the
tallies that the intake keeps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from chat_server.domain.facts import Fact
from chat_server.platform.api.call import Answer, Call
from chat_server.platform.faults import BAD_DATE, BAD_RANGE, Refused
from chat_server.platform.parts import Platform
from chat_server.platform.quotas import SHANGHAI, day_of
from chat_server.platform.tallies import CallbackTally

_PAGE = 1000
_OTHER, _SCAN = 0, 30
WEEK, _MONTH = 7, 30
_DAYS_OF_SPREAD = 15
_FEW, _SOME = 5, 10  # messages of one customer in a period
Period = Callable[[str], str]  # the day, week or month that a day is counted in


class _Range(msgspec.Struct, frozen=True):
    begin_date: str = ""
    end_date: str = ""


def days(call: Call, most: int) -> Sequence[str]:
    """The days asked for, at most that many, none of them later than yesterday."""
    said = call.fields(_Range)
    try:
        first, last = date.fromisoformat(said.begin_date), date.fromisoformat(said.end_date)
    except ValueError as exc:
        raise Refused(BAD_DATE, "date format error: begin_date, end_date as 2026-03-01") from exc
    today = datetime.fromtimestamp(call.now_ms / 1000, SHANGHAI).date()
    if last < first or last >= today or (last - first).days >= most:
        raise Refused(BAD_RANGE, f"date range error: end_date, at most {most} days until yesterday")
    return [str(first + timedelta(days=number)) for number in range((last - first).days + 1)]


async def facts_about(platform: Platform, subject: str, kinds: set[str]) -> list[Fact]:
    """All of these kinds about an account or an article, oldest first."""
    found: list[Fact] = []
    after = 0
    while page := await platform.store.audit.facts(subject=subject, after=after, limit=_PAGE):
        found += [each.fact for each in page if each.fact and each.fact.kind in kinds]
        after = page[-1].position
    return found


async def user_summary(platform: Platform, call: Call) -> Answer:
    asked = days(call, WEEK)
    new, gone = Counter[tuple[str, int]](), Counter[tuple[str, int]]()
    for fact in await facts_about(platform, call.account, {"followed", "unfollowed"}):
        source = _SCAN if fact.detail.get("scene") else _OTHER
        (new if fact.kind == "followed" else gone)[day_of(fact.at_ms), source] += 1
    rows = [
        {
            "ref_date": day,
            "user_source": source,
            "new_user": new[day, source],
            "cancel_user": gone[day, source],
        }
        for day in asked
        for source in (_OTHER, _SCAN)
        if source == _OTHER or new[day, source] or gone[day, source]
    ]
    return {"list": rows}


async def user_cumulate(platform: Platform, call: Call) -> Answer:
    asked = days(call, WEEK)
    following: set[str] = set()
    at_end: dict[str, int] = {}
    facts = await facts_about(platform, call.account, {"followed", "unfollowed"})
    remaining = iter(facts)
    fact = next(remaining, None)
    for day in asked:
        while fact is not None and day_of(fact.at_ms) <= day:
            change = following.add if fact.kind == "followed" else following.discard
            change(fact.actor)
            fact = next(remaining, None)
        at_end[day] = len(following)
    rows = [{"ref_date": day, "user_source": 0, "cumulate_user": at_end[day]} for day in asked]
    return {"list": rows}


# --- what customers said


def _whole_day(day: str) -> str:
    return day


def _monday(day: str) -> str:
    found = date.fromisoformat(day)
    return str(found - timedelta(days=found.weekday()))


def _first_of_month(day: str) -> str:
    return f"{day[:7]}-01"


async def _said(
    platform: Platform, call: Call, most: int, period: Period
) -> dict[str, dict[str, Counter[int]]]:
    """By period, and in it by customer: how many messages of each type."""
    found: dict[str, dict[str, Counter[int]]] = {}
    for day in days(call, most):
        for customer, tally in (await platform.tallies.said(call.account, day)).items():
            counts = found.setdefault(period(day), {}).setdefault(customer, Counter())
            counts.update(tally.by_type)
    return found


async def _by_type(platform: Platform, call: Call, most: int, period: Period) -> Answer:
    rows = []
    for ref_date, customers in (await _said(platform, call, most, period)).items():
        for kind in sorted({kind for counts in customers.values() for kind in counts}):
            of_kind = [counts[kind] for counts in customers.values() if counts[kind]]
            rows.append(_row(ref_date, kind, of_kind))
    return {"list": rows}


def _row(ref_date: str, kind: int, counts: Sequence[int]) -> dict[str, Any]:
    return {
        "ref_date": ref_date,
        "msg_type": kind,
        "msg_user": len(counts),
        "msg_count": sum(counts),
    }


async def _spread(platform: Platform, call: Call, most: int, period: Period) -> Answer:
    """How many customers said how much: 1 to 5, 6 to 10, more than 10 messages."""
    rows = []
    for ref_date, customers in (await _said(platform, call, most, period)).items():
        spread = Counter(
            1 + (counts.total() > _FEW) + (counts.total() > _SOME) for counts in customers.values()
        )
        rows += [
            {"ref_date": ref_date, "count_interval": interval, "msg_user": users}
            for interval, users in sorted(spread.items())
        ]
    return {"list": rows}


async def upstream(platform: Platform, call: Call) -> Answer:
    return await _by_type(platform, call, WEEK, _whole_day)


async def upstream_weeks(platform: Platform, call: Call) -> Answer:
    """A week is named by its Monday, and counts the days of it that are asked for."""
    return await _by_type(platform, call, _MONTH, _monday)


async def upstream_months(platform: Platform, call: Call) -> Answer:
    return await _by_type(platform, call, _MONTH, _first_of_month)


async def upstream_hours(platform: Platform, call: Call) -> Answer:
    rows = []
    for day in days(call, 1):
        found = (await platform.tallies.said(call.account, day)).values()
        for hour in sorted({hour for tally in found for hour in tally.by_hour}):
            then = [tally.by_hour.get(hour, {}) for tally in found]
            for kind in sorted({kind for counts in then for kind in counts}):
                of_kind = [counts[kind] for counts in then if counts.get(kind)]
                rows.append({**_row(day, kind, of_kind), "ref_hour": hour * 100})
    return {"list": rows}


async def upstream_spread(platform: Platform, call: Call) -> Answer:
    return await _spread(platform, call, _DAYS_OF_SPREAD, _whole_day)


async def upstream_spread_weeks(platform: Platform, call: Call) -> Answer:
    return await _spread(platform, call, _MONTH, _monday)


async def upstream_spread_months(platform: Platform, call: Call) -> Answer:
    return await _spread(platform, call, _MONTH, _first_of_month)


# --- callbacks


def _told(day: str, tally: CallbackTally) -> dict[str, Any]:
    return {"ref_date": day, **msgspec.structs.asdict(tally)}


async def interface(platform: Platform, call: Call) -> Answer:
    rows = []
    for day in days(call, _MONTH):
        tallies = (await platform.tallies.callbacks(call.account, day)).values()
        if tallies:
            rows.append(
                _told(
                    day,
                    CallbackTally(
                        sum(each.callback_count for each in tallies),
                        sum(each.fail_count for each in tallies),
                        sum(each.total_time_cost for each in tallies),
                        max(each.max_time_cost for each in tallies),
                    ),
                )
            )
    return {"list": rows}


async def interface_hours(platform: Platform, call: Call) -> Answer:
    rows = []
    for day in days(call, 1):
        found = await platform.tallies.callbacks(call.account, day)
        rows += [
            {**_told(day, tally), "ref_hour": hour * 100} for hour, tally in sorted(found.items())
        ]
    return {"list": rows}

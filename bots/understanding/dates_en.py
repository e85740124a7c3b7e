"""The English words for days, weeks, months, hours and lengths of time, one by one.

The same promise as the Chinese rules of `atoms`; 3/4 and other all-figure dates are read
there, by one rule for both languages.
"""

from __future__ import annotations

import re
from datetime import datetime
from string import ascii_lowercase

from bots.understanding import atoms
from bots.understanding import spans as sp
from bots.understanding.atoms import Atom, Away
from bots.understanding.numerals import ENGLISH
from bots.understanding.spans import DAY, Parts, Span

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?P<m>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_DAY = r"(?P<d>[0-3]?[0-9])(?:st|nd|rd|th)?(?![0-9:.,]*[0-9])"
_YEAR = r"(?:,?\s+(?P<y>(?:19|20)[0-9]{2}))?"
_NUMBERS = {word: value for word, value in ENGLISH.items() if value} | {"a": 1, "an": 1}
_N = r"(?P<n>[0-9]{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_UNITS = {"y": "年", "mo": "月", "w": "周", "d": "天", "h": "时", "mi": "分"}
_UNIT = r"(?P<unit>years?|months?|weeks?|days?|hours?|minutes?)\b"
_SHIFTS = {"this": 0, "the": 0, "last": -1, "past": -1, "previous": -1, "next": 1, "coming": 1}
_REL = r"(?P<rel>this|last|previous|next)"


def _month(found: re.Match[str], _at: datetime) -> Atom:
    named = found.groupdict()
    month = _MONTHS.index(found["m"][:3]) + 1
    year = int(named["y"]) if named.get("y") else None
    day = int(named["d"]) if named.get("d") else None
    return Atom(*found.span(), sp.DATE if day else sp.DATES, Parts(year, month, day))


def _day(found: re.Match[str], at: datetime) -> Atom:
    days = {"today": 0, "tonight": 0, "tomorrow": 1, "yesterday": -1}
    words = re.sub(r"\s+", " ", found[0])
    step = days.get(words, 2 if "after" in words else -2)
    return Atom(*found.span(), sp.DATE, spans=(sp.one_day(at + step * DAY),))


def _weekday(found: re.Match[str], at: datetime) -> Atom:
    index = _WEEKDAYS.index(found["wd"][:3])
    weeks = (_SHIFTS[found["rel"]],) if found["rel"] else (-1, 0, 1)
    days = []
    for week in weeks:
        monday = sp.a_week(at, week).start
        days.append(sp.one_day(monday + index * DAY))
    if not found["rel"]:
        days = atoms.before_and_after(days, at)
    return Atom(*found.span(), sp.DATE, spans=tuple(days))


def _whole(found: re.Match[str], at: datetime) -> Atom:
    step, unit = _SHIFTS[found["rel"]], found["whole"]
    match unit:
        case "week":
            span = sp.a_week(at, step)
        case "weekend":
            monday = sp.a_week(at, step).start
            span = Span(monday + 5 * DAY, monday + 7 * DAY)
        case "month":
            there = sp.months_on(at, step)
            span = sp.a_month(there.year, there.month)
        case "quarter":
            there = sp.months_on(at.replace(day=1), 3 * step)
            span = sp.a_month(there.year, (there.month - 1) // 3 * 3 + 1, 3)
        case _:
            span = sp.a_month(at.year + step, 1, 12)
    return Atom(*found.span(), sp.DATES, spans=(span,))


def _end_of(found: re.Match[str], at: datetime) -> Atom:
    if found["whole"] == "year":
        span = sp.a_month(at.year, 1, 12)
    else:
        there = sp.months_on(at, 1 if found["next"] else 0)
        span = sp.a_month(there.year, there.month)
    return Atom(*found.span(), sp.DATE, spans=(Span(span.end - DAY, span.end),))


def _length(found: re.Match[str], at: datetime) -> Atom | None:
    written = found["n"] or "one"
    count = _NUMBERS.get(written) or int(written)
    letters = found["unit"]
    unit = _UNITS.get(letters[:2]) or _UNITS[letters[0]]
    away = Away(at, unit, count, count * atoms.SECONDS[unit])
    if count == 0:
        return None
    before = {"last": "最近", "past": "最近", "next": "未来"}
    lead, tail = (found["lead"] or "").removeprefix("the "), found["tail"] or ""
    if tail:
        return atoms.away_from(found, away, "", "前" if tail == "ago" else "后")
    if lead == "within":
        return atoms.away_from(found, away, "", "内")
    if lead == "in":
        return atoms.away_from(found, away, "", "后")
    if lead:
        return atoms.away_from(found, away, before[lead], "")
    return Atom(*found.span(), sp.DURATION, seconds=away.seconds)


def _clock(found: re.Match[str], at: datetime) -> Atom | None:
    return atoms.clock(found, at)


def _every(found: re.Match[str], _at: datetime) -> Atom:
    if found["wd"]:
        index = _WEEKDAYS.index(found["wd"][:3])
        return Atom(*found.span(), sp.REPEATED, every=f"XXXX-WXX-{index + 1}")
    return Atom(
        *found.span(),
        sp.REPEATED,
        every={"d": "P1D", "w": "P1W", "m": "P1M", "y": "P1Y"}[found["unit"][0]],
    )


_DAYS_ON = (
    r"\b(?:(?:the )?day (?:after tomorrow|before yesterday)|today|tonight|tomorrow|yesterday)\b"
)
_BARE = r"(?!\s+[0-9])"
_TAIL = r"(?:\s+(?P<tail>ago|from now|later))?"
_WD = (
    r"(?P<wd>mon(?:day)?|tues?(?:day)?|wed(?:nesday)?|thu(?:rs?(?:day)?)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)\b"
)
RULES_EN: tuple[atoms.Rule, ...] = tuple(
    (re.compile(pattern), meaning, frozenset(ascii_lowercase))
    for pattern, meaning in (
        (rf"\b{_MONTH}\s+(?:the )?{_DAY}{_YEAR}", _month),
        (rf"(?<![0-9.,])(?:the )?{_DAY}\s+(?:of )?{_MONTH}{_YEAR}", _month),
        (rf"\b(?<!you )(?<!i ){_MONTH}\s+(?P<y>(?:19|20)[0-9]{{2}})\b", _month),
        (
            rf"(?:(?<=in )|(?<=of )|(?<=from )|(?<=to )(?!may)|(?<=since )){_MONTH}{_BARE}",
            _month,
        ),
        (_DAYS_ON, _day),
        (rf"\b(?:{_REL}\s+)?{_WD}", _weekday),
        (rf"\b{_REL}\s+(?P<whole>weekend|week|month|quarter|year)\b", _whole),
        (r"\b(?:the )?end of (?:the |this |(?P<next>next ))?(?P<whole>month|year)\b", _end_of),
        (
            rf"\b(?:(?P<lead>in|within|(?:the )?(?:last|past|next))\s+)?{_N}\s+{_UNIT}{_TAIL}",
            _length,
        ),
        (
            r"(?<![0-9:.])(?P<h2>1[0-2]|[1-9])(?::(?P<mi2>[0-5][0-9]))?\s*(?P<ap>[ap]\.?m\b\.?)",
            _clock,
        ),
        (rf"\b(?:every|each)\s+(?:{_WD}|(?P<unit>day|week|month|year)\b)", _every),
    )
)

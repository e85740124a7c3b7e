"""Dates, hours and periods in a sentence: what they mean on the day it was said.

The day is handed in; the calendar is Beijing's. What has two readings keeps both, for the
skill to choose by looking back or ahead; what cannot be computed has none. Reads whole
word groups only, the longest first, so that 10月1日下午三点 is one moment and not three.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from bots.understanding import spans as sp
from bots.understanding.atoms import Atom
from bots.understanding.dates_en import RULES_EN
from bots.understanding.dates_zh import RULES
from bots.understanding.spans import DAY, Parts, Span, When

_HAS_DATE = re.compile(
    "[年月日号天周期拜点时分秒季今昨明晚早午儿近个钟节庆旦春夏秋冬圣清端除:/前后]|[0-9]{4}[-.]"
)
_HAS_ENGLISH = re.compile(
    r"day|morrow|week|month|year|ago|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri"
    r"|sat|sun|quarter|night|noon|[0-9] ?[ap]\.?m"
)
_QUOTED = re.compile("《[^《》]*》")
_BETWEEN = re.compile(r"\s*(?:到|至|直到|-|~|—|–|\b(?:to|until|till|through)\b)\s*")
_AND = re.compile(r"\s*(?:和|与|跟|\band\b)\s*")
_AMID = re.compile(r"\s*之?间")
_FROM = re.compile(r"(?:从|自|\b(?:from|between)\b)\s*$")
_JOINT = re.compile(r"\s*(?:的|,|\bat\b|\bon\b|\bin the\b)?\s*")
_SINCE_BEFORE = re.compile(r"(?:自从|自|从|\bsince\b)\s*$")
_UNTIL_BEFORE = re.compile(r"(?:截止到?|截至到?|\b(?:before|by)\b)\s*$")
_AFTER_BEFORE = re.compile(r"\bafter\s*$")
_SINCE = re.compile(r"\s*(?:以来|[或及]之?以?后|[或及]以后|开始|起)")
_UNTIL = re.compile(r"\s*[或及](?:之|以)?前")
_BEFORE = re.compile(r"\s*[之以]?前(?!天|日|儿)")
_AFTER = re.compile(r"\s*[之以]?后(?!天|日|儿)")
_BARE_YEAR = re.compile(r"(?<![0-9.])(?P<y>(?:19|20)[0-9]{2})\s*(?=[-~–—到至]\s*[0-9]{4}\s*年)")
_WEEKDAY_TOO = re.compile(r"\s*[,，(]?\s*(?:周|星期|礼拜)[一二三四五六日天]\)?")
_SINGLES = {sp.DATE, sp.DATES, sp.MOMENT, sp.TIME, sp.MOMENTS}


def find_dates(text: str, at: datetime) -> list[When]:
    """Everything about time in the folded text, in order. `at` is wall-clock time in Beijing."""
    atoms = _longest(_atoms(text, at))
    found: list[When] = []
    index = 0
    while index < len(atoms):
        made, used = _made(text, atoms, index, at)
        found.append(made)
        index += used
    return found


def _atoms(text: str, at: datetime) -> list[Atom]:
    atoms: list[Atom] = []
    rules = [*(RULES if _HAS_DATE.search(text) else ())]
    rules += RULES_EN if _HAS_ENGLISH.search(text) else ()
    here = set(text)
    for pattern, meaning, needs in rules:
        if here.isdisjoint(needs):
            continue
        for found in pattern.finditer(text):
            atom = meaning(found, at)
            if atom is not None:
                atoms.append(atom)
    atoms += [
        Atom(year.start("y"), year.end("y"), sp.DATES, Parts(int(year["y"])))
        for year in (_BARE_YEAR.finditer(text) if atoms else ())
    ]
    quoted = [title.span() for title in _QUOTED.finditer(text)] if "《" in text else []
    return [a for a in atoms if not any(start <= a.start < end for start, end in quoted)]


def _longest(atoms: list[Atom]) -> list[Atom]:
    """Of those that overlap the longest, of equals the first; in their order in the text."""
    kept: list[Atom] = []
    for atom in sorted(atoms, key=lambda one: one.start - one.end):
        if all(atom.end <= other.start or other.end <= atom.start for other in kept):
            kept.append(atom)
    return sorted(kept)


def _made(text: str, atoms: Sequence[Atom], index: int, at: datetime) -> tuple[When, int]:
    """What begins with this word group, and how many groups it takes."""
    first, used = _with_clock(text, atoms, index, at)
    if first.kind in _SINGLES | {sp.TIMES} and index + used < len(atoms):
        second, more = _with_clock(text, atoms, index + used, at, before=first)
        if _is_range(text, first, second):
            whole = _range(text, first, second, at)
            if whole is not None:
                return whole, used + more
    when = _placed(first, at)
    return _modified(text, when), used


def _with_clock(
    text: str, atoms: Sequence[Atom], index: int, at: datetime, before: Atom | None = None
) -> tuple[Atom, int]:
    """A day with the hour that follows it: one moment, or a part of that day."""
    day = atoms[index]
    if before is not None and before.parts and day.parts:
        day = day._replace(parts=day.parts.filled_from(before.parts))
    if index + 1 >= len(atoms) or day.kind not in (sp.DATE, sp.REPEATED):
        return day, 1
    clock = atoms[index + 1]
    apart = clock.kind not in (sp.TIME, sp.TIMES) or not _JOINT.fullmatch(
        text[day.end : clock.start]
    )
    if apart and _WEEKDAY_TOO.fullmatch(text[day.end : clock.end]) and clock.spans:
        return _on_that_weekday(day, clock, at), 2
    if apart:
        return day, 1
    if day.kind == sp.REPEATED:
        hour = f"T{clock.clocks[0]:%H}" if clock.clocks and clock.kind == sp.TIME else ""
        return day._replace(end=clock.end, every=day.every + hour), 2
    kind = sp.MOMENT if clock.kind == sp.TIME else sp.MOMENTS
    if not clock.clocks:  # 晚上12点: of this day or the next, so of neither
        return Atom(day.start, clock.end, kind), 2
    return day._replace(end=clock.end, kind=kind, clocks=clock.clocks, until=clock.until), 2


def _on_that_weekday(day: Atom, weekday: Atom, at: datetime) -> Atom:
    """10月12号,星期一: only the years in which it is one."""
    wanted = {span.start.weekday() for span in weekday.spans}
    spans = tuple(span for span in _spans(day, at) if span.start.weekday() in wanted)
    return day._replace(end=weekday.end, parts=None, spans=spans)


def _is_range(text: str, first: Atom, second: Atom) -> bool:
    between = text[first.end : second.start]
    if sp.TIMES in (first.kind, second.kind):
        return False
    if _BETWEEN.fullmatch(between):
        return True
    return bool(_AND.fullmatch(between)) and bool(
        _AMID.match(text, second.end) or text[: first.start].rstrip().endswith("between")
    )


def _range(text: str, first: Atom, second: Atom, at: datetime) -> When | None:
    """从 A 到 B: up to the end of B, with the year and the half of the day that A has."""
    end = second.end
    if amid := _AMID.match(text, end):
        end = amid.end()
    lead = _FROM.search(text, 0, first.start)
    start = lead.start() if lead else first.start
    if first.kind == second.kind == sp.TIME:
        return When(start, end, sp.TIMES, tuple(_hours_between(first, second, at)))
    clocked = bool(first.clocks)
    if clocked and second.kind == sp.TIME:
        second = second._replace(parts=first.parts, spans=first.spans, kind=sp.MOMENT)
        return When(start, end, sp.MOMENTS, tuple(_same_day(first, second, at)))
    if sp.TIME in (first.kind, second.kind):
        return None
    readings = []
    for one in _spans(first, at):
        closing = _closing(one, second, at)
        if closing and one.start < closing.end:
            readings.append(Span(one.start, closing.end, (one.start, closing.start)))
    kind = sp.MOMENTS if clocked or second.clocks else sp.DATES
    return When(start, end, kind, _one_if_now(readings, at))


def _closing(one: Span, second: Atom, at: datetime) -> Span | None:
    """B's first reading that does not lie before A."""
    if second.parts and second.parts.year is None:
        later = _spans(second, one.start)
        return next((span for span in later if span.start >= one.start), None)
    spans = _spans(second, at)
    return spans[0] if spans else None


def _one_if_now(readings: list[Span], at: datetime) -> tuple[Span, ...]:
    """A period that today lies in is the one meant; else the one before and the one to come."""
    now = [one for one in readings if one.start <= at < one.end]
    return tuple(now[:1] or readings)


def _hours_between(first: Atom, second: Atom, at: datetime) -> list[Span]:
    day = sp.day_of(at)
    spans = []
    for opening in first.clocks:
        start = sp.at_time(day, opening)
        later = [sp.at_time(day, clock) for clock in second.clocks]
        end = next((one for one in later if one > start), None) or (
            later[0] + DAY if len(second.clocks) == 1 else None
        )
        if end is not None:
            spans.append(Span(start, end, (start, end)))
    return spans


def _same_day(first: Atom, second: Atom, at: datetime) -> list[Span]:
    spans = []
    for opening in _spans(first, at):
        later = [sp.at_time(opening.start, clock) for clock in second.clocks]
        end = next((one for one in later if one > opening.start), None)
        if end:
            spans.append(Span(opening.start, end, (opening.start, end)))
    return spans


def _placed(atom: Atom, at: datetime) -> When:
    if atom.kind == sp.TIME:
        day = sp.day_of(at)
        moments = [sp.at_time(day, clock) for clock in atom.clocks]
        return When(atom.start, atom.end, atom.kind, tuple(Span(one, one) for one in moments))
    if atom.kind == sp.TIMES and atom.until:
        day = sp.day_of(at)
        span = Span(sp.at_time(day, atom.clocks[0]), sp.at_time(day, atom.until))
        return When(atom.start, atom.end, atom.kind, (span,))
    spans = _spans(atom, at)
    return When(atom.start, atom.end, atom.kind, spans, atom.seconds, atom.every)


def _spans(atom: Atom, at: datetime) -> tuple[Span, ...]:
    """The atom's readings as spans; of a day with an hour, each hour of each day."""
    days = atom.spans or (sp.calendar_spans(atom.parts, at) if atom.parts else ())
    if not atom.clocks:
        return days if atom.kind != sp.MOMENT or atom.spans else ()
    starts = [day.start for day in days]
    if atom.until:
        return tuple(
            Span(sp.at_time(day, atom.clocks[0]), sp.at_time(day, atom.until)) for day in starts
        )
    moments = [sp.at_time(day, clock) for day in starts for clock in atom.clocks]
    return tuple(Span(one, one) for one in moments)


def _modified(text: str, when: When) -> When:
    """之前, 以后, 起, 截至: one end open. 或之前 and 及以后 take the named day in."""
    if when.kind not in _SINGLES or not when.readings:
        return when
    for pattern, change in (
        (_SINCE, _since),
        (_UNTIL, _until),
        (_BEFORE, _before),
        (_AFTER, _after),
    ):
        if behind := pattern.match(text, when.end):
            lead = _SINCE_BEFORE.search(text, 0, when.start) if change is _since else None
            start = lead.start() if lead else when.start
            return _changed(when._replace(start=start, end=behind.end()), change)
    for pattern, change in (
        (_SINCE_BEFORE, _since), (_UNTIL_BEFORE, _before), (_AFTER_BEFORE, _after)
    ):  # fmt: skip
        if lead := pattern.search(text, 0, when.start):
            if change is _since and lead[0].strip() == "从":
                continue
            return _changed(when._replace(start=lead.start()), change)
    return when


def _changed(when: When, change: Callable[[Span], Span]) -> When:
    kinds = {sp.DATE: sp.DATES, sp.MOMENT: sp.MOMENTS, sp.TIME: sp.TIMES}
    spans = tuple(change(span) for span in when.readings)
    return when._replace(kind=kinds.get(when.kind, when.kind), readings=spans)


def _one_unit(span: Span) -> bool:
    """A single day or moment, and not a month or year."""
    return span.end - span.start <= DAY


def _since(span: Span) -> Span:
    return Span(span.start, sp.FOR_EVER, (span.start, sp.FOR_EVER))


def _before(span: Span) -> Span:
    return Span(sp.SINCE_EVER, span.start, (sp.SINCE_EVER, span.start))


def _until(span: Span) -> Span:
    said = span.start if _one_unit(span) else span.end
    return Span(sp.SINCE_EVER, span.end, (sp.SINCE_EVER, said))


def _after(span: Span) -> Span:
    said = span.start if _one_unit(span) else span.end
    return Span(span.end, sp.FOR_EVER, (said, sp.FOR_EVER))

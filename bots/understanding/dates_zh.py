"""The Chinese words for days, weeks, months, hours and lengths of time, one by one.

Works on folded text. A day of another calendar (农历) or a feast that is a day to one and
a week to another (国庆) is found and given no reading, so that it is asked about.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bots.understanding import spans as sp
from bots.understanding.atoms import (
    SECONDS,
    Atom,
    Away,
    Rule,
    away_from,
    before_and_after,
    clock,
    number,
    part_of_day,
    shift,
    year_of,
)
from bots.understanding.spans import DAY, WEEK, Parts, Span

_N = "(?:[0-9]{1,4}|[零一二两三四五六七八九十百]{1,6})"
_C = "[零一二三四五六七八九]"
_WEEK = "(?:周|星期|礼拜)"
_REL = "(?:(?:上{1,3}|(?<!一)下{1,3})一?|这一?|本|当)个?"  # 查一下上个月: the 下 is not its
_YEAR = (
    rf"(?:(?P<y>(?<![0-9])[0-9]{{4}}|(?<![0-9])[0-9]{{2}}|{_C}{{4}}|{_C}{{2}})\s*"
    r"|民国(?P<roc>[0-9]{1,3}|[一二三四五六七八九十百]{1,5}|元)|(?P<yr>今|去|明|大前|前|后|本|当))年"
)
_MONTH = rf"(?:(?P<m>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])\s*月份?|(?P<mr>{_REL})月份?)"
_NO_DAY = "线|楼|店|卡|机|码|函|院|厅|元"
_DAY_NUMBER = rf"(?P<d>[0-9]{{1,2}}|[一二三四五六七八九十]{{1,3}})\s*[日号](?!{_NO_DAY})"
_DAY = rf"(?:{_DAY_NUMBER}|(?P<de>底|末|初))"
_PART = (
    "(?P<part>凌晨|清晨|早上|早晨|早间|上午|中午|正午|午间|下午|午后|傍晚|晚上|晚间|夜里|夜间|深夜"
    "|(?<=[今明昨后日号天])[早晚晨夜])"
)
_UNIT = (
    "年(?!代)|个月|周(?!岁)|个?星期|个?礼拜|天|日(?=[之以]?内)"
    "|个?小时|个?钟头|时(?!候|间)|分钟?|秒钟?"
)
_COUNT = r"(?:[1-9][0-9]{0,2}|[零一二两三四五六七八九十百]{1,6}|半)"
_LENGTH = rf"{_COUNT}\s*(?:个半月|个半小时|{_UNIT})(?:半(?![年月天个小]))?"
_DAYS_ON = {
    "大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "昨": -1, "今天": 0, "今日": 0, "今": 0,
    "当天": 0, "当日": 0, "明天": 1, "明日": 1, "明": 1, "后天": 2, "后日": 2, "大后天": 3,
    "昨儿": -1, "今儿": 0, "明儿": 1, "后儿": 2, "前儿": -2,
}  # fmt: skip
_YEARS_ON = {"今": 0, "本": 0, "当": 0, "去": -1, "明": 1, "前": -2, "后": 2, "大前": -3}
_NAMED = [*enumerate("一二三四五六日"), (6, "天"), *enumerate("1234567")]
_WEEKDAYS = {char: index for index, char in _NAMED}


def _year(found: re.Match[str], at: datetime) -> int | None:
    if found["yr"]:
        return at.year + _YEARS_ON[found["yr"]]
    if found["roc"]:
        return 1911 + (1 if found["roc"] == "元" else number(found["roc"]))
    return year_of(found["y"]) if found["y"] else None


def _calendar(found: re.Match[str], at: datetime) -> Atom | None:
    """2018年10月1日, 去年三月, 10月1号, 上个月5号, 29日, 三月, 2018年, 年底, 月初."""
    named = found.groupdict()
    year = _year(found, at) if "y" in named else None
    month = None
    if named.get("m"):
        month = number(found["m"])
    elif named.get("mr"):
        there = sp.months_on(at, shift(found["mr"]))
        year, month = there.year, there.month
    end = named.get("de")
    day = number(found["d"]) if named.get("d") else None
    if named.get("dn"):
        day = number(found["dn"])
    if year is not None and month is None and day is None and not end and _too_short(found):
        return None
    if end:
        return _edge(found, end, Parts(year, month), at)
    return Atom(*found.span(), sp.DATE if day else sp.DATES, Parts(year, month, day))


def _too_short(found: re.Match[str]) -> bool:
    """10年 is a length, 08年 and 二零零八年 are years."""
    written = found["y"] or "0"
    return len(written) == 2 and written[0] not in "0零"  # noqa: PLR2004 - 10年


def _other_calendar(found: re.Match[str], _at: datetime) -> Atom:
    """农历, an emperor's reign: a day that we do not compute, and must not read as another."""
    return Atom(*found.span(), sp.DATE)


def _season(found: re.Match[str], _at: datetime) -> Atom:
    """国庆, 夏天: a day or a week, by whom one asks; so it is asked."""
    return Atom(*found.span(), sp.DATES)


def _next_clock_unit(found: re.Match[str], at: datetime) -> Atom:
    hour = timedelta(hours=1)
    span = Span(at - hour, at) if found["which"] == "上" else Span(at, at + hour)
    return Atom(*found.span(), sp.MOMENTS, spans=(span,))


def _edge(found: re.Match[str], edge: str, parts: Parts, at: datetime) -> Atom:
    """月底 and 年末 are the last day, 月初 the first ten days, 年初 the first month."""
    if parts.year is None and parts.month is None:
        parts = Parts(at.year, at.month)
    readings = []
    for span in sp.calendar_spans(parts, at):
        if edge == "初":
            end = span.start + 10 * DAY if parts.month else sp.months_on(span.start, 1)
            readings.append(Span(span.start, end))
        else:
            readings.append(Span(span.end - DAY, span.end))
    kind = sp.DATES if edge == "初" else sp.DATE
    return Atom(*found.span(), kind, spans=tuple(readings))


def _bare_edge(found: re.Match[str], at: datetime) -> Atom:
    """月底 is this month's last day, 年底 this year's."""
    month = at.month if found["what"] == "月" else None
    return _edge(found, found["edge"], Parts(at.year, month), at)


def _numeric(found: re.Match[str], _at: datetime) -> Atom:
    """2010/01/29, 2010-1-29, 1/2/2020 (day first), 12-11-10 (year first), 12/1 (month first)."""
    one, two, three = found["a"], found["b"], found.groupdict().get("c")
    if three is None:
        return Atom(*found.span(), sp.DATE, Parts(None, int(one), int(two)))
    day_first = len(three) == 4  # noqa: PLR2004 - a whole year
    year, month, day = (three, two, one) if day_first else (one, two, three)
    return Atom(*found.span(), sp.DATE, Parts(year_of(year), int(month), int(day)))


def _relative_day(found: re.Match[str], at: datetime) -> Atom:
    span = sp.one_day(at + _DAYS_ON[found[0]] * DAY)
    return Atom(*found.span(), sp.DATE, spans=(span,))


def _weekday(found: re.Match[str], at: datetime) -> Atom:
    """周三 is the one before or the one to come; 下周三 is next week's, 上上周三 two weeks back."""
    index = _WEEKDAYS.get(found["wd"], 5)
    length = 2 if found["wd"] == "末" else 1
    weeks = (shift(found["rel"]),) if found["rel"] else (0, 1, -1)
    days = []
    for week in weeks:
        first = sp.a_week(at, week).start
        days.append(Span(first + index * DAY, first + (index + length) * DAY))
    if not found["rel"]:
        days = before_and_after(days, at)
    kind = sp.DATES if length > 1 else sp.DATE
    return Atom(*found.span(), kind, spans=tuple(days))


def _whole_week(found: re.Match[str], at: datetime) -> Atom:
    return Atom(*found.span(), sp.DATES, spans=(sp.a_week(at, shift(found["rel"])),))


def _quarter(found: re.Match[str], at: datetime) -> Atom | None:
    year, which = _year(found, at), found["q"]
    if which in ("上", "下", "本", "这"):
        first = sp.months_on(at.replace(day=1), 3 * shift(which))
        return Atom(*found.span(), sp.DATES, spans=(_three_months(first.year, first.month),))
    index = number(which) - 1
    years = (year,) if year is not None else (at.year - 1, at.year, at.year + 1)
    spans = [sp.a_month(one, index * 3 + 1, 3) for one in years]
    if year is None:
        spans = before_and_after(spans, at)
    return Atom(*found.span(), sp.DATES, spans=tuple(spans))


def _three_months(year: int, month: int) -> Span:
    return sp.a_month(year, (month - 1) // 3 * 3 + 1, 3)


def _half(found: re.Match[str], at: datetime) -> Atom:
    """上半年 is this year's first half, 下半月 from the 16th, 下半周 from Thursday."""
    first = found["half"] in "上前"
    match found["of"]:
        case "年":
            year = _year(found, at) or at.year
            span = sp.a_month(year, 1 if first else 7, 6)
        case "周":
            monday = sp.a_week(at).start
            span = (
                Span(monday, monday + 3 * DAY) if first else Span(monday + 3 * DAY, monday + WEEK)
            )
        case _:
            month = sp.a_month(at.year, at.month)
            middle = month.start + 15 * DAY
            span = Span(month.start, middle) if first else Span(middle, month.end)
    return Atom(*found.span(), sp.DATES, spans=(span,))


_ONE_LENGTH = re.compile(
    rf"(?P<n>{_COUNT})\s*(?P<unit>个半月|个半小时|{_UNIT})(?P<half>半(?![年月天个小]))?"
)


def _length(found: re.Match[str], at: datetime) -> Atom | None:
    """两年, 8天20小时, 半个月; with 近, 前, 内 or 后 around it, a period or a day."""
    steps = list(_ONE_LENGTH.finditer(found["length"]))
    if not steps:  # a length only with what stands after it: no length of its own
        return None
    seconds = 0
    for step in steps:
        size = SECONDS[_unit(step["unit"])]
        seconds += size // 2 if step["n"] == "半" else number(step["n"]) * size
        seconds += size // 2 if step["half"] or "个半" in step["unit"] else 0
        if step["n"] != "半" and number(step["n"]) <= 0:
            return None
    unit = _unit(steps[0]["unit"])
    count = 0 if steps[0]["n"] == "半" else number(steps[0]["n"])
    simple = len(steps) == 1 and not steps[0]["half"] and "个半" not in steps[0]["unit"]
    if steps[0]["n"] == "半" and unit == "年":
        unit, count = "月", 6
    away = Away(at, unit, count if simple else 0, seconds)
    before, after = found["before"] or "", found["after"] or ""
    if before or after:
        return away_from(found, away, before, after)
    near = away_from(found, away, "近", "")  # 三个月的流水
    return near and near._replace(kind=sp.DURATION, seconds=seconds)


def _unit(word: str) -> str:
    return {"个": word[-1], "日": "天"}.get(word[0], word[0]).translate(_UNIT_OF) if word else ""


_UNIT_OF = str.maketrans(
    {"期": "周", "拜": "周", "星": "周", "礼": "周", "头": "时", "小": "时", "钟": "时"}
)


def _nth(found: re.Match[str], at: datetime) -> Atom | None:
    """十月的第一周, 2021年的第三个月, 今年的前10天, 四月的最后一个星期一."""
    year = _year(found, at)
    month = number(found["m"]) if found["m"] else None
    wholes = sp.calendar_spans(Parts(year, month), at)
    spans = [span for whole in wholes if (span := _nth_of(found, whole))]
    kind = sp.DATE if found["weekday"] else sp.DATES
    return Atom(*found.span(), kind, spans=tuple(spans)) if spans else None


def _nth_of(found: re.Match[str], whole: Span) -> Span | None:
    count, last = number(found["n"] or "1"), found["which"].startswith("最")
    if count < 1:
        return None
    if found["weekday"]:
        return sp.nth_weekday(whole, _WEEKDAYS[found["weekday"]], count, last=last)
    start, end, unit = whole.start, whole.end, _unit(found["unit"])
    if unit == "周":
        start, end = sp.first_week(whole), sp.last_weeks_end(whole)
    # A 最后 counts from the end, a 前 takes so many, a 第 the one of that number.
    taken = count if last or found["which"] == "前" else 1
    skipped = 0 if last or found["which"] == "前" else count - 1
    step = Away(start, unit, taken, taken * SECONDS[unit])
    if last:
        return Span(step.moved(-1, end), end)
    skip = Away(start, unit, skipped, skipped * SECONDS[unit])
    first = skip.moved(1, start) if skipped else start
    return Span(first, step.moved(1, first))


def _every(found: re.Match[str], _at: datetime) -> Atom:
    """每月15号, 每周一, 每天."""
    if found["day"]:
        return Atom(*found.span(), sp.REPEATED, every=f"XXXX-XX-{number(found['day']):02d}")
    if found["wd"]:
        return Atom(*found.span(), sp.REPEATED, every=f"XXXX-WXX-{_WEEKDAYS[found['wd']] + 1}")
    unit = {"天": "P1D", "日": "P1D", "月": "P1M", "季": "P3M", "年": "P1Y"}
    return Atom(*found.span(), sp.REPEATED, every=unit.get(found["unit"][0], "P1W"))


def _recently(found: re.Match[str], at: datetime) -> Atom:
    return Atom(*found.span(), sp.DATE, spans=(sp.one_day(at),))


_SEP = r"\s*的?\s*"
RULES: tuple[Rule, ...] = tuple(
    (re.compile(pattern), meaning, frozenset(needs))
    for pattern, meaning, needs in (  # a rule is tried where one of the last characters stands
        (
            rf"{_YEAR}(?:{_SEP}(?:{_MONTH}|(?=[底末初]))(?:{_SEP}{_DAY}|(?P<dn>三十一?|二?十[一二三四五六七八九]?))?)?",
            _calendar,
            "年",
        ),
        (
            (
                r"(?:(?:农历|阴历|旧历|康熙|雍正|乾隆|嘉庆|道光|咸丰|同治|光绪|宣统|神龙|贞观|开元)"
                r"[元正腊大0-9零一二三四五六七八九十年月日号初\s]+"
                rf"|(?:{_YEAR})?(?:[正腊]月(?:初?[一二三四五六七八九十]{{1,3}})?"
                rf"|{_MONTH}?初(?:十|[一二三四五六七八九])|大年(?:三十|初[一二三四五六七八九十])))"
            ),
            _other_calendar,
            "农阴旧康雍乾嘉道咸同光宣神贞开正腊初大",
        ),
        (
            (
                rf"(?:{_YEAR}的?)?(?:国庆|元旦|春节|除夕|过年|清明|端午|中秋|重阳|元宵"
                r"|[五十]一(?=期间|假|长假|节)|劳动节|情人节|圣诞|双十[一二]|[春夏秋冬](?:天|季))(?:节|假期|长假|期间)?"
            ),
            _season,
            "国元春除过清端中重劳情圣双一夏秋冬",
        ),
        (r"(?P<which>[上下])一?个(?:小时|钟头)", _next_clock_unit, "个"),
        (rf"(?<![0-9]){_MONTH}(?:{_SEP}{_DAY})?", _calendar, "月"),
        (rf"(?<![0-9:.]){_DAY_NUMBER}", _calendar, "日号"),
        (r"(?P<what>[年月])(?P<edge>[底末初])", _bare_edge, "底末初"),
        (
            (
                r"(?<![0-9/.])(?P<a>[0-9]{4})(?P<s>[-/.])(?P<b>[0-9]{1,2})(?P=s)(?P<c>[0-9]{1,2})"
                r"(?![0-9/]|\.[0-9])"
            ),
            _numeric,
            "-/.",
        ),
        (
            (
                r"(?:(?<![0-9/.-])|(?<=[0-9]{4}-))(?P<a>[0-9]{1,2})(?P<s>[-/])(?P<b>[0-9]{1,2})(?P=s)"
                r"(?P<c>[0-9]{4}|[0-9]{2})(?![0-9/]|\.[0-9])"
            ),
            _numeric,
            "-/",
        ),
        (
            (
                r"(?<![0-9/.-])(?P<a>1[0-2]|0?[1-9])/(?P<b>3[01]|[12][0-9]|0?[1-9])"
                r"(?![0-9/]|\.[0-9]|\s*[元块万%])"
            ),
            _numeric,
            "/",
        ),
        (
            (
                "大前天|大后天|[前昨今明后]天|[昨今明后]日(?!头条)|[当][天日]|[前昨今明后]儿"
                "|[昨今明](?=[晚早晨夜])"
            ),
            _relative_day,
            "天日儿昨今明",
        ),
        (
            rf"(?P<rel>{_REL})?\s*{_WEEK}(?P<wd>[一二三四五六日天末1-7])(?![0-9个年月])",
            _weekday,
            "周期拜",
        ),
        (rf"(?P<rel>{_REL}){_WEEK}(?![一二三四五六日天末])", _whole_week, "周期拜"),
        (rf"(?:{_YEAR}{_SEP})?第?(?P<q>[一二三四1-4上下本这])个?季度", _quarter, "季"),
        (rf"(?:{_YEAR}{_SEP})?(?P<half>[上下前后])个?半(?P<of>年|月|周)", _half, "半"),
        (
            (
                rf"(?:{_PART}的?\s*)?(?:(?P<h>[0-9]{{1,2}}|[零一二两三四五六七八九十]{{1,3}})\s*"
                rf"(?:点|时(?!候|间|长|段|期))(?:[钟整]|(?P<q>[一三13]刻|半)"
                rf"|零?(?P<mi>[0-9]{{1,2}}|[一二三四五六七八九十]{{1,3}})(?![0-9万千百亿元块%.])分?"
                rf"(?:(?P<s>[0-9]{{1,2}}|[零一二三四五六七八九十]{{1,3}})秒)?)?"
                r"(?![万千百亿元块%0-9一二三四五六七八九十])"
                r"|(?<![0-9:.])(?P<h2>[0-2]?[0-9]):(?P<mi2>[0-5][0-9])(?::(?P<s2>[0-5][0-9]))?(?![0-9:])"
                r"\s*(?P<ap>[ap]\.?m(?![a-z])\.?)?)"
            ),
            clock,
            "点时:",
        ),
        (_PART, part_of_day, "晨早上下午晚夜间"),
        (
            (
                r"(?:(?P<before>最近|近|过去的?|之前|前|之后|后|未来的?|今后|接下来的?|这)\s*)?"
                rf"(?P<length>(?<![0-9.第]){_LENGTH}(?:[又余零多]?{_LENGTH})*)"
                r"(?P<after>[之以]?[前后内])?"
            ),
            _length,
            "年月周期拜天日时头分秒",
        ),
        (
            (
                rf"(?:{_YEAR}|(?<![0-9])(?P<m>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月){_SEP}"
                rf"(?P<which>第|前|最后)\s*(?P<n>{_N})\s*(?:(?P<unit>周|个?月|天)|个{_WEEK}"
                r"(?P<weekday>[一二三四五六日天]))"
            ),
            _nth,
            "第前后",
        ),
        (
            (
                rf"每个?(?:月(?P<day>[0-9]{{1,2}}|[一二三四五六七八九十]{{1,3}})[日号]|{_WEEK}"
                rf"(?P<wd>[一二三四五六日天])|(?P<unit>天|日|{_WEEK}|月|季度?|年))"
            ),
            _every,
            "每",
        ),
        ("最近(?![0-9零一二两三四五六七八九十半几])", _recently, "近"),
    )
)

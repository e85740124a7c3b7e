"""Amounts of money in a sentence: each certain value, or the reason why it is not certain.

Takes folded, protected text with the payee already blanked. Reads whole runs of digits
and numerals only: a run that does not parse is a problem to ask back, never a shorter
number inside it. Decimal throughout; nothing is rounded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from bots.understanding.currencies import AFTER, BEFORE, currency_of
from bots.understanding.numerals import DIGITS, ENGLISH_WORDS, NUMERAL, read_english, read_number

APPROXIMATE = "approximate"
SEVERAL = "several"
PRECISION = "precision"
ZERO = "zero"
NEGATIVE = "negative"
UNREADABLE = "unreadable"

_WORD = "|".join(sorted(ENGLISH_WORDS, key=len, reverse=True))
_RUN = re.compile(
    rf"(?P<run>[.]?[0-9](?:[0-9{NUMERAL}]|[.,](?=[0-9]))*"
    rf"|[{NUMERAL}](?:[0-9{NUMERAL}]|点(?=[{NUMERAL}])|[.,](?=[0-9]))*)"
    r"(?P<scale>[kw](?![a-z])|\s*(?:hundred|thousand|million|billion|grand)\b)?"
    rf"|\b(?P<english>(?:(?:an?|{_WORD})\b(?:[\s-]+(?:and\s+)?)?)*\b(?:{_WORD})\b)"
)
_SCALES = {
    "k": 1000,
    "w": 10_000,
    "hundred": 100,
    "thousand": 1000,
    "grand": 1000,
    "million": 10**6,
    "billion": 10**9,
}
_BEFORE = re.compile(
    rf"(?P<sign>-|负|\bminus |\bnegative )?\s*(?P<currency>{BEFORE})?\s*(?P<inner>-|负)?\s*$"
)
_AFTER = re.compile(rf"\s*(?P<currency>{AFTER})")
_APPROXIMATE_BEFORE = re.compile(
    r"(?:大约|大概|(?<!预)约|差不多|将近|接近|(?<!最)近|至少|最少|最多|不超过|超过|不到|不足|高于|低于|大于|小于"
    r"|几|~|≈|[<>]|\b(?:about|around|approx(?:imately|\.)?|roughly|nearly|almost|over|under"
    r"|(?:more|less) than|at (?:least|most)|up to|point|few|several|couple(?: of)?|half|dozen))\s*$"
)
_APPROXIMATE_AFTER = re.compile(
    r"\s*(?:多(?!谢)|来(?!自)|余(?!额)|[几数]|左右|上下|以[上下内]|出头|不到|半|[+]"
    r"|or so\b|or (?:more|less)|plus\b|-?ish\b|something|odd\b)"
)
_COUNTER = re.compile(
    r"个|只|张|次|笔|条|天|日|号|月|年|岁|点|小时|秒|股|手|克|斤|公斤|吨|积分|分|折|倍|位|名|人(?!民)|家|楼|层"
    r"|路|栋|室|米|度|期|份|单|页|级|星|成|周|季|件|套|台|辆|瓶|杯|盒|刻|%|‰|支|枚|粒|型|美分"
    r"|\s*(?:days?|hours?|hrs?|minutes?|mins?|months?|years?|weeks?|times|points?|accounts?|cards?"
    r"|people|percent|[ap]\.?m\b|o'clock|transactions?|records?|lines?|entries|shares?|grams?|kgs?"
    r"|payees?|friends?|payments?|transfers?)\b|(?:st|nd|rd|th)\b"
)
_NEAR = 24  # what stands further away says nothing about an amount
_RANGE = re.compile(r"\s*(?:-|~|—+|–|到|至|或者?|还是|/|、|\bto\b|\bor\b)\s*")
_ARITHMETIC = re.compile(r"\s*[*+×x÷/^=]\s*(?=[0-9])")
_ID_BEFORE = re.compile(r"[a-z_@#&]-?$")
_STRANGE = re.compile(r"[^\W_0-9a-z\u3400-\u9fff\uf900-\ufaff]")
_ONE = f"[0-9{''.join(DIGITS)}]"
_JIAO_FEN = re.compile(
    rf"[零又]?(?:(?P<jiao>{_ONE})[角毛](?:钱|整)?(?:零?(?P<fen>{_ONE})分?)?"
    rf"|(?P<only_fen>{_ONE})分(?![钟之]))"
)
_LONE_JIAO = re.compile(rf"(?P<jiao>{_ONE})(?![0-9.{NUMERAL}角毛分])")
_CENTS = re.compile(rf"[又零]?(?P<cents>[0-9{NUMERAL}]{{1,3}})美分")
_SEN = re.compile(rf"(?P<sen>[0-9{NUMERAL}]{{1,2}})日本[銭钱]")
_UNIT_OF_ANOTHER = re.compile(rf"[0-9{NUMERAL}]\s*(?:{BEFORE})\s*$")
_SMALL_COIN = re.compile(
    rf"(?:[角毛](?!大楼|星|形|度|落|色)(?:钱|整)?(?:(?P<fen>{_ONE})分?)?|(?P<unit>分[钱整]))"
)
_VAGUE_WITH_UNIT = re.compile(rf"[几多来余][百千万亿]?(?:{AFTER})")
_ALONE_BEFORE = re.compile("[ ,.。!！]*")
_ALONE_AFTER = re.compile("[ 。.!！吧]*")
_LETTER_AFTER = re.compile("[a-z](?<![exm])")
_MAGNITUDE_ONLY = re.compile("[百千万亿兆]+")


class Found(NamedTuple):
    """One amount where it stands. `marked`: a currency stood with it; `problem`: why not sure."""

    start: int
    end: int
    value: Decimal
    currency: str = "CNY"
    marked: bool = False
    problem: str = ""


class AmountSlot(NamedTuple):
    """The one amount a sentence means, or the problem to ask about, or neither."""

    value: Decimal | None = None
    currency: str = ""
    problem: str = ""


def find_amounts(text: str) -> list[Found]:
    """Every amount of the text in order; counts, dates and lone numerals are left out."""
    found: list[Found] = []
    runs = []
    at = 0
    while run := _RUN.search(text, at):
        amount = _amount_at(text, run)
        at = max(amount.end, run.end())
        runs.append((amount, _is_amount(text, run, amount)))
    for index, (amount, counts) in enumerate(runs):
        neighbours = [runs[index + step][0] for step in (-1, 1) if 0 <= index + step < len(runs)]
        if counts:
            linked = any(_linked(text, amount, other) for other in neighbours)
            found.append(amount._replace(problem=APPROXIMATE) if linked else amount)
    return found


def the_amount_of(text: str, every: Sequence[Found]) -> AmountSlot:
    """The amount a command means, of all that `find_amounts` gives of the text.

    Several that differ, or any that is unsure, are a problem.
    """
    found = _without_corrected(text, every)
    if problem := next((one.problem for one in found if one.problem), ""):
        return AmountSlot(problem=problem)
    if not found:
        return AmountSlot()
    if len({(one.value, one.currency) for one in found}) > 1:
        return AmountSlot(problem=SEVERAL)
    return _checked(found[0])


def plain(value: Decimal) -> str:
    """Yuan without exponent: whole as it is, else exactly two decimals ("500", "1200.50")."""
    return str(int(value)) if value == value.to_integral_value() else f"{value:.2f}"


def _checked(amount: Found) -> AmountSlot:
    if amount.value == 0:
        return AmountSlot(problem=ZERO)
    if amount.value * 100 % 1:
        return AmountSlot(problem=PRECISION)
    return AmountSlot(amount.value, amount.currency)


_CORRECTION = re.compile(
    r"不对|错了|打错|写错|说错|改成|改为|应该是|更正"
    r"|\bi mean\b|\bactually\b|\bsorry\b|\bno wait\b|\bmake it\b"
)
_NEGATED = re.compile(r"(?:不是|不要|别|而非|不转|\bnot)\s*(?:转|给|send|transfer)?\s*$")


def _without_corrected(text: str, found: Sequence[Found]) -> list[Found]:
    """What remains when the customer corrects himself: 转500,不对,600 and 不是500是600."""
    if not found:
        return []
    kept = [one for one in found if not _NEGATED.search(text[: _sign_start(text, one)])]
    marks = [mark.end() for mark in _CORRECTION.finditer(text)] if len(kept) > 1 else []
    after = [one for one in kept if marks and one.start >= marks[-1]]
    return after or kept


def _sign_start(text: str, amount: Found) -> int:
    before = _BEFORE.search(text, max(0, amount.start - _NEAR), amount.start)
    return before.start() if before else amount.start


def _amount_at(text: str, run: re.Match[str]) -> Found:
    """The amount that a run of digits or numerals begins, with all that belongs to it."""
    value = _value(run)
    before = _BEFORE.search(text, max(0, run.start() - _NEAR), run.start())
    prefix = (before["currency"] or "") if before else ""
    amount = Found(run.start(), run.end(), value or Decimal(0), marked=bool(prefix))
    if prefix:
        amount = amount._replace(currency=currency_of(prefix))
    if value is None:
        amount = amount._replace(problem=UNREADABLE)
    amount = _with_unit(text, amount, prefixed=bool(prefix))
    if problem := _problem(text, amount, before):
        amount = amount._replace(problem=problem)
    return amount


def _value(run: re.Match[str]) -> Decimal | None:
    if run["english"]:
        whole = read_english(run["english"])
        return None if whole is None else Decimal(whole)
    value = read_number(run["run"])
    if value is None or not run["scale"]:
        return value
    if not run["run"].replace(".", "").replace(",", "").isascii():
        return None
    return value * _SCALES[run["scale"].strip()]


def _with_unit(text: str, amount: Found, *, prefixed: bool) -> Found:
    """With the currency word behind it, and its 角 and 分."""
    if coin := _SMALL_COIN.match(text, amount.end):
        value = (
            amount.value / 100 if coin["unit"] else amount.value / 10 + _digit(coin["fen"]) / 100
        )
        return amount._replace(end=coin.end(), value=value, marked=True)
    unit = _AFTER.match(text, amount.end)
    if not unit:
        return amount
    currency = currency_of(unit["currency"])
    # 4人民币 5美元: what stands before is the other figure's.
    own = prefixed and not _UNIT_OF_ANOTHER.search(text, 0, amount.start)
    clash = own and currency != amount.currency
    amount = amount._replace(end=unit.end(), currency=currency, marked=True)
    amount = amount._replace(problem=UNREADABLE) if clash else amount
    return _with_small_coins(text, amount, lone=unit["currency"].startswith("块"))


def _with_small_coins(text: str, amount: Found, *, lone: bool) -> Found:
    if amount.currency == "USD" and (cents := _CENTS.match(text, amount.end)):
        extra = (read_number(cents["cents"]) or Decimal(0)) / 100
        return amount._replace(end=cents.end(), value=amount.value + extra)
    if amount.currency == "JPY" and (sen := _SEN.match(text, amount.end)):
        extra = (read_number(sen["sen"]) or Decimal(0)) / 100
        return amount._replace(end=sen.end(), value=amount.value + extra)
    if coins := _JIAO_FEN.match(text, amount.end):
        extra = _digit(coins["jiao"]) / 10 + _digit(coins["fen"] or coins["only_fen"]) / 100
        amount = amount._replace(end=coins.end(), value=amount.value + extra)
    elif lone and (jiao := _LONE_JIAO.match(text, amount.end)):
        if _COUNTER.match(text, jiao.end()):
            return amount
        extra = _digit(jiao["jiao"]) / 10
        amount = amount._replace(end=jiao.end(), value=amount.value + extra)
    if (next_run := _RUN.match(text, amount.end)) and not _AFTER.match(text, next_run.end()):
        return amount._replace(problem=UNREADABLE)
    return amount


def _digit(char: str | None) -> Decimal:
    if not char:
        return Decimal(0)
    return Decimal(DIGITS[char] if char in DIGITS else int(char))


def _problem(text: str, amount: Found, before: re.Match[str] | None) -> str:
    """Why an amount is not sure, by what stands around it."""
    here = before.start() if before else amount.start
    head, after = text[max(0, here - _NEAR) : here], text[amount.end : amount.end + _NEAR]
    if before and (before["sign"] or before["inner"]) and not _digit_before(head):
        return NEGATIVE
    if _APPROXIMATE_BEFORE.search(head) or _APPROXIMATE_AFTER.match(after):
        return APPROXIMATE
    if _ARITHMETIC.match(after) or re.match(r"e[+-]?[0-9]|x[0-9a-f]|m\b|\.[0-9.]", after):
        return UNREADABLE
    if re.search(rf"[{NUMERAL}\x00]点$|\x00[.,]$", head):
        return UNREADABLE
    strange = _STRANGE.match(after[:1]) or _STRANGE.match(head[-1:])
    return UNREADABLE if strange else amount.problem


def _digit_before(head: str) -> bool:
    return bool(re.search(rf"[0-9{NUMERAL}]\s*$", head))


def _is_amount(text: str, run: re.Match[str], amount: Found) -> bool:
    """Whether a run is money at all, and not a count, a label or a word with a numeral in it."""
    if amount.marked:
        return True
    if _ALONE_BEFORE.fullmatch(text, 0, run.start()) and _ALONE_AFTER.fullmatch(text, amount.end):
        return not _MAGNITUDE_ONLY.fullmatch(run[0])
    if amount.problem == APPROXIMATE and _VAGUE_WITH_UNIT.match(text, amount.end):
        return True
    if _ID_BEFORE.search(text, max(0, run.start() - 2), run.start()):
        return False
    if _COUNTER.match(text, amount.end) or _LETTER_AFTER.match(text, amount.end):
        return False
    return _looks_like_money(run)


def _looks_like_money(run: re.Match[str]) -> bool:
    """500, 五百 and 十五 do; 万千 and 七八 are words, 五二零 might be either and is asked about."""
    numeral = run[0]
    if run["english"]:
        return bool(re.search("hundred|thousand|million|billion", numeral))
    if numeral[0] in "0123456789.":
        return True
    if len(numeral) == 1 or _MAGNITUDE_ONLY.fullmatch(numeral):
        return False
    return bool(re.search("[十百千万亿兆]", numeral)) or len(numeral) > 2  # noqa: PLR2004 - 七八


def _linked(text: str, one: Found, other: Found) -> bool:
    """Two numbers that make a range or a choice: 500-600, 三到五百, 500 or 600, 1 500."""
    first, second = sorted((one, other))
    between = text[first.end : second.start]
    if between.isspace():
        return not (first.marked or second.marked)
    return bool(between) and _RANGE.fullmatch(between) is not None

"""Digits that are not amounts: cards, tails, phones, codes, dates, and set phrases.

Comes before the amounts are read, and blanks what it finds, so that a phone number can
never become money. Also yields the account tails, which are slots of their own.
"""

from __future__ import annotations

import re
from typing import NamedTuple

BLANK = "\x00"  # stands for a protected character; no pattern of ours matches it

_N = "0-9零一二两三四五六七八九十百千万亿"
_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_TAIL_WORD = (
    r"(?:尾号|尾数|末四位|后四位|卡尾|tail|ending(?: in| with)?|ends (?:in|with)|last four)"
)
_TAIL = re.compile(
    rf"(?P<to>(?:到|给|至|往|入|进|向|\bto\b)\D{{0,8}})?"
    rf"(?:{_TAIL_WORD}(?:号码|数字)?\s*(?:digits)?\s*(?:是|为|:|：)?\s*(?P<a>[0-9]{{4}})(?![0-9])"
    r"|(?<![0-9.,])(?P<b>[0-9]{4})\s*(?:的|这张|那张)?(?:银行|工行|储蓄|借记)?(?:卡|账户|账号)"
    r"|\b(?:card|account)\s+(?:no\.?\s*)?(?P<c>[0-9]{4})(?![0-9.,]))"
)
_PROTECTED = (
    r"(?<![0-9])(?:\+?86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]{4}){2}(?![0-9.,元块])",  # mobile phones
    r"(?<![0-9])[0-9]{4}(?:[ -][0-9]{4}){2,3}(?:[ -][0-9]{1,4})?(?![0-9])",  # grouped card numbers
    r"(?<![0-9.,])[0-9]{12,}(?![0-9.,]|\s*(?:[美欧日港]元|英镑))",  # card, order and serial numbers
    r"(?<![0-9])0[0-9]{2,3}-[0-9]{7,8}(?![0-9])",  # land lines
    r"(?<![0-9])[48]00-?[0-9]{3}-?[0-9]{4}(?![0-9])",
    r"(?<![0-9])95[0-9]{3}(?![0-9.,元块万])",  # bank hotlines
    (
        r"(?:验证码|校验码|动态码|密码|口令|卡号|账号|订单号?|流水号?|参考号|编号|工号|单号|身份证号?"
        r"|电话|手机号?|code|pin|password|order|ref(?:erence)?|no\.|phone|#)"
        r"(?:号码|number)?\s*(?:是|为|is|:|：)?\s*[a-z0-9-]*[0-9][a-z0-9-]*"
    ),
    r"(?:尾号|末四位|后四位)\s*(?:是|为|:|：)?\s*[0-9]+",
    r"(?<![0-9])(?:19|20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?![0-9])",  # dates
    # dates in English
    rf"\b(?:{_MONTHS})\.? [0-3]?[0-9](?:st|nd|rd|th)?(?:,? (?:19|20)[0-9]{{2}})?(?![0-9.,]*[0-9])",
    rf"(?<![0-9.,])[0-3]?[0-9](?:st|nd|rd|th)? (?:of )?(?:{_MONTHS})\b(?: (?:19|20)[0-9]{{2}})?",
    r"(?<![0-9.])[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9])?(?![0-9])",  # times of day
    r"(?:周|星期|礼拜)[一二三四五六]|(?:初|第)(?:[0-9]+|[零一二三四五六七八九十]+)",
    r"[零一二三四五六七八九十百千万0-9]+分之[零一二三四五六七八九十百千万0-9]+",
    (
        rf"(?<![{_N}])(?:万一|千万(?=[别不要记])|十分(?![钱之]))(?![{_N}])|百分百"
        rf"|一(?=[下会起共定直样些般旦并])|(?<![{_N}])一(?=[笔个次切]|点(?![{_N}]))"
    ),
    r"\bone\b(?= (?:more|day|time|of|account|card|thing|to))|\bno one\b",
)
_ANY_PROTECTED = re.compile("|".join(_PROTECTED))


class Tails(NamedTuple):
    """Last digits of accounts: the one named to pay from, and the one named to pay to."""

    payer: str = ""
    payee: str = ""


def blank(text: str, start: int, end: int) -> str:
    """The text with this span made unreadable, and every position kept."""
    return text[:start] + BLANK * (end - start) + text[end:]


def protect(folded: str) -> tuple[str, Tails]:
    """The sentence without its digits that are no amounts, and the account tails it named."""
    payer, payee = "", ""
    for found in _TAIL.finditer(folded):
        tail = found["a"] or found["b"] or found["c"]
        payer, payee = (payer, tail) if found["to"] else (tail, payee)
        group = next(name for name in "abc" if found[name])
        folded = blank(folded, *found.span(group))
    for found in _ANY_PROTECTED.finditer(folded):
        folded = blank(folded, *found.span())
    return folded, Tails(payer, payee)

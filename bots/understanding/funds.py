"""What a sentence says of funds: bought, sold, looked at, taken back, and the risk assessment.

买基金 / 买稳健基金1000元 / 赎回稳健基金100份 / 我的基金 / 撤销基金申购 / 风险测评.
"""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec

from bots.understanding.slots import read_slots
from bots.understanding.text import fold

ALL = "all"


class FundWish(StrEnum):
    BUY = "fund_buy"
    SELL = "fund_redeem"
    LOOK = "fund_look"
    CANCEL = "fund_cancel"
    ASSESS = "risk_profile"


class FundReading(msgspec.Struct, frozen=True):
    wish: FundWish
    amount: str = ""


_FUND = re.compile(r"基金|理财|\bfunds?\b")
_ASSESS = re.compile(
    r"风险(?:承受能力)?(?:测评|评估|测试)|做.{0,4}测评|重新测评"
    r"|\brisk (?:assessment|profile|test)\b"
)
_OFF = re.compile(r"撤销|撤单|取消|撤回|\b(?:cancel|take back)\b")
_SELL = re.compile(r"赎回|卖|\b(?:redeem|sell)\b")
_BUY = re.compile(r"买|申购|认购|购买|\b(?:buy|subscribe|purchase|invest)\b")
_LOOK = re.compile(r"我的|持仓|持有|查|看|\b(?:my|holdings|show)\b")
_ABOUT = re.compile(
    r"怎么|为什么|如何|什么|哪些|推荐|定投|手续费|费率|多久|吗|公积金|\b(?:how|why|what|which|fees?)\b"
)
_WISHES = (  # the first that is spoken of
    (FundWish.ASSESS, _ASSESS),
    (FundWish.CANCEL, _OFF),
    (FundWish.SELL, _SELL),
    (FundWish.BUY, _BUY),
    (FundWish.LOOK, _LOOK),
)
_SHARES = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?\s*(?:份|shares?\b)")
_EVERYTHING = re.compile(r"全部|全都|所有|都卖|清仓|\b(?:all|everything)\b")


def read_fund(sentence: str) -> FundReading | None:
    """What is wanted, or None when the sentence is about something else."""
    text = fold(sentence).strip()
    if _ABOUT.search(text) or not (_FUND.search(text) or _ASSESS.search(text)):
        return None
    wish = next((wish for wish, words in _WISHES if words.search(text)), None)
    if wish is None:
        return None
    return FundReading(wish, _amount(text) if wish is FundWish.BUY else "")


def read_fund_shares(sentence: str) -> str:
    """Hundredths of a share, `all`, or empty when none are named."""
    text = fold(sentence)
    if _EVERYTHING.search(text):
        return ALL
    found = _SHARES.findall(text)
    if len(found) != 1:
        return ""
    whole, part = found[0]
    return str(int(whole) * 100 + int(f"{part:0<2}"))


def _amount(text: str) -> str:
    slots = read_slots(text).slots
    return slots.get("amount", "") if slots.get("currency") == "CNY" else ""

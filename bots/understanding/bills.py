"""What a sentence says of bills: which kind, which number, and what is wanted of it.

A set phrase decides, not the classifier: 交电费, 缴 话费 13800000000, 电费代扣 开, 定时缴 每月8日,
缴费记录. Whether an item or a number exists is the bank's to say.
"""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec

from bots.understanding.slots import read_slots
from bots.understanding.text import fold


class BillWish(StrEnum):
    PAY = "pay"
    HISTORY = "history"
    DEBIT = "debit"  # let it pay itself
    DEBIT_OFF = "debit_off"
    REMIND = "remind"
    REMIND_OFF = "remind_off"


class BillReading(msgspec.Struct, frozen=True):
    """`fragment`: what the item's name must hold. `day` 1 to 28 of each month, or 0."""

    wish: BillWish
    fragment: str = ""
    category: int = 0
    number: str = ""
    day: int = 0
    amount: str = ""  # CNY, as in the slots; empty when it is not certain


# Words for what is paid; the fragment of an item's name; the bank's category.
_ITEMS: tuple[tuple[str, str, int], ...] = (
    (r"话费|电话费|手机费|通话费|充值|phone bill|mobile bill|top[ -]?up", "话费", 1),
    (r"宽带|网费|broadband|internet bill", "宽带", 1),
    (r"电费|\belectric(?:ity)?\b|power bill", "电费", 2),
    (r"水费|water bill", "水费", 2),
    (r"燃气费|煤气费|天然气费?|气费|gas bill", "燃气", 2),
    (r"违章|交通罚款|停车费|traffic fine", "", 3),
    (r"学费|学杂费|tuition|school fees?", "学", 4),
    (r"有线电视费?|电视费|tv bill|cable bill", "电视", 5),
    (r"党费|团费|会费", "", 6),
    (r"税款|车船税|个税|缴税|交税|\btax(?:es)?\b", "税", 7),
    (r"物业费?|property (?:fee|management)", "物业", 8),
    (r"水电|水电费|水电煤|utilities|utility bills?", "", 2),
)
_PAY = re.compile(r"[交缴付充]|续费|查|\b(?:pay|top ?up|bill)\b")
_WHOLE = re.compile(
    r"(?:我要|我想|帮我|请|去|生活|查|查询|查一下|看看|看一下|我的)*"
    r"(?:缴费|交费|生活缴费|缴费单|水电费|账单)(?:一下|吧|呀|了|服务)*[。.!！]?"
    r"|(?:pay )?(?:my )?bills?"
)
_HISTORY = re.compile(r"[缴交]费(?:的)?(?:记录|历史|明细)|bill (?:payment )?(?:history|records?)")
_OFF = r"(?:关|关闭|取消|停|停止|解约|不要|别|解除|\boff\b|\bcancel\b|\bstop\b|\bclose\b)"
_DEBIT = re.compile(r"代扣|自动[缴交扣]|定时[缴交]|auto[- ]?(?:pay|debit)|direct debit")
_REMIND = re.compile(r"(?:提醒|remind)")
_ANY_BILL = re.compile(r"[缴交]费|账单|\bbills?\b")
_DAY = re.compile(r"每个?月\s*([0-9]{1,2})\s*[日号]|(?:on )?day ([0-9]{1,2})")
_NUMBER = re.compile(r"(?<![0-9.,])[0-9]{6,20}(?![0-9.,]*[0-9元块])")
_ASKED_ABOUT = re.compile(
    r"为什么|为啥|怎么|多久|什么时候|失败|错了|发票|分期|信用卡|还款|\b(?:why|how|when|fail)\b"
)
_SHORT = 8
_INTENTS = {
    "bill_pay": (BillWish.PAY, "", 0),
    "bill_phone": (BillWish.PAY, "话费", 1),
    "bill_utilities": (BillWish.PAY, "", 2),
    "bill_traffic": (BillWish.PAY, "", 3),
    "bill_education": (BillWish.PAY, "学", 4),
    "bill_tax": (BillWish.PAY, "税", 7),
    "bill_autodebit": (BillWish.DEBIT, "", 0),
    "bill_schedule": (BillWish.DEBIT, "", 0),
    "bill_history": (BillWish.HISTORY, "", 0),
}


def read_bill(sentence: str) -> BillReading | None:
    """What is wanted of bills, or None when the sentence is about something else."""
    text = fold(sentence).strip()
    if _HISTORY.search(text):
        return BillReading(BillWish.HISTORY)
    if _ASKED_ABOUT.search(text):
        return None
    pattern, fragment, category = next(
        (item for item in _ITEMS if re.search(item[0], text)), ("", "", 0)
    )
    off = re.search(_OFF, text) is not None
    wish = _wish(text, bool(pattern), off)
    return None if wish is None else _reading(text, wish, fragment, category)


def bill_meant(intent: str, sentence: str) -> BillReading | None:
    """The same for a sentence that no set phrase decides, by the intent it was taken for."""
    if intent not in _INTENTS:
        return None
    wish, fragment, category = _INTENTS[intent]
    return _reading(fold(sentence).strip(), wish, fragment, category)


def _reading(text: str, wish: BillWish, fragment: str, category: int) -> BillReading:
    number = bill_number(text)
    amount = _amount(text, number)
    return BillReading(wish, fragment, category, number, _day(text), amount)


def _wish(text: str, named: bool, off: bool) -> BillWish | None:
    """What is wanted; `named`: the sentence says of which kind of bill."""
    if _DEBIT.search(text):
        return BillWish.DEBIT_OFF if off else BillWish.DEBIT
    if _REMIND.search(text) and (named or _ANY_BILL.search(text)):
        return BillWish.REMIND_OFF if off else BillWish.REMIND
    to_pay = named and (_PAY.search(text) or len(text) <= _SHORT)
    return BillWish.PAY if not off and (to_pay or _WHOLE.fullmatch(text)) else None


def bill_number(sentence: str) -> str:
    """The number of an account or a phone in the sentence; empty when there is none."""
    joined = re.sub(r"(?<=[0-9])[ -](?=[0-9]{4}(?:[ -]|$))", "", fold(sentence))
    found = _NUMBER.search(joined)
    return found[0] if found else ""


def _amount(text: str, number: str) -> str:
    """The amount in what is left without number and day, which are figures too."""
    slots = read_slots(_DAY.sub(" ", text.replace(number, " ") if number else text)).slots
    return slots.get("amount", "") if slots.get("currency") == "CNY" else ""


def _day(text: str) -> int:
    found = _DAY.search(text)
    return int(found[1] or found[2]) if found else 0

"""What generated customers write: many ways to say one thing, chosen by a seeded chance.

Wording is independent of the grammar that reads it: numerals are written out here from
their value, and each phrase says exactly what its arguments say.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

_DIGITS = "零一二三四五六七八九"
_BOTH = (
    "给{name}转{amount}",
    "转{amount}给{name}",
    "帮我给{name}转账{amount}",
    "向{name}转{amount}，谢谢",
    "麻烦给{name}汇款{amount}",
    "我要转{amount}给{name}",
    "转账给{name}，{amount}",
)
_NAME_ONLY = ("给{name}转账", "转钱给{name}", "我想给{name}转点钱", "给{name}汇款")
_AMOUNT_ONLY = ("转{amount}", "我要转账{amount}", "转账{amount}")
_BARE = ("转账", "我要转账", "帮我转一笔钱", "transfer")
_AMOUNT_FIXED = ("不对，是{amount}", "改成{amount}", "金额改成{amount}", "说错了，{amount}")
_NAME_FIXED = ("不对，是{name}", "改成给{name}", "收款人改成{name}", "不是，转给{name}")
_DIGRESSIONS = (
    "查一下余额",
    "查余额",
    "最近的明细",
    "你好",
    "谢谢",
    "你能做什么",
    "今天天气怎么样",
)
_TYPED_YES = ("确认", "是的", "好的，转吧", "yes", "没问题，确认转账")
_CANCEL = ("取消", "不转了", "算了，取消吧")
_AGAIN = ("再转一次", "同样的再转一笔", "再给{name}转一次", "跟刚才一样", "same again")
_UNSURE = ("三五百", "一两千块", "五百多", "500左右", "两三百块钱", "大概一千")


class Wording:
    """One customer's way of putting things."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def both(self, name: str, fen: int) -> str:
        return self._one(_BOTH).format(name=name, amount=self.amount(fen))

    def name_only(self, name: str) -> str:
        return self._one(_NAME_ONLY).format(name=name)

    def amount_only(self, fen: int) -> str:
        return self._one(_AMOUNT_ONLY).format(amount=self.amount(fen))

    def bare(self) -> str:
        return self._one(_BARE)

    def from_account(self, name: str, fen: int, tail: str) -> str:
        """With the paying account named by its tail: whose digits are no amount."""
        shape = self._one(("用尾号{tail}的卡给{name}转{amount}", "从尾号{tail}转{amount}给{name}"))
        return shape.format(tail=tail, name=name, amount=self.amount(fen))

    def amount_fixed(self, fen: int) -> str:
        return self._one(_AMOUNT_FIXED).format(amount=self.amount(fen))

    def name_fixed(self, name: str) -> str:
        return self._one(_NAME_FIXED).format(name=name)

    def again(self, name: str) -> str:
        return self._one(_AGAIN).format(name=name)

    def digression(self) -> str:
        return self._one(_DIGRESSIONS)

    def typed_yes(self) -> str:
        return self._one(_TYPED_YES)

    def cancel(self) -> str:
        return self._one(_CANCEL)

    def unsure(self) -> str:
        return self._one(_UNSURE)

    def amount(self, fen: int) -> str:
        """The sum in one of the ways that people write it."""
        yuan, rest = divmod(fen, 100)
        if rest:
            return self._one((f"{yuan}.{rest:02d}元", f"¥{yuan}.{rest:02d}", f"{yuan}.{rest:02d}"))
        ways = [f"{yuan}元", f"{yuan}块", f"{yuan}块钱", f"¥{yuan:,}", f"{yuan}.00元"]
        ways.append(f"{_chinese(yuan)}元")
        if yuan % 1000 == 0 and yuan < 10_000:  # noqa: PLR2004 - 5k, 5千
            ways += [f"{yuan // 1000}千", f"{yuan // 1000}k"]
        if yuan % 10_000 == 0:
            ways.append(f"{yuan // 10_000}万")
        return self._one(ways)

    def _one(self, of: Sequence[str]) -> str:
        return self._chance.choice(of)


def _chinese(number: int) -> str:
    """A whole number below a hundred million, as it is read out in full."""
    if number >= 10_000:  # noqa: PLR2004 - 万
        head, tail = divmod(number, 10_000)
        skipped = "零" if 0 < tail < 1000 else ""  # noqa: PLR2004 - a thousand is missing
        return f"{_chinese(head)}万{skipped}{_chinese(tail) if tail else ''}"
    written = ""
    gap = False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            written += ("零" if gap and written else "") + _DIGITS[digit] + name
            gap = False
        else:
            gap = True
    return written

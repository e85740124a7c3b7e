"""Amounts in Chinese financial capitals (壹佰元整), as a cheque or a confirm card states them.

After the rules for filling in bills: 整 after 元 or 角 but not after 分; one 零 for any number
of zeros between two figures; 零 before 分 when there are no 角. Exact: from integer fen.
"""

from __future__ import annotations

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
LARGEST_FEN = 10**18 - 1


def capitals(fen: int) -> str:
    """A positive amount; ValueError for what no bill can say."""
    if not 0 < fen <= LARGEST_FEN:
        raise ValueError(f"{fen} fen cannot be written in capitals")
    yuan, coins = divmod(fen, 100)
    jiao, cents = divmod(coins, 10)
    text = _whole(yuan) + "元" if yuan else ""
    if jiao:
        text += _DIGITS[jiao] + "角"
    if cents:
        gap = "零" if yuan and not jiao else ""
        return f"{text}{gap}{_DIGITS[cents]}分"
    return text + "整"


def _whole(yuan: int) -> str:
    """The yuan, in groups of four digits."""
    groups = []
    while yuan:
        yuan, group = divmod(yuan, 10_000)
        groups.append(group)
    text, gap = "", False
    for level in range(len(groups) - 1, -1, -1):
        group = groups[level]
        if group == 0:
            gap = True
            continue
        if text and (gap or group < 1000):  # noqa: PLR2004 - no figure in the thousands' place
            text += "零"
        text += _group(group) + _unit(level, groups)
        gap = False
    return text


def _unit(level: int, groups: list[int]) -> str:
    """万亿 is said as 万 when 亿 follows: 壹万贰仟亿 is 壹万 and 贰仟亿."""
    high, following = 3, 2
    return "万" if level == high and groups[following] else _GROUPS[level]


def _group(value: int) -> str:
    """Four digits or fewer."""
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = value // 10**place % 10
        if digit:
            text += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = bool(text) and digit == 0
    return text

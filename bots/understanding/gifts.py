"""What a sentence says of red packets and of 工银e支付: set phrases, and the figures in them.

发红包 / 给李娜发个88元的红包 / 在一家人群发红包 100元 10个 / 开通e支付 / e支付限额 / 关闭e支付.
"""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec

from bots.understanding.slots import read_slots
from bots.understanding.text import fold

MOST_SHARES = 999  # more digits are no number of people


class GiftWish(StrEnum):
    SEND = "red_packet"
    OPEN = "epay_open"
    CLOSE = "epay_close"
    LIMITS = "epay_limits"


class GiftReading(msgspec.Struct, frozen=True):
    """`shares`: of how many; 0: not said. `equal`: each the same, said in so many words."""

    wish: GiftWish
    amount: str = ""
    shares: int = 0
    equal: bool = False
    greeting: str = ""


_PACKET = re.compile(r"红包|red ?packet|red envelope|hongbao")
_SEND = re.compile(r"[发包送塞给]|^红包$|\b(?:send|give)\b|^red ?packet$")
_EPAY = re.compile(r"(?:工银)?e ?支付|e-?pay(?:ment)?\b")
_OFF = re.compile(r"关闭|注销|取消|停用|不要|\b(?:close|cancel|stop)\b")
_ON = re.compile(
    r"开通|开一下|打开|签约|启用|申请|调整?到?|改|\b(?:open|sign up|enable|activate)\b"
)
_LIMITS = re.compile(r"限额|额度|剩|\blimits?\b")
_SHARES = re.compile(
    r"([0-9]{1,3})\s*(?:个(?:人|包|红包)?|份|人|位)(?![0-9元块])"
    r"|(?:for|among|into)\s+([0-9]{1,3})(?:\s*(?:people|shares))?"
)
_EQUAL = re.compile(r"平分|均分|每人|一样多|普通|\bequal(?:ly)?\b|\beach\b")
_ABOUT = re.compile(r"为什么|怎么|没收到|退|谁|记录|领|抢|\b(?:why|how|did|who)\b")
_GREETING = re.compile(r"(?:祝福语?|留言|说)\s*[:：]?\s*[“\"']?([^“”\"']{1,25})[”\"']?$")


def read_gift(sentence: str) -> GiftReading | None:
    """What is wanted, or None when the sentence is about something else."""
    text = fold(sentence).strip()
    if _EPAY.search(text):
        return _of_epay(text)
    if not _PACKET.search(text) or not _SEND.search(text) or _ABOUT.search(text):
        return None
    if _OFF.search(text):
        return None
    greeting = _GREETING.search(sentence.strip())
    rest = text[: greeting.start()] if greeting else text
    counted = _SHARES.search(rest)
    return GiftReading(
        GiftWish.SEND,
        _amount(_SHARES.sub(" ", rest)),
        int(counted[1] or counted[2]) if counted else 0,
        bool(_EQUAL.search(rest)),
        greeting[1].strip() if greeting else "",
    )


def read_shares(sentence: str) -> int:
    """A bare number of people, as the answer to how many; 0: none."""
    found = re.fullmatch(r"\D{0,3}([0-9]{1,3})\D{0,6}", fold(sentence).strip())
    return int(found[1]) if found else 0


def _of_epay(text: str) -> GiftReading | None:
    if _OFF.search(text):
        return GiftReading(GiftWish.CLOSE)
    if _ON.search(text):
        return GiftReading(GiftWish.OPEN, _amount(_EPAY.sub(" ", text)))
    return GiftReading(GiftWish.LIMITS) if _LIMITS.search(text) else None


def _amount(text: str) -> str:
    slots = read_slots(text).slots
    return slots.get("amount", "") if slots.get("currency") == "CNY" else ""

"""What a sentence says of devices' signatures: to begin with one, to approve, to see, to end.

开通设备签名 / 批准新设备 / 我的设备签名 / 停用设备签名. Questions about them are no wishes.
"""

from __future__ import annotations

import re
from enum import StrEnum

from bots.understanding.text import fold


class KeyWish(StrEnum):
    MAKE = "device_key"
    APPROVE = "device_approve"
    LOOK = "device_keys"
    END = "device_end"


_NAMED = re.compile(
    r"(?:设备|本机|手机|指纹)(?:签名|密钥|证书)|数字签名"
    r"|\b(?:device|security)[- ]?(?:keys?|signatures?)\b|\bpasskeys?\b"
)
_NEW_DEVICE = re.compile(
    r"(?:批准|同意|允许|授权)(?:我的|这个)?新(?:设备|手机)"
    r"|\bapprove (?:my |the )?new (?:device|phone)\b"
)
_ABOUT = re.compile(r"怎么|为什么|是什么|什么是|安全吗|\b(?:how|why|what is)\b")
_END = re.compile(r"停用|撤销|注销|删除|关闭|取消|\b(?:revoke|remove|disable|stop|end)\b")
_APPROVE = re.compile(r"批准|同意|\bapprove\b")
_LOOK = re.compile(r"我的|查|看|哪些|有几|\b(?:my|show|list)\b")
_MAKE = re.compile(r"开通|登记|注册|设置|启用|办理|\b(?:set up|register|enable|add|create)\b")


def read_key_wish(sentence: str) -> KeyWish | None:
    """What is wanted, or None when the sentence is about something else."""
    text = fold(sentence)
    if _ABOUT.search(text):
        return None
    if _NEW_DEVICE.search(text):
        return KeyWish.APPROVE
    if not _NAMED.search(text):
        return None
    for wish, said in (
        (KeyWish.END, _END),
        (KeyWish.APPROVE, _APPROVE),
        (KeyWish.MAKE, _MAKE),
        (KeyWish.LOOK, _LOOK),
    ):
        if said.search(text):
            return wish
    return None

"""How people write currencies, and the code each stands for. Plain ¥ and 元 are CNY."""

from __future__ import annotations

import re

_WORDS = {
    "CNY": "¥ ￥ rmb cny 人民币 yuan yuans kuai renminbi 块钱 块 元整 元正 元钱 元人民币 元 圆",
    "USD": "us$ $ usd 美元 美金 美圆 刀 dollars dollar bucks",
    "EUR": "€ eur 欧元 euros euro",
    "GBP": "£ gbp 英镑 pounds pound",
    "HKD": "hk$ hkd 港元 港币 港纸",
    "JPY": "jpy 日元 日圆 日币 yen",
    "KRW": "krw 韩元 韩币 won",
    "TWD": "nt$ twd 新台币 台币",
    "CHF": "chf 瑞士法郎 法郎 francs",
    "AUD": "aud 澳元 澳币",
    "CAD": "cad 加元 加币",
    "SGD": "sgd 新加坡元 新元 新币",
    "MOP": "mop 澳门元 澳门币",
    "THB": "thb 泰铢",
    "RUB": "rub 卢布 rubles",
    "NGN": "ngn 奈拉",
    "INR": "inr 卢比 rupees",
    "XBT": "比特币 个比特币 btc bitcoins bitcoin",
}
_SIGNS = ("¥", "￥", "$", "us$", "hk$", "nt$", "€", "£")
_CODE_OF = {word: code for code, words in _WORDS.items() for word in words.split()}


def _pattern(words: list[str]) -> str:
    """Longest first; latin words end at a word's end."""
    longest = sorted(words, key=len, reverse=True)
    return "|".join(
        re.escape(word) + (r"(?![a-z])" if word.isascii() and word.isalpha() else "")
        for word in longest
    )


BEFORE = _pattern(
    [*_SIGNS, "rmb", "cny", "usd", "eur", "gbp", "hkd", "jpy", "人民币", "美元", "港币", "欧元"]
)
AFTER = _pattern(list(_CODE_OF))


def currency_of(word: str) -> str:
    """The ISO code of a currency word or sign, in lower case as folded text has it."""
    return _CODE_OF[word]

"""Who is to be paid: found before the amount, since 李万千 and 王五 are names, not numbers.

Takes folded, protected text. Gives the span of the name as it stands in the sentence;
matching it to someone the customer has saved is the dialogue's business.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bots.understanding.amounts import find_amounts
from bots.understanding.numerals import ENGLISH_WORDS, NUMERAL
from bots.understanding.protected import BLANK

_HAN = "\u3400-\u9fff·"
_HAN_OF_NAME = f"(?:(?![给把帮])[{_HAN}])"
_CHAR = f"(?:(?![给把帮的])[{_HAN}a-z .'-]|(?<=[我你他她])的)"
_KIN = (
    "[妈爸爹娘姐哥弟妹爷奶舅姨姑叔伯婶嫂侄]|老[婆公板师爸妈]|媳妇|儿|女|闺女|孩子|娃|岳|婆婆|公公|外[公婆孙甥]"
    "|朋友|同[事学]|领导|房东|师傅|男友|对象|[表堂]|家|亲戚|邻居|室友|客户"
)
_PRONOUN = "(?:(?:我们?|你们?|您|他们?|她们?|它|咱们?|俺|人|谁)(?:自己|本人)?|自己|本人)"
_VERB = "转账|转款|转钱|转|汇款|汇钱|汇|打款|打钱|打|付款|付钱|支付|付|还款|还钱|还|划|拨"
_WEAK_VERB = f"(?:发|送|存|交|还|付|充|来)(?=[0-9{NUMERAL}¥￥$钱款个红])"
_NAME = rf"(?!{_PRONOUN}\s*(?:{_VERB}|[0-9{NUMERAL}]))[{_HAN}a-z]{_CHAR}"
_STOP = "[0-9¥￥$€£\x00,，。.!！?？;；:：、()（）\n的]|$|人民币|rmb|cny|usd|现金|金额|数额"
_PARTICLES = re.compile(
    r"(?:吧|啊|呀|呢|哈|哦|喔|嘛|吗|了|谢谢|多谢|好吗|好吧|行吗|可以吗|可不可以|一下|快点|马上|现在|立刻|过去|那里|那儿|那边"
    r"|的?(?:工行|工商银行|银行)?(?:卡|账户|账号|账上|户头|银行卡|储蓄卡|卡号)(?:里|上)?|名下|先生|女士|小姐"
    r"|\b(?:please|pls|thanks|thank you|now|today|asap|right away)|的|[ .'-])$"
)
_LEADING = re.compile(
    r"^(?:我的?|的)?(?:好?朋友|同事|同学|客户|亲戚|邻居|室友)(?=["
    + _HAN
    + r"]{2,})|^(?:叫|名叫|用户|收款人)"
    r"|^(?:my )?(?:friend|colleague|classmate|roommate|mr\.?|mrs\.?|ms\.?|miss) |^[ .'-]+"
)
_NOBODY = re.compile(
    r"(?:我|你|您|他|她|它|咱|俺|我们|你们|他们|她们|咱们|大家|别人|人家|对方|谁|哪个|什么人|某人|自己|我自己|本人|这个人|那个人|一个人|人|朋友"
    r"|尾号.*|末四位.*|后四位.*|过去|过来|出去|回去|回来|另一个人|其他人|他人|个人|另外.*|另一.*|别的.*|其他.*|卡|账户|不超过|不到|至少|最多|最少|大[概约]|差不多|超过|将近|接近|我的?卡.*|我的.*账户|银行|工行|客服|你们银行|手机.*|话费"
    r"|me|you|him|her|them|it|us|someone|somebody|anyone|myself|my account|an account|account"
    r"|the account|a friend|money|some money|cash|the money|my card|card|bank|the bank|this|that)"
)
_CORRECTED = r"改成|改为|换成|改给|应该是|而是|(?:错了|不对|不是这个人)[,， ]*(?:应该)?(?:是|给)"
_NEGATED = re.compile(r"(?:不是|别|不要|不用|莫|甭|\bnot)\s*(?:转|打|汇)?$")
_SEGMENTS = (
    re.compile(rf"(?:{_CORRECTED})\s*(?P<name>{_NAME}{{1,15}}?)\s*(?={_STOP})"),
    re.compile(
        rf"(?:给|向|帮(?!我[给向替为])|替|为)(?P<name>{_NAME}{{1,15}}?)(?=\s*(?:{_VERB}|{_WEAK_VERB}))"
    ),
    re.compile(
        rf"(?:给|收款人是?|收款方是?|收款户名是?|户名是?)\s*[:：]?\s*(?P<name>{_NAME}{{1,30}}?)\s*(?={_STOP})"
    ),
    re.compile(
        rf"(?:转|汇|打|付|存|划|拨)(?:账|款|钱)?.{{0,16}}?(?:到|至|往|进)(?P<name>{_NAME}{{1,15}}?)"
        rf"(?=那|的?(?:卡|账户|账号|银行卡|名下)|\s*(?:{_STOP}))"
    ),
    re.compile(rf"(?:{_VERB})(?P<name>{_HAN_OF_NAME}{{2,4}}?)(?=[0-9¥￥$])"),
    re.compile(
        rf"(?:往|到)(?P<name>{_HAN_OF_NAME}{{2,8}}?)的?(?:卡|账户|账号|银行卡|户头)(?:里|上)?(?:{_VERB})"
    ),
    re.compile(
        r"\bto (?!(?:send|pay|transfer|wire|make|get|do|give|remit|see|check|know)\b)"
        r"(?:(?:mr|mrs|ms|miss|my friend)\.? )?"
        r"(?P<name>[a-z\u3400-\u9fff][a-z\u3400-\u9fff .'-]{0,30}?)"
        r"(?='s\b|\s*(?:$|[,;:!?。，！]|\.(?:\s|$)|[0-9¥￥$\x00]|\brmb\b|\bcny\b"
        r"|\b(?:please|pls|now|today|tomorrow|next|this|every|each"
        r"|right away|asap|from|for|thanks|thank|with|using|via"
        r"|on|at|and|the amount|amount|of|in|if)\b))"
    ),
    re.compile(
        r"\b(?:send|pay|give|transfer|wire|remit|lend|owe)\s+(?P<name>(?!to\b|the\b|a\b|an\b|some\b)"
        r"[a-z\u3400-\u9fff][a-z\u3400-\u9fff.'-]*(?: [a-z.'-]+){0,2}?)"
        r"(?=\s*(?:[0-9¥￥$]|\brmb\b|\bcny\b)|\s+(?:an?\s|ENGLISH))".replace(
            "ENGLISH",
            r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fif|twenty|thirty|forty"
            r"|sixty|seventy|eighty|ninety)",
        )
    ),
)
_NAME_OR_AMOUNT = frozenset(p for p in _SEGMENTS if p.pattern.startswith((r"\bto", "(?:改成")))
_ENGLISH_NUMBERS = frozenset(ENGLISH_WORDS)
_MIN_SPLIT_NAME = 2
_MAX_NAME = 20


class PayeeSpan(NamedTuple):
    """Where the name stands. `unsure`: name and amount can be told apart in two ways."""

    start: int
    end: int
    unsure: bool = False


def find_payee(text: str) -> PayeeSpan | None:
    """The first name that a pattern finds and that is not just a pronoun."""
    for pattern in _SEGMENTS:
        for segment in pattern.finditer(text):
            if _NEGATED.search(text, max(0, segment.start() - 8), segment.start()):
                continue
            trimmed = _trimmed(text, *segment.span("name"))
            if trimmed and not (
                pattern in _NAME_OR_AMOUNT and _is_one_amount(text[slice(*trimmed)])
            ):
                return _without_amount(text, *trimmed)
    return None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Without particles, titles and card words around the name; none when nobody is left."""
    while leading := _LEADING.match(text[start:end]):
        start += leading.end()
    while trailing := _PARTICLES.search(text[start:end]):
        end = start + trailing.start()
    name = text[start:end]
    if not _ENGLISH_NUMBERS.isdisjoint(name.split()):
        return None
    if re.match(rf"[我你您他她](?!的?(?:{_KIN}))", name):
        return None
    if not name or len(name) > _MAX_NAME or _NOBODY.fullmatch(name):
        return None
    return start, end


def _without_amount(text: str, start: int, end: int) -> PayeeSpan:
    """给李娜五百块: the name ends where the amount begins.

    That is where the numerals begin, when two characters of a name stand before them
    (李娜二十五块 is 李娜 and 25); else wherever exactly one reading is left (王五五百).
    """
    whole = PayeeSpan(start, end)
    numeral = re.search(f"[{NUMERAL}]", text[start:end])
    if not numeral or find_amounts(text[:start]) or find_amounts(text[end:].lstrip(BLANK)):
        return whole
    natural = start + numeral.start()
    if natural - start >= _MIN_SPLIT_NAME and _is_one_amount(text[natural:end]):
        return PayeeSpan(start, natural)
    cuts = [cut for cut in range(start + _MIN_SPLIT_NAME, end) if _is_one_amount(text[cut:end])]
    cuts = [cut for cut in cuts if text[cut - 1] not in NUMERAL] or cuts
    return PayeeSpan(start, cuts[0], unsure=len(cuts) > 1) if cuts else whole


def _is_one_amount(rest: str) -> bool:
    """Whether this is one certain amount and no other numeral."""
    found = find_amounts(rest)
    if len(found) != 1 or found[0].problem or found[0].start > 0:
        return False
    enough = found[0].marked or len(rest) >= _MIN_SPLIT_NAME
    return enough and not re.search(f"[{NUMERAL}]", rest[found[0].end :])

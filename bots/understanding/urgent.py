"""Words that outrank everything else a sentence says: fraud, freeze at once, complaint.

`bank-services.md` §2.11. In that order: who was robbed and complains about it needs the first.
What only speaks of such things (a lecture on fraud, a card that was found again, how a
complaint is getting on) is not urgent.
"""

from __future__ import annotations

import re

FRAUD, FREEZE, COMPLAINT = "fraud", "freeze", "complaint"
URGENT = frozenset({FRAUD, FREEZE, COMPLAINT})

_NOT_MEANT = re.compile(
    r"防诈|防骗|防盗|反诈|诈骗(?:知识|宣传|案例|电影)|你(?:是|们是|不是)?(?:个)?骗子"
    r"|解[除冻]|取消挂失|撤销挂失|找到了|找回来|为什么(?:会)?(?:被)?冻结|被冻结|冻结(?:解除|怎么|的原因|了)"
    r"|(?:别|不要|不用|不想)(?:再)?(?:给我)?(?:冻结|挂失|投诉)|投诉.{0,6}(?:进度|结果|到哪|处理得)"
    r"|冻结(?:鱼|肉|食品)|撤诉"
    r"|\bun(?:freeze|block|lock)|\bwhy is my|\bfound my|\blift the|\bloss report"
    r"|\b(?:news|progress|status)\b.*\bcomplaint"
)
_FRAUD = (
    r"被骗|诈骗|骗子|骗了我|上当受骗|盗刷|盗用|被盗|冒用|冒充|钓鱼(?:链接|网站|短信)|杀猪盘"
    r"|(?:不是|没有?)我?(?:本人|自己)?(?:转的|刷的|操作的|交易的|消费的|花的|买的)"
    r"|\b(?:fraud\w*|scam\w*|defrauded|phish\w*|unauthori[sz]ed|hacked|stole)\b"
    r"|\bmoney was stolen\b"
)
_FREEZE = (
    r"冻结|挂失|止付|锁卡|停用我的卡|(?:卡|存折|钱包|u盾|手机)(?:都|也|给)?(?:丢|被偷)"
    r"|\b(?:freeze|block|lock|disable)\b.*\b(?:card|account)s?\b"
    r"|\blost (?:my )?(?:card|wallet)\b|\bcard (?:was|is|got|has been) (?:stolen|lost)\b"
)
_COMPLAINT = r"投诉|举报(?:你|他|客)|银保监|金融监管|12378|\bcomplain\w*"
_WORDS = tuple(
    (intent, re.compile(words))
    for intent, words in ((FRAUD, _FRAUD), (FREEZE, _FREEZE), (COMPLAINT, _COMPLAINT))
)


def only_spoken_of(folded: str) -> bool:
    """Whether the words are there and the matter is another one."""
    return _NOT_MEANT.search(folded) is not None


def urgent_intent(folded: str) -> str:
    """`fraud`, `freeze` or `complaint`; empty when nothing urgent is said."""
    if only_spoken_of(folded):
        return ""
    return next((intent for intent, words in _WORDS if words.search(folded)), "")

"""Words of fraud and complaint: whoever writes them goes to the head of the queue, at once."""

from __future__ import annotations

import re

_WORDS = re.compile(
    r"被骗|诈骗|骗子|骗了我|上当受骗|盗刷|盗用|被盗|冒用|不是我(?:本人)?(?:转|刷|操作|交易)|"
    r"投诉|举报|银保监|金融监管|12378|"
    r"被騙|詐騙|盜刷|盜用|被盜|投訴|舉報|"
    r"\b(?:fraud\w*|scam\w*|stolen|phish\w*|unauthori[sz]ed|complain\w*)\b",
    re.IGNORECASE,
)
_SAFE = re.compile(r"防(?:诈|骗|诈骗|盗刷)|反诈(?:骗)?(?:知识|宣传|中心)?")


def is_urgent(text: str) -> bool:
    """Whether a person must look at this before anything else."""
    return _WORDS.search(_SAFE.sub("", text)) is not None

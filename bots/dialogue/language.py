"""Which language to answer in: the one that the customer just wrote, else the one before."""

from __future__ import annotations

import re

from bots.contract import Language

_HAN = re.compile("[\u3400-\u9fff]")
_LATIN_WORD = re.compile("[A-Za-z]{2,}")


def language_of(text: str, before: Language) -> Language:
    """Any Chinese makes it Chinese; figures alone change nothing (so does "ok")."""
    if _HAN.search(text):
        return Language.ZH
    letters = "".join(_LATIN_WORD.findall(text))
    return Language.EN if len(letters) > 2 else before  # noqa: PLR2004 - "ok" is said in both

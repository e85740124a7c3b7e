"""A text as terms: pairs and triples of Chinese characters, and English words.

The same for learning and for reading. Digits never make a term: no amount, account or phone
number can become part of a topic. English words of one or two letters say nothing.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MOST_CHARACTERS: Final = 20_000  # of one text
_RUNS: Final = re.compile(r"[\u4e00-\u9fff]+|[a-z]{3,24}(?![a-z0-9])")
_LENGTHS: Final = (2, 3, 4)


def terms(text: str) -> list[str]:
    """All terms in the order of the text; repeated as they are repeated."""
    folded = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS]).lower()
    found: list[str] = []
    for match in _RUNS.finditer(folded):
        run = match.group()
        if run[0] < "\u4e00":
            found.append(run)
        else:
            found += [
                run[at : at + length] for length in _LENGTHS for at in range(len(run) - length + 1)
            ]
    return found

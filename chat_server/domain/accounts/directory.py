"""Looking for a public account: by any part of its name, in Chinese or English, or its words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from chat_server.domain.publishing import PublicAccount

MAX_SEARCH = 64
MOST_FOUND = 50


def found_accounts(accounts: Iterable[PublicAccount], search: str) -> Sequence[PublicAccount]:
    """Active ones in which every word of the search is found; verified first, then those whose
    name begins with it, then those whose name has it, then the rest; at most 50.

    Case, and the width of letters and digits, do not matter. Without words: all, by id.
    """
    active = sorted((each for each in accounts if each.active), key=lambda each: each.account)
    words = _folded(search).split()
    if not words:
        return active
    ranked = [
        (not each.verified, rank, each.account, each)
        for each in active
        if (rank := _rank(each, words)) is not None
    ]
    return [each for *_, each in sorted(ranked, key=lambda row: row[:3])[:MOST_FOUND]]


def _rank(account: PublicAccount, words: Sequence[str]) -> int | None:
    name = _folded(account.name)
    everywhere = f"{name} {_folded(account.description)} {_folded(account.account)}"
    if not all(word in everywhere for word in words):
        return None
    if name.startswith(words[0]):
        return 0
    return 1 if all(word in name for word in words) else 2


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()

"""How an account answers by itself: menus for some, welcome, keywords, the first message."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chat_server.domain.accounts.menus import (
    MAX_CONDITIONAL,
    ConditionalMenu,
    check_menu,
    check_rule,
)
from chat_server.domain.errors import InvalidValue, TooLong

MAX_RULES = 200
MAX_WORDS = 10  # keywords of one rule
MAX_WORD = 30  # characters
MAX_REPLY = 600  # characters


class KeywordReply(msgspec.Struct, frozen=True):
    """Answers a text that is one of `words`, or, unless `exact`, has one of them in it."""

    words: Sequence[str]
    reply: str
    exact: bool = False

    def answers(self, text: str) -> bool:
        said = fold(text)
        return any(fold(word) == said if self.exact else fold(word) in said for word in self.words)


class Conduct(msgspec.Struct, frozen=True):
    """All of it is optional. The first rule that answers a text does; rules come before bots.

    `first` answers a customer's first message ever; `otherwise` what neither a rule nor a bot
    answers. `next_menu` is the number that the next conditional menu gets.
    """

    account: str
    menus: Sequence[ConditionalMenu] = ()
    welcome: str = ""
    first: str = ""
    keywords: Sequence[KeywordReply] = ()
    otherwise: str = ""
    next_menu: int = 1
    version: int = 0

    @property
    def replies(self) -> bool:
        return bool(self.keywords or self.first or self.otherwise)

    def reply_to(self, text: str) -> str:
        """What the first keyword that is in the text says; empty when none is."""
        return next((rule.reply for rule in self.keywords if rule.answers(text)), "")


def fold(text: str) -> str:
    return text.strip().casefold()


def check_conduct(conduct: Conduct) -> None:
    """InvalidValue or TooLong, naming what is wrong."""
    if len(conduct.menus) > MAX_CONDITIONAL:
        raise TooLong(f"menus: at most {MAX_CONDITIONAL} conditional ones")
    for menu in conduct.menus:
        check_rule(menu.rule)
        if not menu.buttons:
            raise InvalidValue("menus: a conditional menu has buttons")
        check_menu(menu.buttons)
    for name in ("welcome", "first", "otherwise"):
        if len(getattr(conduct, name)) > MAX_REPLY:
            raise TooLong(f"{name}: at most {MAX_REPLY} characters")
    _check_keywords(conduct.keywords)


def _check_keywords(rules: Sequence[KeywordReply]) -> None:
    if len(rules) > MAX_RULES:
        raise TooLong(f"keywords: at most {MAX_RULES} rules")
    for index, rule in enumerate(rules):
        if not 1 <= len(rule.words) <= MAX_WORDS:
            raise InvalidValue(f"keywords.{index}: 1 to {MAX_WORDS} words")
        if any(not 1 <= len(fold(word)) <= MAX_WORD for word in rule.words):
            raise InvalidValue(f"keywords.{index}: a word has 1 to {MAX_WORD} characters")
        if not 1 <= len(rule.reply.strip()) <= MAX_REPLY:
            raise InvalidValue(f"keywords.{index}: a reply has 1 to {MAX_REPLY} characters")

"""Menus: what may stand in one, and which of an account's menus a follower sees."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import msgspec

from chat_server.domain.errors import InvalidValue
from chat_server.domain.publishing import MenuButton

MAX_BUTTONS = 3
MAX_CHILDREN = 5
MAX_TITLE_BYTES = 16  # on the bar: the limits are those partners know
MAX_CHILD_TITLE_BYTES = 60
MAX_KEY_BYTES = 128
MAX_URL_BYTES = 1024
MAX_CONDITIONAL = 20
CLICK, VIEW = "click", "view"
CLIENTS = ("ios", "android", "other")
_URL = re.compile(r"https?://[^\s/?#@]+([/?#]\S*)?")


class MenuRule(msgspec.Struct, frozen=True):
    """Whom a menu is for; what is empty does not matter, and something is not empty."""

    tag: int = 0
    language: str = ""  # `zh-CN`, `en`
    client: str = ""  # one of CLIENTS

    def meets(self, tags: Collection[int], language: str, client: str) -> bool:
        return (
            (not self.tag or self.tag in tags)
            and self.language in {"", language}
            and self.client in {"", client}
        )


class ConditionalMenu(msgspec.Struct, frozen=True):
    number: int
    rule: MenuRule
    buttons: Sequence[MenuButton]


def client_of(system: str) -> str:
    """Which of CLIENTS a device is, from what it says of its system or in its user agent."""
    said = system.lower()
    if any(word in said for word in ("iphone", "ipad", "ios")):
        return "ios"
    return "android" if "android" in said else "other"


def check_menu(buttons: Sequence[MenuButton]) -> None:
    """At most 3 buttons on the bar, 5 in each sub-menu. InvalidValue names the button."""
    if len(buttons) > MAX_BUTTONS:
        raise InvalidValue(f"menu: at most {MAX_BUTTONS} buttons")
    for index, button in enumerate(buttons):
        where = f"menu.{index}"
        _check_title(button, where, MAX_TITLE_BYTES)
        if not button.children:
            _check_press(button, where)
            continue
        if len(button.children) > MAX_CHILDREN:
            raise InvalidValue(f"{where}: at most {MAX_CHILDREN} buttons in a sub-menu")
        if button.key or button.url:
            raise InvalidValue(f"{where}: a button with a sub-menu does nothing itself")
        for below, child in enumerate(button.children):
            _check_title(child, f"{where}.{below}", MAX_CHILD_TITLE_BYTES)
            _check_press(child, f"{where}.{below}")
            if child.children:
                raise InvalidValue(f"{where}.{below}: a sub-menu has no sub-menus")


def check_rule(rule: MenuRule) -> None:
    if rule == MenuRule():
        raise InvalidValue("rule: says nothing")
    if rule.client not in ("", *CLIENTS):
        raise InvalidValue(f"rule: client is one of {', '.join(CLIENTS)}")


def _check_title(button: MenuButton, where: str, most: int) -> None:
    if not 1 <= len(button.title.strip().encode()) <= most:
        raise InvalidValue(f"{where}: a title has 1 to {most} bytes")


def _check_press(button: MenuButton, where: str) -> None:
    if button.kind == VIEW:
        if len(button.url.encode()) > MAX_URL_BYTES or not _URL.fullmatch(button.url):
            raise InvalidValue(f"{where}: url: http(s), at most {MAX_URL_BYTES} bytes")
    elif not button.more and not 1 <= len(button.key.encode()) <= MAX_KEY_BYTES:
        raise InvalidValue(f"{where}: a key has 1 to {MAX_KEY_BYTES} bytes")

"""Menus: a partner's buttons as the native menu, and the native menu as a partner knows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chat_server.domain.accounts.menus import CLIENTS, MenuRule
from chat_server.domain.errors import InvalidValue, NotFound
from chat_server.domain.publishing import Capability, MenuButton
from chat_server.platform.api.call import OK, Answer, Call
from chat_server.platform.api.followers import entry
from chat_server.platform.apps import DEFAULT_MENU
from chat_server.platform.faults import (
    BAD_BUTTON_KEY,
    BAD_BUTTON_NAME,
    BAD_BUTTON_TYPE,
    BAD_BUTTON_URL,
    BAD_BUTTONS,
    BAD_FIELD,
    EMPTY_RULE,
    NO_DEFAULT_MENU,
    NO_MENU,
    NO_SUCH_MENU,
    NO_SUCH_TAG,
    Refused,
)
from chat_server.platform.keys import OPENID
from chat_server.platform.parts import Platform
from chat_server.platform.pressing import GIVING, key_of

TYPES = frozenset(
    {
        "click",
        "view",
        "scancode_push",
        "scancode_waitmsg",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "location_select",
        "media_id",
        "article_id",
        "article_view_limited",
        "view_limited",
        "miniprogram",
    }
)
_MORE = ("media_id", "article_id", "appid", "pagepath")
_LANGUAGES = {"zh_CN": "zh-CN", "zh-CN": "zh-CN", "en": "en"}


def _buttons(told: object, *, top: bool = True) -> list[MenuButton]:
    if not isinstance(told, list) or not told:
        raise Refused(BAD_BUTTONS, "invalid button size: button")
    return [_button(each, top=top) for each in told]


def _button(told: object, *, top: bool) -> MenuButton:
    button = told if isinstance(told, Mapping) else {}
    title = str(button.get("name") or "")
    below = button.get("sub_button")
    below = below.get("list") if isinstance(below, Mapping) else below
    if top and below:
        return MenuButton(title, children=_buttons(below, top=False))
    kind = str(button.get("type") or "")
    if kind not in TYPES:
        raise Refused(BAD_BUTTON_TYPE, f"invalid button type: button.type {kind[:32]!r}")
    more = {name: str(button[name]) for name in _MORE if button.get(name)}
    key, url = str(button.get("key") or ""), str(button.get("url") or "")
    if kind in GIVING and not more.get(GIVING[kind]):
        raise Refused(BAD_FIELD, f"invalid button: {GIVING[kind]} missing")
    key = key_of(kind, more) or key
    return MenuButton(title, key, kind=kind, url=url, more=more)


def _told(button: MenuButton, *, listed: bool = False) -> dict[str, Any]:
    """`listed` is the form of `get_current_selfmenu_info`."""
    if button.children:
        below = [_told(each, listed=listed) for each in button.children]
        return {"name": button.title, "sub_button": {"list": below} if listed else below}
    given = {"key": "" if button.kind in GIVING else button.key, "url": button.url}
    pressed = {name: value for name, value in given.items() if value}
    told = {"type": button.kind, "name": button.title, **button.more, **pressed}
    return told if listed else {**told, "sub_button": []}


def _refused(exc: InvalidValue) -> Refused:
    said = exc.message.rpartition(": ")[2] if ":" in exc.message else exc.message
    words = {
        "title": BAD_BUTTON_NAME,
        "key": BAD_BUTTON_KEY,
        "http": BAD_BUTTON_URL,
        "buttons": BAD_BUTTONS,
    }
    code = next((code for word, code in words.items() if word in said), BAD_FIELD)
    return Refused(code, f"invalid button: {exc.message}")


async def create(platform: Platform, call: Call) -> Answer:
    buttons = _buttons(call.body.get("button"))
    who = await entry(platform, call, Capability.MENU)
    try:
        await platform.work.conducts.put_menu(who, buttons)
    except InvalidValue as exc:
        raise _refused(exc) from exc
    return OK


async def get(platform: Platform, call: Call) -> Answer:
    who = await entry(platform, call)
    if not who.account.menu:
        raise Refused(NO_MENU, "menu no exist")
    conduct = await platform.work.conducts.read(call.account)
    answer: dict[str, Any] = {
        "menu": {"button": [_told(each) for each in who.account.menu], "menuid": DEFAULT_MENU}
    }
    if conduct.menus:
        answer["conditionalmenu"] = [
            {
                "button": [_told(each) for each in menu.buttons],
                "matchrule": _rule_told(menu.rule),
                "menuid": menu.number + DEFAULT_MENU,
            }
            for menu in reversed(conduct.menus)
        ]
    return answer


async def delete(platform: Platform, call: Call) -> Answer:
    await platform.work.conducts.put_menu(await entry(platform, call, Capability.MENU), ())
    return OK


async def add_conditional(platform: Platform, call: Call) -> Answer:
    who = await entry(platform, call, Capability.MENU)
    if not who.account.menu:
        raise Refused(NO_DEFAULT_MENU, "there is no selfmenu, please create selfmenu first")
    rule = _rule(call.body.get("matchrule"))
    buttons = _buttons(call.body.get("button"))
    try:
        made = await platform.work.conducts.add_menu(who, rule, buttons)
    except InvalidValue as exc:
        raise _refused(exc) from exc
    except NotFound as exc:
        raise Refused(NO_SUCH_TAG, "invalid tag: matchrule.tag_id") from exc
    return {"menuid": str(made.number + DEFAULT_MENU)}


async def delete_conditional(platform: Platform, call: Call) -> Answer:
    number = call.said("menuid")
    who = await entry(platform, call, Capability.MENU)
    if not number.isdecimal():
        raise Refused(NO_SUCH_MENU, "there is no such conditional menu: menuid")
    try:
        await platform.work.conducts.remove_menu(who, int(number) - DEFAULT_MENU)
    except NotFound as exc:
        raise Refused(NO_SUCH_MENU, "there is no such conditional menu: menuid") from exc
    return OK


async def try_match(platform: Platform, call: Call) -> Answer:
    asked = call.said("user_id")
    customer = asked
    if OPENID.fullmatch(asked):
        customer = await platform.openids.customer(call.app, asked, "user_id")
    who = await entry(platform, call)
    person = await platform.store.people.person(customer)
    among = await platform.work.followers.among(who, [customer])
    if person is None or not among:
        raise Refused(BAD_FIELD, "invalid args! user_id: no follower")
    client = CLIENTS[-1]
    _, found = await platform.work.conducts.menu_for(who.account, among[0], person.language, client)
    return {"button": [_told(each) for each in found]}


async def current(platform: Platform, call: Call) -> Answer:
    menu: Sequence[MenuButton] = (await entry(platform, call)).account.menu
    told = {"button": [_told(each, listed=True) for each in menu]}
    return {"is_menu_open": int(bool(menu)), "selfmenu_info": told}


def _rule(told: object) -> MenuRule:
    """Of the older conditions (sex, place) none is known here: a rule of those alone is empty."""
    rule = told if isinstance(told, Mapping) else {}
    tag = str(rule.get("tag_id") or rule.get("group_id") or "0")
    platform_type = str(rule.get("client_platform_type") or "")
    language = str(rule.get("language") or "")
    if not tag.isdecimal():
        raise Refused(NO_SUCH_TAG, "invalid tag: matchrule.tag_id")
    if platform_type not in {"", "1", "2", "3"}:
        raise Refused(BAD_FIELD, "invalid args! matchrule.client_platform_type: 1, 2 or 3")
    if language and language not in _LANGUAGES:
        raise Refused(BAD_FIELD, "invalid args! matchrule.language: zh_CN or en")
    client = CLIENTS[int(platform_type) - 1] if platform_type else ""
    found = MenuRule(int(tag), _LANGUAGES.get(language, ""), client)
    if found == MenuRule():
        raise Refused(EMPTY_RULE, "match rule is empty: matchrule")
    return found


def _rule_told(rule: MenuRule) -> dict[str, str]:
    told = {
        "tag_id": str(rule.tag) if rule.tag else "",
        "client_platform_type": str(CLIENTS.index(rule.client) + 1) if rule.client else "",
        "language": rule.language.replace("-", "_"),
    }
    return {name: value for name, value in told.items() if value}

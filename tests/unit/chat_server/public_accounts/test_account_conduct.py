from __future__ import annotations

import asyncio

import pytest

from chat_server.domain.accounts.conduct import KeywordReply
from chat_server.domain.accounts.menus import MenuRule
from chat_server.domain.errors import InvalidValue, NotFound, TooLong
from chat_server.domain.publishing import MenuButton
from chat_server.usecases.public_accounts.entry import Entry
from tests.front_desk import FrontDesk

ONE = [MenuButton("贵宾专线", "vip")]


async def entry(desk: FrontDesk) -> Entry:
    return await desk.cases.account_work.entries.operator("ops", "@service")


async def titles(desk: FrontDesk, user: str = "zhangwei", system: str = "") -> list[str]:
    view = await desk.cases.accounts.view(user, "@service", system=system)
    return [button.title for button in view.account.menu]


async def test_everybody_sees_the_newest_menu_that_is_meant_for_them(desk: FrontDesk) -> None:
    work = desk.cases.account_work
    await desk.cases.accounts.follow("zhangwei", "@service")
    at = await entry(desk)
    vip = await work.followers.create_tag(at, "贵宾")
    await work.conducts.add_menu(at, MenuRule(tag=vip.tag), ONE)
    english = await work.conducts.add_menu(at, MenuRule(language="en"), [MenuButton("Help", "h")])
    phone = await work.conducts.add_menu(
        at, MenuRule(client="ios"), [MenuButton("苹果手机", "ios")]
    )
    assert [vip.tag, english.number, phone.number] == [100, 2, 3]
    assert await titles(desk) == ["查余额", "更多"]
    assert await titles(desk, system="Mozilla/5.0 (iPhone; CPU)") == ["苹果手机"]
    await work.followers.tag(at, vip.tag, ["zhangwei"])
    assert await titles(desk) == ["贵宾专线"]
    assert await titles(desk, "lina") == ["查余额", "更多"]
    await work.conducts.remove_menu(at, 1)
    assert await titles(desk) == ["查余额", "更多"]
    with pytest.raises(NotFound):
        await work.conducts.remove_menu(at, 1)


async def test_an_empty_menu_takes_the_conditional_ones_away(desk: FrontDesk) -> None:
    work, at = desk.cases.account_work, await entry(desk)
    await work.conducts.add_menu(at, MenuRule(language="zh-CN"), ONE)
    await work.conducts.put_menu(at, [])
    assert await titles(desk) == []


@pytest.mark.parametrize(
    "buttons",
    [
        [MenuButton("按钮", "k")] * 4,
        [MenuButton("这个标题太长了", "k")],
        [MenuButton(" ", "k")],
        [MenuButton("按钮")],
        [MenuButton("按钮", "k" * 129)],
        [MenuButton("按钮", kind="view", url="javascript:alert(1)")],
        [MenuButton("按钮", "k", [MenuButton("子", "k")])],
        [MenuButton("按钮", children=[MenuButton("子", "k")] * 6)],
        [MenuButton("按钮", children=[MenuButton("子", children=[MenuButton("孙", "k")])])],
    ],
)
async def test_a_menu_that_cannot_be_shown_is_refused(
    desk: FrontDesk, buttons: list[MenuButton]
) -> None:
    work, at = desk.cases.account_work, await entry(desk)
    with pytest.raises(InvalidValue, match="menu"):
        await work.conducts.put_menu(at, buttons)
    with pytest.raises(InvalidValue, match="menu"):
        await work.conducts.add_menu(at, MenuRule(language="en"), buttons)
    assert await titles(desk) == ["查余额", "更多"]


async def test_a_rule_says_something_that_exists(desk: FrontDesk) -> None:
    work, at = desk.cases.account_work, await entry(desk)
    with pytest.raises(InvalidValue):
        await work.conducts.add_menu(at, MenuRule(), ONE)
    with pytest.raises(InvalidValue):
        await work.conducts.add_menu(at, MenuRule(client="palm"), ONE)
    with pytest.raises(NotFound):
        await work.conducts.add_menu(at, MenuRule(tag=100), ONE)
    with pytest.raises(InvalidValue):
        await work.conducts.add_menu(at, MenuRule(language="en"), [])


async def test_two_who_change_it_at_once_both_do(desk: FrontDesk) -> None:
    work, at = desk.cases.account_work, await entry(desk)
    rules = [MenuRule(language="en"), MenuRule(client="ios"), MenuRule(client="android")]
    await asyncio.gather(*(work.conducts.add_menu(at, rule, ONE) for rule in rules))
    conduct = await work.conducts.read("@service")
    assert sorted(menu.number for menu in conduct.menus) == [1, 2, 3]
    assert len(await desk.facts("menu_added")) == 3


async def test_who_follows_is_welcomed_each_time_and_once(desk: FrontDesk) -> None:
    work, at = desk.cases.account_work, await entry(desk)
    await work.conducts.put_replies(
        at, welcome="您好，欢迎关注", first="", keywords=[], otherwise=""
    )
    for _ in range(2):
        await desk.cases.accounts.follow("zhangwei", "@service")
        await desk.deliver_changes()
    assert len(await said(desk)) == 1
    await desk.cases.accounts.unfollow("zhangwei", "@service")
    await desk.cases.accounts.follow("zhangwei", "@service")
    await desk.deliver_changes()
    assert (
        await said(desk)
        == [
            b'{"type":"text","text":"\xe6\x82\xa8\xe5\xa5\xbd\xef\xbc\x8c\xe6\xac\xa2\xe8\xbf\x8e\xe5\x85\xb3\xe6\xb3\xa8"}'
        ]
        * 2
    )


async def said(desk: FrontDesk) -> list[bytes]:
    events = await desk.store.messages.events("s:@service:zhangwei", after=0, limit=9)
    return [event.body for event in events]


async def test_rules_have_limits(desk: FrontDesk) -> None:
    work, at = desk.cases.account_work, await entry(desk)

    async def put(*keywords: KeywordReply, welcome: str = "") -> None:
        await work.conducts.put_replies(
            at, welcome=welcome, first="", keywords=keywords, otherwise=""
        )

    for wrong in (
        KeywordReply([], "x"),
        KeywordReply([" "], "x"),
        KeywordReply(["利率"], " "),
        KeywordReply(["x"] * 11, "x"),
    ):
        with pytest.raises(InvalidValue, match=r"keywords\.0"):
            await put(wrong)
    with pytest.raises(TooLong):
        await put(*[KeywordReply(["x"], "x")] * 201)
    with pytest.raises(TooLong):
        await put(welcome="x" * 601)


def test_a_keyword_is_in_the_text_or_is_the_text() -> None:
    within, exact = KeywordReply(["利率", "LPR"], "x"), KeywordReply(["Hi"], "x", exact=True)
    assert within.answers("请问lpr是多少")
    assert not within.answers("汇率")
    assert exact.answers(" hi ")
    assert not exact.answers("hi there")

"""An account's own rules answer first, once, and leave to the bot what is the bot's."""

from __future__ import annotations

from msgspec.structs import replace

from bots.contract import Text, TurnResult
from chat_server.domain import bodies
from chat_server.domain.accounts.conduct import KeywordReply
from chat_server.domain.facts import Fact
from chat_server.domain.publishing import AccountState, Capability, PublicAccount
from chat_server.usecases.public_accounts.conduct import Conducts
from chat_server.usecases.public_accounts.entry import Entry

from .conftest import CONV, Desk

RATE = KeywordReply(["利率"], "一年期 1.10%")


async def account(desk: Desk) -> PublicAccount:
    found = await desk.store.accounts.account("@service")
    assert found is not None
    return found


async def put(desk: Desk, **fields: object) -> None:
    fact = Fact("test", "test", "test", desk.clock.now_ms())
    await desk.store.accounts.put_account(replace(await account(desk), **fields), fact)


async def rules(desk: Desk, *, first: str = "", otherwise: str = "") -> None:
    entry = Entry(await account(desk), "ops")
    await Conducts(desk.store, desk.clock).put_replies(
        entry, welcome="", first=first, keywords=[RATE], otherwise=otherwise
    )


async def said(desk: Desk) -> list[str]:
    await desk.turns.answer(CONV)
    return [body.text for body in await desk.said() if isinstance(body, bodies.Text)]


async def test_a_keyword_is_answered_by_rule_and_the_rest_by_the_bot(desk: Desk) -> None:
    await rules(desk)
    await desk.says("现在利率多少")
    await desk.says("你好")
    assert await said(desk) == ["一年期 1.10%", "你好"]
    assert [turn.text for turn in desk.bot.turns] == ["你好"]


async def test_a_bot_in_the_middle_of_something_is_not_interrupted(desk: Desk) -> None:
    await rules(desk)
    desk.bot.results = [TurnResult((Text("多少？"),), b"asking")]
    await desk.says("存款")
    await desk.says("利率高的")
    assert await said(desk) == ["多少？", "利率高的"]


async def test_the_first_message_ever_is_greeted_once(desk: Desk) -> None:
    await rules(desk, first="欢迎")
    await desk.says("你好")
    await desk.says("在吗")
    assert await said(desk) == ["欢迎", "你好", "在吗"]


async def test_without_a_bot_the_rules_answer_alone(desk: Desk) -> None:
    await put(desk, bot="")
    await rules(desk, first="欢迎", otherwise="请稍候")
    for text in ("你好", "在吗", "利率"):
        await desk.says(text)
    assert await said(desk) == ["欢迎", "请稍候", "一年期 1.10%"]
    assert desk.bot.turns == []


async def test_what_was_said_before_there_were_rules_stays_unanswered(desk: Desk) -> None:
    await put(desk, bot="")
    await desk.says("利率")
    assert await said(desk) == []
    desk.clock.move(60)
    await rules(desk)
    assert await said(desk) == []
    await desk.says("利率")
    assert await said(desk) == ["一年期 1.10%"]


async def test_a_suspended_account_and_one_without_the_capability_say_nothing_by_rule(
    desk: Desk,
) -> None:
    await rules(desk)
    await put(desk, withheld=[Capability.REPLIES])
    await desk.says("利率")
    assert await said(desk) == ["利率"]  # the bot's
    await put(desk, state=AccountState.SUSPENDED)
    await desk.says("利率")
    assert await said(desk) == ["利率"]

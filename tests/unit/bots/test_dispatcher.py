"""A bot that fails harms nobody: the customer is told the truth, and the log holds no words."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from structlog.testing import capture_logs

from bank_bridge.contract import BankError
from bots.contract import BotError, Language, Secret, Text, Turn, TurnKind, TurnResult
from bots.dispatcher import Dispatcher

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def turn(**fields) -> Turn:
    plain = {
        "kind": TurnKind.TEXT,
        "key": "c:1",
        "conv": "c",
        "account": "@service",
        "customer": "zhangwei",
        "customer_name": "张伟",
        "device": "",
        "language": Language.ZH,
        "at": AT,
        "text": "给李娜转500块",
    }
    return Turn(**(plain | fields))


class Raising:
    def __init__(self, exc: Exception) -> None:
        self.exc = exc

    async def take(self, turn: Turn) -> TurnResult:
        raise self.exc


class Echo:
    async def take(self, turn: Turn) -> TurnResult:
        return TurnResult((Text(turn.account),), b"")


@pytest.mark.parametrize("exc", [BotError("x"), BankError("x"), KeyError("x"), ZeroDivisionError()])
async def test_a_failure_is_told_and_the_state_stays_as_it_was(exc):
    result = await Dispatcher(Raising(exc)).take(turn(state=b"before"))
    (text,) = result.replies
    assert "请勿重复操作" in text.text or "不要重复操作" in text.text
    assert result.state == b"before"
    assert result.wake_at is not None
    assert result.wake_at > AT


async def test_english_is_told_in_english():
    result = await Dispatcher(Raising(KeyError())).take(turn(language=Language.EN))
    assert "went wrong" in result.replies[0].text


async def test_a_failing_clock_turn_says_nothing_and_comes_again():
    result = await Dispatcher(Raising(KeyError())).take(turn(kind=TurnKind.CLOCK, state=b"s"))
    assert result.replies == ()
    assert result.wake_at is not None


async def test_the_log_names_the_failure_and_never_what_was_said():
    with capture_logs() as logs:
        bot = Dispatcher(Raising(ValueError("给李娜转500块 123456")))
        await bot.take(turn(values={"code": Secret("123456")}))
    (entry,) = logs
    assert entry["event"] == "bot_failed"
    assert entry["error"] == "ValueError"
    assert "李娜" not in str(entry)
    assert "123456" not in str(entry)


async def test_an_account_may_have_a_bot_of_its_own():
    bots = Dispatcher(Raising(KeyError()), {"@mall": Echo()})
    result = await bots.take(turn(account="@mall"))
    assert result.replies == (Text("@mall"),)


def test_a_turn_does_not_print_its_secrets():
    assert "123456" not in repr(turn(values={"code": Secret("123456")}))
    assert msgspec.structs.asdict(turn())["text"]

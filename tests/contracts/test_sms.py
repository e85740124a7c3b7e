"""The file that is the demonstration's phone network, and the sender that only logs."""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path

import pytest
import structlog.testing

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_sms, open_sms_inbox
from chat_server.domain.errors import ConfigError
from chat_server.ports.notify import SmsInbox, SmsMessage, SmsSender

PHONE = "13800138000"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "demo" / "sms.jsonl"


@pytest.fixture
def sender(path: Path) -> SmsSender:
    return open_sms(f"file://{path}", clock=SystemClock())


@pytest.fixture
def inbox(path: Path) -> SmsInbox:
    return open_sms_inbox(f"file://{path}", clock=SystemClock())


async def texts(inbox: SmsInbox, phone: str | None = None, limit: int = 100) -> list[str]:
    return [message.text for message in await inbox.messages(phone, limit)]


async def test_an_inbox_without_sms_is_empty(inbox: SmsInbox) -> None:
    assert await inbox.messages(None, 10) == []


async def test_what_one_process_sends_the_other_reads_newest_last(
    sender: SmsSender, inbox: SmsInbox
) -> None:
    for number in range(5):
        await sender.send(PHONE, f"验证码\n{number}")
    await sender.send("13900139000", "other")
    assert await texts(inbox, PHONE) == [f"验证码\n{number}" for number in range(5)]
    assert await texts(inbox, PHONE, 2) == ["验证码\n3", "验证码\n4"]
    assert await texts(inbox, None, 1) == ["other"]
    assert await texts(inbox, None, 0) == []


async def test_many_senders_at_once_lose_nothing(sender: SmsSender, inbox: SmsInbox) -> None:
    await asyncio.gather(*(sender.send(PHONE, f"{n}" * 50) for n in range(100)))
    assert sorted(await texts(inbox)) == sorted(f"{n}" * 50 for n in range(100))


async def test_following_tells_what_is_sent_from_now_on(sender: SmsSender, inbox: SmsInbox) -> None:
    await sender.send(PHONE, "before")
    followed = inbox.follow()
    await sender.send(PHONE, "one")
    first = await anext(followed)
    waiting = asyncio.ensure_future(anext(followed))
    await asyncio.sleep(0.05)
    await sender.send(PHONE, "two")
    second = await asyncio.wait_for(waiting, 5)
    assert (first.text, second.text) == ("one", "two")


async def test_following_goes_on_when_the_file_was_emptied(
    sender: SmsSender, inbox: SmsInbox, path: Path
) -> None:
    await sender.send(PHONE, "a long one before")
    followed = inbox.follow()
    waiting: asyncio.Future[SmsMessage] = asyncio.ensure_future(anext(followed))
    await asyncio.sleep(0.05)
    os.truncate(path, 0)
    await asyncio.sleep(0.5)
    await sender.send(PHONE, "new")
    assert (await asyncio.wait_for(waiting, 5)).text == "new"


async def test_half_a_line_spoils_only_itself(
    sender: SmsSender, inbox: SmsInbox, path: Path
) -> None:
    await sender.send(PHONE, "one")
    with path.open("ab") as file:
        file.write(b'{"phone":"138')
    assert await texts(inbox) == ["one"]
    await sender.send(PHONE, "two")
    assert await texts(inbox) == ["one", "two"]


def test_codes_are_for_the_owner_alone(sender: SmsSender, path: Path) -> None:
    asyncio.run(sender.send(PHONE, "123456"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_the_log_learns_neither_text_nor_number() -> None:
    with structlog.testing.capture_logs() as logs:
        sender = open_sms("log://", clock=SystemClock())
        await sender.send(PHONE, "码123456")
        await sender.send("12345", "short")
    assert [one["phone"] for one in logs] == ["13*******00", "*****"]
    assert "123456" not in str(logs)


def test_an_inbox_needs_a_file() -> None:
    with pytest.raises(ConfigError, match="file://"):
        open_sms_inbox("log://", clock=SystemClock())

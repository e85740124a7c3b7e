"""What the short number is used for is one table, and nothing gets round it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import structlog.testing

from chat_server.adapters.clock import SystemClock
from chat_server.adapters.open import open_allowed_sms, open_sms_inbox
from chat_server.domain.errors import InvalidValue
from chat_server.domain.texting import SMS_RULES, SmsPurpose

ROOT = Path(__file__).parents[2]
CODE = (
    "【工商银行】您正在办理转账，金额500.00元，收款人李娜，付款账户尾号0331。"
    "动态密码123456，180秒内有效。工作人员不会索要，切勿告诉任何人。"
)


def test_every_purpose_has_its_rule() -> None:
    assert set(SMS_RULES) == set(SmsPurpose)
    assert all(rule.why.startswith("bank-services") for rule in SMS_RULES.values())
    assert not any(rule.commercial for rule in SMS_RULES.values())


async def test_a_code_is_sent_and_nothing_else(tmp_path: Path) -> None:
    url = f"file://{tmp_path}/sms.jsonl"
    sender = open_allowed_sms(url, SmsPurpose.ONE_TIME_CODE, clock=SystemClock())
    await sender.send("13800000001", CODE)
    with structlog.testing.capture_logs() as logs:
        for text in (
            "贷款额度已批，速来！",
            "动态密码123456",
            CODE + "详情 http://bank.example",
            CODE + "卡号6222020200112230335",
            CODE + "x" * 500,
            "",
        ):
            with pytest.raises(InvalidValue):
                await sender.send("13800000001", text)
    assert "123456" not in str(logs)
    inbox = open_sms_inbox(url, clock=SystemClock())
    assert [each.text for each in await inbox.messages(None, 10)] == [CODE]


def test_nothing_opens_a_sender_without_a_purpose() -> None:
    """`open_sms` and the adapters' senders are named in the adapters and nowhere else."""
    found = set()
    for package in ("chat_server", "bots", "recommender", "bank_bridge"):
        for path in (ROOT / package).rglob("*.py"):
            relative = path.relative_to(ROOT)
            if relative.parts[:2] == ("chat_server", "adapters"):
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.ImportFrom):
                    continue
                names = [alias.name for alias in node.names]
                module = node.module or ""
                if "open_sms" in names or module.startswith("chat_server.adapters.sms"):
                    found.add(str(relative))
    assert found == set()

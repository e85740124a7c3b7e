"""Funds of the demonstration, put on sale by two officers like any other, with a first value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bank_bridge.contract import BankCore
from bank_bridge.fund_contract import FundDesk, NewFund
from chat_server.demo.billers import CHECKER, MAKER
from chat_server.demo.money import parse_yuan


async def load_funds(bank: BankCore, story: Mapping[str, Any], now: datetime) -> None:
    """Each step may be repeated. A bank that sells no funds is left alone."""
    if not isinstance(bank, FundDesk):
        return
    yesterday = (now - timedelta(days=1)).date()
    for each in story["funds"]:
        new = NewFund(each["fund"], each["name"], each["risk"], parse_yuan(each["least"]))
        await bank.propose_fund(new, MAKER)
        await bank.approve_fund(new.fund, CHECKER)
        await bank.publish_nav(new.fund, yesterday, each["nav"])

"""Billers of the demonstration, admitted by two officers like any other, and their bills."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bank_bridge.contract import BankCore
from bank_bridge.product_contract import (
    BillerDesk,
    BillMode,
    NewBiller,
    NewItem,
    UploadedBill,
)
from chat_server.demo.money import parse_yuan

MAKER, CHECKER = "ops", "shenhe"


async def load_billers(bank: BankCore, story: Mapping[str, Any], now: datetime) -> None:
    """Each step may be repeated. A bank that sells no bills is left alone."""
    if not isinstance(bank, BillerDesk):
        return
    for each in story["billers"]:
        biller = each["biller"]
        papers = (f"licence-{biller}", f"person-{biller}", f"contract-{biller}", f"form-{biller}")
        await bank.propose_biller(NewBiller(biller, each["name"], *papers), MAKER)
        await bank.approve_biller(biller, CHECKER)
    for each in story["items"]:
        fields = {key: value for key, value in each.items() if key not in ("bills", "mode")}
        new = NewItem(mode=BillMode(each.get("mode", "bill")), **fields)
        await bank.propose_item(new, MAKER)
        await bank.approve_item(new.item, CHECKER)
        bills = [
            UploadedBill(
                number=bill["number"],
                period=bill["period"],
                owner=bill["owner"],
                amount=parse_yuan(bill["amount"]),
                due=(now + timedelta(days=bill["due_in_days"])).date(),
            )
            for bill in each.get("bills", ())
        ]
        await bank.upload_bills(new.item, bills)

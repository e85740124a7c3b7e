"""The bank as its staff sees it over HTTP, on a real core."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from prometheus_client import CollectorRegistry, generate_latest

from bank_bridge.contract import BankCore, BankError, Money
from bank_bridge.open import Rules, open_bank
from chat_server.transport.bank_metrics import BankDayMetrics
from chat_server.transport.http.app import build_http
from chat_server.usecases.banking.day_ends import LOOK_S, BankDays
from tests.front_desk import FrontDesk, wide_reception

URL = "http://127.0.0.1:8080"


async def no_sms(phone: str, text: str) -> None:
    """Nobody is texted here."""


@pytest.fixture
async def bank(tmp_path: Path, desk: FrontDesk) -> AsyncIterator[BankCore]:
    ids = itertools.count(1)
    async with open_bank(
        f"embedded://{tmp_path}/bank.db",
        now=desk.clock.now,
        new_id=lambda: f"id-{next(ids):06d}",
        send_sms=no_sms,
        rules=Rules(code_hash_memory_kib=8),
    ) as core:
        await core.enrol("zhangwei", "张伟", "13800000000")
        await core.open_account("zhangwei", Money(10_000_00), "open")
        yield core


@pytest.fixture
def days(bank: BankCore, desk: FrontDesk) -> BankDays:
    return BankDays(bank, desk.clock)


def client(desk: FrontDesk, days: BankDays, token: str) -> httpx2.AsyncClient:
    app = build_http(
        dataclasses.replace(desk.cases, bank_days=days),
        checks={},
        registry=CollectorRegistry(),
        web_dist=Path("none"),
        allowed_origins=[],
        reception=wide_reception(desk.clock),
    )
    headers = {"authorization": f"Bearer {token}"}
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app), base_url=URL, headers=headers
    )


async def test_an_operator_sees_how_the_banks_days_were_closed(
    desk: FrontDesk, days: BankDays
) -> None:
    desk.clock.move(2 * 86_400)
    assert await days.look() == LOOK_S
    grant = await desk.log_in("ops")
    async with client(desk, days, grant.access_token) as http:
        answer = await http.get("/v1/staff/bank/days")
    told = answer.json()
    assert told["closes_here"]
    assert len(told["items"]) >= 2
    assert all(len(item["head"]) == 64 for item in told["items"])
    assert told["items"][0]["steps"][-1]["step"] == "draw_statements"
    registry = CollectorRegistry()
    registry.register(BankDayMetrics(lambda: days.latest, lambda: days.failures))
    page = generate_latest(registry).decode()
    assert "elian_bank_dates_being_closed 0.0" in page
    newest = datetime.fromisoformat(told["items"][0]["day"]).replace(tzinfo=UTC).timestamp()
    line = next(x for x in page.splitlines() if x.startswith("elian_bank_closed_date_seconds "))
    assert float(line.rpartition(" ")[2]) == newest


async def test_customers_see_nothing_of_it_and_a_bank_that_tells_nothing_is_not_there(
    desk: FrontDesk, days: BankDays
) -> None:
    customer, operator = await desk.log_in("zhangwei"), await desk.log_in("ops")
    async with client(desk, days, customer.access_token) as http:
        assert (await http.get("/v1/staff/bank/days")).status_code == 403
    silent = BankDays(object(), desk.clock)
    async with client(desk, silent, operator.access_token) as http:
        assert (await http.get("/v1/staff/bank/days")).status_code == 404
    await silent.run()  # nothing to look at: over at once


class Unbalanced:
    """A bank whose figures of a date are not right."""

    async def run_day_end(self) -> int:
        raise BankError("2026-03-02: CNY is out of balance by 1")

    async def business_days(self, limit: int) -> list[object]:
        return []


async def test_a_day_end_that_fails_is_counted(desk: FrontDesk) -> None:
    days = BankDays(Unbalanced(), desk.clock)
    assert await days.look() > LOOK_S  # a person has to look first
    assert days.failures == 1

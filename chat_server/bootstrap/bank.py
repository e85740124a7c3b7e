"""The embedded core on a port of its own: what `elian bank serve` opens, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette

from bank_bridge.open import (
    Certificate,
    LineRoom,
    Rules,
    certify_gateway,
    gateway_tls,
    open_bank,
    open_gateway,
)
from chat_server.adapters.clock import SystemClock, new_uuid7
from chat_server.adapters.open import open_allowed_sms
from chat_server.domain.texting import SmsPurpose
from chat_server.settings import Settings
from chat_server.usecases.banking.chores import BankChores
from chat_server.usecases.banking.day_ends import BankDays

__all__ = ["Certificate", "certified", "gateway_tls", "open_bank_gateway"]


@asynccontextmanager
async def open_bank_gateway(settings: Settings) -> AsyncIterator[Starlette]:
    """The bank of the data folder, wherever the house of these settings finds its own."""
    clock = SystemClock()
    url = settings.bank_url
    if not url.startswith("embedded://"):
        url = f"embedded://{settings.data}/bank.db"
    sms = open_allowed_sms(settings.sms_url, SmsPurpose.ONE_TIME_CODE, clock=clock)
    rules = Rules(
        day_end=settings.bank_day_end, code_life_s=settings.sms_code_s, site=settings.public_url
    )
    async with (
        open_bank(url, now=clock.now, new_id=new_uuid7, send_sms=sms.send, rules=rules) as bank,
        open_gateway(
            bank,
            keys=settings.bank_keys,
            requests=settings.data / "bank-line.db",
            now=clock.now,
        ) as app,
    ):
        work = {
            asyncio.create_task(BankChores(bank, clock).run()),
            asyncio.create_task(BankDays(bank, clock).run()),
        }
        try:
            yield app
        finally:
            for task in work:
                task.cancel()
            await asyncio.wait(work)


async def certified(
    settings: Settings,
    url: str,
    *,
    sms: Path,
    only: Sequence[str],
    restart: Callable[[], Awaitable[None]] | None,
) -> Certificate:
    """Whether the gateway at the URL may go live, with the keys of these settings."""
    clock = SystemClock()
    return await certify_gateway(
        url,
        line=LineRoom(settings.bank_keys, clock.sleep),
        sms=sms,
        only=only,
        restart=restart,
        now=clock.now,
        new_id=new_uuid7,
    )

"""A bank behind its gateway with trouble on the way: replies lost, requests lost, answers late."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bank_bridge.gateways.http.client import HttpBank, open_http_bank
from bank_bridge.gateways.http.keys import make_keys
from bank_bridge.gateways.http.line import LineTimes
from bank_bridge.open import open_bank, open_gateway
from tests.contracts.bank_samples import QUICK_HASH, Clock, Inbox, Teller
from tests.contracts.served_bank import served

QUICK = LineTimes(connect=2, read=2, answer=20, inquiries=(0, 0, 0))  # also on a busy machine


async def no_wait(_: float) -> None:
    await asyncio.sleep(0)


@dataclass
class Trouble:
    """Stands between the socket and the gateway. Each word is used up by one request."""

    app: ASGIApp
    words: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)  # paths that reached the gateway
    every: str = ""  # what goes wrong with every request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        word = self.every or (self.words.pop(0) if self.words else "")
        if word == "lose the request":
            raise ConnectionError(word)
        self.seen.append(scope["path"])
        if word == "lose the reply":
            await self.app(scope, receive, _nowhere)
            raise ConnectionError(word)
        if word == "answer late":
            await self.app(scope, receive, _nowhere)
            await asyncio.sleep(QUICK.read + 0.5)
            raise ConnectionError(word)
        await self.app(scope, receive, _changed(send) if word == "change the reply" else send)


async def _nowhere(_: Message) -> None:
    """What is sent here reaches nobody."""


def _changed(send: Send) -> Send:
    async def change(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": message["body"].replace(b"50000", b"50001")}
        await send(message)

    return change


@dataclass
class TroubledBank:
    teller: Teller
    trouble: Trouble
    bank: HttpBank
    url: str
    keys: Path
    clock: Clock


@asynccontextmanager
async def troubled(folder: Path, times: LineTimes = QUICK) -> AsyncIterator[TroubledBank]:
    clock, inbox, keys = Clock(), Inbox(), folder / "keys"
    make_keys(keys)
    async with AsyncExitStack() as stack:
        core = await stack.enter_async_context(
            open_bank(
                f"embedded://{folder}/bank.db",
                now=clock,
                new_id=lambda: uuid.uuid4().hex,
                send_sms=inbox,
                rules=QUICK_HASH,
            )
        )
        app = await stack.enter_async_context(
            open_gateway(core, keys=keys, requests=folder / "line.db", now=clock)
        )
        trouble = Trouble(app)
        url = await stack.enter_async_context(served(trouble))
        bank = await stack.enter_async_context(
            open_http_bank(
                url,
                keys=keys,
                now=clock,
                new_id=lambda: uuid.uuid4().hex,
                sleep=no_wait,
                times=times,
            )
        )
        teller = await Teller(bank, inbox).open_doors()
        trouble.seen.clear()
        yield TroubledBank(teller, trouble, bank, url, keys, clock)

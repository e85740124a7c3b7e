"""A customer of story 3 at one device, who pays by a sentence and goes on after every surprise."""

from __future__ import annotations

import asyncio
import json
import re
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from chat_server.client.client import Client
from chat_server.client.faults import Refused
from chat_server.wire import frames

UNDECIDED = {"open", "submitted"}  # every other state of a card is final
CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
LATER = "请稍后再试"
ANSWER_S = 80.0  # a MongoDB keeps what a killed transaction wrote locked for a minute
SMS_S = 3.0

Moment = Callable[[str], Awaitable[None]]  # called as each moment is reached


def service_of(user: str) -> str:
    return f"s:@service:{user}"


class Customer:
    """`screen` is what it was told; `codes` are the codes that were typed."""

    def __init__(self, client: Client, url: str, phone: str, payee: str) -> None:
        self.client, self.conv = client, service_of(client.user)
        self._url, self._phone, self._payee = url, phone, payee
        self.screen: list[tuple[int, dict[str, Any]]] = []  # seq and body
        self.codes: set[str] = set()
        self._pressed: set[str] = set()
        self._heard = asyncio.Event()

    async def listen(self) -> None:
        async for event in self.client.events():
            if event.conv == self.conv:
                body = json.loads(bytes(event.body))
                self.screen.append((event.seq, body))
                if body["type"] == "card_state" and body["state"] == "open":
                    self._pressed.discard(body["card_id"])
                self._heard.set()

    async def transfer(self, amount: str, reached: Moment) -> bool:
        """Whether there was a receipt at the end of it."""
        begin = await self._say(amount, reached)
        while True:
            card_id, seq = await self._question(begin)
            kind = card_id.partition(":")[0]
            if kind == LATER:
                begin = await self._say(amount, reached)
                continue
            if kind == "receipt":
                await reached("receipt seen")
                return True
            code = await self._code(amount) if kind == "code" else ""
            if kind == "code" and not code:  # it died on its way to the phone
                await self._press(card_id, seq, "cancel", {}, reached)
                return False
            action = "code.submit" if code else "confirm"
            await self._press(card_id, seq, action, {"code": code} if code else {}, reached)

    async def _say(self, amount: str, reached: Moment) -> int:
        sentence = self.client.send(self.conv, f"给{self._payee}转{amount}元")
        return (await self._during("sentence", sentence, reached)).seq

    async def _press(
        self, card_id: str, seq: int, action: str, values: dict[str, str], reached: Moment
    ) -> None:
        self._pressed.add(card_id)
        try:
            await self._during(action, self.client.submit(self.conv, seq, action, values), reached)
        except Refused as exc:  # it was answered or replaced while we pressed
            if exc.code != "card_not_open":
                raise

    async def _during(
        self, name: str, asking: Coroutine[Any, Any, frames.Ack], reached: Moment
    ) -> frames.Ack:
        asked = asyncio.create_task(asking)
        await asyncio.sleep(0)
        await reached(f"{name} sent")
        ack = await asked
        await reached(f"{name} acked")
        return ack

    async def _question(self, begin: int) -> tuple[str, int]:
        """The receipt, or else the newest card that may be answered.

        LATER, if one is asked to come back: the bank was away before there was a card.
        """
        async with asyncio.timeout(ANSWER_S):
            while True:
                self._heard.clear()
                for card_id, seq in reversed(self._open_cards(begin)):
                    return card_id, seq
                for seq, body in self.screen:
                    if seq > begin and body["type"] == "text" and LATER in body["text"]:
                        return LATER, seq
                await self._heard.wait()

    def _open_cards(self, begin: int) -> list[tuple[str, int]]:
        cards: dict[str, int] = {}
        for seq, body in self.screen:
            if body["type"] == "card" and seq > begin:
                cards[body["card_id"]] = seq
            elif body["type"] == "card_state" and body["state"] not in UNDECIDED:
                cards.pop(body["card_id"], None)
        receipts = [item for item in cards.items() if item[0].startswith("receipt:")]
        return receipts or [item for item in cards.items() if item[0] not in self._pressed]

    async def _code(self, amount: str) -> str:
        """The newest code that was sent for this amount; empty if none comes."""
        give_up = asyncio.get_running_loop().time() + SMS_S
        while asyncio.get_running_loop().time() < give_up:
            for text in reversed(await asyncio.to_thread(self._texts)):
                if f"金额{amount}元" in text:
                    code: str = CODE.findall(text)[-1]
                    self.codes.add(code)
                    return code
            await asyncio.sleep(0.1)
        return ""

    def _texts(self) -> list[str]:
        query = urllib.parse.urlencode({"phone": self._phone})
        with urllib.request.urlopen(f"{self._url}/demo/phone/messages?{query}") as answer:
            return [message["text"] for message in json.load(answer)]


@asynccontextmanager
async def customer(
    url: str, user: str, phone: str, payee: str, folder: Path
) -> AsyncIterator[Customer]:
    """Logged in, with a journal in the folder."""
    journal = folder / f"{user}.jsonl"
    opened = Client(url, user, f"demo-{user}", "phone", from_start=True, journal=journal)
    async with opened:
        one = Customer(opened, url, phone, payee)
        listening = asyncio.create_task(one.listen())
        yield one
        listening.cancel()

"""Customers and staff at a served house's desk: sockets through the client, the rest over HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

import httpx2

from chat_server.client.client import Client

CASES = "/v1/desks/main/cases"
PATIENCE_S = 30.0


class Desk:
    """Somebody logged in over HTTP; `code` is what the server refused with, if it did."""

    def __init__(self, http: httpx2.AsyncClient, user: str) -> None:
        self.http, self.user = http, user

    async def ask(self, method: str, path: str, status: int = 200, body: object = None) -> Any:
        answer = await self.http.request(method, path, json=body)
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    async def get(self, path: str, status: int = 200) -> Any:
        return await self.ask("GET", path, status)

    async def post(self, path: str, body: object = None, status: int = 200) -> Any:
        return await self.ask("POST", path, status, {} if body is None else body)

    async def put(self, path: str, body: object, status: int = 200) -> Any:
        return await self.ask("PUT", path, status, body)

    async def refused(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        answer = await self.http.request(method, path, json=body)
        return answer.status_code, answer.json().get("code", "")

    async def say(self, status: str) -> Self:
        await self.put("/v1/desk/status", {"status": status})
        return self

    async def waiting(self, customer: str) -> str:
        """The id of that customer's waiting case, as soon as it is there."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for case in await self.get(f"{CASES}?state=waiting"):
                    if case["customer"] == customer:
                        return str(case["case"])
                await asyncio.sleep(0.05)


@asynccontextmanager
async def at_desk(url: str, user: str, device: str = "desk") -> AsyncIterator[Desk]:
    async with httpx2.AsyncClient(base_url=url, timeout=PATIENCE_S) as http:
        login = {"user": user, "password": f"demo-{user}", "device": device}
        tokens = (await http.post("/v1/login", json=login)).json()
        http.headers["authorization"] = f"Bearer {tokens['access_token']}"
        yield Desk(http, user)


class Phone:
    """Somebody's device; `heard` is every event, with its body."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.heard: list[tuple[str, int, str, dict[str, Any]]] = []  # conv, seq, from, body
        self._news = asyncio.Event()

    async def listen(self) -> None:
        async for event in self.client.events():
            body = json.loads(bytes(event.body))
            self.heard.append((event.conv, event.seq, event.from_, body))
            self._news.set()

    async def until(self, wanted: Callable[[dict[str, Any]], bool]) -> tuple[int, dict[str, Any]]:
        """The first event whose body is wanted, now or when it comes."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for _conv, seq, _, body in self.heard:
                    if wanted(body):
                        return seq, body
                self._news.clear()
                await self._news.wait()

    async def state(self, state: str) -> dict[str, Any]:
        _, body = await self.until(lambda b: b["type"] == "assign" and b["state"] == state)
        return body

    async def text(self, text: str) -> int:
        seq, _ = await self.until(lambda b: b["type"] == "text" and b["text"] == text)
        return seq


@asynccontextmanager
async def phone(url: str, user: str, device: str = "phone") -> AsyncIterator[Phone]:
    client = Client(url, user, f"demo-{user}", device)
    found = Phone(client)
    listening = asyncio.create_task(found.listen())
    try:
        async with client:
            yield found
    finally:
        listening.cancel()

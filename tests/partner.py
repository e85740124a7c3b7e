"""A partner: a public account of a served house, a backend on this machine, and a customer."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from chat_server.client.client import Client
from tests.house import ServedHouse, copy_of


@pytest.fixture(scope="session")
def house(loaded_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHouse]:
    """One for all tests with partners: each has an account of its own."""
    served = ServedHouse(copy_of(loaded_data, tmp_path_factory.mktemp("partners") / "data"))
    served.start()
    yield served
    served.stop()


@dataclass
class Asked:
    """One request to the backend."""

    method: str
    query: dict[str, str]
    body: str


Answer = Callable[[Asked], Awaitable[web.Response]]


async def success(asked: Asked) -> web.Response:
    return web.Response(text="success")


@dataclass
class Backend:
    """Answers the echo, and every post as a test tells it to."""

    url: str = ""
    answer: Answer = success
    verifies: bool = True
    asked: asyncio.Queue[Asked] = field(default_factory=asyncio.Queue)
    echoes: int = 0

    async def serve(self, request: web.Request) -> web.Response:
        asked = Asked(request.method, dict(request.query), await request.text())
        if request.method == "GET":
            self.echoes += 1
            return web.Response(text=request.query["echostr"] if self.verifies else "no")
        self.asked.put_nowait(asked)
        return await self.answer(asked)

    async def next(self, within_s: float = 20.0) -> Asked:
        return await asyncio.wait_for(self.asked.get(), within_s)


@asynccontextmanager
async def backend() -> AsyncIterator[Backend]:
    opened = Backend()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", opened.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        opened.url = f"http://{host}:{port}/wechat?partner=1"
        yield opened
    finally:
        await runner.cleanup()


@dataclass(frozen=True)
class Account:
    """What `elian account create` printed."""

    house: ServedHouse
    appid: str
    appsecret: str
    token: str
    aes_key: str
    account: str

    def service(self, customer: str) -> str:
        return f"s:{self.account}:{customer}"


async def created(
    house: ServedHouse, name: str, callback: str = "", mode: str = "plain"
) -> Account:
    options = ["--callback", callback] if callback else []
    arguments = ("account", "create", name, *options, "--mode", mode, "--json")
    said = await asyncio.to_thread(house.elian, *arguments)
    return Account(house, **json.loads(said))


@dataclass
class Customer:
    """At a phone, following the account."""

    client: Client
    account: Account
    token: str

    @property
    def conv(self) -> str:
        return self.account.service(self.client.user)

    async def say(self, text: str) -> None:
        await self.client.send(self.conv, text)

    async def hears(self, *, within_s: float = 20.0) -> dict[str, Any]:
        """The next message of the account in the service conversation, as its body."""
        async with asyncio.timeout(within_s):
            async for event in self.client.events():
                if event.from_ == self.account.account:
                    return dict(json.loads(bytes(event.body)), conv=event.conv)
        raise AssertionError("the client ended")

    async def unfollow(self) -> None:
        await asyncio.to_thread(self.ask, "DELETE")

    async def follow(self) -> None:
        await asyncio.to_thread(self.ask, "POST")

    def ask(self, method: str, path: str = "", body: object = None) -> Any:
        place = path or f"/v1/accounts/{self.account.account}/follow"
        request = urllib.request.Request(
            f"{self.account.house.url}{place}",
            None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"authorization": f"Bearer {self.token}"},
        )
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"null")


@asynccontextmanager
async def customer(account: Account, user: str = "zhangwei") -> AsyncIterator[Customer]:
    token = await asyncio.to_thread(access_token, account.house, user)
    async with Client(account.house.url, user, f"demo-{user}", "phone") as client:
        one = Customer(client, account, token)
        await one.follow()
        yield one


def access_token(house: ServedHouse, user: str) -> str:
    said = {"user": user, "password": f"demo-{user}", "device": "browser"}
    request = urllib.request.Request(
        f"{house.url}/v1/login",
        json.dumps(said).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        token: str = json.loads(answer.read())["access_token"]
        return token


def call(account: Account, path: str, token: str = "", body: object = None) -> dict[str, Any]:
    """The API, without any library: what it answers as JSON, always with status 200."""
    joined = "&" if "?" in path else "?"
    url = f"{account.house.url}{path}{joined}access_token={token}" if token else path
    url = url if url.startswith("http") else f"{account.house.url}{url}"
    content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    with urllib.request.urlopen(urllib.request.Request(url, content)) as answer:
        assert answer.status == 200
        found: dict[str, Any] = json.loads(answer.read())
        return found


def new_token(account: Account) -> str:
    asked = f"grant_type=client_credential&appid={account.appid}&secret={account.appsecret}"
    return str(call(account, f"/cgi-bin/token?{asked}")["access_token"])

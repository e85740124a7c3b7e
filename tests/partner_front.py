"""The open platform over a memory store, in this process: partners call it, customers do things."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import msgspec
import pytest
from starlette.applications import Starlette

from chat_server.adapters.callbacks.line import open_line
from chat_server.adapters.pictures.codes import draw_code
from chat_server.domain.bodies import Body, Text
from chat_server.domain.ids import service_conversation
from chat_server.domain.message import Draft, Event, EventKind
from chat_server.platform.apps import Mode
from chat_server.platform.callbacks.records import Callback, waiting
from chat_server.platform.limits import OPEN, Limits
from chat_server.platform.open import Ground, OpenPlatform, open_platform
from chat_server.platform.registry import Apps, CreateAccount, Created
from chat_server.ports.callbacks import CallbackLine
from chat_server.usecases.messaging.send import body_hasher
from tests.front_desk import KEY, FrontDesk, desk

__all__ = ["desk", "front"]

HERE = "http://house.test"


class PartnerFront:
    """`call` is a partner's request, `settle` what the relays do; callbacks wait, undelivered."""

    def __init__(
        self, desk: FrontDesk, line: CallbackLine, limits: Limits = OPEN, node: str = "node"
    ) -> None:
        self.desk, self.store, self.clock, self.line = desk, desk.store, desk.clock, line
        self.node = node
        self.platform: OpenPlatform = open_platform(
            Ground(
                store=desk.store,
                bus=desk.bus,
                blobs=desk.blobs,
                uploads=desk.cases.uploads,
                desk=desk.assist,
                line=line,
                clock=desk.clock,
                hash_body=body_hasher(KEY),
                new_id=lambda: node,
                work=desk.cases.account_work,
                draw_code=draw_code,
                authenticate=desk.cases.authenticate,
                log_in=desk.cases.log_in,
                loopback=True,
            ),
            key=KEY,
            limits=limits,
            base_url=HERE,
        )
        app = Starlette(routes=self.platform.routes)
        self._http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=HERE)
        self._mids = self._heard = self._facts = 0
        self.account = self.token = ""
        self.created: Created

    async def open(self, callback: str = "http://127.0.0.1:9/wechat") -> None:
        apps = Apps(self.store.shelf, self.clock)
        create = CreateAccount(apps, self.store.accounts, self.desk.register, self.line)
        self.created = await create("shop", callback=callback, mode=Mode.PLAIN, actor="test")
        self.account = self.created.account
        await self.log_in()

    async def log_in(self) -> None:
        """A token that is good from now on."""
        granted = await self.call(
            f"/cgi-bin/token?grant_type=client_credential&appid={self.created.appid}"
            f"&secret={self.created.appsecret}",
            token="",
        )
        self.token = granted["access_token"]

    async def call(
        self, path: str, body: object = None, *, token: str | None = None, **files: Any
    ) -> dict[str, Any]:
        """As client libraries do: JSON without a content type, the token in the query."""
        named = self.token if token is None else token
        url = f"{path}{'&' if '?' in path else '?'}access_token={named}" if named else path
        if files:
            answer = await self._http.post(url, files=files)
        elif body is None:
            answer = await self._http.get(url)
        else:
            content = json.dumps(body, ensure_ascii=False).encode()
            answer = await self._http.post(url, content=content)
        assert answer.status_code == 200
        found: dict[str, Any] = answer.json()
        return found

    async def follow(self, customer: str = "zhangwei") -> str:
        """Their openid."""
        await self.desk.cases.accounts.follow(customer, self.account)
        await self.settle()
        page = await self.call("/cgi-bin/user/get")
        for openid in page["data"]["openid"]:
            info = await self.call(f"/cgi-bin/user/info?openid={openid}")
            if info["nickname"] == {"zhangwei": "张伟", "lina": "李娜"}[customer]:
                return str(openid)
        raise AssertionError(customer)

    async def say(self, body: str | Body, *, sender: str = "", customer: str = "zhangwei") -> Event:
        self._mids += 1
        stored = msgspec.json.encode(Text(body) if isinstance(body, str) else body)
        draft = Draft(
            service_conversation(self.account, customer),
            sender or customer,
            f"{self.node}-{self._mids}",
            EventKind.MESSAGE,
            stored,
            stored[:32],
            self.clock.now_ms(),
        )
        appended = await self.store.messages.append(draft)
        await self.settle()
        return appended.event

    async def settle(self) -> None:
        for change in await self.store.changes.changes(self._heard, 1000):
            await self.platform.on_said(change)
            await self.desk.assist.hear.on_change(change)
            self._heard = change.position
        for fact in await self.store.audit.facts(after=self._facts, limit=1000):
            await self.desk.cases.account_work.notices.on_change(fact)
            await self.platform.on_fact(fact)
            self._facts = fact.position

    async def callbacks(self) -> list[Callback]:
        await self.settle()
        page = await waiting(self.store.shelf, self.clock).page(self.account, limit=500)
        return [callback for _, callback in page]

    async def events(self, *names: str) -> list[dict[str, Any]]:
        """The fields of these events, in order."""
        found = await self.callbacks()
        return [{"Event": one.event, **one.fields} for one in found if one.event in names]

    async def close(self) -> None:
        await self._http.aclose()


@pytest.fixture
async def front(desk: FrontDesk) -> AsyncIterator[PartnerFront]:
    async with open_line((), (), loopback=True) as line:
        opened = PartnerFront(desk, line)
        await opened.open()
        yield opened
        await opened.close()

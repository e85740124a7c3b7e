from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx2
import pytest
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette

from chat_server.transport.http.app import build_http
from tests.front_desk import FrontDesk, desk, wide_reception

__all__ = ["desk"]

URL = "http://127.0.0.1:8080"


@pytest.fixture
def web_dist(tmp_path: Path) -> Path:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<title>customer</title>")
    (dist / "console.html").write_text("<title>staff</title>")
    (dist / "assets" / "app-1a2b.js").write_text("1")
    (dist / "favicon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("not for the street")
    return dist


@pytest.fixture
def app(desk: FrontDesk, web_dist: Path) -> Starlette:
    return build_http(
        desk.cases,
        checks={"store": desk.store.ping, "bus": desk.bus.ping},
        registry=CollectorRegistry(),
        web_dist=web_dist,
        allowed_origins=["https://partner.example"],
        reception=wide_reception(desk.clock),
    )


@pytest.fixture
async def http(app: Starlette) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url=URL) as client:
        yield client


@pytest.fixture
def as_user(app: Starlette, desk: FrontDesk) -> Callable[..., object]:
    """A logged-in client: `async with await as_user("zhangwei") as http`."""

    async def logged_in(user: str, device: str = "phone") -> httpx2.AsyncClient:
        grant = await desk.log_in(user, device)
        return httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app),
            base_url=URL,
            headers={"authorization": f"Bearer {grant.access_token}"},
        )

    return logged_in

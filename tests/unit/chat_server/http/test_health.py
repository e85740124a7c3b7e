from __future__ import annotations

import asyncio

import httpx2
import pytest
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette

from chat_server.domain.errors import StoreUnavailable
from chat_server.transport import health
from chat_server.transport.health import readiness


async def fine() -> None:
    """This part works."""


async def away() -> None:
    raise StoreUnavailable


async def test_ready_when_every_part_answers(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "failing": {}})


async def test_the_failing_part_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async def stuck() -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(health, "_LIMIT_S", 0.01)
    state = await readiness({"store": away, "bus": fine, "bank": stuck})
    assert not state.ready
    assert state.failing == {"store": "StoreUnavailable", "bank": "TimeoutError"}
    app = Starlette(routes=health.health_routes({"store": away}, CollectorRegistry()))
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        assert (await http.get("/readyz")).status_code == 503
        assert (await http.get("/healthz")).text == "ok\n"  # alive all the same


async def test_requests_are_counted_by_template(http: httpx2.AsyncClient) -> None:
    await http.get("/v1/accounts/@service")
    await http.get("/v1/accounts/@other")
    await http.get("/nothing/at/all")
    await http.request("BREW", "/v1/me")
    text = (await http.get("/metrics")).text
    assert (
        'elian_http_requests_total{method="GET",route="/v1/accounts/{account}",status="401"} 2.0'
        in text
    )
    assert "@service" not in text
    assert "/nothing" not in text
    assert 'method="other"' in text
    assert "elian_http_request_seconds_bucket" in text

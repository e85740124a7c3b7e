"""What every request meets before a use case does, and what every answer carries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette

from chat_server.domain.errors import StoreUnavailable
from chat_server.transport.http.app import build_http
from chat_server.transport.http.routes.table import ROUTES
from tests.front_desk import FrontDesk, wide_reception
from tests.unit.chat_server.http.conftest import URL

AsUser = Callable[..., Awaitable[httpx2.AsyncClient]]
LOGIN = {"user": "zhangwei", "password": "demo-zhangwei", "device": "phone"}


def path_of(path: str) -> str:
    return path.replace("{index}", "0").replace("{", "").replace("}", "")


@pytest.mark.parametrize("route", [route for route in ROUTES if route.roles], ids=lambda r: r.path)
async def test_nothing_is_given_without_a_token(http: httpx2.AsyncClient, route: object) -> None:
    for header in ({}, {"authorization": "Bearer nonsense"}, {"authorization": "Basic eDp5"}):
        answer = await http.request(route.method, path_of(route.path), headers=header)  # type: ignore[attr-defined]
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize("route", [route for route in ROUTES if route.roles], ids=lambda r: r.path)
async def test_each_route_keeps_out_all_but_its_roles(
    as_user: AsUser, route: object, desk: FrontDesk
) -> None:
    for user in ("zhangwei", "wangfang", "ops", "shenhe", "admin"):
        async with await as_user(user) as http:
            role = (await http.get("/v1/me")).json()["role"]
            answer = await http.request(route.method, path_of(route.path))  # type: ignore[attr-defined]
            assert (answer.status_code == 403) is (role not in route.roles)  # type: ignore[attr-defined]


async def test_an_expired_token_is_told_so(as_user: AsUser, desk: FrontDesk) -> None:
    async with await as_user("zhangwei") as http:
        desk.clock.move(1000)
        assert (await http.get("/v1/me")).json()["code"] == "not_authenticated"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed"),
        (b"{", 400, "malformed"),
        (b"\xff\xfe", 400, "malformed"),
        (b'{"user":"\\ud800"}', 400, "malformed"),
        (b"[]", 400, "invalid_value"),
        (b"{}", 400, "invalid_value"),
        (b'{"user":"a","password":"b","device":1}', 400, "invalid_value"),
        (b'{"user":"a","password":"b","device":"c","admin":true}', 400, "invalid_value"),
        (b'{"user":"' + b"a" * 65 + b'","password":"b","device":"c"}', 400, "invalid_value"),
        (b"[" * 100_000, 400, "invalid_value"),
        (b" " * (1024 * 1024 + 1), 413, "too_long"),
    ],
)
async def test_bad_bodies_get_a_word_of_the_table(
    http: httpx2.AsyncClient, body: bytes, status: int, code: str
) -> None:
    answer = await http.post("/v1/login", content=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"code", "message", "retry_after"}


@settings(
    deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=200))
async def test_no_body_makes_the_server_fail(app: Starlette, body: bytes) -> None:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url=URL) as http:
        assert (await http.post("/v1/refresh", content=body)).status_code in {400, 401}


@settings(
    deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
async def test_no_path_makes_the_server_fail(app: Starlette, tail: str) -> None:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url=URL) as http:
        for start in ("/", "/v1/", "/assets/", "/docs/"):
            path = "".join(f"%{byte:02x}" for byte in tail.encode())
            assert (await http.get(start + path)).status_code in {200, 307, 401, 404}


async def test_unknown_paths_and_methods_are_told_as_errors(http: httpx2.AsyncClient) -> None:
    missing = await http.get("/v1/nothing")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    wrong = await http.get("/v1/login")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
    assert wrong.json()["code"] == "malformed"


async def test_a_store_that_is_away_is_a_503(desk: FrontDesk, http: httpx2.AsyncClient) -> None:
    async def away(user: str) -> None:
        raise StoreUnavailable

    desk.store.people.person = away  # type: ignore[method-assign, assignment]
    answer = await http.post("/v1/login", json=LOGIN)
    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")


async def test_what_was_not_meant_tells_nothing_of_the_inside(
    desk: FrontDesk, http: httpx2.AsyncClient
) -> None:
    async def broken(user: str) -> None:
        raise RuntimeError("select * from secrets")

    desk.store.people.person = broken  # type: ignore[method-assign, assignment]
    answer = await http.post("/v1/login", json=LOGIN)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secrets" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (URL, 200),
        ("https://partner.example", 200),
        ("https://evil.example", 403),
        ("null", 403),
        (f"{URL}.evil.example", 403),
    ],
)
async def test_pages_of_other_origins_are_refused(
    http: httpx2.AsyncClient, origin: str, status: int
) -> None:
    answer = await http.post("/v1/login", json=LOGIN, headers={"origin": origin})
    assert answer.status_code == status
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/console", "/v1/me", "/nothing", "/healthz", "/docs"])
async def test_every_answer_carries_the_guarding_headers(
    http: httpx2.AsyncClient, path: str
) -> None:
    headers = (await http.get(path)).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


async def test_the_web_app_is_served_with_its_caching(http: httpx2.AsyncClient) -> None:
    assert "customer" in (await http.get("/")).text
    assert "staff" in (await http.get("/console")).text
    assert (await http.get("/")).headers["cache-control"] == "no-cache"
    asset = await http.get("/assets/app-1a2b.js")
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await http.get("/favicon.svg")).status_code == 200


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/assets/none.js"]
)
async def test_nothing_beside_the_web_app_is_served(http: httpx2.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.status_code == 404
    assert "street" not in answer.text


async def test_an_unbuilt_web_app_says_what_to_do(desk: FrontDesk, tmp_path: Path) -> None:
    app = build_http(
        desk.cases,
        checks={},
        registry=CollectorRegistry(),
        web_dist=tmp_path / "none",
        reception=wide_reception(desk.clock),
    )
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url=URL) as http:
        page = await http.get("/")
        assert page.status_code == 503
        assert "make setup" in page.text
        assert (await http.get("/assets/app.js")).status_code == 404
        assert (await http.get("/favicon.svg")).status_code == 404


async def test_outside_demonstration_mode_there_is_no_phone(
    desk: FrontDesk, web_dist: Path
) -> None:
    app = build_http(
        replace(desk.cases, sms_inbox=None),
        checks={},
        registry=CollectorRegistry(),
        web_dist=web_dist,
        reception=wide_reception(desk.clock),
    )
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url=URL) as http:
        for path in ("/demo/phone", "/demo/phone/messages"):
            assert (await http.get(path)).status_code == 404

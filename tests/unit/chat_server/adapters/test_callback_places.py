"""Where a callback may go: the URL is a partner's word."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from typing import Any

import pytest
from aiohttp import web

from chat_server.adapters.callbacks.line import MAX_ANSWER, open_line
from chat_server.adapters.callbacks.places import Places, PlacesResolver
from chat_server.domain.errors import InvalidValue
from chat_server.ports.callbacks import Unanswered

NAMED = Places(["shop.example.com", "*.partner.example", "odd.example:8443"], [], loopback=False)


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example.com/wechat",
        "http://shop.example.com:80/",
        "https://a.b.partner.example/",
        "https://odd.example:8443/x?y=1",
    ],
)
def test_a_named_host_may_be_called(url: str) -> None:
    NAMED.check(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://shop.example.com/",
        "https://",
        "https://other.example/",
        "https://partner.example/",
        "https://shop.example.com.evil.example/",
        "https://shop.example.com@evil.example/",
        "https://user:word@shop.example.com/",
        "https://shop.example.com:22/",
        "https://odd.example/",
        "https://shop.example.com/#x",
        "https://shop.example.com/ x",
        "https://[::1/",
        "http://127.0.0.1/",
        "http://localhost:5000/",
        "http://169.254.169.254/latest/meta-data",
        "https://shop.example.com/" + "x" * 1024,
    ],
)
def test_any_other_may_not(url: str) -> None:
    with pytest.raises(InvalidValue, match="callback"):
        NAMED.check(url)


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "192.168.1.1", "169.254.169.254", "::1", "fc00::1", "::ffff:10.0.0.1"],
)
def test_an_address_inside_is_refused_though_every_host_is_named(address: str) -> None:
    places = Places(["*"], [], loopback=False)
    assert not places.allowed(ip_address(address))
    shown = f"[{address}]" if ":" in address else address
    with pytest.raises(InvalidValue, match="inside"):
        places.check(f"http://{shown}/")


def test_a_network_that_was_named_is_no_longer_inside() -> None:
    places = Places(["*"], ["10.1.0.0/16"], loopback=False)
    places.check("http://10.1.2.3/")
    assert not places.allowed(ip_address("10.2.0.1"))


def test_a_demonstration_calls_this_machine_on_any_port() -> None:
    places = Places([], [], loopback=True)
    for url in ("http://127.0.0.1:5000/", "http://localhost:1/", "http://[::1]:9/"):
        places.check(url)
    with pytest.raises(InvalidValue):
        places.check("http://10.0.0.1/")


async def test_a_name_that_leads_inside_does_not_resolve() -> None:
    resolver = PlacesResolver(Places(["*"], [], loopback=False))
    with pytest.raises(OSError, match="inside"):
        await resolver.resolve("localhost", 80)
    await resolver.close()


async def serving(answer: Any) -> tuple[web.AppRunner, str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/"


async def test_a_redirect_is_an_answer_and_not_followed() -> None:
    asked = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=302, headers={"location": "/elsewhere"})

    runner, url = await serving(answer)
    async with open_line([], [], loopback=True) as line:
        heard = await line.post(url, b"<xml/>", 5.0)
    await runner.cleanup()
    assert heard.status == 302
    assert asked == ["/"]


async def test_an_answer_is_bounded_in_size_and_time() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/slow":
            await asyncio.Event().wait()
        return web.Response(body=b"x" * (MAX_ANSWER + 1))

    runner, url = await serving(answer)
    async with open_line([], [], loopback=True) as line:
        with pytest.raises(Unanswered, match="more than"):
            await line.get(url, 5.0)
        with pytest.raises(Unanswered, match=r"within 0\.05 s"):
            await line.get(f"{url}slow", 0.05)
    await runner.cleanup()


async def test_nobody_there_is_no_answer() -> None:
    async with open_line([], [], loopback=True) as line:
        with pytest.raises(Unanswered, match="not reached"):
            await line.get("http://127.0.0.1:1/", 5.0)
        with pytest.raises(InvalidValue):
            await line.get("http://10.0.0.1/", 5.0)

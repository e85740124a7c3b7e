"""From the table of endpoints to routes: who calls, how often, what is answered.

Every answer of the API is HTTP 200, errors too: client libraries look into the body, and lose
the error code of any other status. An error's words end in a `rid` that can be looked up.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from chat_server.domain.errors import ChatError
from chat_server.platform.api.call import Answer, Call, Download, Page, Redirect
from chat_server.platform.apps import App
from chat_server.platform.failures import Failure
from chat_server.platform.faults import (
    BAD_APPID,
    BUSY,
    FILE_TOO_BIG,
    NEEDS_GET,
    NEEDS_POST,
    NOT_AUTHORISED,
    Refused,
    refusal_of,
)
from chat_server.platform.parts import Platform

log = structlog.get_logger()

MAX_BODY = 12 * 1024 * 1024
MAX_BARE_BODY = 64 * 1024  # of who shows no token
_BODY_S = 60.0
_SHOWN = 4096  # characters of a body that a failure keeps
# A form here may lead to a partner's page, whose host was checked.
_PAGE = (
    "default-src 'none'; form-action 'self' http: https:; base-uri 'none'; frame-ancestors 'none'"
)
_JSON = "application/json; charset=utf-8"
Handler = Callable[[Platform, Call], Awaitable[Answer]]


@dataclass(frozen=True)
class Endpoint:
    """`method` is what the platform's documentation says; libraries differ, so `ANY` is common."""

    path: str
    handler: Handler
    method: str = "ANY"
    token: bool = True
    counted: bool = True


def routes_of(endpoints: Sequence[Endpoint], platform: Platform) -> list[Route]:
    return [_route(endpoint, platform) for endpoint in endpoints]


def _route(endpoint: Endpoint, platform: Platform) -> Route:
    async def serve(request: Request) -> Response:
        return await _served(endpoint, platform, request)

    return Route(endpoint.path, serve, methods=["GET", "POST"])


async def _served(endpoint: Endpoint, platform: Platform, request: Request) -> Response:
    begun = time.perf_counter()
    app: App | None = None
    raw = b""
    try:
        _check_method(endpoint, request.method)
        if endpoint.token:
            app = await _let_in(platform, endpoint, request)
        raw = await _read(request, MAX_BODY if endpoint.token else MAX_BARE_BODY)
        call = Call(
            query={**request.query_params, **request.path_params},
            raw=raw,
            content_type=request.headers.get("content-type", ""),
            base_url=platform.base_url or str(request.base_url).rstrip("/"),
            address=request.client.host if request.client else "",
            now_ms=platform.clock.now_ms(),
            authorization=request.headers.get("authorization", ""),
            signed_in=app,
        )
        return _answered(await endpoint.handler(platform, call))
    except Refused as exc:
        refused = exc
    except ChatError as exc:
        refused = refusal_of(exc)
    except Exception:
        log.exception("platform_failed", path=endpoint.path)
        refused = Refused(BUSY, "system error")
    rid = await _kept(platform, app, request, raw, refused, begun)
    body = {"errcode": refused.code, "errmsg": f"{refused.why} rid: {rid}", **refused.more}
    return _json(body)


def _check_method(endpoint: Endpoint, method: str) -> None:
    if endpoint.method == "GET" and method != "GET":
        raise Refused(NEEDS_GET, "require GET method")
    if endpoint.method == "POST" and method != "POST":
        raise Refused(NEEDS_POST, "require POST method")


async def _let_in(platform: Platform, endpoint: Endpoint, request: Request) -> App:
    """Whose token it is, and one call more of theirs. Nothing of a stranger's body is kept; but
    it is read, for a library that is still sending would not see the error.
    """
    try:
        app = await _signed_in(platform, request.query_params.get("access_token", ""))
        if endpoint.counted:
            await platform.quotas.take(app, endpoint.path)
    except Refused:
        await _read(request, MAX_BODY, keep=False)
        raise
    return app


async def _read(request: Request, most: int, *, keep: bool = True) -> bytes:
    content = bytearray()
    length = 0
    try:
        async with asyncio.timeout(_BODY_S):
            async for part in request.stream():
                length += len(part)
                if length > most:
                    raise Refused(FILE_TOO_BIG, f"body size out of limit: at most {most}")
                if keep:
                    content += part
    except (TimeoutError, ClientDisconnect) as exc:
        raise Refused(BUSY, "the body did not arrive") from exc
    return bytes(content)


async def _signed_in(platform: Platform, token: str) -> App:
    app = await platform.apps.get(platform.keys.appid_of(token))
    if app is None:
        raise Refused(BAD_APPID, "invalid appid")
    platform.keys.check(app, token, platform.clock.now_ms() // 1000)
    await check_capability(platform, app)
    return app


async def check_capability(platform: Platform, app: App) -> None:
    """Raises Refused with 48001, never 40001: the token is good, the account may not."""
    account = await platform.store.accounts.account(app.account)
    if account is None or not account.active:
        raise Refused(NOT_AUTHORISED, "api unauthorized: the account is not active")
    if "api" not in account.capabilities:
        raise Refused(NOT_AUTHORISED, "api unauthorized: the capability `api` is withheld")


async def _kept(
    platform: Platform,
    app: App | None,
    request: Request,
    raw: bytes,
    refused: Refused,
    begun: float,
) -> str:
    """The rid; the call is kept under it if we know whose it was."""
    rid = f"{secrets.token_hex(4)}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
    if app is None:
        return rid
    pairs = [
        (name, "***" if name in {"access_token", "secret"} else value)
        for name, value in request.query_params.multi_items()
    ]
    query = "&".join(f"{name}={value}" for name, value in pairs)
    failure = Failure(
        invoke_time=platform.clock.now_ms() // 1000,
        cost_in_ms=round((time.perf_counter() - begun) * 1000),
        request_url=f"{request.url.path}?{query}",
        request_body=raw[:_SHOWN].decode(errors="replace"),
        response_body=msgspec.json.encode(
            {"errcode": refused.code, "errmsg": refused.why}
        ).decode(),
        client_ip=request.client.host if request.client else "",
    )
    try:
        await platform.failures.put(app.account, rid, failure)
    except ChatError:
        log.warning("failure_not_kept", rid=rid)
    return rid


def _answered(answer: Answer) -> Response:
    match answer:
        case Download():
            headers = {"cache-control": "no-store"}
            if answer.name:
                safe = quote(answer.name, safe="._-")
                headers["content-disposition"] = f'attachment; filename="{safe}"'
            return Response(answer.content, media_type=answer.mime, headers=headers)
        case Page():
            return HTMLResponse(answer.html, answer.status, {"content-security-policy": _PAGE})
        case Redirect():
            return RedirectResponse(answer.url, 302)
        case _:
            return _json(dict(answer))


def _json(body: dict[str, Any]) -> Response:
    return Response(msgspec.json.encode(body), media_type=_JSON)

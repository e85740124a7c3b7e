"""From a route of the table to an endpoint that Starlette can call."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route as StarletteRoute

from chat_server.domain.errors import (
    Forbidden,
    InvalidValue,
    Malformed,
    NotAuthenticated,
    RateLimited,
    TooLong,
)
from chat_server.transport.http.answering import answer, on_error
from chat_server.transport.http.reception import Reception
from chat_server.transport.http.routing import Address, Route, Signature, UserAgent
from chat_server.transport.http.use_cases import UseCases
from chat_server.usecases.identity.tokens import Claims

_MAX_AGENT = 512  # characters of what a program says of itself
_BODY_S = 30.0  # how long a body may take to arrive


def serve(route: Route, cases: UseCases, reception: Reception) -> StarletteRoute:
    """Who asks is checked before the body is read, and the body before the handler runs."""

    async def endpoint(request: Request) -> Response:
        try:
            return answer(await _handled(request, route, cases, reception), request.headers)
        except Exception as exc:  # noqa: BLE001  an answer is owed; `on_error` logs it
            return await on_error(request, exc)

    return StarletteRoute(route.path, endpoint, methods=[route.method])


async def _handled(request: Request, route: Route, cases: UseCases, reception: Reception) -> Any:  # noqa: ANN401  the handler's own
    signature = route.signature
    claims = await _authenticated(request, cases) if route.roles else None
    if claims:
        await _slowed(claims, cases, reception)
    if claims and claims.role not in route.roles:
        raise Forbidden
    arguments = _handed_in(request, signature, cases, claims) | _parameters(request, signature)
    if signature.body:
        name, shape = signature.body
        arguments[name] = _decoded(await _read(request, route.max_body), shape)
    return await route.handler(**arguments)


async def _slowed(claims: Claims, cases: UseCases, reception: Reception) -> None:
    """Raises RateLimited, but not for people of load tests: who they are is asked only then."""
    try:
        reception.admit(claims)
    except RateLimited:
        if not (await cases.people.me(claims.user)).unlimited:
            raise


async def _authenticated(request: Request, cases: UseCases) -> Claims:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthenticated("an `Authorization: Bearer` header is needed")
    return await cases.authenticate(token.strip())


def _handed_in(
    request: Request, signature: Signature, cases: UseCases, claims: Claims | None
) -> dict[str, Any]:
    address = Address(request.client.host if request.client else "")
    given = {
        signature.use_cases: cases,
        signature.claims: claims,
        signature.address: address,
        signature.user_agent: UserAgent(request.headers.get("user-agent", "")[:_MAX_AGENT]),
    }
    return {name: value for name, value in given.items() if name}


def _parameters(request: Request, signature: Signature) -> dict[str, Any]:
    found = {**request.query_params, **request.path_params}
    try:
        return msgspec.structs.asdict(msgspec.convert(found, signature.parameters, strict=False))
    except msgspec.ValidationError as exc:
        raise InvalidValue(str(exc)) from exc


def _decoded(content: bytes, shape: type) -> Any:  # noqa: ANN401  an instance of `shape`
    if shape is bytes:
        return content
    try:
        return msgspec.json.decode(content, type=shape)
    except msgspec.ValidationError as exc:
        raise InvalidValue(str(exc)) from exc
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise Malformed("the body is not JSON") from exc


async def _read(request: Request, limit: int) -> bytes:
    """The body, which is dropped as soon as it proves too long or too slow."""
    content = bytearray()
    try:
        async with asyncio.timeout(_BODY_S):
            async for part in request.stream():
                content += part
                if len(content) > limit:
                    raise TooLong(f"a body of at most {limit} bytes")
    except (TimeoutError, ClientDisconnect) as exc:
        raise Malformed("the body did not arrive") from exc
    return bytes(content)

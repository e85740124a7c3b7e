"""Answers as bytes: structs as JSON, pictures as they are, errors by the one table."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import structlog
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chat_server.domain.errors import ChatError, Malformed, NotFound, TooManyDevices
from chat_server.transport.http.devices import device_item
from chat_server.transport.http.downloading import NamedFile, NamedMedium, download, hand_over
from chat_server.transport.http.shapes import DeviceItem, ErrorAnswer
from chat_server.wire.error_table import fault_for

log = structlog.get_logger()
_JSON = "application/json"
_NO_STORE = {"cache-control": "no-store"}
_UNAUTHENTICATED = 401
_NO_METHOD = 405


def answer(value: Any, asked: Headers) -> Response:  # noqa: ANN401  whatever a handler gives
    if value is None:
        return Response(status_code=204, headers=_NO_STORE)
    if isinstance(value, NamedMedium):
        return download(value, asked)
    if isinstance(value, NamedFile):
        return hand_over(value)
    return Response(msgspec.json.encode(value), media_type=_JSON, headers=_NO_STORE)


def error_answer(exc: Exception) -> Response:
    """A `ChatError` as its word and status; of anything else only that it happened."""
    fault = fault_for(exc)
    message = exc.message if isinstance(exc, ChatError) and exc.message else fault.meaning
    retry_after_s = exc.retry_after_s if isinstance(exc, ChatError) else None
    headers = dict(_NO_STORE)
    if retry_after_s is not None:
        headers["retry-after"] = str(math.ceil(retry_after_s))
    if fault.http == _UNAUTHENTICATED:
        headers["www-authenticate"] = "Bearer"
    body = ErrorAnswer(fault.code, message, retry_after_s, _devices(exc))
    return Response(msgspec.json.encode(body), fault.http, headers, _JSON)


def _devices(exc: Exception) -> list[DeviceItem] | msgspec.UnsetType:
    """Only whoever gave the right password comes this far."""
    if not isinstance(exc, TooManyDevices):
        return msgspec.UNSET
    return [device_item(each, current=False) for each in exc.devices]


async def on_error(request: Request, exc: Exception) -> Response:
    """Whatever went wrong, the client gets a word of the table; what was not meant is logged."""
    if isinstance(exc, HTTPException):
        return _starlette_error(exc)
    if not isinstance(exc, ChatError):
        log.error("http_failed", route=_template(request), exc_info=exc)
    return error_answer(exc)


def _starlette_error(exc: HTTPException) -> Response:
    if exc.status_code != _NO_METHOD:
        return error_answer(NotFound("no such path"))
    refused = error_answer(Malformed("this path does not take that method"))
    refused.status_code = _NO_METHOD
    refused.headers.update(exc.headers or {})
    return refused


def _template(request: Request) -> str:
    """The route's path, whose parts in braces may name people."""
    return getattr(request.scope.get("route"), "path", "unmatched")

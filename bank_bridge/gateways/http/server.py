"""A core of ours, answering the contract on a port of its own.

Built by `open.py`, served by `elian bank serve`. Each request passes the door first; a write
is carried out once for its key; each reply is signed. Logs name operations and request ids.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

import msgspec
import structlog
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bank_bridge.contract import BankCore, BankRefusal, OutcomeUnknown, RefusalCode
from bank_bridge.gateways.http import signing
from bank_bridge.gateways.http.door import Door, Unwelcome
from bank_bridge.gateways.http.keys import LineKeys
from bank_bridge.gateways.http.once import OnceByKey
from bank_bridge.gateways.http.operations import GET, KEY, OPERATIONS, Operation, device_of
from bank_bridge.gateways.http.request_log import RequestLog
from bank_bridge.gateways.http.shapes import (
    OK,
    Reply,
    answered,
    fault_reply,
    refused,
    unknown,
)

MOST_BYTES = 64 * 1024
_STATUS_OF_DOOR = {"TOO_MANY_REQUESTS": 429, "TOO_LARGE": 413}
log = structlog.get_logger()


class Gateway:
    """Answers for one core. `once` outlives a request; close it with the core."""

    def __init__(
        self, bank: BankCore, keys: LineKeys, requests: RequestLog, now: Callable[[], datetime]
    ) -> None:
        self._bank, self._own, self._requests, self._now = bank, keys.own, requests, now
        self._door = Door(keys.peer, now)
        self.once = OnceByKey(requests, _secret_of(keys.own))
        self._by_path = {operation.path: operation for operation in OPERATIONS.values()}

    def app(self) -> Starlette:
        """GET by instruction and by key, POST for everything else."""
        return Starlette(
            routes=[
                Route("/healthz", _healthy, methods=["GET"]),
                Route("/v1/instructions/{instruction_id:path}", self._get, methods=["GET"]),
                Route("/v1/requests/{key:path}", self._inquire, methods=["GET"]),
                Route("/{path:path}", self._post, methods=["POST"]),
            ],
        )

    async def _get(self, request: Request) -> Response:
        async def work(_: bytes) -> Reply:
            arguments = {
                "instruction_id": request.path_params["instruction_id"],
                "customer": request.query_params.get("customer", ""),
            }
            return await self._ask(GET, arguments)

        return await self._answer(request, work)

    async def _inquire(self, request: Request) -> Response:
        """What became of a write: its own reply again, 202 while it is under way, or 404."""
        key = request.path_params["key"]

        async def work(_: bytes) -> Reply:
            if self.once.in_progress(key):
                return unknown(OutcomeUnknown(key))
            found = await self._requests.find(key)
            if found is None:
                return refused(BankRefusal(RefusalCode.NOT_FOUND, "no request with this key"))
            answer = {
                "operation": found.operation,
                "status": found.reply.status,
                "reply": msgspec.Raw(found.reply.body),
            }
            return Reply(OK, msgspec.json.encode(answer))

        return await self._answer(request, work)

    async def _post(self, request: Request) -> Response:
        async def work(body: bytes) -> Reply:
            operation = self._by_path.get(request.url.path)
            if operation is None or not hasattr(self._bank, operation.name):
                return fault_reply(404, "NO_SUCH_OPERATION", "see the list of operations")
            try:
                arguments = msgspec.structs.asdict(operation.decode_request(body))
            except msgspec.DecodeError as exc:
                return refused(BankRefusal(RefusalCode.INVALID_REQUEST, str(exc)))
            if unquote(request.headers.get(signing.DEVICE, "")) != device_of(arguments):
                text = f"{signing.DEVICE} is not the device of the request"
                return refused(BankRefusal(RefusalCode.INVALID_REQUEST, text))
            if not operation.writes:
                return await self._ask(operation, arguments)
            key = unquote(request.headers.get(signing.IDEMPOTENCY_KEY, ""))
            if not key:
                text = f"{signing.IDEMPOTENCY_KEY} is needed"
                return refused(BankRefusal(RefusalCode.INVALID_REQUEST, text))
            if operation.keyed:
                arguments[KEY] = key
            return await self.once.answer(
                key, operation, body, lambda: self._ask(operation, arguments)
            )

        return await self._answer(request, work)

    async def _ask(self, operation: Operation[Any], arguments: Mapping[str, object]) -> Reply:
        """The core's answer, whatever it is."""
        try:
            return answered(await getattr(self._bank, operation.name)(**arguments))
        except BankRefusal as refusal:
            return refused(refusal)
        except OutcomeUnknown as outcome:
            return unknown(outcome)
        except Exception:
            # A defect of ours: what it did before it failed, nobody knows.
            log.exception("bank_operation_failed", operation=operation.name)
            about = str(arguments.get("instruction_id") or arguments.get(KEY) or operation.name)
            return unknown(OutcomeUnknown(about)) if operation.writes else _failed()

    async def _answer(
        self, request: Request, work: Callable[[bytes], Awaitable[Reply]]
    ) -> Response:
        headers = request.headers
        request_id, nonce = headers.get(signing.REQUEST_ID, ""), headers.get(signing.NONCE, "")
        try:
            body = await _body(request)
            self._door.admit(request.method, _target(request), headers, body)
            reply = await work(body)
        except Unwelcome as unwelcome:
            reply = fault_reply(
                _STATUS_OF_DOOR.get(unwelcome.code, 401), unwelcome.code, str(unwelcome)
            )
        log.info(
            "bank_request", path=_shown_path(request), request=request_id[:100], status=reply.status
        )
        moment = str(int(self._now().timestamp()))
        back = {signing.TIMESTAMP: moment, signing.REQUEST_ID: request_id}
        page = signing.reply_page(reply.status, nonce, back, reply.body)
        back[signing.SIGNATURE] = signing.sign(page, self._own)
        return Response(reply.body, reply.status, back, media_type="application/json")


async def _healthy(_: Request) -> Response:
    return Response(b"ok", OK, media_type="text/plain")


async def _body(request: Request) -> bytes:
    """Raises Unwelcome for more than a request may have."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise Unwelcome("TOO_LARGE", f"a request has at most {MOST_BYTES} bytes")
    return bytes(body)


def _target(request: Request) -> str:
    """Path and query, as they were sent."""
    path = request.scope.get("raw_path", b"").decode("latin-1")
    query = request.scope.get("query_string", b"").decode("latin-1")
    return f"{path}?{query}" if query else path


def _shown_path(request: Request) -> str:
    """Without the ids that follow it."""
    return "/".join(request.url.path.split("/")[:3])


def _failed() -> Reply:
    return refused(BankRefusal(RefusalCode.CORE_UNAVAILABLE, "the core failed"))


def _secret_of(key: ECKey) -> bytes:
    return key.as_der(private=True)

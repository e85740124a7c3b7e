"""Asking a bank: reads that fail fast, and writes whose outcome is asked for until it is known.

`client.py` comes in here with an operation and its arguments. After a reply was lost, the
request's key is inquired for; only a bank that surely does not know the key is sent the very
same request again, with the same key. Who waits is told that the outcome is unknown; the
inquiries go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec
import structlog

from bank_bridge.contract import BankRefusal, OutcomeUnknown, RefusalCode
from bank_bridge.gateways.http.breaker import Breaker
from bank_bridge.gateways.http.line import Call, Line, LineTimes, Lost, NotSent
from bank_bridge.gateways.http.operations import OPERATIONS, Operation, device_of
from bank_bridge.gateways.http.shapes import UNKNOWN_MARK, Reply, decode_fault, decode_unknown

T = TypeVar("T")
_FIRST_LOOK_S = 0.2  # after a connection broke; a time-out has waited long enough already
_BROKEN = 500
log = structlog.get_logger()


class _Inquired(msgspec.Struct, frozen=True):
    status: int
    reply: msgspec.Raw


_decode_inquired = msgspec.json.Decoder(_Inquired).decode


class _NotKnown(Exception):
    """Neither done nor refused, so far."""


class Asking:
    """One bank, over one line. `close` ends the inquiries that are under way."""

    def __init__(
        self,
        line: Line,
        times: LineTimes,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._line, self._times, self._sleep = line, times, sleep
        self._breakers = {name: Breaker(now) for name in OPERATIONS}
        self._under_way: dict[str, tuple[Call, asyncio.Task[Reply]]] = {}

    async def read(self, operation: Operation[T], /, **arguments: Any) -> T:  # noqa: ANN401 - as the operation says
        call = _call(operation, arguments, "")
        try:
            async with asyncio.timeout(self._times.answer):
                reply = await self._guarded(operation, call)
        except (Lost, NotSent, TimeoutError) as exc:
            log.warning("bank_not_read", operation=operation.name, reason=str(exc) or "late")
            raise BankRefusal(RefusalCode.CORE_UNAVAILABLE, "the bank does not answer") from exc
        try:
            return _value(operation, reply)
        except _NotKnown as exc:
            raise BankRefusal(
                RefusalCode.CORE_UNAVAILABLE, "the bank's answer is no answer"
            ) from exc

    async def write(self, operation: Operation[T], key: str, about: str, /, **arguments: Any) -> T:  # noqa: ANN401 - as the operation says
        """`about` is what OutcomeUnknown names. A key under way is joined."""
        call = _call(operation, arguments, key)
        known = self._under_way.get(key)
        if known is not None and known[0] != call:
            text = "this key is under way with another request"
            raise BankRefusal(RefusalCode.IDEMPOTENCY_CONFLICT, text)
        task = known[1] if known else self._begin(operation, call)
        done, _ = await asyncio.wait({task}, timeout=self._times.answer)
        if not done:
            raise OutcomeUnknown(about)
        try:
            return _value(operation, task.result())
        except NotSent as exc:
            raise BankRefusal(RefusalCode.CORE_UNAVAILABLE, "the bank is not reached") from exc
        except _NotKnown as exc:
            raise OutcomeUnknown(about) from exc

    async def close(self) -> None:
        tasks = [task for _, task in self._under_way.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, operation: Operation[T], call: Call) -> asyncio.Task[Reply]:
        task = asyncio.create_task(self._settle(operation, call))

        def ended(task: asyncio.Task[Reply]) -> None:
            self._under_way.pop(call.key, None)
            exc = None if task.cancelled() else task.exception()
            if isinstance(exc, _NotKnown):
                log.warning("bank_write_not_known", operation=operation.name, reason=str(exc))

        self._under_way[call.key] = call, task
        task.add_done_callback(ended)
        return task

    async def _settle(self, operation: Operation[T], call: Call) -> Reply:
        """Send it, then ask until the bank says what became of it. Raises NotSent, _NotKnown."""
        try:
            return await self._guarded(operation, call)
        except Lost as lost:
            log.warning("bank_reply_lost", operation=operation.name, reason=str(lost))
            first = () if isinstance(lost.__cause__, TimeoutError) else (_FIRST_LOOK_S,)
        for wait_s in (*first, *self._times.inquiries):
            await self._sleep(wait_s)
            try:
                reply = await self._inquire(call)
            except (Lost, NotSent):
                continue
            if reply is not None:
                log.info("bank_reply_found", operation=operation.name)
                return reply
        raise _NotKnown("the bank does not say")

    async def _inquire(self, call: Call) -> Reply | None:
        """What became of the key; none while it is under way. Raises Lost, NotSent."""
        found = await self._line.exchange(Call("GET", f"/v1/requests/{quote(call.key, safe='')}"))
        if found.status == 200:  # noqa: PLR2004
            try:
                inquired = _decode_inquired(found.body)
            except msgspec.DecodeError as exc:
                raise Lost("the inquiry's answer is no answer") from exc
            return Reply(inquired.status, bytes(inquired.reply))
        if _fault_code(found) == RefusalCode.NOT_FOUND:
            return await self._line.exchange(call)  # it never arrived: the same again, same key
        return None

    async def _guarded(self, operation: Operation[T], call: Call) -> Reply:
        """One exchange, if the circuit is closed."""
        breaker = self._breakers[operation.name]
        if not breaker.admits():
            raise BankRefusal(RefusalCode.CORE_UNAVAILABLE, "the bank has not answered for a while")
        failed = True
        try:
            reply = await self._line.exchange(call)
            failed = reply.status >= _BROKEN
        finally:
            breaker.record(failed=failed)
        return reply


def _call(operation: Operation[T], arguments: dict[str, Any], key: str) -> Call:
    """Raises INVALID_REQUEST for what is not text."""
    try:
        body = msgspec.json.encode(operation.request(**arguments))
    except UnicodeEncodeError as exc:
        raise BankRefusal(RefusalCode.INVALID_REQUEST, "not text") from exc
    return Call("POST", operation.path, body, key, device_of(arguments))


def _value(operation: Operation[T], reply: Reply) -> T:
    """The operation's value. Raises the bank's refusal, or _NotKnown."""
    if reply.status < 300:  # noqa: PLR2004
        if reply.body.startswith(UNKNOWN_MARK):
            raise _NotKnown(decode_unknown(reply.body).outcome_unknown)
        try:
            return operation.decode_reply(reply.body)
        except msgspec.DecodeError as exc:
            log.error("bank_reply_malformed", operation=operation.name, error=str(exc))  # noqa: TRY400 - a trace could quote values
            raise _NotKnown("the reply cannot be read") from exc
    code = _fault_code(reply)
    if code in RefusalCode.__members__.values():
        error = decode_fault(reply.body).error
        raise BankRefusal(RefusalCode(code), error.message, **error.details)
    log.error("bank_refused_us", operation=operation.name, status=reply.status, code=code)
    if reply.status >= _BROKEN:
        raise _NotKnown("the bank failed")
    raise BankRefusal(RefusalCode.CORE_UNAVAILABLE, "the bank does not take our requests")


def _fault_code(reply: Reply) -> str:
    try:
        return decode_fault(reply.body).error.code
    except msgspec.DecodeError:
        return ""

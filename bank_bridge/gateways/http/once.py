"""A write is carried out once for its key, whoever hangs up and however often it is sent.

Called by the server with what is to be done. Two requests with one key at the same time are
one: the second waits for the first, two seconds at most. What a core remembers by the key
itself is asked of it again, for it says how the thing stands now.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable

from bank_bridge.contract import BankRefusal, RefusalCode
from bank_bridge.gateways.http.operations import Operation
from bank_bridge.gateways.http.request_log import Remembered, RequestLog
from bank_bridge.gateways.http.shapes import UNKNOWN_MARK, Reply, refused

PATIENCE_S = 2.0
_NOTHING_DONE = frozenset({400, 503})
Work = Callable[[], Awaitable[Reply]]


class OnceByKey:
    """Joins, repeats or refuses."""

    def __init__(self, log: RequestLog, secret: bytes) -> None:
        self._log, self._secret = log, secret
        self._under_way: dict[str, tuple[bytes, asyncio.Task[Reply]]] = {}

    async def answer(
        self, key: str, operation: Operation[object], body: bytes, work: Work
    ) -> Reply:
        digest = self._digest(operation.name, body)
        if (running := self._under_way.get(key)) is None:
            task = asyncio.create_task(self._carry_out(key, operation, digest, work))
            self._under_way[key] = digest, task
            task.add_done_callback(lambda _: self._under_way.pop(key))
            return await asyncio.shield(task)  # who hangs up does not stop it halfway
        if running[0] != digest:
            return _conflict()
        done, _ = await asyncio.wait({running[1]}, timeout=PATIENCE_S)
        if not done:
            return refused(BankRefusal(RefusalCode.IN_PROGRESS, "it is being carried out"))
        return running[1].result()

    def in_progress(self, key: str) -> bool:
        return key in self._under_way

    async def close(self) -> None:
        """Let what was begun come to its end."""
        tasks = [task for _, task in self._under_way.values()]
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _carry_out(
        self, key: str, operation: Operation[object], digest: bytes, work: Work
    ) -> Reply:
        earlier = await self._log.find(key)
        if earlier is not None and earlier.digest != digest:
            return _conflict()
        if earlier is not None and not operation.keyed:
            return earlier.reply
        reply = await work()
        if earlier is None and _is_decided(operation, reply):
            await self._log.remember(key, Remembered(operation.name, digest, reply))
        return reply

    def _digest(self, operation: str, body: bytes) -> bytes:
        return hmac.digest(self._secret, operation.encode() + b"\n" + body, hashlib.sha256)


def _is_decided(operation: Operation[object], reply: Reply) -> bool:
    """A refusal leaves a core's key free for the corrected request; other keys name one attempt."""
    if reply.body.startswith(UNKNOWN_MARK):
        return False
    return reply.status < 300 or (not operation.keyed and reply.status not in _NOTHING_DONE)  # noqa: PLR2004


def _conflict() -> Reply:
    text = "this key was used for another request"
    return refused(BankRefusal(RefusalCode.IDEMPOTENCY_CONFLICT, text))

"""The delivery log: what became of each callback; sending one again; an answer that comes late."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from chat_server.platform.apps import App
from chat_server.platform.callbacks.lanes import Lanes
from chat_server.platform.callbacks.records import (
    LOG,
    Callback,
    State,
    delivered,
    name_of,
    waiting,
)
from chat_server.platform.callbacks.replies import BadReply, Replies
from chat_server.platform.faults import BAD_PARAMETER, OUTSIDE_WINDOW, Refused
from chat_server.platform.limits import Limits
from chat_server.ports.clock import Clock
from chat_server.ports.shelf import Shelf

MOST = 100  # of one page
_SWEPT = 1000
_SWEEP_S = 600.0
_OLD = (LOG, "rid", "window", "calls", "code", "web_token", "menu_message")


class CallbackLog:
    def __init__(
        self, shelf: Shelf, clock: Clock, lanes: Lanes, replies: Replies, limits: Limits
    ) -> None:
        self._shelf, self._clock = shelf, clock
        self._lanes, self._replies, self._limits = lanes, replies, limits
        self._waiting, self._log = waiting(shelf, clock), delivered(shelf, clock)

    async def page(self, app: App, before: int, limit: int) -> Sequence[Callback]:
        """Newest first: those that wait, then those that are done, before that MsgId."""
        after = name_of(before) if before else ""
        most = min(max(limit, 1), MOST)
        found = [
            callback
            for drawer in (self._waiting, self._log)
            for _, callback in await drawer.page(app.account, after=after, limit=most, newest=True)
        ]
        by_number = {callback.msg_id: callback for callback in reversed(found)}
        return sorted(by_number.values(), key=lambda each: -each.msg_id)[:most]

    async def replay(self, app: App, msg_id: int) -> Callback:
        """Send it again, with the same MsgId and everything. Raises Refused."""
        callback = await self._log.get(app.account, name_of(msg_id))
        if callback is None:
            raise Refused(BAD_PARAMETER, "invalid parameter: msgid, not in the delivery log")
        again = replace(callback, state=State.WAITING, attempts=[], reply="")
        await self._waiting.new(app.account, again.name, again)
        self._lanes.wake(app.account)
        return again

    async def answer(self, app: App, msg_id: int, body: bytes) -> str:
        """A reply that comes after its callback was given up; the MsgType that was said.

        Raises Refused: unknown, answered already, out of the customer's window, or unreadable.
        """
        name = name_of(msg_id)
        callback = await self._log.get(app.account, name)
        callback = callback or await self._waiting.get(app.account, name)
        if callback is None:
            raise Refused(BAD_PARAMETER, "invalid parameter: msgid, there is no such callback")
        if await self._replies.was_answered(app, callback):
            raise Refused(BAD_PARAMETER, "invalid parameter: msgid was answered already")
        if self._clock.now_ms() - callback.at_ms > self._limits.reply_window_s * 1000:
            raise Refused(OUTSIDE_WINDOW, "response out of time limit")
        try:
            return await self._replies.take(app, callback, body)
        except BadReply as exc:
            raise Refused(BAD_PARAMETER, f"invalid parameter: reply, {exc}") from exc

    async def sweep_for_ever(self) -> None:
        """What is older than the log is kept goes, a bounded piece at a time."""
        while True:
            before = self._clock.now_ms() - self._limits.delivery_log_days * 86_400_000
            for kind in _OLD:
                while await self._shelf.sweep(kind, before, _SWEPT) == _SWEPT:
                    await self._clock.sleep(0.05)
            await self._clock.sleep(_SWEEP_S)

"""One callback, delivered: verified first, tried three times, its answer said, the end logged.

Every attempt carries the same MsgId and CreateTime, so a backend can tell a repeated one. After
the last the customer is told that the service is not there, and the log keeps why.
"""

from __future__ import annotations

import structlog
from msgspec.structs import replace

from chat_server.domain.bodies import Text
from chat_server.domain.errors import InvalidValue
from chat_server.platform.apps import App
from chat_server.platform.callbacks.envelope import echo, sealed
from chat_server.platform.callbacks.records import (
    ATTEMPTS,
    LOG,
    Attempt,
    Callback,
    State,
    delivered,
    waiting,
)
from chat_server.platform.callbacks.replies import BadReply, Replies
from chat_server.platform.callbacks.telling import Telling
from chat_server.platform.registry import Apps
from chat_server.platform.speaking import Speaking
from chat_server.platform.tallies import Tallies
from chat_server.ports.callbacks import CallbackLine, Heard, Unanswered
from chat_server.ports.clock import Clock
from chat_server.ports.shelf import Shelf
from chat_server.ports.store import PeopleStore

log = structlog.get_logger()

PAUSE_S = 0.5  # between attempts: a backend that restarts is there again soon
_OK = 200
_TROUBLE = {
    "zh-CN": "该公众号提供的服务出现故障，请稍后再试。",
    "en": "The service of this account is not available now. Please try again later.",
}


class Deliver:
    def __init__(
        self,
        apps: Apps,
        shelf: Shelf,
        people: PeopleStore,
        line: CallbackLine,
        telling: Telling,
        replies: Replies,
        speaking: Speaking,
        tallies: Tallies,
        clock: Clock,
    ) -> None:
        self._apps, self._shelf, self._people = apps, shelf, people
        self._line, self._telling, self._replies = line, telling, replies
        self._speaking, self._tallies, self._clock = speaking, tallies, clock
        self._waiting, self._log = waiting(shelf, clock), delivered(shelf, clock)

    async def __call__(self, app: App, callback: Callback) -> None:
        """Whatever becomes of it, it no longer waits afterwards."""
        fields = await self._telling.fields(app, callback)
        if fields is None:
            await self._waiting.take(app.account, callback.name)
            return
        while len(callback.attempts) < ATTEMPTS:
            begun = self._clock.now_ms()
            try:
                app = await self._verified(app)
                url, body = sealed(app, fields, begun // 1000)
                heard = await self._line.post(url, body, app.timeout_ms / 1000)
            except (Unanswered, InvalidValue) as exc:
                callback = await self._missed(app, callback, begun, str(exc))
                await self._clock.sleep(PAUSE_S)
                continue
            await self._answered(app, callback, begun, heard)
            return
        await self._failed(app, callback)

    async def _verified(self, app: App) -> App:
        """Raises Unanswered: nobody is called who did not answer the echo at that URL."""
        if app.verified == app.callback:
            return app
        url, said = echo(app, self._clock.now_ms() // 1000)
        heard = await self._line.get(url, app.timeout_ms / 1000)
        if heard.status != _OK or heard.body.strip() != said.encode():
            raise Unanswered("the backend did not answer echostr")
        return await self._apps.verified(app, app.callback)

    async def _answered(self, app: App, callback: Callback, begun: int, heard: Heard) -> None:
        outcome = "answered"
        reply = ""
        if heard.status != _OK:
            outcome = f"HTTP {heard.status}"
        else:
            try:
                reply = await self._replies.take(app, callback, heard.body)
            except BadReply as exc:
                outcome = f"bad answer: {exc}"
        callback = self._noted(callback, begun, outcome, heard.status)
        await self._tally(app, callback, failed=not reply)
        if reply:
            await self._end(app, replace(callback, state=State.DELIVERED, reply=reply))
        else:
            await self._failed(app, callback)

    async def _missed(self, app: App, callback: Callback, begun: int, why: str) -> Callback:
        """Kept with the callback, so that a process that dies does not begin anew."""
        after = self._noted(callback, begun, why, 0)
        await self._tally(app, after, failed=True)
        return await self._waiting.change(app.account, callback.name, lambda _: after)

    def _noted(self, callback: Callback, begun: int, outcome: str, status: int) -> Callback:
        attempt = Attempt(begun, self._clock.now_ms() - begun, outcome, status)
        return replace(callback, attempts=[*callback.attempts, attempt])

    async def _tally(self, app: App, callback: Callback, *, failed: bool) -> None:
        took_ms = callback.attempts[-1].took_ms
        await self._tallies.called_back(app.account, took_ms, failed=failed)

    async def _failed(self, app: App, callback: Callback) -> None:
        log.warning("callback_failed", appid=app.appid, msg_id=callback.msg_id)
        if callback.asks and not await self._replies.was_answered(app, callback):
            person = await self._people.person(callback.customer)
            language = person.language if person else "zh-CN"
            words = Text(_TROUBLE.get(language, _TROUBLE["zh-CN"]))
            name = f"trouble:{callback.msg_id}"
            await self._speaking.say(app.account, callback.customer, [words], name)
        await self._end(app, replace(callback, state=State.FAILED))

    async def _end(self, app: App, callback: Callback) -> None:
        former = await self._shelf.get(app.account, LOG, callback.name)
        version = (former.version if former else 0) + 1
        await self._shelf.save(
            [self._log.kept(app.account, callback.name, callback, version=version)],
            [self._waiting.kept(app.account, callback.name, callback)],
        )

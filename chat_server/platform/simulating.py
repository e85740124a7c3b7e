"""A simulator: speaks as a customer to a partner's backend, and tells what it answered.

For partners who build: nothing is stored, no customer is told anything, and no attempt is
repeated. The callback is signed and sealed as the house would do it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from chat_server.platform.apps import App
from chat_server.platform.callbacks.envelope import echo, opened, sealed
from chat_server.platform.callbacks.replies import NOTHING
from chat_server.platform.sealing import BadSeal
from chat_server.platform.xml_text import BadXml, read
from chat_server.ports.callbacks import CallbackLine, Unanswered
from chat_server.ports.clock import Clock

_OK = 200


class Simulated(msgspec.Struct, frozen=True):
    """`verified`: the echo came back. `reply` are the fields of the answer, opened."""

    verified: bool
    outcome: str
    took_ms: int
    reply: Mapping[str, Any]


class Simulate:
    def __init__(self, line: CallbackLine, clock: Clock) -> None:
        self._line, self._clock = line, clock

    async def __call__(self, app: App, openid: str, said: Mapping[str, Any]) -> Simulated:
        """`said` are the fields of one message or event beside the common ones."""
        now_s = self._clock.now_ms() // 1000
        fields = {
            "ToUserName": app.original_id,
            "FromUserName": openid,
            "CreateTime": now_s,
            **said,
        }
        begun = self._clock.now_ms()
        verified = False
        reply: Mapping[str, Any] = {}
        try:
            verified = await self._verify(app, now_s)
            url, body = sealed(app, fields, now_s)
            begun = self._clock.now_ms()
            heard = await self._line.post(url, body, app.timeout_ms / 1000)
            outcome = "answered" if heard.status == _OK else f"HTTP {heard.status}"
            if heard.status == _OK and heard.body.strip().lower() in {b"", b"success"}:
                outcome = NOTHING
            elif heard.status == _OK:
                reply = opened(app, read(heard.body))
        except Unanswered as exc:
            outcome = str(exc)
        except (BadXml, BadSeal) as exc:
            outcome = f"bad answer: {exc}"
        return Simulated(verified, outcome, self._clock.now_ms() - begun, reply)

    async def _verify(self, app: App, now_s: int) -> bool:
        url, said = echo(app, now_s)
        heard = await self._line.get(url, app.timeout_ms / 1000)
        return heard.status == _OK and heard.body.strip() == said.encode()


def text(content: str, msg_id: int) -> Mapping[str, Any]:
    return {"MsgType": "text", "Content": content, "MsgId": msg_id}


def event(name: str, key: str) -> Mapping[str, Any]:
    """`subscribe`, `CLICK`, `SCAN`, …; `key` is the button's, or the scene."""
    return {"MsgType": "event", "Event": name, "EventKey": key}

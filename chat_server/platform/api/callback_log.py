"""Ours: where callbacks go, their delivery log, sending one again, answers that come late."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

import msgspec
from msgspec import to_builtins
from msgspec.structs import replace

from chat_server.domain.facts import Fact
from chat_server.domain.publishing import PARTNER
from chat_server.platform.api.call import OK, Answer, Call
from chat_server.platform.apps import App, Mode
from chat_server.platform.faults import BAD_FIELD, BAD_PARAMETER, Refused
from chat_server.platform.parts import Platform

_SHORTEST_MS, _LONGEST_MS = 100, 30_000
_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
_KEY_BYTES = 32


async def page(platform: Platform, call: Call) -> Answer:
    """Newest first. Words are not in it: a message is named by its MsgId."""
    before, limit = _number(call, "before", 0), _number(call, "limit", 20)
    found = await platform.callback_log.page(call.app, before, limit)
    openids = await platform.openids.of_many(call.account, {each.customer for each in found})
    rows = [
        {
            "msgid": each.msg_id,
            "openid": openids[each.customer],
            "create_time": each.at_ms // 1000,
            "event": each.event,
            "state": str(each.state),
            "reply": each.reply,
            "attempts": to_builtins(each.attempts),
        }
        for each in found
    ]
    return {**OK, "callbacks": rows}


async def replay(platform: Platform, call: Call) -> Answer:
    await platform.callback_log.replay(call.app, _number(call, "msgid", 0))
    return OK


async def reply(platform: Platform, call: Call) -> Answer:
    """The body is the XML that would have been the passive reply; `msgid` is in the query."""
    msg_id = call.query.get("msgid", "")
    if not msg_id.isdecimal():
        raise Refused(BAD_PARAMETER, "invalid parameter: msgid")
    said = await platform.callback_log.answer(call.app, int(msg_id[:19]), call.raw)
    return {**OK, "msgtype": said}


class _Wanted(msgspec.Struct, frozen=True):
    url: str | None = None
    mode: Mode | None = None
    timeout_ms: int | None = None
    token: str | None = None
    encoding_aes_key: str | None = None
    web_hosts: list[str] | None = None


async def settings(platform: Platform, call: Call) -> Answer:
    """Where callbacks go and how; what is not named stays. Without a body it is only told.

    The keys may change while answers are under way: those under the former key are still read.
    """
    app = call.app
    if call.raw.strip():
        wanted = call.fields(_Wanted)
        _check(platform, wanted)
        app = await platform.apps.change(app, lambda now: _settled(now, wanted))
        await _bind(platform, app)
        platform.lanes.wake(app.account)
    return {
        **OK,
        "url": app.callback,
        "mode": str(app.mode),
        "timeout_ms": app.timeout_ms,
        "web_hosts": list(app.web_hosts),
        "verified": bool(app.callback) and app.verified == app.callback,
    }


async def _bind(platform: Platform, app: App) -> None:
    """An account that no bot answers for is answered for by its backend, if it has one."""
    account = await platform.store.accounts.account(app.account)
    bot = PARTNER if app.callback else ""
    if account is None or account.has_bot or account.bot == bot:
        return
    fact = Fact("account_bot_bound", app.appid, app.account, platform.clock.now_ms())
    await platform.store.accounts.change_account(account, replace(account, bot=bot), fact)


def _check(platform: Platform, wanted: _Wanted) -> None:
    if wanted.url:
        platform.line.check(wanted.url)
    timeout_ms = wanted.timeout_ms
    if timeout_ms is not None and not _SHORTEST_MS <= timeout_ms <= _LONGEST_MS:
        raise Refused(BAD_FIELD, f"invalid args! timeout_ms: {_SHORTEST_MS} to {_LONGEST_MS}")
    if wanted.token is not None and not _TOKEN.fullmatch(wanted.token):
        raise Refused(BAD_FIELD, "invalid args! token: 3 to 32 letters or digits")
    if wanted.encoding_aes_key is not None and not _is_key(wanted.encoding_aes_key):
        raise Refused(BAD_FIELD, "invalid args! encoding_aes_key: base64 of 32 bytes without =")


def _settled(app: App, wanted: _Wanted) -> App:
    changes: dict[str, Any] = {
        "callback": wanted.url,
        "mode": wanted.mode,
        "timeout_ms": wanted.timeout_ms,
        "token": wanted.token,
        "web_hosts": wanted.web_hosts,
    }
    key = wanted.encoding_aes_key
    if key is not None and key != app.aes_key:
        changes |= {"aes_key": key, "former_aes_key": app.aes_key}
    return replace(app, **{name: value for name, value in changes.items() if value is not None})


def _is_key(key: str) -> bool:
    try:
        plain = base64.b64decode(f"{key}=", validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(plain) == _KEY_BYTES and base64.b64encode(plain).decode() == f"{key}="


def _number(call: Call, name: str, default: int) -> int:
    said = call.said(name)
    if not said:
        return default
    if not said.isdecimal() or len(said) > 18:  # noqa: PLR2004 - more is no 64-bit number
        raise Refused(BAD_PARAMETER, f"invalid parameter: {name}")
    return int(said)

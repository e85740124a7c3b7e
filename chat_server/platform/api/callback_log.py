"""Ours: where callbacks go, their delivery log, sending one again, answers that come late."""

from __future__ import annotations

import msgspec
from msgspec import to_builtins

from chat_server.domain.accounts.developing import DeveloperChange
from chat_server.platform.api.call import OK, Answer, Call
from chat_server.platform.apps import Mode
from chat_server.platform.faults import BAD_PARAMETER, Refused
from chat_server.platform.parts import Platform


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
    callers: list[str] | None = None


async def settings(platform: Platform, call: Call) -> Answer:
    """Where callbacks go and how; what is not named stays. Without a body it is only told."""
    app = call.app
    if call.raw.strip():
        wanted = call.fields(_Wanted)
        change = DeveloperChange(
            callback=wanted.url,
            mode=wanted.mode,
            timeout_ms=wanted.timeout_ms,
            token=wanted.token,
            aes_key=wanted.encoding_aes_key,
            web_hosts=wanted.web_hosts,
            callers=wanted.callers,
        )
        app = await platform.developing.set(app, app.appid, change)
    return {
        **OK,
        "url": app.callback,
        "mode": str(app.mode),
        "timeout_ms": app.timeout_ms,
        "web_hosts": list(app.web_hosts),
        "callers": list(app.callers),
        "verified": bool(app.callback) and app.verified == app.callback,
    }


def _number(call: Call, name: str, default: int) -> int:
    said = call.said(name)
    if not said:
        return default
    if not said.isdecimal() or len(said) > 18:  # noqa: PLR2004 - more is no 64-bit number
        raise Refused(BAD_PARAMETER, f"invalid parameter: {name}")
    return int(said)

"""Tickets of the JS-SDK: the same one until near its end, as `stable_token` does."""

from __future__ import annotations

import msgspec

from chat_server.platform.api.call import OK, Answer, Call
from chat_server.platform.apps import new_name
from chat_server.platform.drawers import Drawer
from chat_server.platform.faults import BAD_PARAMETER, Refused
from chat_server.platform.parts import Platform

_NEAR_END_S = 300


class _Ticket(msgspec.Struct, frozen=True):
    ticket: str
    expires_s: int


async def ticket(platform: Platform, call: Call) -> Answer:
    kind = call.query.get("type", "") or "jsapi"
    if kind not in {"jsapi", "wx_card"}:
        raise Refused(BAD_PARAMETER, "invalid parameter: type is jsapi or wx_card")
    now, life_s = call.now_ms // 1000, platform.limits.token_s

    def edit(stored: _Ticket | None) -> _Ticket:
        if stored is not None and stored.expires_s - now > _NEAR_END_S:
            return stored
        return _Ticket(new_name(call.now_ms, 64), now + life_s)

    drawer = Drawer(platform.store.shelf, platform.clock, "ticket", _Ticket)
    kept = await drawer.get(call.account, kind)
    if kept is None or kept.expires_s - now <= _NEAR_END_S:
        kept = await drawer.change(call.account, kind, edit)
    return {**OK, "ticket": kept.ticket, "expires_in": kept.expires_s - now}

"""QR codes with a scene, and short keys for long data."""

from __future__ import annotations

import secrets
from urllib.parse import quote

import msgspec

from chat_server.domain.accounts.codes import LONGEST_S, code_path
from chat_server.domain.errors import InvalidValue, NotFound, TooLong
from chat_server.domain.publishing import Capability
from chat_server.platform.api.call import OK, Answer, Call, Download, Page, Redirect
from chat_server.platform.api.followers import entry
from chat_server.platform.apps import ticket_heard, ticket_told
from chat_server.platform.drawers import Drawer
from chat_server.platform.faults import (
    BAD_FIELD,
    BAD_PARAMETER,
    BAD_SHORT_DATA,
    BAD_SHORT_LIFE,
    NO_SUCH_SHORT,
    QUOTA_USED,
    Refused,
)
from chat_server.platform.parts import Platform

_TEMPORARY = {"QR_SCENE": True, "QR_STR_SCENE": False}
_PERMANENT = {"QR_LIMIT_SCENE": True, "QR_LIMIT_STR_SCENE": False}
_DEFAULT_S = 60
_MAX_SCENE_STR = 64
_MAX_PERMANENT_ID = 100_000
_LONG_BYTES = 4096
_KEY_LENGTH = 15
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class _Scene(msgspec.Struct, frozen=True):
    scene_id: int = 0
    scene_str: str = ""


class _Action(msgspec.Struct, frozen=True):
    scene: _Scene


class _Wanted(msgspec.Struct, frozen=True):
    action_name: str
    action_info: _Action
    expire_seconds: int = _DEFAULT_S


def _scene(wanted: _Wanted, *, numeric: bool, lasting: bool) -> str:
    scene = wanted.action_info.scene
    if not numeric:
        if not 1 <= len(scene.scene_str) <= _MAX_SCENE_STR:
            raise Refused(BAD_FIELD, "invalid args! scene.scene_str: 1 to 64 characters")
        return scene.scene_str
    most = _MAX_PERMANENT_ID if lasting else (1 << 32) - 1
    if not 1 <= scene.scene_id <= most:
        raise Refused(BAD_FIELD, f"invalid args! action_info.scene.scene_id: 1 to {most}")
    return str(scene.scene_id)


async def create(platform: Platform, call: Call) -> Answer:
    """Without errcode on success: some libraries take any `errmsg` for a failure."""
    wanted = call.fields(_Wanted)
    name = wanted.action_name
    if name not in _TEMPORARY | _PERMANENT:
        raise Refused(BAD_FIELD, f"invalid args! action_name: {name[:32]!r}")
    lasting = name in _PERMANENT
    numeric = (_TEMPORARY | _PERMANENT)[name]
    scene = _scene(wanted, numeric=numeric, lasting=lasting)
    if not lasting and not 1 <= wanted.expire_seconds <= LONGEST_S:
        raise Refused(BAD_FIELD, f"invalid args! expire_seconds: 1 to {LONGEST_S}")
    expires_s = 0 if lasting else wanted.expire_seconds
    who = await entry(platform, call, Capability.CODES)
    try:
        code = await platform.work.codes.create(who, scene, expires_s=expires_s, numeric=numeric)
    except InvalidValue as exc:
        raise Refused(BAD_FIELD, f"invalid args! {exc.message}") from exc
    except TooLong as exc:
        raise Refused(QUOTA_USED, exc.message) from exc
    life = {} if lasting else {"expire_seconds": expires_s}
    return {
        "ticket": ticket_told(code.ticket),
        **life,
        "url": f"{call.base_url}{code_path(code.ticket)}",
    }


async def show(platform: Platform, call: Call) -> Answer:
    """The picture behind a ticket, for anybody."""
    ticket = ticket_heard(call.query.get("ticket", ""))
    try:
        code = await platform.work.codes.find(ticket)
    except NotFound:
        return Page("", 404)
    return Download(platform.draw_code(f"{call.base_url}{code_path(code.ticket)}"), "image/png")


# --- short keys


class _Short(msgspec.Struct, frozen=True):
    long_data: str
    created_s: int
    expires_s: int


class _ShortAsked(msgspec.Struct, frozen=True):
    long_data: str = ""
    expire_seconds: int = LONGEST_S


def _shorts(platform: Platform) -> Drawer[_Short]:
    return Drawer(platform.store.shelf, platform.clock, "short", _Short)


async def shorten(platform: Platform, call: Call) -> Answer:
    asked = call.fields(_ShortAsked)
    if not 1 <= len(asked.long_data.encode()) <= _LONG_BYTES:
        raise Refused(BAD_SHORT_DATA, f"invalid long data: long_data, 1 to {_LONG_BYTES} bytes")
    if not 1 <= asked.expire_seconds <= LONGEST_S:
        raise Refused(BAD_SHORT_LIFE, f"invalid expire_seconds: 1 to {LONGEST_S}")
    key = "".join(secrets.choice(_BASE62) for _ in range(_KEY_LENGTH))
    now = call.now_ms // 1000
    short = _Short(asked.long_data, now, now + asked.expire_seconds)
    await _shorts(platform).put(call.account, key, short)
    return {**OK, "short_key": key}


async def fetch(platform: Platform, call: Call) -> Answer:
    found = await _shorts(platform).get(call.account, call.said("short_key"))
    now = call.now_ms // 1000
    if found is None or found.expires_s <= now:
        raise Refused(NO_SUCH_SHORT, "invalid short_key")
    return {
        **OK,
        "long_data": found.long_data,
        "create_time": found.created_s,
        "expire_seconds": found.expires_s - now,
    }


async def short_url(platform: Platform, call: Call) -> Answer:
    url = call.said("long_url")
    if call.said("action") != "long2short":
        raise Refused(BAD_PARAMETER, "invalid parameter: action is long2short")
    if not url.startswith(("http://", "https://", "weixin://")) or len(url) > _LONG_BYTES:
        raise Refused(BAD_PARAMETER, "invalid parameter: long_url")
    key = "".join(secrets.choice(_BASE62) for _ in range(_KEY_LENGTH))
    now = call.now_ms // 1000
    await _shorts(platform).put("", key, _Short(url, now, now + LONGEST_S))
    return {**OK, "short_url": f"{call.base_url}/mp/u/{key}"}


async def follow_short(platform: Platform, call: Call) -> Answer:
    found = await _shorts(platform).get("", call.query["key"])
    if found is None or found.expires_s * 1000 <= call.now_ms:
        return Page("", 404)
    return Redirect(quote(found.long_data, safe=":/?#[]@!$&'()*+,;=%-._~"))

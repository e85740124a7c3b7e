"""Mass sending: to all, to a tag, to those named; previews, and what became of it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import msgspec

from chat_server.domain.publishing import Capability
from chat_server.platform.api.call import OK, Answer, Call
from chat_server.platform.api.followers import entry
from chat_server.platform.api.messages import object_of
from chat_server.platform.apps import new_name
from chat_server.platform.drawers import Drawer
from chat_server.platform.faults import (
    BAD_MESSAGE_TYPE,
    BAD_OPENID,
    BAD_PARAMETER,
    CLIENT_ID_TOO_LONG,
    LIST_TOO_LONG,
    NO_OPENID,
    NO_SUCH_TAG,
    NOT_FOLLOWING,
    SENT_BEFORE,
    SENT_JUST_NOW,
    Refused,
)
from chat_server.platform.mass import Job
from chat_server.platform.parts import Platform

MAX_NAMED = 10_000
_KINDS = frozenset({"mpnews", "text", "voice", "image", "images", "mpvideo", "video"})
_CLIENT_ID_BYTES = 64
_DAY_MS = 86_400_000
_MINUTE_MS = 60_000
_ARTICLE = re.compile(r"/a/([^/]{1,64})(?:/([0-9]{1,2}))?")  # as `article_path` writes it


class _Sent(msgspec.Struct, frozen=True):
    msg_id: int
    msg_data_id: int
    at_ms: int


def _content(call: Call) -> tuple[str, dict[str, Any]]:
    """The message type and its object. Libraries write `images` under `image`, and the reverse."""
    kind = call.said("msgtype")
    if kind not in _KINDS:
        raise Refused(BAD_MESSAGE_TYPE, f"invalid message type: msgtype {kind[:32]!r}")
    if kind == "image" and not isinstance(call.body.get("image"), dict):
        said = dict(object_of(call, "images"))
    elif kind in {"mpvideo", "video"} and not isinstance(call.body.get(kind), dict):
        said = dict(object_of(call, "voice"))
    else:
        said = dict(object_of(call, kind))
    if kind in {"image", "images"}:
        kind = "images" if "media_ids" in said else "image"
    return kind, said


async def _once(platform: Platform, call: Call) -> Drawer[_Sent]:
    """Raises Refused for a `clientmsgid` that was used within a day, telling what it sent."""
    drawer = Drawer(platform.store.shelf, platform.clock, "clientmsgid", _Sent)
    client_id = call.said("clientmsgid")
    if len(client_id.encode()) > _CLIENT_ID_BYTES:
        raise Refused(CLIENT_ID_TOO_LONG, "clientmsgid too long")
    former = await drawer.get(call.account, client_id) if client_id else None
    if former is None:
        return drawer
    age = call.now_ms - former.at_ms
    if age < _DAY_MS:
        code = SENT_JUST_NOW if age < _MINUTE_MS and former.msg_id == 0 else SENT_BEFORE
        raise Refused(
            code,
            "clientmsgid exist",
            msg_id=former.msg_id,
            msg_data_id=former.msg_data_id,
        )
    await drawer.take(call.account, client_id)
    return drawer


async def _begun(platform: Platform, call: Call, **whom: Any) -> Answer:  # noqa: ANN401 - as `begin`
    await entry(platform, call, Capability.BROADCAST)
    kind, said = _content(call)
    drawer, client_id = await _once(platform, call), call.said("clientmsgid")
    if client_id and not await drawer.new(call.account, client_id, _Sent(0, 0, call.now_ms)):
        raise Refused(SENT_JUST_NOW, "same clientmsgid retry too fast")
    try:
        job: Job = await platform.mass.begin(call.app, kind, said, **whom)
    except Refused:
        if client_id:
            await drawer.take(call.account, client_id)
        raise
    if client_id:
        await drawer.put(call.account, client_id, _Sent(job.msg_id, job.msg_data_id, call.now_ms))
    return {**OK, "msg_id": job.msg_id, "msg_data_id": job.msg_data_id}


async def send_all(platform: Platform, call: Call) -> Answer:
    """Everybody, whatever tag is named beside; or those with a tag."""
    told = call.body.get("filter")
    if not isinstance(told, dict):
        raise Refused(BAD_PARAMETER, "invalid parameter: filter missing")
    if told.get("is_to_all") in {True, "true"}:
        return await _begun(platform, call, to_all=True)
    tag = told.get("tag_id") or told.get("group_id")
    known = {each.tag for each in await platform.work.followers.tags(await entry(platform, call))}
    if not str(tag).isdecimal() or int(str(tag)) not in known:
        raise Refused(NO_SUCH_TAG, "invalid tag: filter.tag_id")
    return await _begun(platform, call, tag=int(str(tag)))


async def send(platform: Platform, call: Call) -> Answer:
    openids = call.body.get("touser")
    if not isinstance(openids, list) or not openids:
        raise Refused(NO_OPENID, "touser missing: a list of openids")
    if len(openids) > MAX_NAMED:
        raise Refused(LIST_TOO_LONG, f"invalid openid list size: touser, at most {MAX_NAMED}")
    found = await platform.openids.find(call.account, [str(each) for each in openids])
    if not found:
        raise Refused(BAD_OPENID, "invalid openid: touser")
    return await _begun(platform, call, customers=sorted(set(found.values())))


async def preview(platform: Platform, call: Call) -> Answer:
    kind, said = _content(call)
    openid, name = call.said("touser"), call.said("towxname")
    if openid:
        customer = await platform.openids.follower(call.app, openid)
    elif name and await platform.openids.follows(call.account, name):
        customer = name
    elif name:
        raise Refused(NOT_FOLLOWING, "require subscribe: towxname")
    else:
        raise Refused(NO_OPENID, "touser missing")
    bodies = await platform.content.bodies(call.account, kind, said)
    number = await platform.store.shelf.bump("", "number", "mass", 1, call.now_ms)
    mid = f"preview:{new_name(call.now_ms, 16)}"
    await platform.speaking.say(call.account, customer, bodies, mid)
    return {**OK, "msg_id": 1_000_000_000 + number}


async def state(platform: Platform, call: Call) -> Answer:
    job = await platform.mass.find(call.account, call.said("msg_id"))
    return {"msg_id": job.msg_id, "msg_status": job.state}


async def delete(platform: Platform, call: Call) -> Answer:
    """All of it; one article by `article_idx`, or by its `url` alone."""
    index, url = call.said("article_idx") or "0", call.said("url")
    if not index.isdecimal():
        raise Refused(BAD_PARAMETER, "invalid parameter: article_idx")
    if url and not call.said("msg_id"):
        broadcast_id, place = _article_at(url)
        await platform.articles.take_off(call.app, broadcast_id, place)
        return OK
    await platform.mass.delete(call.app, call.said("msg_id"), int(index))
    return OK


def _article_at(url: str) -> tuple[str, int]:
    """Which broadcast's article, from 1, has that page. Raises Refused."""
    found = _ARTICLE.fullmatch(urlsplit(url).path)
    if found is None:
        raise Refused(BAD_PARAMETER, "invalid parameter: url is no article's")
    return found[1], int(found[2] or 0) + 1

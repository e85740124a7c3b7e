"""Followers, their tags, remarks and the black list, as the account's native file has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from chat_server.domain.accounts.following import FIRST_TAG, MAX_TAG_BYTES, Follower
from chat_server.domain.errors import AlreadyExists, InvalidValue, NotFound, TooLong
from chat_server.domain.people import Person
from chat_server.domain.publishing import Capability
from chat_server.platform.api.call import OK, Answer, Call
from chat_server.platform.faults import (
    BAD_FIELD,
    BAD_OPENID,
    FOREIGN_OPENID,
    LIST_TOO_LONG,
    NO_SUCH_TAG,
    NO_SUCH_USER,
    TAG_EXISTS,
    TAG_NAME_TOO_LONG,
    TAG_RESERVED,
    TAGS_OF_FOLLOWER,
    TOO_MANY_TAGS,
    Refused,
)
from chat_server.platform.parts import Platform
from chat_server.usecases.public_accounts.entry import Entry

PAGE = 10_000
BLACK_PAGE = 1_000
MAX_INFO = 100
MAX_TAGGED = 50
MAX_BLOCKED = 20
_LANGUAGES = {"zh-CN": "zh_CN", "en": "en"}


async def entry(platform: Platform, call: Call, capability: Capability | None = None) -> Entry:
    """The program, let in to work on its account."""
    return await platform.work.entries.partner(call.account, call.app.appid, capability)


def _info(platform: Platform, openid: str, follower: Follower | None, person: Person) -> Answer:
    if follower is None or not follower.following:
        unionid = platform.openids.unionid(person.user)
        return {"subscribe": 0, "openid": openid, "unionid": unionid}
    numeric = follower.scene.isascii() and follower.scene.isdecimal()
    came_by_code = follower.source == "qr"
    return {
        "subscribe": 1,
        "openid": openid,
        "nickname": person.name,
        "sex": 0,
        "language": _LANGUAGES.get(person.language, "zh_CN"),
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": "",
        "subscribe_time": follower.followed_ms // 1000,
        "unionid": platform.openids.unionid(person.user),
        "remark": follower.remark,
        "groupid": follower.tags[0] if follower.tags else 0,
        "tagid_list": list(follower.tags),
        "subscribe_scene": "ADD_SCENE_QR_CODE" if came_by_code else "ADD_SCENE_SEARCH",
        "qr_scene": int(follower.scene) if numeric else 0,
        "qr_scene_str": "" if numeric else follower.scene,
    }


async def _infos(platform: Platform, call: Call, openids: Sequence[str]) -> list[Answer]:
    found = await platform.openids.find(call.account, openids)
    for openid in openids:
        if openid not in found:
            raise Refused(BAD_OPENID, f"invalid openid: {openid[:28]!r}")
    among = await platform.work.followers.among(await entry(platform, call), list(found.values()))
    followers = {one.customer: one for one in among}
    people = {one.user: one for one in await platform.store.people.people(found.values())}
    return [
        _info(platform, openid, followers.get(found[openid]), people[found[openid]])
        for openid in openids
        if found[openid] in people
    ]


async def info(platform: Platform, call: Call) -> Answer:
    infos = await _infos(platform, call, [call.openid()])
    if not infos:
        raise Refused(NO_SUCH_USER, "no such user")
    return infos[0]


class _Asked(msgspec.Struct, frozen=True):
    openid: str
    lang: str | None = None


class _Batch(msgspec.Struct, frozen=True):
    user_list: list[_Asked]


async def batch(platform: Platform, call: Call) -> Answer:
    asked = call.fields(_Batch).user_list
    if not 1 <= len(asked) <= MAX_INFO:
        raise Refused(LIST_TOO_LONG, f"invalid openid list size: user_list, 1 to {MAX_INFO}")
    return {"user_info_list": await _infos(platform, call, [each.openid for each in asked])}


async def _page(
    platform: Platform, call: Call, first: str, most: int, tag: int = 0
) -> tuple[list[str], str]:
    after = await platform.openids.customer(call.app, first, "next_openid") if first else ""
    followers = await platform.work.followers.page(
        await entry(platform, call), after=after, limit=most, tag=tag
    )
    return await _openids(platform, call, followers)


async def _openids(
    platform: Platform, call: Call, followers: Sequence[Follower]
) -> tuple[list[str], str]:
    customers = [each.customer for each in followers]
    openids = list((await platform.openids.of_many(call.account, customers)).values())
    return openids, openids[-1] if openids else ""


def _paged(openids: list[str], last: str, **more: int) -> Answer:
    """An empty page has no `data`, which is how libraries know the end."""
    data = {"data": {"openid": openids}} if openids else {}
    return {**more, "count": len(openids), **data, "next_openid": last}


async def page(platform: Platform, call: Call) -> Answer:
    first = call.said("next_openid") or call.query.get("next_openid", "")
    openids, last = await _page(platform, call, first, PAGE)
    total = await platform.store.accounts.follower_count(call.account)
    return _paged(openids, last, total=total)


async def remark(platform: Platform, call: Call) -> Answer:
    customer = await platform.openids.customer(call.app, call.openid())
    who = await entry(platform, call, Capability.TAGS)
    try:
        await platform.work.followers.remark(who, customer, call.said("remark"))
    except InvalidValue as exc:
        raise Refused(BAD_FIELD, f"invalid args! remark: {exc.message}") from exc
    except NotFound as exc:
        raise Refused(NO_SUCH_USER, "user no exist: they do not follow") from exc
    return OK


# --- tags


class _TagSaid(msgspec.Struct, frozen=True):
    id: int = 0
    name: str = ""


class _TagAsked(msgspec.Struct, frozen=True):
    tag: _TagSaid


def _check_name(name: str) -> None:
    if not name.strip():
        raise Refused(BAD_FIELD, "invalid args! tag.name: empty")
    if len(name.encode()) > MAX_TAG_BYTES:
        raise Refused(TAG_NAME_TOO_LONG, f"tag name too long: tag.name, {MAX_TAG_BYTES} bytes")


def _check_free(tag: int) -> None:
    if 0 <= tag < FIRST_TAG:
        raise Refused(TAG_RESERVED, "can't modify sys tag: tag.id")


async def create_tag(platform: Platform, call: Call) -> Answer:
    name = call.fields(_TagAsked).tag.name
    _check_name(name)
    who = await entry(platform, call, Capability.TAGS)
    try:
        made = await platform.work.followers.create_tag(who, name)
    except AlreadyExists as exc:
        raise Refused(TAG_EXISTS, "invalid tag name: tag.name, there is one") from exc
    except TooLong as exc:
        raise Refused(TOO_MANY_TAGS, "too many tags now") from exc
    return {"tag": {"id": made.tag, "name": made.name}}


async def tags(platform: Platform, call: Call) -> Answer:
    found = await platform.work.followers.tags(await entry(platform, call))
    return {"tags": [{"id": each.tag, "name": each.name, "count": each.count} for each in found]}


async def rename_tag(platform: Platform, call: Call) -> Answer:
    said = call.fields(_TagAsked).tag
    _check_free(said.id)
    _check_name(said.name)
    who = await entry(platform, call, Capability.TAGS)
    try:
        await platform.work.followers.rename_tag(who, said.id, said.name)
    except NotFound as exc:
        raise Refused(NO_SUCH_TAG, "invalid tag: tag.id") from exc
    except AlreadyExists as exc:
        raise Refused(TAG_EXISTS, "invalid tag name: tag.name, there is one") from exc
    return OK


async def delete_tag(platform: Platform, call: Call) -> Answer:
    tag = call.fields(_TagAsked).tag.id
    _check_free(tag)
    who = await entry(platform, call, Capability.TAGS)
    try:
        await platform.work.followers.delete_tag(who, tag)
    except NotFound as exc:
        raise Refused(NO_SUCH_TAG, "invalid tag: tag.id") from exc
    return OK


class _Tagging(msgspec.Struct, frozen=True):
    openid_list: list[str]
    tagid: int


async def _tagged(platform: Platform, call: Call, change: str) -> Answer:
    said = call.fields(_Tagging)
    customers = await _customers(platform, call, said.openid_list, MAX_TAGGED, FOREIGN_OPENID)
    who = await entry(platform, call, Capability.TAGS)
    work: Callable[..., Any] = getattr(platform.work.followers, change)
    try:
        await work(who, said.tagid, list(customers.values()))
    except NotFound as exc:
        raise Refused(NO_SUCH_TAG, "invalid tag: tagid") from exc
    except TooLong as exc:
        raise Refused(TAGS_OF_FOLLOWER, "has too many tags: openid_list") from exc
    return OK


async def tag_followers(platform: Platform, call: Call) -> Answer:
    return await _tagged(platform, call, "tag")


async def untag_followers(platform: Platform, call: Call) -> Answer:
    return await _tagged(platform, call, "untag")


async def _customers(
    platform: Platform, call: Call, openids: Sequence[str], most: int, foreign: int
) -> Mapping[str, str]:
    if not 1 <= len(openids) <= most:
        raise Refused(LIST_TOO_LONG, f"invalid openid list size: openid_list, 1 to {most}")
    found = await platform.openids.find(call.account, openids)
    for openid in openids:
        if openid not in found:
            raise Refused(foreign, f"not match openid with appid: openid_list {openid[:28]!r}")
    return found


async def tags_of(platform: Platform, call: Call) -> Answer:
    customer = await platform.openids.customer(call.app, call.openid())
    among = await platform.work.followers.among(await entry(platform, call), [customer])
    return {"tagid_list": list(among[0].tags) if among else []}


async def followers_of_tag(platform: Platform, call: Call) -> Answer:
    tag = call.said("tagid") or call.query.get("tagid", "")
    known = {each.tag for each in await platform.work.followers.tags(await entry(platform, call))}
    if not tag.isdecimal() or int(tag) not in known:
        raise Refused(NO_SUCH_TAG, "invalid tag: tagid")
    first = call.said("next_openid")
    return _paged(*await _page(platform, call, first, PAGE, int(tag)))


# --- the black list


async def black_list(platform: Platform, call: Call) -> Answer:
    first = call.said("begin_openid")
    after = await platform.openids.customer(call.app, first, "begin_openid") if first else ""
    total, found = await platform.work.followers.black_list(
        await entry(platform, call), after=after, limit=BLACK_PAGE
    )
    return _paged(*await _openids(platform, call, found), total=total)


class _Openids(msgspec.Struct, frozen=True):
    openid_list: list[str]


async def _blocked(platform: Platform, call: Call, *, blocked: bool) -> Answer:
    openids = call.fields(_Openids).openid_list
    found = await _customers(platform, call, openids, MAX_BLOCKED, BAD_OPENID)
    who = await entry(platform, call, Capability.TAGS)
    await platform.work.followers.block(who, list(found.values()), blocked=blocked)
    return OK


async def block(platform: Platform, call: Call) -> Answer:
    return await _blocked(platform, call, blocked=True)


async def unblock(platform: Platform, call: Call) -> Answer:
    return await _blocked(platform, call, blocked=False)

"""Media: temporary ones, permanent material, and the pictures of articles."""

from __future__ import annotations

from hmac import compare_digest

import msgspec

from chat_server.domain.errors import RateLimited
from chat_server.platform.api.call import OK, Answer, Call, Download, Page, fitted
from chat_server.platform.api.drafts import news_told
from chat_server.platform.api.paging import paging
from chat_server.platform.faults import (
    BAD_FILE_TYPE,
    BAD_MEDIA_ID,
    BAD_MEDIA_TYPE,
    BAD_PARAMETER,
    FILE_TOO_BIG,
    NO_MEDIA_ID,
    QUOTA_USED,
    Refused,
)
from chat_server.platform.media import EXTENSIONS, TYPES, Item
from chat_server.platform.news import ApiArticle
from chat_server.platform.parts import Platform

MAX_INLINE = 1024 * 1024  # bytes of a picture in an article
_LINK_S = 3600


async def _uploaded(
    platform: Platform, call: Call, kind: str, *, lasting: bool
) -> tuple[str, Item]:
    part = call.file()
    try:
        return await platform.media.upload(
            call.account, kind, part.filename, part.content, lasting=lasting
        )
    except RateLimited as exc:
        raise Refused(QUOTA_USED, f"too many uploads for now: {exc.message}") from exc


async def upload(platform: Platform, call: Call) -> Answer:
    kind = call.query.get("type", "") or _field(call, "type")
    media_id, item = await _uploaded(platform, call, kind, lasting=False)
    name = "thumb_media_id" if kind == "thumb" else "media_id"
    return {"type": kind, name: media_id, "created_at": item.created_ms // 1000}


async def get(platform: Platform, call: Call) -> Answer:
    media_id = call.query.get("media_id") or call.said("media_id")
    if not media_id:
        raise Refused(NO_MEDIA_ID, "media_id missing")
    item = await platform.media.find(call.account, media_id)
    if item.kind == "video":
        return {"video_url": _link(platform, call, media_id)}
    return await _download(platform, media_id, item)


async def get_voice(platform: Platform, call: Call) -> Answer:
    media_id = call.text("media_id", NO_MEDIA_ID)
    item = await platform.media.find(call.account, media_id)
    if item.kind != "voice":
        raise Refused(BAD_MEDIA_ID, "invalid media_id: not a voice")
    return await _download(platform, media_id, item)


async def upload_picture(platform: Platform, call: Call) -> Answer:
    part = call.file()
    if len(part.content) > MAX_INLINE:
        raise Refused(FILE_TOO_BIG, f"media size out of limit: media, at most {MAX_INLINE} bytes")
    media_id, item = await platform.media.upload(
        call.account, "image", part.filename, part.content, lasting=True, listed=False
    )
    if item.mime not in {"image/jpeg", "image/png"}:
        raise Refused(BAD_FILE_TYPE, "invalid file type: media must be jpg or png")
    return {"url": _open_link(call, media_id)}


def _open_link(call: Call, media_id: str) -> str:
    return f"{call.base_url}/mp/pic/{call.app.appid}/{media_id}"


def _link(platform: Platform, call: Call, media_id: str) -> str:
    until_s = call.now_ms // 1000 + _LINK_S
    stamp = platform.keys.stamp(f"{call.app.appid} {media_id} {until_s}")
    return f"{_open_link(call, media_id)}?until={until_s}&stamp={stamp}"


async def _download(platform: Platform, media_id: str, item: Item) -> Download:
    name = f"{media_id}.{EXTENSIONS.get(item.mime, 'bin')}"
    mime = item.mime or "application/octet-stream"
    return Download(await platform.media.bytes_of(item), mime, name)


async def picture(platform: Platform, call: Call) -> Answer:
    """Without a token: permanent ones are for everybody, others by a link that ends."""
    app = await platform.apps.get(call.query["appid"])
    media_id, until = call.query["media_id"], call.query.get("until", "")
    if app is None:
        return Page("", 404)
    try:
        item = await platform.media.find(app.account, media_id)
    except Refused:
        return Page("", 404)
    if item.expires_ms:
        right = platform.keys.stamp(f"{app.appid} {media_id} {until}").encode()
        given = call.query.get("stamp", "").encode()
        if (
            not compare_digest(right, given)
            or not until.isdecimal()
            or int(until) * 1000 < call.now_ms
        ):
            return Page("", 404)
    return Download(await platform.media.bytes_of(item), item.mime)


# --- permanent material


class _Description(msgspec.Struct, frozen=True):
    title: str = ""
    introduction: str = ""


def _field(call: Call, name: str) -> str:
    part = call.parts.get(name)
    return part.text if part is not None else ""


async def add_material(platform: Platform, call: Call) -> Answer:
    kind = call.query.get("type", "") or _field(call, "type")
    said = call.query.get("description", "") or _field(call, "description")
    description = _Description()
    if kind == "video" and said:
        try:
            description = fitted(msgspec.json.decode(said.encode()), _Description)
        except msgspec.DecodeError as exc:
            raise Refused(BAD_PARAMETER, "invalid parameter: description is not JSON") from exc
    media_id, _ = await _uploaded(platform, call, kind, lasting=True)
    if kind == "video":
        await platform.media.describe(
            call.account, media_id, description.title, description.introduction
        )
    if kind in {"image", "thumb"}:
        return {"media_id": media_id, "url": _open_link(call, media_id)}
    return {"media_id": media_id}


async def get_material(platform: Platform, call: Call) -> Answer:
    media_id = call.said("media_id")
    if not media_id:
        raise Refused(NO_MEDIA_ID, "media_id missing")
    news = await platform.articles.news.get(call.account, media_id)
    if news is not None:
        return {"news_item": news_told(call, news.articles, media_id)}
    item = await platform.media.find(call.account, media_id)
    if item.kind == "video":
        return {
            "title": item.title,
            "description": item.introduction,
            "down_url": _open_link(call, media_id),
        }
    return await _download(platform, media_id, item)


async def del_material(platform: Platform, call: Call) -> Answer:
    media_id = call.said("media_id")
    if not media_id:
        raise Refused(NO_MEDIA_ID, "media_id missing")
    if await platform.articles.news.take(call.account, media_id) is None:
        await platform.media.drop(call.account, media_id)
    return OK


async def count_material(platform: Platform, call: Call) -> Answer:
    counts = {
        f"{kind}_count": await platform.media.count(call.account, kind)
        for kind in ("voice", "video", "image")
    }
    return {**counts, "news_count": await platform.articles.news.count(call.account)}


async def page_material(platform: Platform, call: Call) -> Answer:
    kind = call.said("type")
    offset, count = paging(call)
    if kind == "news":
        total = await platform.articles.news.count(call.account)
        rows = await platform.articles.news.page(call.account, limit=offset + count, newest=True)
        items = [
            {
                "media_id": media_id,
                "content": {
                    "news_item": news_told(call, news.articles, media_id),
                    "create_time": news.created_s,
                    "update_time": news.updated_s,
                },
                "update_time": news.updated_s,
            }
            for media_id, news in rows[offset:]
        ]
        return {"total_count": total, "item_count": len(items), "item": items}
    if kind not in TYPES:
        raise Refused(BAD_MEDIA_TYPE, "invalid media type: type")
    found = await platform.media.page(call.account, kind, offset, count)
    listed = [
        {
            "media_id": media_id,
            "name": item.title or item.name,
            "update_time": item.created_ms // 1000,
            **({"url": _open_link(call, media_id)} if kind == "image" else {}),
        }
        for media_id, item in found
    ]
    total = await platform.media.count(call.account, kind)
    return {"total_count": total, "item_count": len(listed), "item": listed}


class _NewsAsked(msgspec.Struct, frozen=True):
    articles: list[ApiArticle]


async def add_news(platform: Platform, call: Call) -> Answer:
    articles = call.fields(_NewsAsked).articles
    return {"media_id": await platform.articles.add(call.app, articles, lasting=True)}


async def upload_news(platform: Platform, call: Call) -> Answer:
    articles = call.fields(_NewsAsked).articles
    media_id = await platform.articles.add(call.app, articles, lasting=True)
    return {"type": "news", "media_id": media_id, "created_at": call.now_ms // 1000}


async def upload_video(platform: Platform, call: Call) -> Answer:
    media_id = call.said("media_id")
    if not media_id:
        raise Refused(NO_MEDIA_ID, "media_id missing")
    fresh, item = await platform.media.retitled(
        call.account, media_id, call.said("title"), call.said("description")
    )
    return {"type": "video", "media_id": fresh, "created_at": item.created_ms // 1000}

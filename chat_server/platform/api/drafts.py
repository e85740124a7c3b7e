"""Drafts, and publishing them: an article has its place then, and nobody is notified."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import msgspec
from msgspec.structs import asdict

from chat_server.platform.api.call import OK, Answer, Call, Page
from chat_server.platform.api.paging import paging
from chat_server.platform.articles import ApiArticle, News, Published, paragraphs
from chat_server.platform.faults import BAD_MEDIA_ID, NO_MEDIA_ID, Refused
from chat_server.platform.parts import Platform

DONE, DELETED = 0, 5


def news_told(
    call: Call, articles: Sequence[ApiArticle], place: str, deleted: Sequence[int] | None = None
) -> list[dict[str, Any]]:
    """As clients read it; with `deleted`, which of them were taken off."""
    told = []
    for index, article in enumerate(articles, start=1):
        fields: dict[str, Any] = {**asdict(article), "url": article_url(call, place, index)}
        fields["show_cover_pic"] = int(str(article.show_cover_pic) in {"1", "True"})
        thumb = article.thumb_media_id
        fields["thumb_url"] = f"{call.base_url}/mp/pic/{call.app.appid}/{thumb}" if thumb else ""
        if deleted is not None:
            fields["is_deleted"] = index in deleted
        told.append(fields)
    return told


def article_url(call: Call, place: str, index: int) -> str:
    return f"{call.base_url}/mp/s/{call.app.appid}/{place}/{index}"


class _Add(msgspec.Struct, frozen=True):
    articles: list[ApiArticle]


class _Update(msgspec.Struct, frozen=True):
    media_id: str
    articles: ApiArticle
    index: int = 0


def _media_id(call: Call) -> str:
    media_id = call.said("media_id")
    if not media_id:
        raise Refused(NO_MEDIA_ID, "media_id missing")
    return media_id


async def add(platform: Platform, call: Call) -> Answer:
    return {"media_id": await platform.articles.add(call.account, call.fields(_Add).articles)}


async def get(platform: Platform, call: Call) -> Answer:
    media_id = _media_id(call)
    news = await platform.articles.draft(call.account, media_id)
    return {
        "news_item": news_told(call, news.articles, media_id),
        "create_time": news.created_s,
        "update_time": news.updated_s,
    }


async def update(platform: Platform, call: Call) -> Answer:
    said = call.fields(_Update)
    await platform.articles.update(call.account, said.media_id, said.index, said.articles)
    return OK


async def delete(platform: Platform, call: Call) -> Answer:
    await platform.articles.delete(call.account, _media_id(call))
    return OK


async def count(platform: Platform, call: Call) -> Answer:
    return {"total_count": await platform.articles.drafts.count(call.account)}


async def page(platform: Platform, call: Call) -> Answer:
    offset, most = paging(call)
    rows = await platform.articles.drafts.page(call.account, limit=offset + most, newest=True)
    items = [_row(call, media_id, news) for media_id, news in rows[offset:]]
    total = await platform.articles.drafts.count(call.account)
    return {"total_count": total, "item_count": len(items), "item": items}


def _row(call: Call, media_id: str, news: News) -> dict[str, Any]:
    articles = news_told(call, news.articles, media_id)
    if call.said("no_content") == "1" or call.body.get("no_content") is True:
        articles = [{**each, "content": ""} for each in articles]
    content = {
        "news_item": articles,
        "create_time": news.created_s,
        "update_time": news.updated_s,
    }
    return {"media_id": media_id, "content": content, "update_time": news.updated_s}


# --- publishing


def _detail(call: Call, article_id: str, published: Published) -> dict[str, Any]:
    items = [
        {"idx": index, "article_url": article_url(call, article_id, index)}
        for index in range(1, len(published.articles) + 1)
    ]
    return {"count": len(items), "item": items}


async def publish(platform: Platform, call: Call) -> Answer:
    media_id = _media_id(call)
    app = call.app
    article_id, published = await platform.articles.publish(call.account, app.appid, media_id)
    detail = _detail(call, article_id, published)
    await platform.intake.happened(
        app,
        app.account,
        "PUBLISHJOBFINISH",
        {
            "PublishEventInfo": {
                "publish_id": published.publish_id,
                "publish_status": DONE,
                "article_id": article_id,
                "article_detail": detail,
            }
        },
    )
    return {
        **OK,
        "publish_id": published.publish_id,
        "msg_data_id": published.msg_data_id,
    }


async def publishing(platform: Platform, call: Call) -> Answer:
    number = call.said("publish_id")
    article_id, published = await platform.articles.by_number(call.account, number)
    gone = len(published.deleted) == len(published.articles)
    return {
        "publish_id": published.publish_id,
        "publish_status": DELETED if gone else DONE,
        "article_id": article_id,
        "article_detail": _detail(call, article_id, published),
        "fail_idx": [],
    }


async def unpublish(platform: Platform, call: Call) -> Answer:
    index = call.said("index") or "0"
    if not index.isdecimal():
        raise Refused(BAD_MEDIA_ID, "invalid parameter: index")
    await platform.articles.unpublish(call.account, call.said("article_id"), int(index))
    return OK


async def article(platform: Platform, call: Call) -> Answer:
    article_id = call.said("article_id")
    found = await platform.articles.article(call.account, article_id)
    return {"news_item": news_told(call, found.articles, article_id, found.deleted)}


async def published_page(platform: Platform, call: Call) -> Answer:
    offset, most = paging(call)
    rows = await platform.articles.published.page(call.account, limit=offset + most, newest=True)
    bare = call.said("no_content") == "1" or call.body.get("no_content") is True
    items = []
    for article_id, found in rows[offset:]:
        told = news_told(call, found.articles, article_id, found.deleted)
        told = [{**each, "content": ""} for each in told] if bare else told
        items.append(
            {
                "article_id": article_id,
                "content": {
                    "news_item": told,
                    "create_time": found.at_s,
                    "update_time": found.at_s,
                },
                "update_time": found.at_s,
            }
        )
    total = await platform.articles.published.count(call.account)
    return {"total_count": total, "item_count": len(items), "item": items}


async def read(platform: Platform, call: Call) -> Answer:
    """One article as a page for everybody: its words, as plain text."""
    app = await platform.apps.get(call.query["appid"])
    place, index = call.query["place"], call.query["index"]
    found = await platform.articles.shown(app.account, place) if app else None
    number = int(index[:2]) if index.isdecimal() else 0
    if app is None or found is None or not 1 <= number <= len(found.articles):
        return Page("", 404)
    if number in found.deleted:
        return Page("<p>该内容已被发布者删除。 This article was deleted.</p>", 410)
    one = found.articles[number - 1]
    words = "".join(f"<p>{escape(each)}</p>" for each in paragraphs(one.content))
    title = escape(one.title)
    return Page(
        '<!doctype html><html lang="zh"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><h1>{title}</h1><p>{escape(one.author)}</p>{words}"
    )

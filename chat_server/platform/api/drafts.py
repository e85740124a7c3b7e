"""Drafts, and publishing them: an article has its place then, and nobody is notified."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import msgspec
from msgspec.structs import asdict

from chat_server.domain.accounts.articles import article_path
from chat_server.platform.api.call import OK, Answer, Call, Page, Redirect
from chat_server.platform.api.paging import paging
from chat_server.platform.articles import Published, Shown
from chat_server.platform.faults import BAD_MEDIA_ID, NO_MEDIA_ID, Refused
from chat_server.platform.news import ApiArticle, News
from chat_server.platform.parts import Platform
from chat_server.usecases.public_accounts.rich_text import paragraphs, sanitised

DONE, DELETED = 0, 5


def news_told(call: Call, articles: Sequence[ApiArticle], place: str) -> list[dict[str, Any]]:
    """Drafts and material as clients read them, with a page for a look at each."""
    return [
        _told(call, each, f"{call.base_url}/mp/s/{call.app.appid}/{place}/{index}")
        for index, each in enumerate(articles, start=1)
    ]


def published_told(call: Call, shown: Shown) -> list[dict[str, Any]]:
    """What was published, with its permanent page, and whether it was taken off."""
    told = []
    for index, each in enumerate(shown.articles, start=1):
        fields = _told(call, each, article_url(call, shown.published, index))
        cover = shown.covers[index - 1]
        if cover and not fields["thumb_url"]:
            fields["thumb_url"] = f"{call.base_url}/a/media/{cover}"
        told.append({**fields, "is_deleted": index in shown.deleted})
    return told


def _told(call: Call, article: ApiArticle, url: str) -> dict[str, Any]:
    thumb = article.thumb_media_id
    return {
        **asdict(article),
        "url": url,
        "show_cover_pic": int(str(article.show_cover_pic) in {"1", "True"}),
        "thumb_url": f"{call.base_url}/mp/pic/{call.app.appid}/{thumb}" if thumb else "",
    }


def article_url(call: Call, published: Published, index: int) -> str:
    return f"{call.base_url}{article_path(published.broadcast_id, index - 1)}"


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
    return {"media_id": await platform.articles.add(call.app, call.fields(_Add).articles)}


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
    await platform.articles.update(call.app, said.media_id, said.index, said.articles)
    return OK


async def delete(platform: Platform, call: Call) -> Answer:
    await platform.articles.delete(call.account, _media_id(call))
    return OK


async def count(platform: Platform, call: Call) -> Answer:
    return {"total_count": await platform.articles.count(call.account)}


async def page(platform: Platform, call: Call) -> Answer:
    offset, most = paging(call)
    rows = await platform.articles.drafts(call.account, offset + most)
    items = [_row(call, media_id, news) for media_id, news in rows[offset:]]
    total = await platform.articles.count(call.account)
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


def _detail(call: Call, shown: Shown) -> dict[str, Any]:
    items = [
        {"idx": index, "article_url": article_url(call, shown.published, index)}
        for index in range(1, len(shown.articles) + 1)
    ]
    return {"count": len(items), "item": items}


async def publish(platform: Platform, call: Call) -> Answer:
    media_id = _media_id(call)
    app = call.app
    article_id, published = await platform.articles.publish(app, media_id)
    detail = _detail(call, await platform.articles.shown(published))
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
    shown = await platform.articles.shown(published)
    gone = len(shown.deleted) == len(shown.articles)
    return {
        "publish_id": published.publish_id,
        "publish_status": DELETED if gone else DONE,
        "article_id": article_id,
        "article_detail": _detail(call, shown),
        "fail_idx": [],
    }


async def unpublish(platform: Platform, call: Call) -> Answer:
    index = call.said("index") or "0"
    if not index.isdecimal():
        raise Refused(BAD_MEDIA_ID, "invalid parameter: index")
    await platform.articles.unpublish(call.app, call.said("article_id"), int(index))
    return OK


async def article(platform: Platform, call: Call) -> Answer:
    article_id = call.said("article_id")
    found = await platform.articles.article(call.account, article_id)
    return {"news_item": published_told(call, await platform.articles.shown(found))}


async def published_page(platform: Platform, call: Call) -> Answer:
    offset, most = paging(call)
    rows = await platform.articles.published.page(call.account, limit=offset + most, newest=True)
    bare = call.said("no_content") == "1" or call.body.get("no_content") is True
    items = []
    for article_id, found in rows[offset:]:
        told = published_told(call, await platform.articles.shown(found))
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
    """A look at a draft or at material: its words, as plain text. What is published has a page."""
    app = await platform.apps.get(call.query["appid"])
    place, index = call.query["place"], call.query["index"]
    number = int(index[:2]) if index.isdecimal() else 0
    if app is None or not number:
        return Page("", 404)
    if published := await platform.articles.published.get(app.account, place):
        return Redirect(article_url(call, published, number))
    try:
        articles = (await platform.articles.draft(app.account, place)).articles
    except Refused:
        return Page("", 404)
    if number > len(articles):
        return Page("", 404)
    one = articles[number - 1]
    content = await sanitised(one.content)
    words = "".join(f"<p>{escape(each)}</p>" for each in paragraphs(content))
    title = escape(one.title)
    return Page(
        '<!doctype html><html lang="zh"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><h1>{title}</h1><p>{escape(one.author)}</p>{words}"
    )

"""Articles in partners' words, and as this house keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import msgspec

from chat_server.domain.accounts.articles import MAX_AUTHOR, MAX_DIGEST, MAX_TITLE, check_source
from chat_server.domain.errors import InvalidValue
from chat_server.domain.publishing import Article, CommentRule, Story
from chat_server.platform.faults import BAD_PARAMETER, EMPTY_ARTICLES, TITLE_TOO_LONG, Refused
from chat_server.usecases.public_accounts.article_drafts import written

MAX_ARTICLES = 8
MAX_CONTENT = 1024 * 1024  # bytes


class ApiArticle(msgspec.Struct, frozen=True, kw_only=True):
    """As the platform's clients write it. Unknown fields are left out."""

    title: str = ""
    thumb_media_id: str = ""
    author: str = ""
    digest: str = ""
    show_cover_pic: int | bool | str = 0
    content: str = ""
    content_source_url: str = ""
    need_open_comment: int | bool = 0
    only_fans_can_comment: int | bool = 0
    article_type: str = "news"


class News(msgspec.Struct, frozen=True):
    """A draft or a piece of news material."""

    articles: Sequence[ApiArticle]
    created_s: int
    updated_s: int


def check(articles: Sequence[ApiArticle]) -> None:
    """Raises Refused, naming the field."""
    if not articles:
        raise Refused(EMPTY_ARTICLES, "empty news data: articles")
    if len(articles) > MAX_ARTICLES:
        raise Refused(BAD_PARAMETER, f"invalid parameter: articles, at most {MAX_ARTICLES}")
    for each in articles:
        if not each.title.strip():
            raise Refused(BAD_PARAMETER, "invalid parameter: articles.title is empty")
        if len(each.title) > MAX_TITLE:
            raise Refused(TITLE_TOO_LONG, f"title size out of limit: at most {MAX_TITLE}")
        if len(each.author) > MAX_AUTHOR:
            raise Refused(
                BAD_PARAMETER, f"invalid parameter: articles.author, at most {MAX_AUTHOR}"
            )
        if len(each.digest) > MAX_DIGEST:
            raise Refused(
                BAD_PARAMETER, f"invalid parameter: articles.digest, at most {MAX_DIGEST}"
            )
        if len(each.content.encode()) > MAX_CONTENT:
            raise Refused(BAD_PARAMETER, "invalid parameter: articles.content is too long")
        try:
            check_source(each.content_source_url)
        except InvalidValue as exc:
            raise Refused(BAD_PARAMETER, "invalid parameter: articles.content_source_url") from exc


async def kept(each: ApiArticle, cover: str) -> Article:
    """As this house keeps it, sanitised. Raises Refused."""
    rule = CommentRule.FOLLOWERS if each.only_fans_can_comment else CommentRule.OPEN
    story = Story(
        html=each.content,
        author=each.author,
        source=each.content_source_url,
        comments=rule if each.need_open_comment else CommentRule.CLOSED,
        more={
            "thumb_media_id": each.thumb_media_id,
            "show_cover_pic": str(int(str(each.show_cover_pic) in {"1", "True"})),
            "article_type": each.article_type,
        },
    )
    try:
        return await written(Article(each.title, each.digest, [], cover, story))
    except InvalidValue as exc:
        raise Refused(BAD_PARAMETER, f"invalid parameter: articles.content: {exc.message}") from exc


def told(article: Article) -> ApiArticle:
    """In partners' words, whoever wrote it."""
    story = article.story
    if story is None:
        content = "".join(f"<p>{escape(each)}</p>" for each in article.paragraphs)
        return ApiArticle(title=article.title, digest=article.digest, content=content)
    return ApiArticle(
        title=article.title,
        thumb_media_id=story.more.get("thumb_media_id", ""),
        author=story.author,
        digest=article.digest,
        show_cover_pic=int(story.more.get("show_cover_pic") == "1"),
        content=story.html,
        content_source_url=story.source,
        need_open_comment=int(story.comments is not CommentRule.CLOSED),
        only_fans_can_comment=int(story.comments is CommentRule.FOLLOWERS),
        article_type=story.more.get("article_type", "news"),
    )

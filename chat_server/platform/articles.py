"""Articles as partners write them: drafts, what was published of them, and their text here.

A partner's HTML becomes the plain paragraphs that every article of this house has; what a
follower reads is the native article, at its own place.
"""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser

import msgspec
from msgspec.structs import replace

from chat_server.domain import bodies
from chat_server.domain.errors import VersionConflict
from chat_server.domain.facts import Fact
from chat_server.domain.publishing import Article, Broadcast, BroadcastState, hash_content
from chat_server.platform.apps import new_name
from chat_server.platform.drawers import Drawer
from chat_server.platform.faults import (
    BAD_MEDIA_ID,
    BAD_PARAMETER,
    EMPTY_ARTICLES,
    NO_SUCH_DRAFT,
    TITLE_TOO_LONG,
    Refused,
)
from chat_server.platform.media import MediaShelf
from chat_server.platform.quotas import day_of
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store

MAX_ARTICLES = 8
MAX_TITLE = 64
MAX_CONTENT = 1024 * 1024  # bytes
DIGEST = 54  # characters, where the partner gave none
_DRAFTS = 1000  # of one account


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


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """`deleted` are the articles' places, from 1, that were taken off."""

    publish_id: int
    msg_data_id: int
    broadcast_id: str
    articles: Sequence[ApiArticle]
    at_s: int
    deleted: Sequence[int] = ()


class Sent(msgspec.Struct, frozen=True):
    """What was published or mass-sent on some day, as statistics count it."""

    msg_data_id: int
    broadcast_id: str
    titles: Sequence[str]


class _Pointer(msgspec.Struct, frozen=True):
    article_id: str


class Articles:
    def __init__(self, store: Store, media: MediaShelf, clock: Clock) -> None:
        self._store, self._media, self._clock = store, media, clock
        self.drafts = Drawer(store.shelf, clock, "draft", News)
        self.news = Drawer(store.shelf, clock, "material.news", News)
        self.published = Drawer(store.shelf, clock, "published", Published)
        self._by_number = Drawer(store.shelf, clock, "publish_id", _Pointer)
        self._sent = Drawer(store.shelf, clock, "sent_article", Sent)

    async def add(
        self, account: str, articles: Sequence[ApiArticle], *, lasting: bool = False
    ) -> str:
        """The media id of a new draft, or of news material. Raises Refused, naming the field."""
        await self._check(account, articles)
        box = self.news if lasting else self.drafts
        if await box.count(account) >= _DRAFTS:
            raise Refused(BAD_PARAMETER, f"too many articles: at most {_DRAFTS}; delete some")
        now = self._clock.now_ms()
        media_id = new_name(now)
        await box.put(account, media_id, News(articles, now // 1000, now // 1000))
        return media_id

    async def draft(self, account: str, media_id: str) -> News:
        """A draft, or news material. Raises Refused."""
        found = await self.drafts.get(account, media_id) if media_id else None
        if found is None and media_id:
            found = await self.news.get(account, media_id)
        if found is None:
            raise Refused(BAD_MEDIA_ID, "invalid media_id: there is no such draft")
        return found

    async def update(self, account: str, media_id: str, index: int, article: ApiArticle) -> None:
        await self._check(account, [article])

        def edit(news: News | None) -> News:
            if news is None:
                raise Refused(BAD_MEDIA_ID, "invalid media_id: there is no such draft")
            if not 0 <= index < len(news.articles):
                raise Refused(BAD_PARAMETER, "invalid parameter: index")
            articles = [*news.articles]
            articles[index] = article
            now_s = self._clock.now_ms() // 1000
            return replace(news, articles=articles, updated_s=now_s)

        lasting = await self.news.get(account, media_id) is not None
        await (self.news if lasting else self.drafts).change(account, media_id, edit)

    async def delete(self, account: str, media_id: str) -> None:
        if await self.drafts.take(account, media_id) is None:
            raise Refused(BAD_MEDIA_ID, "invalid media_id: there is no such draft")

    async def publish(self, account: str, appid: str, media_id: str) -> tuple[str, Published]:
        """Its permanent place; the draft leaves the box. Nobody is notified."""
        news = await self.drafts.take(account, media_id) if media_id else None
        if news is None:
            raise Refused(NO_SUCH_DRAFT, "invalid media_id: there is no such draft")
        now = self._clock.now_ms()
        number = await self._store.shelf.bump(account, "number", "publish", 1, now)
        published = Published(
            publish_id=2_247_000_000 + number,
            msg_data_id=2_650_000_000 + number,
            broadcast_id=await self._store_native(account, appid, news.articles),
            articles=news.articles,
            at_s=now // 1000,
        )
        article_id = new_name(now)
        await self.published.put(account, article_id, published)
        await self._by_number.put(account, str(published.publish_id), _Pointer(article_id))
        await self.note_sent(account, published.msg_data_id, published.broadcast_id, news.articles)
        return article_id, published

    async def note_sent(
        self, account: str, msg_data_id: int, broadcast_id: str, articles: Sequence[ApiArticle]
    ) -> None:
        """The same again changes nothing."""
        name = f"{day_of(self._clock.now_ms())}.{msg_data_id}"
        titles = [each.title for each in articles]
        await self._sent.new(account, name, Sent(msg_data_id, broadcast_id, titles))

    async def sent_on(self, account: str, day: str) -> Sequence[Sent]:
        rows = await self._sent.page(account, after=f"{day}.", limit=_DRAFTS)
        return [sent for name, sent in rows if name.startswith(f"{day}.")]

    async def by_number(self, account: str, publish_id: str) -> tuple[str, Published]:
        pointer = await self._by_number.get(account, publish_id)
        if pointer is None:
            raise Refused(BAD_PARAMETER, "invalid parameter: publish_id")
        return pointer.article_id, await self.article(account, pointer.article_id)

    async def article(self, account: str, article_id: str) -> Published:
        found = await self.published.get(account, article_id) if article_id else None
        if found is None:
            raise Refused(BAD_PARAMETER, "invalid parameter: article_id")
        return found

    async def shown(self, account: str, place: str) -> Published | None:
        """What was published there, or a draft or material as it stands; None: nothing."""
        if not place:
            return None
        if found := await self.published.get(account, place):
            return found
        try:
            news = await self.draft(account, place)
        except Refused:
            return None
        return Published(
            publish_id=0,
            msg_data_id=0,
            broadcast_id="",
            articles=news.articles,
            at_s=news.updated_s,
        )

    async def unpublish(self, account: str, article_id: str, index: int) -> None:
        """`index` from 1; 0 is all of it."""

        def edit(found: Published | None) -> Published:
            if found is None:
                raise Refused(BAD_PARAMETER, "invalid parameter: article_id")
            places = range(1, len(found.articles) + 1)
            if index and index not in places:
                raise Refused(BAD_PARAMETER, "invalid parameter: index")
            gone = {*found.deleted, index} if index else set(places)
            return replace(found, deleted=sorted(gone))

        await self.published.change(account, article_id, edit)

    async def body(self, account: str, media_id: str) -> bodies.Article:
        """A draft or material as a message. Raises Refused."""
        news = await self.draft(account, media_id)
        broadcast_id = await self._store_native(account, account, news.articles)
        return await self._body(account, broadcast_id, news.articles)

    async def published_body(self, account: str, article_id: str) -> bodies.Article:
        found = await self.article(account, article_id)
        return await self._body(account, found.broadcast_id, found.articles)

    async def _body(
        self, account: str, broadcast_id: str, articles: Sequence[ApiArticle]
    ) -> bodies.Article:
        native = await self.native(account, articles)
        items = [bodies.ArticleItem(one.title, one.digest, one.cover) for one in native]
        return bodies.Article(broadcast_id, items)

    async def native(self, account: str, articles: Sequence[ApiArticle]) -> Sequence[Article]:
        return [
            Article(
                title=each.title,
                digest=each.digest or "".join(paragraphs(each.content))[:DIGEST],
                paragraphs=paragraphs(each.content) or [each.title],
                cover=await self._cover(account, each.thumb_media_id),
            )
            for each in articles
        ]

    async def _cover(self, account: str, media_id: str) -> str:
        if not media_id:
            return ""
        return (await self._media.find(account, media_id, "articles.thumb_media_id")).digest

    async def _store_native(self, account: str, actor: str, articles: Sequence[ApiArticle]) -> str:
        """The house's own article, found again by its content; the same is stored once."""
        native = await self.native(account, articles)
        content, now = hash_content(account, native), self._clock.now_ms()
        broadcast = Broadcast(
            broadcast_id=f"api-{content[:32]}",
            account=account,
            articles=native,
            content_hash=content,
            state=BroadcastState.APPROVED,
            maker=actor,
            submitted_ms=now,
            decided_ms=now,
        )
        fact = Fact("article_published", actor, broadcast.broadcast_id, now, {"account": account})
        try:
            await self._store.accounts.save_broadcast(broadcast, fact)
        except VersionConflict:
            return broadcast.broadcast_id
        return broadcast.broadcast_id

    async def _check(self, account: str, articles: Sequence[ApiArticle]) -> None:
        if not articles:
            raise Refused(EMPTY_ARTICLES, "empty news data: articles")
        if len(articles) > MAX_ARTICLES:
            raise Refused(BAD_PARAMETER, f"invalid parameter: articles, at most {MAX_ARTICLES}")
        for each in articles:
            if not each.title.strip():
                raise Refused(BAD_PARAMETER, "invalid parameter: articles.title is empty")
            if len(each.title) > MAX_TITLE:
                raise Refused(TITLE_TOO_LONG, f"title size out of limit: at most {MAX_TITLE}")
            if len(each.content.encode()) > MAX_CONTENT:
                raise Refused(BAD_PARAMETER, "invalid parameter: articles.content is too long")
            await self._cover(account, each.thumb_media_id)


class _Text(HTMLParser):
    """Words of the paragraphs; what is no text (scripts, styles) is left out."""

    _BLOCKS = frozenset(
        {"p", "div", "section", "br", "li", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "blockquote"}
    )
    _UNREAD = frozenset({"script", "style", "head", "iframe", "template"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = [""]
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._unread += tag in self._UNREAD
        if tag in self._BLOCKS:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._UNREAD and self._unread:
            self._unread -= 1
        if tag in self._BLOCKS:
            self.found.append("")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.found[-1] += data


def paragraphs(content: str) -> list[str]:
    """The plain text of some HTML, a string for each paragraph."""
    reader = _Text()
    reader.feed(content)
    reader.close()
    words = (" ".join(each.split()) for each in reader.found)
    return [each for each in words if each]

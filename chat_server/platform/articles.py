"""Articles as partners publish them: the account's own drafts, and its own articles.

A partner's program writes into the same box as the account's staff, and what it publishes has
the same page. Here is only what partners alone have: news material, and the numbers by which
they ask for what they published.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from chat_server.domain import bodies
from chat_server.domain.accounts.articles import ArticleDraft, article_place
from chat_server.domain.errors import NotFound, VersionConflict
from chat_server.domain.facts import Fact
from chat_server.domain.publishing import (
    Article,
    Broadcast,
    BroadcastState,
    CommentRule,
    hash_content,
)
from chat_server.platform import news as words
from chat_server.platform.apps import App, new_name
from chat_server.platform.drawers import Drawer
from chat_server.platform.faults import BAD_MEDIA_ID, BAD_PARAMETER, NO_SUCH_DRAFT, Refused
from chat_server.platform.media import MediaShelf
from chat_server.platform.news import ApiArticle, News
from chat_server.platform.quotas import day_of
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.public_accounts.articles import Articles as NativeArticles
from chat_server.usecases.public_accounts.open import AccountWork

T = TypeVar("T")
_MATERIAL = 1000  # pieces of news of one account
_TRIES = 16
_NO_DRAFT = "invalid media_id: there is no such draft"


class Published(msgspec.Struct, frozen=True, kw_only=True):
    publish_id: int
    msg_data_id: int
    broadcast_id: str
    at_s: int


class Shown(msgspec.Struct, frozen=True):
    """What was published, as it stands. `deleted` are places, from 1, that were taken off."""

    published: Published
    articles: Sequence[ApiArticle]
    covers: Sequence[str]
    deleted: Sequence[int]


class Sent(msgspec.Struct, frozen=True):
    """What was published or mass-sent on some day, as statistics count it."""

    msg_data_id: int
    broadcast_id: str
    titles: Sequence[str]


class _Pointer(msgspec.Struct, frozen=True):
    article_id: str


class Articles:
    def __init__(self, store: Store, media: MediaShelf, clock: Clock, work: AccountWork) -> None:
        self._store, self._media, self._clock, self._work = store, media, clock, work
        self._native = NativeArticles(store, clock)
        self.news = Drawer(store.shelf, clock, "material.news", News)
        self.published = Drawer(store.shelf, clock, "published", Published)
        self._by_number = Drawer(store.shelf, clock, "publish_id", _Pointer)
        self._by_data_id = Drawer(store.shelf, clock, "msg_data_id", _Pointer)
        self._sent = Drawer(store.shelf, clock, "sent_article", Sent)

    # --- drafts

    async def add(self, app: App, articles: Sequence[ApiArticle], *, lasting: bool = False) -> str:
        """The media id of a new draft, or of news material. Raises Refused, naming the field."""
        account = app.account
        words.check(articles)
        kept = await self._kept(account, articles)
        if not lasting:
            entry = await self._work.entries.partner(account, app.appid)
            return (await self._work.drafts.create(entry, kept)).draft_id
        if await self.news.count(account) >= _MATERIAL:
            raise Refused(BAD_PARAMETER, f"too many articles: at most {_MATERIAL}; delete some")
        now = self._clock.now_ms()
        media_id = new_name(now)
        await self.news.put(account, media_id, News(articles, now // 1000, now // 1000))
        return media_id

    async def draft(self, account: str, media_id: str) -> News:
        """A draft, or news material. Raises Refused."""
        if media_id and (material := await self.news.get(account, media_id)):
            return material
        return _as_news(await self._found(account, media_id))

    async def drafts(self, account: str, limit: int) -> Sequence[tuple[str, News]]:
        """Newest first."""
        found = await self._work.drafts.listed(account, limit)
        return [(each.draft_id, _as_news(each)) for each in found]

    async def count(self, account: str) -> int:
        return await self._work.drafts.count(account)

    async def update(self, app: App, media_id: str, index: int, article: ApiArticle) -> None:
        words.check([article])
        if await self.news.get(app.account, media_id) is not None:
            await self.news.change(
                app.account, media_id, lambda news: self._edited(news, index, article)
            )
            return
        (kept,) = await self._kept(app.account, [article])
        entry = await self._work.entries.partner(app.account, app.appid)
        for _ in range(_TRIES):
            former = await self._found(app.account, media_id)
            articles = _with(former.articles, index, kept)
            with suppress(VersionConflict):
                await self._work.drafts.change(entry, media_id, articles, former.version)
                return
        raise VersionConflict(media_id)

    async def delete(self, account: str, media_id: str) -> None:
        try:
            await self._work.drafts.delete(account, media_id)
        except NotFound as exc:
            raise Refused(BAD_MEDIA_ID, _NO_DRAFT) from exc

    # --- publishing

    async def publish(self, app: App, media_id: str) -> tuple[str, Published]:
        """Its permanent place; the draft leaves the box. Nobody is notified."""
        account = app.account
        try:
            draft = await self._work.drafts.find(account, media_id)
            broadcast_id = await self._store_native(
                account, app.appid, draft.articles, f"api-{media_id}"
            )
            await self._work.drafts.delete(account, media_id)
        except NotFound as exc:
            raise Refused(NO_SUCH_DRAFT, _NO_DRAFT) from exc
        now = self._clock.now_ms()
        number = await self._store.shelf.bump(account, "number", "publish", 1, now)
        published = Published(
            publish_id=2_247_000_000 + number,
            msg_data_id=2_650_000_000 + number,
            broadcast_id=broadcast_id,
            at_s=now // 1000,
        )
        article_id = new_name(now)
        await self.published.put(account, article_id, published)
        await self._by_number.put(account, str(published.publish_id), _Pointer(article_id))
        titles = [each.title for each in draft.articles]
        await self.note_sent(account, published.msg_data_id, broadcast_id, titles)
        return article_id, published

    async def note_sent(
        self, account: str, msg_data_id: int, broadcast_id: str, titles: Sequence[str]
    ) -> None:
        """The same again changes nothing."""
        name = f"{day_of(self._clock.now_ms())}.{msg_data_id}"
        await self._sent.new(account, name, Sent(msg_data_id, broadcast_id, titles))
        await self._by_data_id.new(account, str(msg_data_id), _Pointer(broadcast_id))

    async def sent_on(self, account: str, day: str) -> Sequence[Sent]:
        rows = await self._sent.page(account, after=f"{day}.", limit=_MATERIAL)
        return [sent for name, sent in rows if name.startswith(f"{day}.")]

    async def broadcast_of(self, account: str, msg_data_id: str) -> str:
        """What was published or mass-sent under that number. Raises Refused."""
        found = await self._by_data_id.get(account, msg_data_id) if msg_data_id else None
        if found is None:
            raise Refused(BAD_PARAMETER, "invalid parameter: msg_data_id")
        return found.article_id

    async def rule(self, account: str, broadcast_id: str, index: int) -> CommentRule:
        """Who may comment once it is open, as it was written. NotFound."""
        story = (await self._native.of_account(account, broadcast_id, index)).article.story
        followers = story is not None and story.comments is CommentRule.FOLLOWERS
        return CommentRule.FOLLOWERS if followers else CommentRule.OPEN

    async def by_number(self, account: str, publish_id: str) -> tuple[str, Published]:
        pointer = await self._by_number.get(account, publish_id) if publish_id else None
        if pointer is None:
            raise Refused(BAD_PARAMETER, "invalid parameter: publish_id")
        return pointer.article_id, await self.article(account, pointer.article_id)

    async def article(self, account: str, article_id: str) -> Published:
        found = await self.published.get(account, article_id) if article_id else None
        if found is None:
            raise Refused(BAD_PARAMETER, "invalid parameter: article_id")
        return found

    async def shown(self, published: Published) -> Shown:
        broadcast = await self._store.accounts.broadcast(published.broadcast_id)
        articles = broadcast.articles if broadcast else []
        account, name = broadcast.account if broadcast else "", published.broadcast_id
        gone = [
            index + 1
            for index, each in enumerate(articles)
            if (await self._native.standing(account, article_place(name, index), each)).withdrawn
        ]
        return Shown(
            published,
            [words.told(each) for each in articles],
            [each.cover for each in articles],
            gone,
        )

    async def unpublish(self, app: App, article_id: str, index: int) -> None:
        """`index` from 1; 0 is all of it."""
        published = await self.article(app.account, article_id)
        places = range(1, len((await self.shown(published)).articles) + 1)
        if index and index not in places:
            raise Refused(BAD_PARAMETER, "invalid parameter: index")
        entry = await self._work.entries.partner(app.account, app.appid)
        for place in [index] if index else places:
            await self._work.talk.decide(entry, published.broadcast_id, place - 1, withdrawn=True)

    async def take_off(self, app: App, broadcast_id: str, index: int) -> None:
        """One article of what was sent, `index` from 1. Raises Refused."""
        entry = await self._work.entries.partner(app.account, app.appid)
        try:
            await self._work.talk.decide(entry, broadcast_id, index - 1, withdrawn=True)
        except NotFound as exc:
            raise Refused(BAD_PARAMETER, "invalid parameter: article_idx") from exc

    async def leave_box(self, account: str, media_id: str) -> None:
        """A draft that was sent is none any more; material stays."""
        with suppress(NotFound):
            await self._work.drafts.delete(account, media_id)

    # --- as messages

    async def body(self, account: str, media_id: str) -> bodies.Article:
        """A draft or material as a message. Raises Refused."""
        if media_id and (material := await self.news.get(account, media_id)):
            articles = await self._kept(account, material.articles)
        else:
            articles = (await self._found(account, media_id)).articles
        name = f"api-{hash_content(account, articles)[:32]}"
        return _body(await self._store_native(account, account, articles, name), articles)

    async def published_body(self, account: str, article_id: str) -> bodies.Article:
        published = await self.article(account, article_id)
        broadcast = await self._store.accounts.broadcast(published.broadcast_id)
        return _body(published.broadcast_id, broadcast.articles if broadcast else [])

    # --- below

    def _edited(self, news: News | None, index: int, article: ApiArticle) -> News:
        if news is None:
            raise Refused(BAD_MEDIA_ID, _NO_DRAFT)
        articles = _with(news.articles, index, article)
        return replace(news, articles=articles, updated_s=self._clock.now_ms() // 1000)

    async def _found(self, account: str, media_id: str) -> ArticleDraft:
        try:
            return await self._work.drafts.find(account, media_id)
        except NotFound as exc:
            raise Refused(BAD_MEDIA_ID, _NO_DRAFT) from exc

    async def _kept(self, account: str, articles: Sequence[ApiArticle]) -> Sequence[Article]:
        return [
            await words.kept(each, await self._cover(account, each.thumb_media_id))
            for each in articles
        ]

    async def _cover(self, account: str, media_id: str) -> str:
        if not media_id:
            return ""
        return (await self._media.find(account, media_id, "articles.thumb_media_id")).digest

    async def _store_native(
        self, account: str, actor: str, articles: Sequence[Article], broadcast_id: str
    ) -> str:
        """The house's own article; under the same name it is stored once."""
        now = self._clock.now_ms()
        broadcast = Broadcast(
            broadcast_id=broadcast_id,
            account=account,
            articles=articles,
            content_hash=hash_content(account, articles),
            state=BroadcastState.APPROVED,
            maker=actor,
            submitted_ms=now,
            decided_ms=now,
        )
        fact = Fact("article_published", actor, broadcast_id, now, {"account": account})
        with suppress(VersionConflict):
            await self._store.accounts.save_broadcast(broadcast, fact)
        return broadcast_id


def _with(articles: Sequence[T], index: int, article: T) -> Sequence[T]:
    if not 0 <= index < len(articles):
        raise Refused(BAD_PARAMETER, "invalid parameter: index")
    return [*articles[:index], article, *articles[index + 1 :]]


def _as_news(draft: ArticleDraft) -> News:
    articles = [words.told(each) for each in draft.articles]
    return News(articles, draft.created_ms // 1000, draft.edited_ms // 1000)


def _body(broadcast_id: str, articles: Sequence[Article]) -> bodies.Article:
    items = [bodies.ArticleItem(each.title, each.digest, each.cover) for each in articles]
    return bodies.Article(broadcast_id, items)

"""Articles while they are written: kept, changed by one at a time, shown to one, submitted.

An account's staff and its partners' programs write into the same box.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from html import escape

import msgspec
from msgspec.structs import replace

from chat_server.domain import bodies
from chat_server.domain.accounts.articles import (
    DIGEST,
    MAX_DRAFTS,
    PREVIEW_MS,
    PREVIEWS,
    ArticleDraft,
    Preview,
    check_articles,
)
from chat_server.domain.errors import (
    InvalidValue,
    NotFound,
    RateLimited,
    StoreUnavailable,
    TooLong,
    VersionConflict,
)
from chat_server.domain.facts import Fact
from chat_server.domain.ids import service_conversation
from chat_server.domain.message import Draft, EventKind
from chat_server.domain.publishing import Article, Attachment, Story, hash_content
from chat_server.ports.clock import Clock, NewId
from chat_server.ports.store import Store
from chat_server.usecases.public_accounts.broadcasts import Broadcasts, BroadcastView
from chat_server.usecases.public_accounts.entry import Entry
from chat_server.usecases.public_accounts.notices import HashBody
from chat_server.usecases.public_accounts.records import Records
from chat_server.usecases.public_accounts.rich_text import paragraphs, sanitised

PREVIEW = "article.preview"
_DAY_MS = 86_400_000
_SWEPT = 20  # expired previews that a new one takes away


def preview_records(store: Store) -> Records[Preview]:
    return Records(store.shelf, PREVIEW, Preview)


async def written(article: Article) -> Article:
    """As it is kept: its story sanitised, words and digest taken from it. InvalidValue."""
    if article.story is None:
        return article
    html = await sanitised(article.story.html)
    words = paragraphs(html)
    return replace(
        article,
        title=article.title.strip(),
        digest=article.digest.strip() or "".join(words)[:DIGEST],
        paragraphs=words or [article.title.strip()],
        story=replace(article.story, html=html),
    )


def _with_story(article: Article) -> Article:
    if article.story is not None:
        return article
    html = "".join(f"<p>{escape(each)}</p>" for each in article.paragraphs)
    return replace(article, story=Story(html))


class ArticleDrafts:
    def __init__(self, store: Store, clock: Clock, new_id: NewId, hash_body: HashBody) -> None:
        self._store, self._clock = store, clock
        self._new_id, self._hash_body = new_id, hash_body
        self._records = Records(store.shelf, "article.draft", ArticleDraft)
        self._previews = preview_records(store)

    async def listed(
        self, account: str, limit: int = MAX_DRAFTS, *, before: str = ""
    ) -> Sequence[ArticleDraft]:
        """Newest first, before that draft."""
        return await self._records.page(account, after=before, limit=limit, newest=True)

    async def count(self, account: str) -> int:
        return await self._store.shelf.count(account, self._records.kind)

    async def find(self, account: str, draft_id: str) -> ArticleDraft:
        found = await self._records.get(account, draft_id)
        if found is None:
            raise NotFound("no such draft")
        return found

    async def create(self, entry: Entry, articles: Sequence[Article]) -> ArticleDraft:
        """InvalidValue, TooLong; and NotFound for files that the account does not have."""
        kept = await self._checked(entry, articles)
        if await self.count(entry.id) >= MAX_DRAFTS:
            raise TooLong(f"an account has at most {MAX_DRAFTS} drafts; delete some")
        now = self._clock.now_ms()
        draft = ArticleDraft(
            draft_id=self._new_id(),
            account=entry.id,
            articles=kept,
            editor=entry.actor,
            created_ms=now,
            edited_ms=now,
        )
        await self._put(draft)
        return draft

    async def change(
        self, entry: Entry, draft_id: str, articles: Sequence[Article], revision: int
    ) -> ArticleDraft:
        """VersionConflict if `revision` is not the one that is stored: read it again."""
        kept = await self._checked(entry, articles)
        former = await self.find(entry.id, draft_id)
        if former.version != revision:
            raise VersionConflict(f"somebody saved revision {former.version} meanwhile")
        draft = replace(
            former,
            articles=kept,
            editor=entry.actor,
            edited_ms=self._clock.now_ms(),
            version=revision + 1,
        )
        await self._put(draft)
        return draft

    async def delete(self, account: str, draft_id: str) -> ArticleDraft:
        """Out of the box; handed to one caller. NotFound."""
        found = await self._store.shelf.take(account, self._records.kind, draft_id)
        if found is None:
            raise NotFound("no such draft")
        return msgspec.json.decode(found.body, type=ArticleDraft)

    async def submit(
        self, entry: Entry, draft_id: str, revision: int, broadcasts: Broadcasts
    ) -> BroadcastView:
        """For another person's review, as a broadcast of that id; the draft leaves the box.

        Killed between the two, the same again finishes it.
        """
        draft = await self.find(entry.id, draft_id)
        if draft.version != revision:
            raise VersionConflict(f"somebody saved revision {draft.version} meanwhile")
        try:
            told = await broadcasts.submit(entry.actor, entry.id, draft.articles, draft_id)
        except VersionConflict:
            told = await broadcasts.view(draft_id)
            if told.broadcast.content_hash != hash_content(entry.id, draft.articles):
                raise
        with suppress(NotFound):
            await self.delete(entry.id, draft_id)
        return told

    async def again(self, entry: Entry, broadcast_id: str) -> ArticleDraft:
        """A new draft of what was submitted once: to go on after a rejection."""
        broadcast = await self._store.accounts.broadcast(broadcast_id)
        if broadcast is None or broadcast.account != entry.id:
            raise NotFound("no such broadcast")
        return await self.create(entry, [_with_story(each) for each in broadcast.articles])

    async def preview(self, entry: Entry, draft_id: str, customer: str) -> None:
        """Send it to one follower as it stands, to be read for twelve hours. Raises NotFound,
        RateLimited beyond 100 in a day, InvalidValue for a draft that nobody could read.
        """
        draft = await self.find(entry.id, draft_id)
        if not all(each.title for each in draft.articles):
            raise InvalidValue("title: must not be empty")
        follower = await self._store.followers.among(entry.id, [customer])
        if not follower or not follower[0].following:
            raise NotFound("customer: nobody by that id follows this account")
        now = self._clock.now_ms()
        day = str(now // _DAY_MS)
        if await self._store.shelf.bump(entry.id, "article.previews", day, 1, now) > PREVIEWS:
            raise RateLimited(f"at most {PREVIEWS} previews in a day", retry_after_s=3600.0)
        shown = Preview(entry.id, customer, draft.articles, now + PREVIEW_MS)
        await self._store.shelf.sweep(PREVIEW, now, _SWEPT)
        name = f"preview-{self._new_id()}"
        kept = self._previews.kept("", name, shown, at_ms=shown.expires_ms)
        detail = {"draft": draft_id, "to": customer}
        await self._previews.put(
            kept, Fact("article_previewed", entry.actor, entry.id, now, detail)
        )
        await self._say(entry.id, customer, name, draft.articles)

    async def _say(
        self, account: str, customer: str, name: str, articles: Sequence[Article]
    ) -> None:
        items = [
            bodies.ArticleItem(f"【预览】{each.title}", each.digest, each.cover)
            for each in articles
        ]
        body = msgspec.json.encode(bodies.Article(name, items))
        await self._store.messages.append(
            Draft(
                conv=service_conversation(account, customer),
                sender=account,
                mid=name,
                kind=EventKind.MESSAGE,
                body=body,
                body_hash=self._hash_body(body),
                at_ms=self._clock.now_ms(),
            )
        )

    async def _checked(self, entry: Entry, articles: Sequence[Article]) -> Sequence[Article]:
        check_articles(articles)
        kept = [await written(each) for each in articles]
        for each in kept:
            for file in each.story.attachments if each.story else ():
                await self._open_to_all(entry.id, file)
        return kept

    async def _open_to_all(self, account: str, file: Attachment) -> None:
        """What is attached anybody may keep; only what the account took in can be attached."""
        media = self._store.media
        medium = await media.medium(file.media)
        if medium is None or not (medium.public or await media.may_read(account, file.media)):
            raise NotFound(f"attachments: {file.name[:40]!r} is not here; upload it first")
        if not medium.public:
            touched = replace(medium, public=True, touched_ms=self._clock.now_ms())
            if not await media.put_medium(touched):
                raise StoreUnavailable("the file is just being removed", retry_after_s=1.0)

    async def _put(self, draft: ArticleDraft) -> None:
        kept = self._records.kept(draft.account, draft.draft_id, draft, version=draft.version)
        detail: dict[str, str | int | bool] = {"draft": draft.draft_id, "revision": draft.version}
        fact = Fact("article_drafted", draft.editor, draft.account, draft.edited_ms, detail)
        await self._records.put(kept, fact)

"""Reading an article: in the app, on its page for everybody, as a preview, and at the desk."""

from __future__ import annotations

from contextlib import suppress

import msgspec

from chat_server.domain.accounts.articles import Standing, article_place
from chat_server.domain.errors import NotFound, VersionConflict
from chat_server.domain.facts import Fact
from chat_server.domain.ids import feed_conversation
from chat_server.domain.people import Person, StaffRole
from chat_server.domain.publishing import Article, Broadcast, BroadcastState, CommentRule
from chat_server.domain.shelf import Kept
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.public_accounts.article_drafts import preview_records
from chat_server.usecases.public_accounts.broadcasts import DESK
from chat_server.usecases.public_accounts.records import NEVER_MS, Records

READ, LIKED, SHARED = "article.read", "article.liked", "article.shared"


class ArticleView(msgspec.Struct, frozen=True):
    """`preview`: it is nowhere yet, and nobody counts or comments."""

    account: str
    account_name: str
    article: Article
    published_ms: int
    comments: CommentRule = CommentRule.CLOSED
    withdrawn: bool = False
    preview: bool = False


class Articles:
    """Who may see which article, and how each stands."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._previews = preview_records(store)
        self.standings = Records(store.shelf, "article.standing", Standing)

    async def standing(self, account: str, place: str, article: Article) -> Standing:
        """As it was published, unless something was decided since."""
        rule = article.story.comments if article.story else CommentRule.CLOSED
        return await self.standings.get(account, place) or Standing(rule, version=0)

    async def published(self, broadcast_id: str, index: int) -> ArticleView:
        """For everybody. NotFound for what has no page of its own, or never was approved."""
        broadcast = await self._approved(broadcast_id, index)
        account = await self._store.accounts.account(broadcast.account)
        if broadcast.articles[index].story is None or account is None or not account.active:
            raise NotFound("no such article")
        return await self._view(broadcast, index)

    async def seen_by(self, reader: str, broadcast_id: str, index: int) -> ArticleView:
        """NotFound for who may not read it; for a withdrawn one, too, but at the desk."""
        person = await self._store.people.person(reader)
        if person is None or index < 0:
            raise NotFound("no such article")
        broadcast = await self._store.accounts.broadcast(broadcast_id)
        if broadcast is None:
            return await self._preview(person, broadcast_id, index)
        if index >= len(broadcast.articles):
            raise NotFound("no such article")
        if person.role not in DESK:
            await self._check(person.role, reader, broadcast, index)
        view = await self._view(broadcast, index)
        if view.withdrawn and person.role not in DESK:
            raise NotFound("no such article")
        return view

    async def of_account(self, account: str, broadcast_id: str, index: int) -> ArticleView:
        """For who works on that account. NotFound."""
        broadcast = await self._approved(broadcast_id, index)
        if broadcast.account != account:
            raise NotFound("no such article")
        return await self._view(broadcast, index)

    async def _approved(self, broadcast_id: str, index: int) -> Broadcast:
        broadcast = await self._store.accounts.broadcast(broadcast_id)
        if (
            broadcast is None
            or broadcast.state is not BroadcastState.APPROVED
            or not 0 <= index < len(broadcast.articles)
        ):
            raise NotFound("no such article")
        return broadcast

    async def _check(self, role: StaffRole, reader: str, broadcast: Broadcast, index: int) -> None:
        """What has a page is for everybody; the rest for those who follow."""
        if broadcast.state is not BroadcastState.APPROVED:
            raise NotFound("no such article")
        if broadcast.articles[index].story is None and role is StaffRole.CUSTOMER:
            feed = feed_conversation(broadcast.account)
            membership = await self._store.conversations.membership(feed, reader)
            if membership is None or membership.left_seq is not None:
                raise NotFound("no such article")

    async def _preview(self, person: Person, name: str, index: int) -> ArticleView:
        found = await self._previews.get("", name)
        if (
            found is None
            or index >= len(found.articles)
            or person.user != found.customer
            or found.expires_ms <= self._clock.now_ms()
        ):
            raise NotFound("no such article")
        article = found.articles[index]
        return ArticleView(found.account, await self._name(found.account), article, 0, preview=True)

    async def _view(self, broadcast: Broadcast, index: int) -> ArticleView:
        article = broadcast.articles[index]
        place = article_place(broadcast.broadcast_id, index)
        standing = await self.standing(broadcast.account, place, article)
        return ArticleView(
            account=broadcast.account,
            account_name=await self._name(broadcast.account),
            article=article,
            published_ms=broadcast.decided_ms,
            comments=standing.comments,
            withdrawn=standing.withdrawn,
        )

    async def _name(self, account: str) -> str:
        found = await self._store.accounts.account(account)
        return found.name if found else account


class ReadArticle:
    """Gives an article's text, and tells once that a customer read it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._articles = Articles(store, clock)

    async def __call__(self, reader: str, broadcast_id: str, index: int) -> ArticleView:
        view = await self._articles.seen_by(reader, broadcast_id, index)
        person = await self._store.people.person(reader)
        if person is not None and person.role is StaffRole.CUSTOMER and not view.preview:
            await self._note(reader, article_place(broadcast_id, index), view.account)
        return view

    async def published(self, broadcast_id: str, index: int) -> ArticleView:
        """For everybody, and not counted: nobody knows who. NotFound."""
        return await self._articles.published(broadcast_id, index)

    async def of_account(self, account: str, broadcast_id: str, index: int) -> ArticleView:
        """For who works on that account. NotFound."""
        return await self._articles.of_account(account, broadcast_id, index)

    async def _note(self, reader: str, place: str, account: str) -> None:
        if await self._store.shelf.get(place, READ, reader):
            return
        now = self._clock.now_ms()
        fact = Fact("article_read", reader, place, now, {"account": account})
        with suppress(VersionConflict):  # on two devices at once
            await self._store.shelf.save([Kept(place, READ, reader, "", NEVER_MS)], facts=[fact])

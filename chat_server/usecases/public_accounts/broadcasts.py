"""Broadcasts: an operator submits, another person approves exactly that, or says why not."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from chat_server.domain.accounts.campaigns import RECALL_MS
from chat_server.domain.errors import (
    AlreadyDecided,
    Forbidden,
    FourEyes,
    InvalidValue,
    NotFound,
    RecallTooLate,
)
from chat_server.domain.facts import Fact
from chat_server.domain.people import StaffRole
from chat_server.domain.publishing import (
    Article,
    Broadcast,
    BroadcastState,
    Capability,
    hash_content,
)
from chat_server.ports.blob import BlobStore
from chat_server.ports.clock import Clock, NewId
from chat_server.ports.store import PeopleStore, PublicAccountStore
from chat_server.usecases.public_accounts.entry import Entries

MAX_ARTICLES = 8
SHOWN = 100  # newest broadcasts listed
DESK = frozenset({StaffRole.OPERATOR, StaffRole.REVIEWER, StaffRole.ADMINISTRATOR})


class BroadcastView(msgspec.Struct, frozen=True):
    """A broadcast, how many people it would reach now, and who worked on it by name."""

    broadcast: Broadcast
    audience: int
    maker_name: str
    reviewer_name: str


class Broadcasts:
    """Each step is one commit of the state and its fact; sending is done behind the outbox."""

    def __init__(
        self,
        accounts: PublicAccountStore,
        people: PeopleStore,
        blobs: BlobStore,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._accounts, self._people, self._blobs = accounts, people, blobs
        self._clock, self._new_id = clock, new_id

    async def list(self, viewer: str, account: str) -> Sequence[BroadcastView]:
        """Newest first, for those who work on them."""
        await self._require(viewer, DESK)
        return [await self._view(each) for each in await self._accounts.broadcasts(account, SHOWN)]

    async def view(self, broadcast_id: str) -> BroadcastView:
        """For who was let in already. NotFound."""
        broadcast = await self._accounts.broadcast(broadcast_id)
        if broadcast is None:
            raise NotFound("no such broadcast")
        return await self._view(broadcast)

    async def submit(
        self, maker: str, account: str, articles: Sequence[Article], broadcast_id: str = ""
    ) -> BroadcastView:
        """Under a name of one's own it is submitted once: VersionConflict when there is one."""
        await self._require(maker, {StaffRole.OPERATOR})
        entry = await Entries(self._accounts, self._people).operator(
            maker, account, Capability.BROADCAST
        )
        if not entry.account.active:
            raise Forbidden(f"this account is {entry.account.state}")
        await self._check_articles(articles)
        now = self._clock.now_ms()
        broadcast = Broadcast(
            broadcast_id=broadcast_id or self._new_id(),
            account=account,
            articles=articles,
            content_hash=hash_content(account, articles),
            state=BroadcastState.SUBMITTED,
            maker=maker,
            submitted_ms=now,
        )
        await self._save(broadcast, maker, "broadcast_submitted")
        return await self._view(broadcast)

    async def approve(self, reviewer: str, broadcast_id: str, content_hash: str) -> BroadcastView:
        """Approve what was read, named by its hash. The same approval again changes nothing."""
        broadcast = await self._for_review(reviewer, broadcast_id)
        if content_hash != hash_content(broadcast.account, broadcast.articles):
            raise AlreadyDecided("this is not the content that was reviewed")
        if broadcast.state is BroadcastState.APPROVED and broadcast.reviewer == reviewer:
            return await self._view(broadcast)
        return await self._decide(broadcast, reviewer, BroadcastState.APPROVED, "")

    async def reject(self, reviewer: str, broadcast_id: str, reason: str) -> BroadcastView:
        broadcast = await self._for_review(reviewer, broadcast_id)
        if not reason.strip():
            raise InvalidValue("reason: must not be empty")
        return await self._decide(broadcast, reviewer, BroadcastState.REJECTED, reason)

    async def recall(self, user: str, broadcast_id: str) -> BroadcastView:
        """Take it back from the feed; again changes nothing. RecallTooLate after 24 hours."""
        broadcast = await self._accounts.broadcast(broadcast_id)
        if broadcast is None:
            raise NotFound("no such broadcast")
        entries = Entries(self._accounts, self._people)
        await entries.operator(user, broadcast.account, Capability.BROADCAST)
        if broadcast.state is BroadcastState.RECALLED:
            return await self._view(broadcast)
        if broadcast.state is not BroadcastState.APPROVED:
            raise AlreadyDecided(f"this broadcast is {broadcast.state}")
        if self._clock.now_ms() - broadcast.decided_ms > RECALL_MS:
            raise RecallTooLate("a broadcast is recalled within 24 hours")
        state, version = BroadcastState.RECALLED, broadcast.version + 1
        recalled = replace(broadcast, state=state, version=version)
        await self._save(recalled, user, "broadcast_recalled")
        return await self._view(recalled)

    async def _for_review(self, reviewer: str, broadcast_id: str) -> Broadcast:
        await self._require(reviewer, {StaffRole.REVIEWER})
        broadcast = await self._accounts.broadcast(broadcast_id)
        if broadcast is None:
            raise NotFound("no such broadcast")
        if broadcast.maker == reviewer:
            raise FourEyes("who submitted it cannot decide on it")
        return broadcast

    async def _decide(
        self, broadcast: Broadcast, reviewer: str, state: BroadcastState, reason: str
    ) -> BroadcastView:
        if broadcast.state is not BroadcastState.SUBMITTED:
            raise AlreadyDecided(f"this broadcast is {broadcast.state} already")
        decided = replace(
            broadcast,
            state=state,
            reviewer=reviewer,
            decided_ms=self._clock.now_ms(),
            reason=reason,
            version=broadcast.version + 1,
        )
        await self._save(decided, reviewer, f"broadcast_{state}")
        return await self._view(decided)

    async def _save(self, broadcast: Broadcast, actor: str, kind: str) -> None:
        detail = {"account": broadcast.account, "content": broadcast.content_hash}
        fact = Fact(kind, actor, broadcast.broadcast_id, self._clock.now_ms(), detail)
        await self._accounts.save_broadcast(broadcast, fact)

    async def _view(self, broadcast: Broadcast) -> BroadcastView:
        audience = await self._accounts.follower_count(broadcast.account)
        staff = await self._people.people(filter(None, (broadcast.maker, broadcast.reviewer)))
        names = {person.user: person.name for person in staff}
        maker, reviewer = broadcast.maker, broadcast.reviewer
        return BroadcastView(
            broadcast, audience, names.get(maker, maker), names.get(reviewer, reviewer)
        )

    async def _check_articles(self, articles: Sequence[Article]) -> None:
        if not 1 <= len(articles) <= MAX_ARTICLES:
            raise InvalidValue(f"articles: 1 to {MAX_ARTICLES}")
        for article in articles:
            if not article.title.strip() or not article.paragraphs:
                raise InvalidValue("articles: each has a title and at least one paragraph")
            if article.cover and await self._blobs.get(article.cover) is None:
                raise InvalidValue("cover: no such picture; upload it first")

    async def _require(self, user: str, roles: set[StaffRole] | frozenset[StaffRole]) -> None:
        person = await self._people.person(user)
        if person is None or person.role not in roles:
            raise Forbidden(f"only for: {', '.join(sorted(roles))}")

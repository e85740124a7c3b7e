"""What readers do with an article, counted once a person; comments, and who of the desk elects.

A comment is seen by its writer and the desk; by all once it is elected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

import msgspec
from msgspec.structs import replace

from chat_server.domain.accounts.articles import (
    MAX_ELECTED,
    MAX_OWN,
    Comment,
    Standing,
    article_place,
    check_comment,
)
from chat_server.domain.errors import Forbidden, NotAccepting, NotFound, TooLong, VersionConflict
from chat_server.domain.facts import Fact
from chat_server.domain.people import StaffRole
from chat_server.domain.publishing import Broadcast, BroadcastState, CommentRule
from chat_server.domain.shelf import Kept
from chat_server.ports.clock import Clock
from chat_server.ports.store import Store
from chat_server.usecases.public_accounts.articles import LIKED, READ, SHARED, Articles
from chat_server.usecases.public_accounts.entry import Entry
from chat_server.usecases.public_accounts.follow import FRESH_MS, MANY
from chat_server.usecases.public_accounts.records import NEVER_MS, Records

_COMMENT, _ELECTED, _OWN = "article.comment", "article.elected", "article.commenter"
_DIGITS = 10
_TRIES = 16


class Numbers(msgspec.Struct, frozen=True):
    """Of persons; `comments` of comments."""

    reads: int
    likes: int
    shares: int
    comments: int


class ReaderView(msgspec.Struct, frozen=True):
    """What one reader sees under an article."""

    numbers: Numbers
    liked: bool
    may_comment: bool
    elected: Sequence[Comment]  # newest first
    own: Sequence[Comment]


class ArticleTalk:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._shelf, self._clock = store, store.shelf, clock
        self._articles = Articles(store, clock)
        self._comments = Records(store.shelf, _COMMENT, Comment)
        self._many: dict[tuple[str, str], tuple[int, int]] = {}

    # --- readers

    async def like(self, reader: str, broadcast_id: str, index: int, *, liked: bool) -> None:
        """Liking twice is liking. NotFound, Forbidden for staff."""
        place, account = await self._as_customer(reader, broadcast_id, index)
        if liked:
            await self._once(LIKED, "article_liked", reader, place, account)
        else:
            await self._shelf.take(place, LIKED, reader)

    async def share(self, reader: str, broadcast_id: str, index: int) -> None:
        place, account = await self._as_customer(reader, broadcast_id, index)
        await self._once(SHARED, "article_shared", reader, place, account)

    async def view(self, reader: str, broadcast_id: str, index: int) -> ReaderView:
        """NotFound for who may not read it."""
        seen = await self._articles.seen_by(reader, broadcast_id, index)
        place = article_place(broadcast_id, index)
        elected = await self._shelf.page(place, _ELECTED, limit=MAX_ELECTED, newest=True)
        person = await self._store.people.person(reader)
        customer = person is not None and person.role is StaffRole.CUSTOMER
        return ReaderView(
            numbers=await self.numbers(place),
            liked=await self._shelf.get(place, LIKED, reader) is not None,
            may_comment=customer
            and not seen.preview
            and await self._refused(reader, seen.account, seen.comments) is None,
            elected=await self._named(place, [each.name for each in elected]),
            own=await self._named(place, _numbers(await self._shelf.get(place, _OWN, reader))),
        )

    async def comment(self, reader: str, broadcast_id: str, index: int, text: str) -> Comment:
        """The same words again are the same comment. NotAccepting where one may not comment,
        TooLong beyond ten of one person.
        """
        words = check_comment(text)
        place, account = await self._as_customer(reader, broadcast_id, index)
        seen = await self._articles.seen_by(reader, broadcast_id, index)
        refused = await self._refused(reader, account, seen.comments)
        if refused is not None:
            raise refused
        for _ in range(_TRIES):
            own = await self._shelf.get(place, _OWN, reader)
            numbers = _numbers(own)
            former = await self._named(place, numbers)
            if found := next((each for each in former if each.text == words), None):
                return found
            if len(numbers) >= MAX_OWN:
                raise TooLong(f"at most {MAX_OWN} comments of one person on an article")
            with suppress(VersionConflict):
                return await self._keep(place, account, reader, words, own, numbers)
        raise VersionConflict("comments come too fast")

    async def take_back(self, reader: str, broadcast_id: str, index: int, number: int) -> None:
        """One's own. NotFound."""
        place = article_place(broadcast_id, index)
        found = await self._comments.get(place, _name(number))
        if found is None or found.customer != reader:
            raise NotFound("no such comment")
        await self._remove(place, found, reader, "article_comment_taken_back")

    # --- the desk, and partners

    async def published(self, entry: Entry, limit: int) -> Sequence[Broadcast]:
        """The approved ones among the account's newest broadcasts."""
        newest = await self._store.accounts.broadcasts(entry.id, limit)
        return [each for each in newest if each.state is BroadcastState.APPROVED]

    async def numbers(self, place: str) -> Numbers:
        counts = [await self._count(place, kind) for kind in (READ, LIKED, SHARED, _COMMENT)]
        return Numbers(*counts)

    async def _count(self, place: str, kind: str) -> int:
        """Of what has many, as it was a moment ago: counting a million takes a while."""
        now = self._clock.now_ms()
        counted_ms, count = self._many.get((place, kind), (-FRESH_MS, 0))
        if now - counted_ms >= FRESH_MS:
            count = await self._shelf.count(place, kind)
            if count >= MANY:
                self._many[place, kind] = now, count
        return count

    async def names(self, comments: Sequence[Comment], reader: str = "") -> Mapping[str, str]:
        """By customer: whole for the desk and of oneself, of others only how it begins."""
        people = await self._store.people.people({each.customer for each in comments})
        return {
            each.user: each.name if reader in {"", each.user} else f"{each.name[:1]}**"
            for each in people
        }

    async def listed(
        self, entry: Entry, broadcast_id: str, index: int, *, before: int = 0, limit: int = 50
    ) -> Sequence[Comment]:
        """All of them, newest first, before that number."""
        await self._articles.of_account(entry.id, broadcast_id, index)
        after = _name(before) if before else ""
        place = article_place(broadcast_id, index)
        return await self._comments.page(place, after=after, limit=limit, newest=True)

    async def elected(self, entry: Entry, broadcast_id: str, index: int) -> Sequence[Comment]:
        """Newest first."""
        await self._articles.of_account(entry.id, broadcast_id, index)
        place = article_place(broadcast_id, index)
        rows = await self._shelf.page(place, _ELECTED, limit=MAX_ELECTED, newest=True)
        return await self._named(place, [each.name for each in rows])

    async def elect(
        self, entry: Entry, broadcast_id: str, index: int, number: int, *, elected: bool
    ) -> Comment:
        """Show it to everybody, or no more. TooLong beyond a hundred."""
        place, former = await self._of_entry(entry, broadcast_id, index, number)
        if former.elected == elected:
            return former
        pointer = Kept(place, _ELECTED, _name(number), "", NEVER_MS)
        if elected and await self._shelf.count(place, _ELECTED) >= MAX_ELECTED:
            raise TooLong(f"at most {MAX_ELECTED} elected comments")
        after = replace(former, elected=elected, version=former.version + 1)
        kept = self._comments.kept(place, _name(number), after, version=after.version)
        kind = "article_comment_elected" if elected else "article_comment_unelected"
        fact = self._fact(kind, entry.actor, place, number)
        if elected:
            await self._shelf.save([kept, pointer], facts=[fact])
        else:
            await self._shelf.save([kept], [pointer], [fact])
        return after

    async def reply(
        self, entry: Entry, broadcast_id: str, index: int, number: int, text: str
    ) -> Comment:
        """As the account; empty takes the reply away."""
        words = check_comment(text) if text else ""
        place, former = await self._of_entry(entry, broadcast_id, index, number)
        now = self._clock.now_ms() if words else 0
        after = replace(former, reply=words, replied_ms=now, version=former.version + 1)
        kept = self._comments.kept(place, _name(number), after, version=after.version)
        fact = self._fact("article_comment_replied", entry.actor, place, number)
        await self._shelf.save([kept], facts=[fact])
        return after

    async def delete(self, entry: Entry, broadcast_id: str, index: int, number: int) -> None:
        place, found = await self._of_entry(entry, broadcast_id, index, number)
        await self._remove(place, found, entry.actor, "article_comment_deleted")

    async def decide(
        self,
        entry: Entry,
        broadcast_id: str,
        index: int,
        *,
        comments: CommentRule | None = None,
        withdrawn: bool | None = None,
    ) -> Standing:
        """Open or close the comments; take the article off its page, or put it back."""
        view = await self._articles.of_account(entry.id, broadcast_id, index)
        place = article_place(broadcast_id, index)
        for _ in range(_TRIES):
            former = await self._articles.standing(entry.id, place, view.article)
            after = replace(
                former,
                comments=former.comments if comments is None else comments,
                withdrawn=former.withdrawn if withdrawn is None else withdrawn,
                version=former.version + 1,
            )
            if replace(after, version=former.version) == former:
                return former
            kept = self._articles.standings.kept(entry.id, place, after, version=after.version)
            detail: dict[str, str | int | bool] = {
                "account": entry.id,
                "comments": after.comments.value,
                "withdrawn": after.withdrawn,
            }
            now = self._clock.now_ms()
            with suppress(VersionConflict):
                await self._shelf.save(
                    [kept], facts=[Fact("article_decided", entry.actor, place, now, detail)]
                )
                return after
        raise VersionConflict("the article keeps changing")

    # --- below

    async def _as_customer(self, reader: str, broadcast_id: str, index: int) -> tuple[str, str]:
        seen = await self._articles.seen_by(reader, broadcast_id, index)
        person = await self._store.people.person(reader)
        if person is None or person.role is not StaffRole.CUSTOMER:
            raise Forbidden("only customers are counted")
        if seen.preview:
            raise NotFound("a preview: it is not published yet")
        return article_place(broadcast_id, index), seen.account

    async def _refused(self, reader: str, account: str, rule: CommentRule) -> NotAccepting | None:
        if rule is CommentRule.CLOSED:
            return NotAccepting("comments are closed")
        found = await self._store.followers.among(account, [reader])
        if found and found[0].blocked:
            return NotAccepting("not accepting")
        if rule is CommentRule.FOLLOWERS and not (found and found[0].following):
            return NotAccepting("only for followers")
        return None

    async def _once(self, kind: str, fact: str, reader: str, place: str, account: str) -> None:
        told = Fact(fact, reader, place, self._clock.now_ms(), {"account": account})
        with suppress(VersionConflict):  # counted already
            await self._shelf.save([Kept(place, kind, reader, "", NEVER_MS)], facts=[told])

    async def _named(self, place: str, names: Sequence[str]) -> Sequence[Comment]:
        found = await self._shelf.get_many(place, _COMMENT, names)
        return [
            msgspec.json.decode(found[name].body, type=Comment) for name in names if name in found
        ]

    async def _keep(
        self,
        place: str,
        account: str,
        reader: str,
        words: str,
        own: Kept | None,
        numbers: Sequence[str],
    ) -> Comment:
        now = self._clock.now_ms()
        number = await self._shelf.bump(place, "article.comments", "number", 1, now)
        made = Comment(number=number, customer=reader, text=words, at_ms=now)
        listed = msgspec.json.encode([_name(number), *numbers]).decode()
        version = own.version + 1 if own else 1
        fact = Fact("article_commented", reader, place, now, {"account": account, "number": number})
        await self._shelf.save(
            [
                self._comments.kept(place, _name(number), made),
                Kept(place, _OWN, reader, listed, NEVER_MS, version),
            ],
            facts=[fact],
        )
        return made

    async def _remove(self, place: str, comment: Comment, actor: str, kind: str) -> None:
        name = _name(comment.number)
        gone = [Kept(place, of, name, "", 0) for of in (_COMMENT, _ELECTED)]
        fact = self._fact(kind, actor, place, comment.number)
        for _ in range(_TRIES):
            own = await self._shelf.get(place, _OWN, comment.customer)
            items = [] if own is None else [_without(own, name)]
            with suppress(VersionConflict):
                await self._shelf.save(items, gone, [fact])
                return
        raise VersionConflict("comments change too fast")

    async def _of_entry(
        self, entry: Entry, broadcast_id: str, index: int, number: int
    ) -> tuple[str, Comment]:
        await self._articles.of_account(entry.id, broadcast_id, index)
        place = article_place(broadcast_id, index)
        found = await self._comments.get(place, _name(number))
        if found is None:
            raise NotFound("no such comment")
        return place, found

    def _fact(self, kind: str, actor: str, place: str, number: int) -> Fact:
        return Fact(kind, actor, place, self._clock.now_ms(), {"number": number})


def _numbers(own: Kept | None) -> list[str]:
    return msgspec.json.decode(own.body, type=list[str]) if own else []


def _without(own: Kept, name: str) -> Kept:
    left = [each for each in _numbers(own) if each != name]
    return replace(own, body=msgspec.json.encode(left).decode(), version=own.version + 1)


def _name(number: int) -> str:
    return f"{number:0{_DIGITS}}"

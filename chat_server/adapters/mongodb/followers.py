"""Followers, tags and the black list: what hangs on the memberships of a feed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from chat_server.adapters.mongodb.conversations import MongoConversationStore
from chat_server.adapters.mongodb.database import Database, answered
from chat_server.adapters.mongodb.documents import document, record, records
from chat_server.adapters.mongodb.driver import Document, Session
from chat_server.adapters.mongodb.facts import note
from chat_server.adapters.mongodb.log import Log
from chat_server.adapters.rules import rejoined
from chat_server.adapters.rules_followers import (
    FULL,
    arrived,
    barred,
    counted,
    found_tag,
    next_tag,
    renamed_tag,
)
from chat_server.domain.accounts.following import TAGS_EACH, Follower, Tag
from chat_server.domain.conversation import Membership, Role
from chat_server.domain.errors import NotAccepting, TooLong
from chat_server.domain.facts import Fact
from chat_server.domain.ids import feed_conversation, service_conversation


class MongoFollowerStore:
    def __init__(self, database: Database, log: Log, conversations: MongoConversationStore) -> None:
        self._database, self._log, self._conversations = database, log, conversations
        self._memberships = database.collection("memberships")
        self._followers = database.collection("followers")
        self._tags = database.collection("account_tags")

    async def follow(self, follower: Follower, membership: Membership, fact: Fact) -> bool:
        account, customer = follower.account, follower.customer

        async def work(session: Session) -> bool:
            former = await self._one(account, customer, session)
            if former is not None and former.blocked:
                raise NotAccepting("this account does not take you now")
            place = await self._place(membership.conv, customer, session)
            if place is not None and place.left_seq is None:
                return False
            await self._conversations.keep(rejoined(place, membership), session)
            await self._keep(arrived(former, follower), session)
            await note(self._database, session, fact)
            return True

        return await self._database.transact(work)

    async def unfollow(self, account: str, customer: str, fact: Fact) -> bool:
        feed = feed_conversation(account)

        async def work(session: Session) -> bool:
            former = await self._one(account, customer, session)
            if former is None or not (former.following or former.returns):
                return False
            place = await self._place(feed, customer, session)
            if former.following and place is not None:
                head = (await self._log.standing(feed, session)).head.seq
                await self._conversations.keep(replace(place, left_seq=head), session)
            await self._keep(replace(former, returns=False, tags=()), session)
            await note(self._database, session, fact)
            return True

        return await self._database.transact(work)

    async def block(self, account: str, customer: str, fact: Fact, *, blocked: bool) -> bool:
        feed = feed_conversation(account)

        async def work(session: Session) -> bool:
            former = await self._one(account, customer, session) or Follower(account, customer)
            if former.blocked == blocked:
                return False
            convs = (feed, service_conversation(account, customer))
            found = [await self._place(conv, customer, session) for conv in convs]
            head = (await self._log.standing(feed, session)).head.seq
            after, places = barred(former, [each for each in found if each], head, blocked=blocked)
            for place in places:
                await self._conversations.keep(place, session)
            await self._keep(after, session)
            await note(self._database, session, fact)
            return True

        return await self._database.transact(work)

    async def remark(self, account: str, customer: str, remark: str, fact: Fact) -> bool:
        async def work(session: Session) -> bool:
            former = await self._one(account, customer, session)
            if former is None or not former.following or former.remark == remark:
                return False
            await self._keep(replace(former, remark=remark), session)
            await note(self._database, session, fact)
            return True

        return await self._database.transact(work)

    async def among(self, account: str, customers: Iterable[str]) -> Sequence[Follower]:
        return await answered(self._among(account, sorted(set(customers))))

    async def page(
        self, account: str, *, after: str = "", limit: int, tag: int = 0
    ) -> Sequence[Follower]:
        if limit < 1:
            return []
        if tag:
            tagged = {"account": account, "tags": tag, "customer": {"$gt": after}}
            rows = self._followers.find(tagged).sort("customer").limit(limit)
            users = [row["customer"] for row in await answered(rows.to_list(None))]
        else:
            present = {"conv": feed_conversation(account), "present": True, "role": Role.FOLLOWER}
            there = self._memberships.find({**present, "user": {"$gt": after}})
            rows = there.sort("user").limit(limit)
            users = [row["user"] for row in await answered(rows.to_list(None))]
        return await answered(self._among(account, users))

    async def black_list(self, account: str, *, after: str = "", limit: int) -> Sequence[Follower]:
        if limit < 1:
            return []
        wanted = {"account": account, "blocked": True, "customer": {"$gt": after}}
        rows = self._followers.find(wanted).sort("customer").limit(limit)
        return records(await answered(rows.to_list(None)), Follower)

    async def black_list_count(self, account: str) -> int:
        wanted = {"account": account, "blocked": True}
        return await answered(self._followers.count_documents(wanted))

    async def tags(self, account: str) -> Sequence[Tag]:
        living = [each for each in await answered(self._all_tags(account)) if each.name]
        counts = [
            await answered(self._followers.count_documents({"account": account, "tags": each.tag}))
            for each in living
        ]
        return [replace(tag, count=count) for tag, count in zip(living, counts, strict=True)]

    async def create_tag(self, account: str, name: str, fact: Fact) -> Tag:
        async def work(session: Session) -> Tag:
            tag = next_tag(await self._all_tags(account, session), account, name)
            await self._put_tag(tag, session)
            await note(self._database, session, fact)
            return tag

        return await self._database.transact(work)

    async def rename_tag(self, account: str, tag: int, name: str, fact: Fact) -> None:
        async def work(session: Session) -> None:
            former = await self._all_tags(account, session)
            renamed = renamed_tag(former, tag, name)
            if renamed not in former:
                await self._put_tag(renamed, session)
                await note(self._database, session, fact)

        await self._database.transact(work)

    async def delete_tag(self, account: str, tag: int, fact: Fact) -> None:
        async def work(session: Session) -> None:
            found = found_tag(await self._all_tags(account, session), tag)
            await self._put_tag(replace(found, name=""), session)
            having = {"account": account, "tags": tag}
            await self._followers.update_many(having, {"$pull": {"tags": tag}}, session=session)
            await note(self._database, session, fact)

        await self._database.transact(work)

    async def tag(self, account: str, tag: int, customers: Iterable[str], fact: Fact) -> int:
        asked = sorted(set(customers))

        async def work(session: Session) -> int:
            found_tag(await self._all_tags(account, session), tag)
            found = await self._among(account, asked, session)
            new = [each for each in found if each.following and tag not in each.tags]
            if any(len(each.tags) >= TAGS_EACH for each in new):
                raise TooLong(FULL)
            for each in new:
                tagged = replace(each, tags=tuple(sorted((*each.tags, tag))))
                await self._keep(tagged, session)
            if new:
                await note(self._database, session, counted(fact, len(new)))
            return len(new)

        return await self._database.transact(work)

    async def untag(self, account: str, tag: int, customers: Iterable[str], fact: Fact) -> int:
        asked = sorted(set(customers))

        async def work(session: Session) -> int:
            found_tag(await self._all_tags(account, session), tag)
            having = {"account": account, "customer": {"$in": asked}, "tags": tag}
            done = await self._followers.update_many(
                having, {"$pull": {"tags": tag}}, session=session
            )
            count: int = done.modified_count
            if count:
                await note(self._database, session, counted(fact, count))
            return count

        return await self._database.transact(work)

    async def _one(self, account: str, customer: str, session: Session) -> Follower | None:
        return next(iter(await self._among(account, [customer], session)), None)

    async def _among(
        self, account: str, customers: Sequence[str], session: Session | None = None
    ) -> list[Follower]:
        places = self._memberships.find(
            {
                "conv": feed_conversation(account),
                "user": {"$in": customers},
                "role": Role.FOLLOWER,
            },
            session=session,
        )
        present = {row["user"]: row["present"] for row in await places.to_list(None)}
        rows = self._followers.find(
            {"account": account, "customer": {"$in": customers}}, session=session
        )
        kept = {row["customer"]: record(row, Follower) for row in await rows.to_list(None)}
        return [
            replace(kept.get(user) or Follower(account, user), following=present.get(user, False))
            for user in sorted(present.keys() | kept.keys())
        ]

    async def _place(self, conv: str, user: str, session: Session) -> Membership | None:
        return await self._conversations.membership_in(conv, user, session)

    async def _keep(self, follower: Follower, session: Session) -> None:
        key: Document = {"account": follower.account, "customer": follower.customer}
        row = document(follower)
        del row["following"]  # the membership says so
        await self._followers.replace_one(key, row, upsert=True, session=session)

    async def _all_tags(self, account: str, session: Session | None = None) -> list[Tag]:
        rows = self._tags.find({"account": account}, session=session).sort("tag")
        return records(await rows.to_list(None), Tag)

    async def _put_tag(self, tag: Tag, session: Session) -> None:
        key = {"account": tag.account, "tag": tag.tag}
        await self._tags.replace_one(key, document(tag), upsert=True, session=session)

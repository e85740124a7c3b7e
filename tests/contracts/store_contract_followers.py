"""The store's suite: followers, their tags, the black list, and accounts that change."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from chat_server.domain.accounts.following import MAX_TAGS, TAGS_EACH, Follower
from chat_server.domain.conversation import Conversation, ConversationKind, Role
from chat_server.domain.errors import (
    AlreadyExists,
    NotAccepting,
    NotFound,
    TooLong,
    VersionConflict,
)
from chat_server.domain.publishing import AccountState, PublicAccount
from chat_server.domain.shelf import Kept
from chat_server.ports.store import Store
from tests.contracts.store_samples import as_written, draft, fact, fact_kinds, member

SHOP, FEED = "@shop", "f:@shop"


async def follow(store: Store, *customers: str, scene: str = "") -> None:
    conversation = Conversation(FEED, ConversationKind.FEED, SHOP)
    await store.conversations.open_conversation(
        conversation, [member(SHOP, FEED, Role.PUBLISHER)], fact("conversation_opened")
    )
    for customer in customers:
        follower = Follower(SHOP, customer, followed_ms=5, source="qr", scene=scene)
        place = member(customer, FEED, Role.FOLLOWER)
        await store.followers.follow(follower, place, fact("followed"))


async def names(store: Store, *, after: str = "", limit: int = 9, tag: int = 0) -> str:
    page = await store.followers.page(SHOP, after=after, limit=limit, tag=tag)
    return " ".join(each.customer for each in page)


async def counts(store: Store) -> list[tuple[str, int]]:
    return [(tag.name, tag.count) for tag in await store.followers.tags(SHOP)]


class FollowersContract:
    async def test_who_follows_is_a_member_of_the_feed_and_has_come_somehow(
        self, store: Store
    ) -> None:
        await follow(store, "ann", "bob", "ann", scene="branch-7")
        (ann,) = await store.followers.among(SHOP, ["ann", "nobody"])
        assert ann == Follower(
            SHOP, "ann", following=True, followed_ms=5, source="qr", scene="branch-7"
        )
        assert await store.accounts.follower_count(SHOP) == 2
        assert (await fact_kinds(store)).count("followed") == 2
        assert await names(store) == "ann bob"
        assert await names(store, after="ann") == "bob"
        assert await names(store, limit=1) == "ann"
        assert await names(store, limit=0) == ""

    async def test_who_joined_the_feed_before_there_were_notes_is_a_follower(
        self, store: Store
    ) -> None:
        await follow(store)
        await store.conversations.join(member("old", FEED, Role.FOLLOWER), fact("followed"))
        assert await store.followers.page(SHOP, limit=9) == [Follower(SHOP, "old", following=True)]
        tag = await store.followers.create_tag(SHOP, "VIP", fact())
        assert await store.followers.tag(SHOP, tag.tag, ["old"], fact()) == 1
        assert await store.followers.remark(SHOP, "old", "老", fact())
        (old,) = await store.followers.among(SHOP, ["old"])
        assert (old.remark, tuple(old.tags)) == ("老", (tag.tag,))

    async def test_who_leaves_is_out_of_the_tags_and_may_come_back(self, store: Store) -> None:
        await follow(store, "ann")
        tag = await store.followers.create_tag(SHOP, "VIP", fact())
        await store.followers.tag(SHOP, tag.tag, ["ann"], fact())
        await store.followers.remark(SHOP, "ann", "安", fact())
        assert await store.followers.unfollow(SHOP, "ann", fact("unfollowed"))
        assert not await store.followers.unfollow(SHOP, "ann", fact("unfollowed"))
        assert await counts(store) == [("VIP", 0)]
        (ann,) = await store.followers.among(SHOP, ["ann"])
        assert (ann.following, list(ann.tags)) == (False, [])
        await follow(store, "ann")
        (ann,) = await store.followers.among(SHOP, ["ann"])
        assert (ann.following, ann.remark, list(ann.tags)) == (True, "安", [])
        assert (await fact_kinds(store)).count("unfollowed") == 1

    async def test_a_remark_is_of_a_present_follower(self, store: Store) -> None:
        await follow(store, "ann")
        remark = store.followers.remark
        assert await remark(SHOP, "ann", "大客户", fact("remarked"))
        assert not await remark(SHOP, "ann", "大客户", fact("remarked"))
        assert not await remark(SHOP, "nobody", "x", fact("remarked"))
        assert (await fact_kinds(store)).count("remarked") == 1

    async def test_tags_have_names_of_their_own_and_numbers_that_never_come_back(
        self, store: Store
    ) -> None:
        tags = store.followers
        first = await tags.create_tag(SHOP, "VIP", fact())
        second = await tags.create_tag(SHOP, "理财", fact())
        assert second.tag == first.tag + 1
        with pytest.raises(AlreadyExists):
            await tags.create_tag(SHOP, "VIP", fact("no"))
        with pytest.raises(AlreadyExists):
            await tags.rename_tag(SHOP, second.tag, "VIP", fact("no"))
        await tags.rename_tag(SHOP, second.tag, "基金", fact("renamed"))
        await tags.rename_tag(SHOP, second.tag, "基金", fact("renamed"))
        await tags.delete_tag(SHOP, second.tag, fact())
        third = await tags.create_tag(SHOP, "基金", fact())
        assert third.tag == second.tag + 1
        assert await counts(store) == [("VIP", 0), ("基金", 0)]
        for step in (
            tags.rename_tag(SHOP, second.tag, "x", fact("no")),
            tags.delete_tag(SHOP, second.tag, fact("no")),
            tags.tag(SHOP, second.tag, ["ann"], fact("no")),
            tags.untag(SHOP, second.tag, ["ann"], fact("no")),
        ):
            with pytest.raises(NotFound):
                await step
        kinds = await fact_kinds(store)
        assert (kinds.count("no"), kinds.count("renamed")) == (0, 1)

    async def test_an_account_has_so_many_tags(self, store: Store) -> None:
        for number in range(MAX_TAGS):
            await store.followers.create_tag(SHOP, f"t{number}", fact())
        with pytest.raises(TooLong):
            await store.followers.create_tag(SHOP, "one more", fact())
        other = await store.followers.create_tag("@other", "t1", fact())
        assert other.count == 0

    async def test_many_are_tagged_and_untagged_at_once(self, store: Store) -> None:
        crowd = [f"c{number:02}" for number in range(60)]
        await follow(store, *crowd)
        vip = await store.followers.create_tag(SHOP, "VIP", fact())
        strangers = ["nobody", "c00"]
        asked = [*crowd, *strangers]
        assert await store.followers.tag(SHOP, vip.tag, asked, fact("tagged", tag=vip.tag)) == 60
        assert await store.followers.tag(SHOP, vip.tag, crowd, fact("again")) == 0
        assert await counts(store) == [("VIP", 60)]
        assert await names(store, tag=vip.tag, after="c57") == "c58 c59"
        assert await store.followers.untag(SHOP, vip.tag, crowd[:50], fact("untagged")) == 50
        assert await names(store, tag=vip.tag) == " ".join(crowd[50:59])
        assert await counts(store) == [("VIP", 10)]
        details = {
            each.fact.kind: each.fact.detail for each in await store.audit.facts() if each.fact
        }
        assert details["tagged"] == {"tag": vip.tag, "count": 60}
        assert details["untagged"] == {"count": 50}
        assert "again" not in details
        await store.followers.delete_tag(SHOP, vip.tag, fact())
        assert await names(store, tag=vip.tag) == ""
        (untagged,) = await store.followers.among(SHOP, ["c55"])
        assert list(untagged.tags) == []

    async def test_a_follower_has_so_many_tags(self, store: Store) -> None:
        await follow(store, "ann", "bob")
        for number in range(TAGS_EACH):
            tag = await store.followers.create_tag(SHOP, f"t{number}", fact())
            await store.followers.tag(SHOP, tag.tag, ["ann"], fact())
        last = await store.followers.create_tag(SHOP, "last", fact())
        with pytest.raises(TooLong):
            await store.followers.tag(SHOP, last.tag, ["bob", "ann"], fact())
        assert await names(store, tag=last.tag) == ""
        assert await store.followers.tag(SHOP, tag.tag, ["ann", "bob"], fact()) == 1

    async def test_the_black_list_takes_out_of_the_feed_and_silences(self, store: Store) -> None:
        await follow(store, "ann", "bob")
        chat = "s:@shop:ann"
        await store.conversations.open_conversation(
            Conversation(chat, ConversationKind.SERVICE, SHOP), [member("ann", chat)], fact()
        )
        await store.messages.append(draft(conv=FEED, sender=SHOP))
        tag = await store.followers.create_tag(SHOP, "VIP", fact())
        await store.followers.tag(SHOP, tag.tag, ["ann"], fact())
        block = store.followers.block
        assert await block(SHOP, "ann", fact("blocked"), blocked=True)
        assert not await block(SHOP, "ann", fact("blocked"), blocked=True)
        assert await names(store) == "bob"
        assert await counts(store) == [("VIP", 0)]
        place = await store.conversations.membership(FEED, "ann")
        assert place is not None
        assert place.left_seq == 1
        place = await store.conversations.membership(chat, "ann")
        assert place is not None
        with pytest.raises(NotAccepting):
            place.may_send()
        with pytest.raises(NotAccepting):
            await follow(store, "ann")
        (listed,) = await store.followers.black_list(SHOP, limit=9)
        assert (listed.customer, listed.blocked) == ("ann", True)
        assert await store.followers.black_list_count(SHOP) == 1
        assert list(await store.followers.black_list(SHOP, after="ann", limit=9)) == []

        assert await block(SHOP, "ann", fact("let off"), blocked=False)
        assert not await block(SHOP, "bob", fact("let off"), blocked=False)
        assert await names(store) == "ann bob"
        place = await store.conversations.membership(chat, "ann")
        assert place is not None
        place.may_send()
        assert (await fact_kinds(store)).count("blocked") == 1

    async def test_who_unfollows_from_the_black_list_does_not_return(self, store: Store) -> None:
        await follow(store, "ann")
        await store.followers.block(SHOP, "ann", fact(), blocked=True)
        assert await store.followers.unfollow(SHOP, "ann", fact())
        await store.followers.block(SHOP, "ann", fact(), blocked=False)
        assert await names(store) == ""

    async def test_somebody_who_never_followed_can_be_on_the_black_list(self, store: Store) -> None:
        await follow(store)
        assert await store.followers.block(SHOP, "eve", fact(), blocked=True)
        with pytest.raises(NotAccepting):
            await follow(store, "eve")
        await store.followers.block(SHOP, "eve", fact(), blocked=False)
        await follow(store, "eve")
        assert await names(store) == "eve"

    async def test_an_account_is_changed_as_it_was_read(self, store: Store) -> None:
        account = PublicAccount(SHOP, "店", "", verified=False, state=AccountState.APPLIED)
        change = store.accounts.change_account
        await change(None, account, fact("applied"))
        with pytest.raises(VersionConflict):
            await change(None, account, fact("applied"))
        active = replace(account, state=AccountState.ACTIVE)
        answers = await asyncio.gather(
            *(change(account, active, fact("active")) for _ in range(3)), return_exceptions=True
        )
        assert len([each for each in answers if each is None]) == 1
        assert as_written(await store.accounts.account(SHOP)) == as_written(active)
        assert (await fact_kinds(store)).count("active") == 1

    async def test_what_is_shelved_brings_its_facts(self, store: Store) -> None:
        item = Kept(SHOP, "code", "one", "{}", 5)
        await store.shelf.save([item], facts=[fact("code_made")])
        with pytest.raises(VersionConflict):
            await store.shelf.save([item], facts=[fact("code_made")])
        assert (await fact_kinds(store)).count("code_made") == 1

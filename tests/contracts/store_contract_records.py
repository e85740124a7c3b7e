"""What every store keeps about people, devices, accounts, consents, dialogues and facts."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from chat_server.domain.conversation import Conversation, ConversationKind, Role
from chat_server.domain.errors import AlreadyExists, InvalidValue, MidReused, VersionConflict
from chat_server.domain.facts import ConsentEntry, Dialogue, OpenCard, Purpose
from chat_server.domain.ids import feed_conversation
from chat_server.domain.message import Event
from chat_server.domain.people import Assignment, Branch
from chat_server.domain.publishing import BroadcastState, MenuButton, PublicAccount
from chat_server.ports.store import Store
from tests.contracts.store_samples import (
    CONV,
    FAR_MS,
    as_written,
    broadcast,
    device_session,
    draft,
    fact,
    fact_kinds,
    member,
    person,
)


class PeopleContract:
    async def test_a_person_comes_back_whole(self, store: Store) -> None:
        await store.people.add_person(person(), fact("user_added"))
        await store.people.add_person(replace(person("li"), unlimited=True), fact("user_added"))
        assert await store.people.person("zhangwei") == person()
        found = await store.people.people(["zhangwei", "nobody", "li", "li"])
        assert [one.user for one in found] == ["li", "zhangwei"]
        assert found[0].unlimited
        assert await store.people.person("nobody") is None
        assert list(await store.people.people([])) == []

    async def test_a_name_is_given_once(self, store: Store) -> None:
        await store.people.add_person(person(), fact("user_added"))
        with pytest.raises(AlreadyExists):
            await store.people.add_person(person(name="假"), fact("user_added"))
        assert await store.people.person("zhangwei") == person()
        assert await fact_kinds(store) == ["user_added"]

    async def test_a_branch_again_changes_nothing(self, store: Store) -> None:
        await store.people.add_branch(Branch("hq", "总行"), fact("branch_added"))
        await store.people.add_branch(Branch("hq", "总行"), fact("branch_added"))
        with pytest.raises(AlreadyExists):
            await store.people.add_branch(Branch("hq", "别的"), fact("branch_added"))
        assert await fact_kinds(store) == ["branch_added"]
        await store.people.add_branch(Branch("a", "支行", "hq"), fact("branch_added"))
        assert list(await store.people.branches()) == [
            Branch("a", "支行", "hq"),
            Branch("hq", "总行"),
        ]

    async def test_a_customer_has_one_primary_manager(self, store: Store) -> None:
        for customer in ("c1", "c2"):
            await store.people.assign(Assignment(customer, "wang", "hq", 1), fact("assigned"))
        moved = Assignment("c1", "li", "hq", 2)
        await store.people.assign(moved, fact("assigned"))
        assert await store.people.assignment("c1") == moved
        assert [a.customer for a in await store.people.assigned_to("wang")] == ["c2"]
        assert list(await store.people.assigned_to("li")) == [moved]
        assert await store.people.assignment("c3") is None
        assert len(await fact_kinds(store)) == 3


class DevicesContract:
    async def test_a_new_log_in_ends_the_former_one_on_that_device(self, store: Store) -> None:
        start = store.devices.start_session
        assert await start(device_session("s1"), fact("logged_in")) is None
        assert await start(device_session("s2", device="tablet"), fact("logged_in")) is None
        assert await start(device_session("s3", created_ms=2000), fact("logged_in")) == "s1"
        former = await store.devices.session("s1")
        assert former is not None
        assert former.revoked_ms == 2000
        assert [one.session_id for one in await store.devices.sessions("ann")] == ["s3", "s2"]
        assert await store.devices.session("s3") == device_session("s3", created_ms=2000)
        assert await store.devices.session("none") is None
        with pytest.raises(AlreadyExists):
            await start(device_session("s2", user="eve"), fact("logged_in"))

    async def test_log_ins_at_once_leave_one_session(self, store: Store) -> None:
        ended = await asyncio.gather(
            *(store.devices.start_session(device_session(f"s{n}"), fact()) for n in range(10))
        )
        assert len([one for one in ended if one is None]) == 1
        assert len(set(ended)) == 10
        assert len(await store.devices.sessions("ann")) == 1

    async def test_a_refresh_token_is_used_once(self, store: Store) -> None:
        await store.devices.start_session(device_session("s1"), fact())
        rotate = store.devices.rotate
        turned = await asyncio.gather(
            *(
                rotate("s1", expected_hash="hash-1", new_hash=f"n{n}", at_ms=5, expires_ms=FAR_MS)
                for n in range(5)
            )
        )
        assert turned.count(True) == 1
        found = await store.devices.session("s1")
        assert found is not None
        assert found.refresh_hash == f"n{turned.index(True)}"
        assert (found.previous_hash, found.refreshed_ms) == ("hash-1", 5)

    async def test_a_dead_session_is_not_refreshed(self, store: Store) -> None:
        rotate = store.devices.rotate
        await store.devices.start_session(device_session("s1"), fact())
        assert not await rotate(
            "s1", expected_hash="hash-1", new_hash="n", at_ms=FAR_MS, expires_ms=FAR_MS + 1
        )
        assert await store.devices.revoke("s1", 9, fact("logged_out"))
        assert not await rotate(
            "s1", expected_hash="hash-1", new_hash="n", at_ms=9, expires_ms=FAR_MS
        )
        assert not await rotate(
            "none", expected_hash="hash-1", new_hash="n", at_ms=9, expires_ms=FAR_MS
        )

    async def test_revoking_ends_a_session_once(self, store: Store) -> None:
        await store.devices.start_session(device_session("s1"), fact("logged_in"))
        assert await store.devices.revoke("s1", 9, fact("logged_out"))
        assert not await store.devices.revoke("s1", 10, fact("logged_out"))
        assert not await store.devices.revoke("none", 10, fact("logged_out"))
        found = await store.devices.session("s1")
        assert found is not None
        assert found.revoked_ms == 9
        assert list(await store.devices.sessions("ann")) == []
        assert await fact_kinds(store) == ["logged_in", "logged_out"]

    async def test_an_expired_session_is_not_live(self, store: Store) -> None:
        await store.devices.start_session(replace(device_session("s1"), expires_ms=2000), fact())
        assert list(await store.devices.sessions("ann")) == []


class AccountsContract:
    async def test_an_account_comes_back_whole_and_can_be_replaced(self, store: Store) -> None:
        menu = (
            MenuButton("查询", children=(MenuButton("余额", "balance"),)),
            MenuButton("帮助", "h"),
        )
        account = PublicAccount("@icbc", "工银服务", "d", verified=True, bot="bank", menu=menu)
        await store.accounts.put_account(account, fact("account_put"))
        await store.accounts.put_account(
            PublicAccount("@aaa", "甲", "", verified=False), fact("account_put")
        )
        found = await store.accounts.account("@icbc")
        assert found is not None
        assert as_written(found) == as_written(account)
        await store.accounts.put_account(replace(account, name="新名", menu=()), fact("put"))
        assert [a.name for a in await store.accounts.accounts()] == ["甲", "新名"]
        assert await store.accounts.account("@none") is None

    async def test_followers_are_those_who_are_there(self, store: Store) -> None:
        feed = feed_conversation("@icbc")
        assert await store.accounts.follower_count("@icbc") == 0
        await store.conversations.open_conversation(
            Conversation(feed, ConversationKind.FEED, account="@icbc"),
            [member("@icbc", feed, Role.PUBLISHER)],
            fact(),
        )
        for user in ("a", "b", "c"):
            await store.conversations.join(member(user, feed, Role.FOLLOWER), fact("followed"))
        await store.conversations.leave(feed, "b", fact("unfollowed"))
        assert await store.accounts.follower_count("@icbc") == 2

    async def test_a_broadcast_is_replaced_by_its_next_version_only(self, store: Store) -> None:
        save = store.accounts.save_broadcast
        await save(broadcast(), fact("submitted"))
        found = await store.accounts.broadcast("b-1")
        assert found is not None
        assert as_written(found) == as_written(broadcast())
        approved = replace(
            found, state=BroadcastState.APPROVED, reviewer="shenhe", decided_ms=5, version=2
        )
        answers = await asyncio.gather(
            *(save(approved, fact("approved")) for _ in range(4)), return_exceptions=True
        )
        assert len([one for one in answers if one is None]) == 1
        assert all(one is None or isinstance(one, VersionConflict) for one in answers)
        assert as_written(await store.accounts.broadcast("b-1")) == as_written(approved)
        for wrong in (replace(broadcast(), version=4), broadcast()):
            with pytest.raises(VersionConflict):
                await save(wrong, fact("lost"))
        with pytest.raises(VersionConflict):
            await save(replace(broadcast("b-2"), version=2), fact("lost"))
        assert await store.accounts.broadcast("b-2") is None
        assert await fact_kinds(store) == ["submitted", "approved"]

    async def test_broadcasts_are_listed_newest_first(self, store: Store) -> None:
        for number in (2, 3, 1):
            await store.accounts.save_broadcast(
                broadcast(f"b-{number}", submitted_ms=number), fact()
            )
        listed = await store.accounts.broadcasts("@icbc", 2)
        assert [one.broadcast_id for one in listed] == ["b-3", "b-2"]
        assert list(await store.accounts.broadcasts("@none", 5)) == []
        assert list(await store.accounts.broadcasts("@icbc", 0)) == []


class ConsentsContract:
    async def test_consents_are_a_ledger(self, store: Store) -> None:
        given = [
            ConsentEntry(0, "ann", Purpose.PERSONALISED_OFFERS, granted, "hash", "app", 5)
            for granted in (True, False, True)
        ]
        kept = [await store.consents.record_consent(e, fact("consent_changed")) for e in given]
        await store.consents.record_consent(replace(given[0], customer="bob"), fact())
        ids = [entry.entry_id for entry in kept]
        assert ids == sorted(set(ids))
        assert [replace(entry, entry_id=0) for entry in kept] == given
        assert list(await store.consents.consents("ann")) == kept
        assert list(await store.consents.consents("eve")) == []
        assert (await fact_kinds(store)).count("consent_changed") == 3
        withdrawn = replace(given[0], customer="bob", granted=False)
        await store.consents.record_consent(withdrawn, fact())
        asked = ["ann", "bob", "eve"]
        offers, content = Purpose.PERSONALISED_OFFERS, Purpose.CHAT_CONTENT
        assert await store.consents.consenting(asked, offers) == {"ann"}
        assert await store.consents.consenting(asked, content) == set()


SERVICE = "s:@icbc:ann"


def dialogue(version: int = 1, **changed: object) -> Dialogue:
    return replace(Dialogue(SERVICE, "@icbc", "ann", version=version), **changed)


class DialoguesContract:
    async def test_a_turn_is_one_commit(self, store: Store) -> None:
        rung: list[Event] = []
        store.watch(rung.extend)
        assert await store.dialogues.dialogue(SERVICE) is None
        talk = dialogue(handled_seq=4, state=b"\x00\xff", wake_ms=9)
        drafts = [draft(f"r{n}", conv=SERVICE, sender="@icbc", mid=f"r-{n}") for n in range(3)]
        appended = await store.dialogues.commit_turn(talk, drafts, [fact("one"), fact("two")])
        assert [one.event.seq for one in appended] == [1, 2, 3]
        assert [one.duplicate for one in appended] == [False] * 3
        assert rung == [one.event for one in appended]
        found = await store.dialogues.dialogue(SERVICE)
        assert found is not None
        assert as_written(found) == as_written(talk)
        assert await fact_kinds(store) == ["one", "two"]
        assert await store.messages.event(SERVICE, 2) == appended[1].event

    async def test_a_turn_between_messages_keeps_the_log_gapless(self, store: Store) -> None:
        futures = [store.messages.append(draft(conv=SERVICE)) for _ in range(10)]
        turn = store.dialogues.commit_turn(
            dialogue(), [draft(conv=SERVICE, sender="@icbc") for _ in range(3)], []
        )
        more = [store.messages.append(draft(conv=SERVICE)) for _ in range(10)]
        await asyncio.gather(turn, *futures, *more)
        stored = await store.messages.events(SERVICE, after=0, limit=99)
        assert [event.seq for event in stored] == list(range(1, 24))

    async def test_a_turn_of_an_old_version_changes_nothing(self, store: Store) -> None:
        commit = store.dialogues.commit_turn
        await commit(dialogue(1), [], [])
        for version in (0, 1, 3):
            with pytest.raises(VersionConflict):
                await commit(dialogue(version), [draft(conv=SERVICE)], [fact()])
        assert (await store.messages.head(SERVICE)).seq == 0
        assert await fact_kinds(store) == []
        await commit(dialogue(2), [draft(conv=SERVICE)], [])
        assert (await store.messages.append(draft(conv=SERVICE))).event.seq == 2

    async def test_of_turns_at_once_one_wins(self, store: Store) -> None:
        answers = await asyncio.gather(
            *(
                store.dialogues.commit_turn(dialogue(), [draft(conv=SERVICE)], [fact()])
                for _ in range(8)
            ),
            return_exceptions=True,
        )
        assert sum(isinstance(one, VersionConflict) for one in answers) == 7
        assert (await store.messages.head(SERVICE)).seq == 1
        assert len(await fact_kinds(store)) == 1

    async def test_a_reply_that_is_there_comes_back(self, store: Store) -> None:
        first = await store.messages.append(draft("r", conv=SERVICE, mid="r-1"))
        again, new = await store.dialogues.commit_turn(
            dialogue(),
            [draft("r", conv=SERVICE, mid="r-1"), draft("q", conv=SERVICE, mid="r-2")],
            [],
        )
        assert (again.duplicate, again.event) == (True, first.event)
        assert (new.duplicate, new.event.seq) == (False, 2)

    async def test_a_turn_that_cannot_be_said_changes_nothing(self, store: Store) -> None:
        await store.messages.append(draft("r", conv=SERVICE, mid="r-1"))
        commit = store.dialogues.commit_turn
        other = draft("other", conv=SERVICE, mid="r-1")
        for drafts in ([draft(conv=SERVICE), other], [draft(conv=SERVICE, mid="x"), other]):
            with pytest.raises(MidReused):
                await commit(dialogue(), drafts, [fact()])
        twice = [draft("a", conv=SERVICE, mid="t"), draft("b", conv=SERVICE, mid="t")]
        with pytest.raises(MidReused):
            await commit(dialogue(), twice, [fact()])
        with pytest.raises(InvalidValue):
            await commit(dialogue(), [draft(conv=CONV)], [fact()])
        assert await store.dialogues.dialogue(SERVICE) is None
        assert (await store.messages.head(SERVICE)).seq == 1
        assert await fact_kinds(store) == []
        assert (await store.messages.append(draft(conv=SERVICE))).event.seq == 2

    async def test_a_new_card_learns_its_seq(self, store: Store) -> None:
        await store.messages.append(draft(conv=SERVICE))
        cards = [OpenCard("c-1", 0, "ann"), OpenCard("c-old", 1, "ann")]
        drafts = [draft("hello", conv=SERVICE), draft("card", conv=SERVICE, mid="c-1")]
        await store.dialogues.commit_turn(dialogue(cards=cards), drafts, [])
        found = await store.dialogues.dialogue(SERVICE)
        assert found is not None
        assert [(card.card_id, card.seq) for card in found.cards] == [("c-1", 3), ("c-old", 1)]

    async def test_secret_cards_guard_while_they_are_open(self, store: Store) -> None:
        commit, secret_cards = store.dialogues.commit_turn, store.dialogues.secret_cards
        assert not await secret_cards("ann", 10)
        plain = OpenCard("c-1", 1, "ann")
        secret = OpenCard("c-2", 2, "ann", secret=True, expires_ms=100)
        await commit(dialogue(1, cards=[plain]), [], [])
        assert not await secret_cards("ann", 10)
        await commit(dialogue(2, cards=[plain, secret]), [], [])
        assert await secret_cards("ann", 99)
        assert not await secret_cards("ann", 100)
        assert not await secret_cards("bob", 10)
        await commit(dialogue(3, cards=[replace(secret, expires_ms=None)]), [], [])
        assert await secret_cards("ann", FAR_MS)
        await commit(dialogue(4, cards=[]), [], [])
        assert not await secret_cards("ann", 10)

    async def test_due_dialogues_come_earliest_first(self, store: Store) -> None:
        for conv, wake_ms in (("s:@a:1", 30), ("s:@a:2", 10), ("s:@a:3", None), ("s:@a:4", 20)):
            await store.dialogues.commit_turn(dialogue(conv=conv, wake_ms=wake_ms), [], [])
        due = store.dialogues.due_dialogues
        assert [one.conv for one in await due(20, 9)] == ["s:@a:2", "s:@a:4"]
        assert [one.conv for one in await due(99, 1)] == ["s:@a:2"]
        assert list(await due(9, 9)) == []
        assert list(await due(99, 0)) == []
        await store.dialogues.commit_turn(dialogue(2, conv="s:@a:2"), [], [])
        assert [one.conv for one in await due(20, 9)] == ["s:@a:4"]


class AuditContract:
    async def test_facts_are_read_by_subject_and_position(self, store: Store) -> None:
        for number in range(6):
            await store.audit.record(fact(f"k{number}", subject="ann" if number % 2 else "bob"))
            await store.messages.append(draft())
        everything = await store.audit.facts()
        assert [c.fact.kind for c in everything if c.fact] == [f"k{n}" for n in range(6)]
        assert all(change.event is None for change in everything)
        mine = await store.audit.facts(subject="ann")
        assert [c.fact.kind for c in mine if c.fact] == ["k1", "k3", "k5"]
        later = await store.audit.facts(subject="ann", after=mine[0].position, limit=1)
        assert list(later) == [mine[1]]
        assert list(await store.audit.facts(subject="eve")) == []
        assert list(await store.audit.facts(limit=0)) == []

    async def test_details_come_back_as_they_went_in(self, store: Store) -> None:
        told = fact("consent_changed", granted=True, amount=10**14, words="授权 \"'\\ 😀")
        await store.audit.record(told)
        (change,) = await store.audit.facts(subject="ann")
        assert change.fact == told
        assert change.fact.detail["granted"] is True

    async def test_the_store_answers(self, store: Store) -> None:
        await store.ping()

"""The store's suite: groups, whose members change in the commit of the event that says so."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from chat_server.domain.bodies import MemberChange
from chat_server.domain.conversation import Conversation, ConversationKind, Role
from chat_server.domain.errors import VersionConflict
from chat_server.domain.groups import GroupChange, JoinRequest, Place
from chat_server.domain.message import Draft, Event, EventKind
from chat_server.ports.store import Store
from tests.contracts.store_samples import append_many, as_written, draft, fact, fact_kinds, seqs

GROUP = "g:1"
OWNER = Place("ann", Role.OWNER)


def group(revision: int = 1, **fields: object) -> Conversation:
    made = Conversation(GROUP, ConversationKind.GROUP, title="Friday", revision=revision)
    return msgspec.structs.replace(made, **fields)


def member_draft(what: str, *whom: str, mid: str = "") -> Draft:
    body = msgspec.json.encode(MemberChange(what, "ann", whom))
    plain = draft(conv=GROUP, mid=mid, counts=False)
    return msgspec.structs.replace(plain, kind=EventKind.MEMBER, body=body)


def change(revision: int, what: str, *whom: str, **fields: object) -> GroupChange:
    told = {"conversation": group(revision), "fact": fact(f"group_{what}", subject=GROUP)}
    return GroupChange(**{**told, "draft": member_draft(what, *whom), **fields})  # type: ignore[arg-type]


async def make(store: Store, *users: str) -> Event | None:
    joining = [OWNER, *(Place(user, Role.MEMBER) for user in users)]
    return await store.groups.change(change(1, "created", "ann", *users, joining=joining))


class GroupsContract:
    async def test_a_group_begins_with_its_first_event_and_members(self, store: Store) -> None:
        event = await make(store, "bob")
        assert event
        assert (event.seq, event.kind, event.n) == (1, EventKind.MEMBER, 0)
        assert await store.messages.events(GROUP, after=0, limit=9) == [event]
        assert await store.conversations.conversation(GROUP) == group()
        members = await store.conversations.members(GROUP)
        assert [(m.user, m.role, m.first_seq) for m in members] == [
            ("ann", Role.OWNER, 1),
            ("bob", Role.MEMBER, 1),
        ]
        assert await fact_kinds(store) == ["group_created"]

    async def test_the_joiner_reads_from_the_event_and_the_leaver_up_to_it(
        self, store: Store
    ) -> None:
        await make(store, "bob")
        await append_many(store, 3, GROUP)
        joined = await store.groups.change(
            change(2, "joined", "eve", joining=[Place("eve", Role.MEMBER)])
        )
        await append_many(store, 2, GROUP)
        removed = await store.groups.change(change(3, "removed", "bob", leaving=["bob"]))
        assert joined
        assert removed
        assert (joined.seq, removed.seq) == (5, 8)
        eve = await store.conversations.membership(GROUP, "eve")
        bob = await store.conversations.membership(GROUP, "bob")
        assert eve
        assert bob
        assert (eve.first_seq, eve.left_seq, eve.read, eve.delivered) == (5, None, 5, 5)
        assert (bob.first_seq, bob.left_seq) == (1, 8)
        assert await store.conversations.advance(GROUP, "bob", read=8) is None

    async def test_who_comes_back_begins_at_their_return(self, store: Store) -> None:
        await make(store, "bob")
        await store.conversations.advance(GROUP, "bob", read=1)
        await store.groups.change(change(2, "left", "bob", leaving=["bob"]))
        await append_many(store, 4, GROUP)
        back = [Place("bob", Role.MEMBER, silenced=True)]
        await store.groups.change(change(3, "joined", "bob", joining=back))
        bob = await store.conversations.membership(GROUP, "bob")
        assert bob
        assert (bob.first_seq, bob.left_seq, bob.read, bob.silenced) == (7, None, 7, True)
        assert [m.user for m in await store.conversations.members(GROUP)] == ["ann", "bob"]
        assert (await store.conversations.memberships("bob"))[-1] == bob

    async def test_places_change_without_moving_positions(self, store: Store) -> None:
        await make(store, "bob")
        await append_many(store, 2, GROUP)
        await store.conversations.advance(GROUP, "bob", read=2)
        before = await store.conversations.membership(GROUP, "bob")
        places = [Place("bob", Role.ADMIN, silenced=True)]
        await store.groups.change(change(2, "role", "bob", places=places))
        bob = await store.conversations.membership(GROUP, "bob")
        assert before
        assert bob
        assert (bob.role, bob.silenced, bob.read, bob.first_seq) == (Role.ADMIN, True, 2, 1)
        assert bob.version > before.version

    async def test_a_change_of_what_is_no_longer_so_changes_nothing(self, store: Store) -> None:
        await make(store, "bob")
        for revision in (1, 3):
            with pytest.raises(VersionConflict):
                await store.groups.change(change(revision, "left", "bob", leaving=["bob"]))
        assert (await store.messages.head(GROUP)).seq == 1
        assert len(await store.conversations.members(GROUP)) == 2
        assert await fact_kinds(store) == ["group_created"]

    async def test_of_many_changes_at_once_one_is_made(self, store: Store) -> None:
        await make(store)
        tries = [
            store.groups.change(change(2, "joined", user, joining=[Place(user, Role.MEMBER)]))
            for user in ("bob", "eve", "joe")
        ]
        done = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(isinstance(one, VersionConflict) for one in done) == 2
        assert len(await store.conversations.members(GROUP)) == 2
        assert (await store.messages.head(GROUP)).seq == 2

    async def test_a_change_without_an_event_keeps_the_log_as_it_is(self, store: Store) -> None:
        await make(store)
        quiet = change(2, "links_withdrawn", draft=None, conversation=group(2, links=1))
        assert await store.groups.change(quiet) is None
        assert await store.conversations.conversation(GROUP) == group(2, links=1)
        assert (await store.messages.head(GROUP)).seq == 1

    async def test_everybody_is_told_by_the_ring(self, store: Store) -> None:
        rung: list[Event] = []
        store.watch(rung.extend)
        event = await make(store, "bob")
        futures = [store.messages.append(draft(conv=GROUP)) for _ in range(2)]
        left = await store.groups.change(change(2, "left", "bob", leaving=["bob"]))
        said = [(await future).event for future in futures]
        assert seqs(rung) == [1, 2, 3, 4]
        assert event in rung
        assert left in rung
        assert said[0] in rung

    async def test_members_are_paged_by_id(self, store: Store) -> None:
        users = [f"u{number:02}" for number in range(30)]
        await make(store, *users)
        await store.groups.change(change(2, "left", "u05", leaving=["u05"]))
        first = await store.groups.page(GROUP, after="", limit=6)
        assert [m.user for m in first] == ["ann", "u00", "u01", "u02", "u03", "u04"]
        then = await store.groups.page(GROUP, after="u04", limit=2)
        assert [m.user for m in then] == ["u06", "u07"]
        assert not await store.groups.page(GROUP, after="u29", limit=5)
        assert not await store.groups.page(GROUP, after="", limit=0)
        among = await store.groups.among(GROUP, ["u05", "nobody", "ann", "ann"])
        assert [(m.user, m.left_seq) for m in among] == [("ann", None), ("u05", 2)]

    async def test_who_asks_to_join_waits_until_they_are_let_in_or_not(self, store: Store) -> None:
        await make(store)
        for at_ms, user in ((30, "bob"), (10, "joe"), (20, "eve")):
            asked = JoinRequest(GROUP, user, "ann", at_ms)
            assert await store.groups.ask_to_join(asked, fact("asked", subject=GROUP))
            assert not await store.groups.ask_to_join(asked, fact("asked", subject=GROUP))
        waiting = await store.groups.requests(GROUP, 10)
        assert [each.user for each in waiting] == ["joe", "eve", "bob"]
        assert as_written(waiting[0]) == as_written(JoinRequest(GROUP, "joe", "ann", 10))
        assert await store.groups.request(GROUP, "eve") == JoinRequest(GROUP, "eve", "ann", 20)
        joining = [Place("eve", Role.MEMBER)]
        await store.groups.change(change(2, "joined", "eve", joining=joining))
        assert await store.groups.request(GROUP, "eve") is None
        assert await store.groups.drop_request(GROUP, "joe", fact("refused", subject=GROUP))
        assert not await store.groups.drop_request(GROUP, "joe", fact("refused", subject=GROUP))
        assert [each.user for each in await store.groups.requests(GROUP, 10)] == ["bob"]
        assert await fact_kinds(store) == [
            "group_created",
            "asked",
            "asked",
            "asked",
            "group_joined",
            "refused",
        ]

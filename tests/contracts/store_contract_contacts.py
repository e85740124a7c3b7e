"""The store's suite: ties between two people, what they let be seen, when they were there."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from chat_server.domain.contacts import Audience, Privacy, Side, Tie, tie_between
from chat_server.domain.conversation import ConversationKind
from chat_server.domain.errors import VersionConflict
from chat_server.ports.store import Store
from tests.contracts.store_samples import CONV, as_written, fact, fact_kinds, open_direct, person


def friends(user: str = "ann", peer: str = "bob", revision: int = 1) -> Tie:
    return replace(tie_between(user, peer).befriended(5), revision=revision)


class ContactsContract:
    async def test_who_never_met_has_no_tie(self, store: Store) -> None:
        assert await store.contacts.tie("ann", "bob") is None
        assert await store.contacts.ties("ann") == []

    async def test_a_tie_is_one_from_either_side_and_kept_as_it_was(self, store: Store) -> None:
        kept = friends().with_side("bob", Side("Annie", ("同事", "VIP"), blocks=True))
        await store.contacts.put(kept, fact("contact_added"))
        assert as_written(await store.contacts.tie("ann", "bob")) == as_written(kept)
        assert as_written(await store.contacts.tie("bob", "ann")) == as_written(kept)
        assert await fact_kinds(store) == ["contact_added"]

    async def test_contacts_have_a_conversation_from_that_commit_on(self, store: Store) -> None:
        await store.contacts.put(friends(), fact())
        found = await store.conversations.conversation(CONV)
        assert found
        assert (found.kind, found.silent) == (ConversationKind.DIRECT, False)
        assert [m.user for m in await store.conversations.members(CONV)] == ["ann", "bob"]
        assert (await store.conversations.memberships("bob"))[0].conv == CONV

    async def test_who_only_asks_opens_no_conversation(self, store: Store) -> None:
        asked = replace(tie_between("bob", "ann"), asker="bob", asked_ms=7, revision=1)
        await store.contacts.put(asked, fact())
        assert await store.conversations.conversation(CONV) is None

    async def test_a_block_closes_the_conversation_and_its_end_opens_it(self, store: Store) -> None:
        await store.contacts.put(friends(), fact())
        blocked = friends(revision=2).with_side("ann", Side(blocks=True))
        await store.contacts.put(blocked, fact())
        found = await store.conversations.conversation(CONV)
        assert found
        assert found.silent
        await store.contacts.put(friends(revision=3), fact())
        found = await store.conversations.conversation(CONV)
        assert found
        assert not found.silent

    async def test_a_conversation_that_was_there_keeps_its_members(self, store: Store) -> None:
        await open_direct(store)
        before = await store.conversations.memberships("ann")
        await store.contacts.put(friends(), fact())
        assert await store.conversations.memberships("ann") == before

    async def test_of_two_changes_of_one_tie_one_is_told(self, store: Store) -> None:
        await store.contacts.put(friends(), fact("first"))
        with pytest.raises(VersionConflict):
            await store.contacts.put(friends(), fact("second"))
        with pytest.raises(VersionConflict):
            await store.contacts.put(friends(revision=3), fact("third"))
        assert await fact_kinds(store) == ["first"]

    async def test_of_many_at_once_exactly_one_makes_the_tie(self, store: Store) -> None:
        done = await asyncio.gather(
            *(store.contacts.put(friends(), fact()) for _ in range(8)), return_exceptions=True
        )
        assert [type(each) for each in done if each] == [VersionConflict] * 7
        assert len(await fact_kinds(store)) == 1
        assert len(await store.conversations.members(CONV)) == 2

    async def test_ties_come_by_the_others_id_page_by_page(self, store: Store) -> None:
        for peer in ("zoe", "abe", "bob", "eve"):
            await store.contacts.put(friends("mia", peer), fact())
        await store.contacts.put(friends("abe", "zoe"), fact())
        assert [t.peer("mia") for t in await store.contacts.ties("mia")] == [
            "abe", "bob", "eve", "zoe",
        ]  # fmt: skip
        page = await store.contacts.ties("mia", after="abe", limit=2)
        assert [t.peer("mia") for t in page] == ["bob", "eve"]
        assert await store.contacts.ties("mia", limit=0) == []

    async def test_ties_among_some_leave_the_others_out(self, store: Store) -> None:
        for peer in ("zoe", "abe", "bob"):
            await store.contacts.put(friends("mia", peer), fact())
        found = await store.contacts.ties_among("mia", ["zoe", "abe", "joe"])
        assert [t.peer("mia") for t in found] == ["abe", "zoe"]
        assert await store.contacts.ties_among("mia", []) == []

    async def test_who_said_nothing_has_the_defaults(self, store: Store) -> None:
        assert await store.contacts.privacy(["ann"]) == {"ann": Privacy("ann")}

    async def test_what_is_let_be_seen_and_the_card_do_not_touch_each_other(
        self, store: Store
    ) -> None:
        contacts = store.contacts
        assert await contacts.renew_card("ann", "", "card-1", fact("card_renewed"))
        await contacts.set_privacy(
            "ann", findable=True, audience=Audience.NOBODY, fact=fact("privacy_changed")
        )
        expected = Privacy("ann", findable=True, audience=Audience.NOBODY, card="card-1")
        assert await contacts.privacy(["ann", "bob"]) == {"ann": expected, "bob": Privacy("bob")}
        assert await fact_kinds(store) == ["card_renewed", "privacy_changed"]

    async def test_a_renewed_card_is_the_only_one(self, store: Store) -> None:
        contacts = store.contacts
        assert await contacts.card_holder("") == ""
        assert await contacts.renew_card("ann", "", "card-1", fact())
        assert await contacts.card_holder("card-1") == "ann"
        assert not await contacts.renew_card("ann", "", "card-2", fact())
        assert await contacts.renew_card("ann", "card-1", "card-2", fact())
        assert await contacts.card_holder("card-1") == ""
        assert await contacts.card_holder("card-2") == "ann"

    async def test_people_are_held_by_id_or_phone_and_never_by_nothing(self, store: Store) -> None:
        await store.people.add_person(person(), fact())
        await store.people.add_person(replace(person("lina", "李娜"), phone=""), fact())
        numbers = ["13800138000", "lina", "", "nobody"]
        assert [p.user for p in await store.contacts.holders(numbers)] == ["lina", "zhangwei"]
        assert await store.contacts.holders([""]) == []


class SightingsContract:
    async def test_a_sighting_only_moves_forward(self, store: Store) -> None:
        await store.sightings.note_seen({"ann": 10, "bob": 20})
        await store.sightings.note_seen({"ann": 30, "bob": 5})
        assert await store.sightings.last_seen(["ann", "bob", "eve"]) == {"ann": 30, "bob": 20}

    async def test_nobody_seen_is_nothing_written(self, store: Store) -> None:
        await store.sightings.note_seen({})
        assert await store.sightings.last_seen([]) == {}

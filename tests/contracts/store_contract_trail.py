"""The audit trail read backwards, and the language somebody chose."""

from __future__ import annotations

from chat_server.ports.store import Store
from tests.contracts.store_samples import draft, fact, fact_kinds, person


class TrailContract:
    async def test_facts_are_read_from_the_newest(self, store: Store) -> None:
        for number in range(6):
            kind = f"k{number % 3}"
            await store.audit.record(fact(kind, subject="ann" if number % 2 else "bob", n=number))
            await store.messages.append(draft())
        everything = await store.audit.newest()
        assert [one.fact.detail["n"] for one in everything if one.fact] == [5, 4, 3, 2, 1, 0]
        assert list(await store.audit.newest(limit=2)) == list(everything[:2])
        place = everything[1].position
        assert list(await store.audit.newest(before=place, limit=2)) == list(everything[2:4])
        assert list(await store.audit.newest(before=1)) == []
        assert list(await store.audit.newest(limit=0)) == []

    async def test_facts_are_read_by_subject_and_kind(self, store: Store) -> None:
        for number in range(6):
            await store.audit.record(
                fact(f"k{number % 3}", subject="ann" if number % 2 else "bob", n=number)
            )
        mine = await store.audit.newest(subject="ann")
        assert [one.fact.detail["n"] for one in mine if one.fact] == [5, 3, 1]
        kinds = await store.audit.newest(kind="k1")
        assert [one.fact.detail["n"] for one in kinds if one.fact] == [4, 1]
        assert list(await store.audit.newest(kind="k1", before=kinds[0].position)) == [kinds[1]]
        (both,) = await store.audit.newest(subject="ann", kind="k1")
        assert both == kinds[1]
        assert list(await store.audit.newest(subject="eve")) == []

    async def test_a_language_is_chosen_once(self, store: Store) -> None:
        await store.people.add_person(person(), fact("user_added"))
        chosen = fact("language_chosen", subject="zhangwei")
        for _ in range(2):
            await store.people.set_language("zhangwei", "en", chosen)
        await store.people.set_language("nobody", "en", chosen)
        found = await store.people.person("zhangwei")
        assert found is not None
        assert found.language == "en"
        assert await fact_kinds(store) == ["user_added", "language_chosen"]

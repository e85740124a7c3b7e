"""The store's suite: the open platform's records."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from chat_server.domain.errors import VersionConflict
from chat_server.domain.shelf import Kept
from chat_server.ports.store import Store


def kept(name: str, *, kind: str = "code", owner: str = "@shop", at_ms: int = 5) -> Kept:
    return Kept(owner, kind, name, '{"a":1}', at_ms)


class ShelfContract:
    async def test_what_is_saved_is_found_and_removed(self, store: Store) -> None:
        await store.shelf.save([kept("one"), kept("two")])
        assert await store.shelf.get("@shop", "code", "one") == kept("one")
        await store.shelf.save([kept("three")], [kept("one"), kept("nothing")])
        assert await store.shelf.get("@shop", "code", "one") is None
        assert await store.shelf.count("@shop", "code") == 2
        found = await store.shelf.get_many("@shop", "code", ["two", "three", "one", "two"])
        assert found == {"two": kept("two"), "three": kept("three")}

    async def test_a_change_replaces_the_version_before_its_own(self, store: Store) -> None:
        await store.shelf.save([kept("one")])
        after = replace(kept("one"), body="{}", version=2)
        await store.shelf.save([after])
        for item in (after, kept("one"), replace(after, version=4), replace(kept("x"), version=2)):
            with pytest.raises(VersionConflict):
                await store.shelf.save([kept("else"), item], [after])
        assert await store.shelf.get("@shop", "code", "one") == after
        assert await store.shelf.get("@shop", "code", "else") is None

    async def test_adding_leaves_what_is_there(self, store: Store) -> None:
        await store.shelf.save([kept("one")])
        other = replace(kept("one"), body="other")
        assert await store.shelf.add([other, kept("two"), kept("two")]) == 1
        assert await store.shelf.get("@shop", "code", "one") == kept("one")
        assert await store.shelf.add([]) == 0

    async def test_one_taker_gets_it(self, store: Store) -> None:
        await store.shelf.save([kept("one")])
        got = await asyncio.gather(*(store.shelf.take("@shop", "code", "one") for _ in range(5)))
        assert [each for each in got if each] == [kept("one")]

    async def test_pages_go_by_name_both_ways(self, store: Store) -> None:
        await store.shelf.save([kept(name) for name in "cabd"])
        await store.shelf.save([kept("b", kind="else"), kept("b", owner="@else")])

        async def names(**asked: object) -> str:
            page = await store.shelf.page("@shop", "code", **{"limit": 9} | asked)  # type: ignore[arg-type]
            return "".join(item.name for item in page)

        assert await names() == "abcd"
        assert await names(after="a", limit=2) == "bc"
        assert await names(newest=True, limit=3) == "dcb"
        assert await names(newest=True, after="c") == "ba"
        assert await names(limit=0) == ""

    async def test_numbers_are_given_once(self, store: Store) -> None:
        given = await asyncio.gather(
            *(store.shelf.bump("@shop", "number", "msg", 1, 7) for _ in range(5))
        )
        assert sorted(given) == [1, 2, 3, 4, 5]
        assert await store.shelf.bump("@shop", "number", "msg", 10, 8) == 15
        assert await store.shelf.bump("@else", "number", "msg", 2, 8) == 2
        found = await store.shelf.get("@shop", "number", "msg")
        assert found is not None
        assert found.version == 15

    async def test_what_is_old_is_swept(self, store: Store) -> None:
        await store.shelf.save([kept(name, at_ms=int(name)) for name in "123"])
        await store.shelf.save([kept("1", kind="else", at_ms=1)])
        assert await store.shelf.sweep("code", 3, 0) == 0
        assert await store.shelf.sweep("code", 3, 1) == 1
        assert await store.shelf.sweep("code", 3, 9) == 1
        assert await store.shelf.count("@shop", "code") == 1
        assert await store.shelf.count("@shop", "else") == 1

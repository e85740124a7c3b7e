"""What every store promises of uploads and media."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from chat_server.domain.bodies import Recall
from chat_server.domain.media import Medium, Upload
from chat_server.ports.store import Store
from tests.contracts.store_contract_forms import act
from tests.contracts.store_samples import CONV, draft, fact, fact_kinds, member, open_direct

CAT, DOG = "c" * 64, "d" * 64


def upload(upload_id: str = "u-1", *, user: str = "ann", size: int = 10, at: int = 1000) -> Upload:
    return Upload(upload_id, user, CONV, "猫.png", size, "", at)


def medium(digest: str = CAT, *, touched_ms: int = 1000, public: bool = False) -> Medium:
    return Medium(digest, "image/png", 10, touched_ms, 4, 3, public=public)


async def bring(store: Store, digest: str = CAT, user: str = "ann", at: int = 1000) -> None:
    """A finished upload."""
    upload_id = f"{user}-{digest[:4]}-{at}"
    await store.uploads.add_upload(upload(upload_id, user=user), quota=10**6)
    assert await store.media.put_medium(medium(digest, touched_ms=at))
    await store.uploads.finish_upload(upload_id, [digest], fact("media_stored"))


class UploadsContract:
    async def test_an_upload_is_known_until_it_is_ended(self, store: Store) -> None:
        assert await store.uploads.add_upload(upload(), quota=100)
        assert await store.uploads.upload("u-1") == upload()
        await store.uploads.end_upload("u-1")
        await store.uploads.end_upload("u-1")
        assert await store.uploads.upload("u-1") is None

    async def test_nobody_gets_beyond_their_quota_not_even_all_at_once(self, store: Store) -> None:
        tries = [store.uploads.add_upload(upload(f"u-{n}"), quota=35) for n in range(8)]
        assert sum(await asyncio.gather(*tries)) == 3
        assert await store.uploads.add_upload(upload("his", user="bob"), quota=35)
        kept = [n for n in range(8) if await store.uploads.upload(f"u-{n}")]
        await store.uploads.end_upload(f"u-{kept[0]}")
        assert await store.uploads.add_upload(upload("again"), quota=35)

    async def test_finishing_twice_is_finishing_once(self, store: Store) -> None:
        await store.uploads.add_upload(upload(), quota=100)
        for digest in (CAT, DOG):
            await store.media.put_medium(medium(digest))
            await store.uploads.finish_upload("u-1", [digest], fact("media_stored"))
        await store.uploads.finish_upload("gone", [CAT], fact("media_stored"))
        assert await store.uploads.upload("u-1") == replace(upload(), digest=CAT)
        assert await store.media.may_read("ann", CAT)
        assert not await store.media.may_read("ann", DOG)
        assert (await fact_kinds(store)).count("media_stored") == 1

    async def test_old_uploads_come_oldest_first(self, store: Store) -> None:
        for n, at in enumerate((3000, 1000, 2000)):
            await store.uploads.add_upload(upload(f"u-{n}", at=at), quota=100)
        old = await store.uploads.old_uploads(3000, 10)
        assert [one.upload_id for one in old] == ["u-1", "u-2"]
        assert [one.upload_id for one in await store.uploads.old_uploads(9000, 1)] == ["u-1"]
        assert not await store.uploads.old_uploads(9000, 0)


class MediaContract:
    async def test_putting_again_touches_and_never_takes_back(self, store: Store) -> None:
        await store.media.put_medium(medium(touched_ms=2000, public=True))
        await store.media.put_medium(medium(touched_ms=1000))
        kept = await store.media.medium(CAT)
        assert kept is not None
        assert (kept.touched_ms, kept.public, kept.width) == (2000, True, 4)
        assert await store.media.medium(DOG) is None

    async def test_only_who_brought_it_or_got_it_may_read(self, store: Store) -> None:
        await open_direct(store)
        await bring(store)
        assert await store.media.may_read("ann", CAT)
        assert not await store.media.may_read("bob", CAT)
        await store.messages.append(replace(draft("picture"), media=(CAT,)))
        assert await store.media.may_read("bob", CAT)
        assert not await store.media.may_read("eve", CAT)
        assert not await store.media.may_read("bob", DOG)

    async def test_joiners_and_leavers_read_what_was_sent_in_their_time(self, store: Store) -> None:
        await open_direct(store)
        await bring(store)
        await store.messages.append(replace(draft("before"), media=(CAT,)))
        await store.conversations.join(member("eve", first_seq=2), fact("joined"))
        assert not await store.media.may_read("eve", CAT)
        await store.messages.append(replace(draft("now"), media=(CAT,)))
        assert await store.media.may_read("eve", CAT)
        await store.conversations.leave(CONV, "bob", fact("left"))
        await bring(store, DOG)
        await store.messages.append(replace(draft("later"), media=(DOG,)))
        assert await store.media.may_read("bob", CAT)
        assert not await store.media.may_read("bob", DOG)

    async def test_what_is_recalled_takes_its_medium_along(self, store: Store) -> None:
        await open_direct(store)
        await bring(store)
        for _ in range(2):
            await store.messages.append(replace(draft("picture"), media=(CAT,)))
        await act(store, Recall(1), mid="r-1")
        assert await store.media.may_read("bob", CAT)
        await act(store, Recall(2), mid="r-2")
        assert not await store.media.may_read("bob", CAT)
        assert await store.media.may_read("ann", CAT)
        assert await store.media.condemn(10**12, 10) == []

    async def test_a_resent_message_changes_nothing(self, store: Store) -> None:
        await open_direct(store)
        await bring(store)
        letter = replace(draft("picture", mid="m"), media=(CAT,))
        first, second = [await store.messages.append(letter) for _ in range(2)]
        assert (first.event, second.duplicate) == (second.event, True)
        assert await store.media.may_read("bob", CAT)

    async def test_one_claims_what_one_may_send_on(self, store: Store) -> None:
        await open_direct(store)
        await bring(store)
        claimed = await store.media.claim("ann", [CAT, DOG, CAT], 5000)
        assert [(one.digest, one.touched_ms) for one in claimed] == [(CAT, 5000)]
        assert not await store.media.claim("bob", [CAT], 6000)
        await store.messages.append(replace(draft("picture"), media=(CAT,)))
        assert len(await store.media.claim("bob", [CAT], 6000)) == 1

    async def test_what_nobody_used_expires(self, store: Store) -> None:
        await open_direct(store)
        sent, cover, unused, fresh = (letter * 64 for letter in "0123")
        for digest in (sent, unused):
            await bring(store, digest)
        await bring(store, fresh, at=9000)
        await store.media.put_medium(medium(cover, public=True))
        await store.messages.append(replace(draft("picture"), media=(sent,)))
        for _ in range(2):
            assert await store.media.condemn(5000, 10) == [unused]
        assert not await store.media.put_medium(medium(unused))
        assert not await store.media.claim("ann", [unused], 9000)
        assert await store.media.medium(unused) is None
        for digest in (unused, sent, fresh):
            await store.media.bury(digest)
        assert await store.media.condemn(5000, 10) == []
        assert await store.media.medium(sent)
        assert await store.media.medium(fresh)
        assert await store.media.put_medium(medium(unused))
        assert not await store.media.may_read("ann", unused)

    async def test_what_is_claimed_in_time_is_spared(self, store: Store) -> None:
        await bring(store)
        await store.media.claim("ann", [CAT], 9000)
        assert await store.media.condemn(5000, 10) == []

    @pytest.mark.parametrize("limit", [0, -1])
    async def test_a_limit_below_one_condemns_nothing(self, store: Store, limit: int) -> None:
        await bring(store)
        assert await store.media.condemn(5000, limit) == []
        assert await store.media.medium(CAT)

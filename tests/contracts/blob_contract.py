"""What every blob store promises. The heirs give a fixture `blobs`: an empty one."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator

import pytest

from chat_server.domain.errors import StoreUnavailable, VersionConflict
from chat_server.ports.blob import PART_BYTES, BlobStore


class BlobContract:
    @pytest.mark.parametrize("content", [b"", b"x", bytes(range(256)) * 5000])
    async def test_what_was_put_comes_back_by_its_digest(
        self, blobs: BlobStore, content: bytes
    ) -> None:
        digest = await blobs.put(content)
        assert digest == hashlib.sha256(content).hexdigest()
        assert await blobs.get(digest) == content

    async def test_the_same_bytes_again_change_nothing(self, blobs: BlobStore) -> None:
        digests = await asyncio.gather(*(blobs.put(b"picture") for _ in range(20)))
        assert len(set(digests)) == 1
        assert await blobs.get(digests[0]) == b"picture"

    async def test_what_was_never_put_is_not_there(self, blobs: BlobStore) -> None:
        assert await blobs.get("0" * 64) is None

    @pytest.mark.parametrize("name", ["", "../../etc/passwd", "ab", "A" * 64, "0" * 65, "é" * 64])
    async def test_what_is_no_digest_names_nothing(self, blobs: BlobStore, name: str) -> None:
        await blobs.put(b"x")
        assert await blobs.get(name) is None

    @pytest.mark.parametrize(
        ("start", "end", "part"),
        [(0, None, b"0123456789"), (3, 7, b"3456"), (8, 99, b"89"), (10, None, b""), (5, 5, b"")],
    )
    async def test_a_range_is_read(
        self, blobs: BlobStore, start: int, end: int | None, part: bytes
    ) -> None:
        digest = await blobs.put(b"0123456789")
        assert await blobs.size(digest) == 10
        assert await whole(blobs.read(digest, start, end)) == part

    async def test_long_ones_come_in_parts(self, blobs: BlobStore) -> None:
        content = bytes(range(256)) * 4096
        digest = await blobs.put(content)
        parts = [part async for part in blobs.read(digest)]
        assert b"".join(parts) == content
        assert max(map(len, parts)) <= PART_BYTES

    async def test_what_is_deleted_is_not_there_and_who_reads_it_reads_on(
        self, blobs: BlobStore
    ) -> None:
        content = bytes(PART_BYTES * 3)
        digest = await blobs.put(content)
        reading = blobs.read(digest)
        first = await anext(reading)
        for _ in range(2):
            await blobs.delete(digest)
        assert first + await whole(reading) == content
        assert await blobs.size(digest) is None
        assert await whole(blobs.read(digest)) == b""
        assert await blobs.put(content) == digest

    @pytest.mark.parametrize("name", ["../../etc/passwd", "", "0" * 64])
    async def test_what_is_no_blob_has_no_size_and_no_bytes(
        self, blobs: BlobStore, name: str
    ) -> None:
        assert await blobs.size(name) is None
        assert await whole(blobs.read(name)) == b""
        await blobs.delete(name)


class DraftsContract:
    async def test_pieces_become_a_blob(self, blobs: BlobStore) -> None:
        drafts = blobs.drafts
        assert await drafts.size("d-1") == 0
        assert await drafts.extend("d-1", 0, b"abc") == 3
        assert await drafts.extend("d-1", 3, b"def") == 6
        assert await drafts.size("d-1") == 6
        assert await whole(drafts.read("d-1")) == b"abcdef"
        digest = hashlib.sha256(b"abcdef").hexdigest()
        assert await drafts.digest("d-1") == digest
        assert await drafts.keep("d-1") == digest
        assert await blobs.get(digest) == b"abcdef"
        assert await drafts.size("d-1") == 0

    async def test_a_piece_goes_to_the_end_and_nowhere_else(self, blobs: BlobStore) -> None:
        await blobs.drafts.extend("d-1", 0, b"abc")
        for offset in (0, 2, 4):
            with pytest.raises(VersionConflict):
                await blobs.drafts.extend("d-1", offset, b"x")
        assert await whole(blobs.drafts.read("d-1")) == b"abc"

    async def test_of_two_pieces_at_once_one_is_taken(self, blobs: BlobStore) -> None:
        pieces = [blobs.drafts.extend("d-1", 0, bytes([n]) * 1000) for n in range(8)]
        told = await asyncio.gather(*pieces, return_exceptions=True)
        assert [one for one in told if not isinstance(one, VersionConflict)] == [1000]
        assert len(set(await whole(blobs.drafts.read("d-1")))) == 1

    async def test_what_is_dropped_is_gone(self, blobs: BlobStore) -> None:
        await blobs.drafts.extend("d-1", 0, b"abc")
        for _ in range(2):
            await blobs.drafts.drop("d-1")
        assert await blobs.drafts.size("d-1") == 0
        with pytest.raises(StoreUnavailable):
            await blobs.drafts.keep("d-1")


async def whole(parts: AsyncIterator[bytes]) -> bytes:
    return b"".join([part async for part in parts])
